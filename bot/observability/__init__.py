"""Logs and metrics for operators, including what libraries write to standard error.

No Slack here, and no behavior depends on it. It may import domain and analytics' errors.
"""
