"""The digest: what shifted from one month or week to the next, and why.

Knows no channel, no schedule and no Slack blocks. It may import questions and everything below them.
"""
