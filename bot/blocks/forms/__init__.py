"""Modals for questions and predictions, and reading their state.

Pure functions. It may import the blocks one level up, domain and analytics' values.
"""
