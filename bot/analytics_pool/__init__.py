"""The pool of processes that compute answers and draw charts, so that the process that talks to Slack never waits for either.

No Slack here. It may import analytics and domain; only code that runs inside such a process loads matplotlib.
"""
