"""The command that writes the monthly report, and how it writes files. Its modules may import all of ``bot`` below ``cli``."""
