"""The monthly report: the article about a list's models, for any month, as values, and its documents.

Pictures are drawn by the caller. It may import ``digest`` and ``questions`` and what these import.
"""
