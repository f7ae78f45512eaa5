"""Render a month's report: as a message with replies in its thread.

Its sentences and numbers come from ``analytics.report``. It may import the other blocks, domain and analytics.
"""
