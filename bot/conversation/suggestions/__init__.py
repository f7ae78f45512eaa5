"""Suggestions for buttons: which texts a refusal offers, checked against the store's summary.

No wording of errors and no Slack. It may import domain, analytics, and the conversation's commands and name index.
"""
