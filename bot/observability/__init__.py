"""What operators see: log lines, metrics, and whatever libraries write to standard error.

No Slack here, and no decision depends on it. It may import domain and analytics' errors.
"""
