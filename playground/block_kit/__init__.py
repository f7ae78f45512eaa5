"""Block Kit's rules: which blocks, elements and inputs Slack accepts.

No workspace state here. It imports nothing else of the playground.
"""
