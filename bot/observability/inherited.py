"""The environment variable that passes the logging configuration to child processes."""

CHILD_LOGS = "HFSTATS_CHILD_LOGS"
"""Level and format for child processes; if it's not set, they use Python's defaults."""
