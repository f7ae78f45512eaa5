"""Renders answers, digests, forms and App Home as Block Kit blocks and as text, within Slack's limits.

Pure functions: no client, no database, no HTTP. It may import domain and analytics' values.
"""
