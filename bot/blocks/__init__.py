"""Answers, digests, forms and the App Home as Block Kit blocks and as text. Slack's limits live here.

Pure functions: no client, no database, no HTTP. It may import domain and analytics' values.
"""
