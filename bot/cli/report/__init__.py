"""The command that writes the monthly report, and how it writes files.

What the files say is made in :mod:`bot.documents`. Its modules may import all of ``bot`` below ``cli``.
"""
