"""What a child process inherits of how to log, through its environment."""

CHILD_LOGS = "HFSTATS_CHILD_LOGS"
"""The variable that says to child processes how to log; where it is missing, they log as Python does by itself."""
