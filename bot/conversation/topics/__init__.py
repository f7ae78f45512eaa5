"""The topics of ``help``: commands, options, lists and other words, each with what it does and examples that parse.

No questions, whose texts stand in the analytics' registry. It may import domain and analytics.
"""
