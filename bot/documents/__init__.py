"""Reports as files for readers: text, Markdown, HTML and PDF.

Pictures and fonts come from the caller. It may import ``blocks``, for the rows of tables, and ``analytics``, but neither Slack
nor matplotlib.
"""
