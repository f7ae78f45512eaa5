"""The modals: a question and a prediction as forms, and what a modal's state says of how it was filled in.

Pure functions. It may import the blocks one level up, domain and analytics' values.
"""
