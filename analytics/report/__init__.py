"""The monthly report: the article about a list's models, for any month, as values.

It holds no layout: the command line and Slack render it. It may import ``digest`` and ``questions`` and what these import.
"""
