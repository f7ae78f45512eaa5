"""The HTTP application and what operators look at: health, metrics, logs.

No Slack payload is read here beyond its signature. It may import slack's verification, storage and domain.
"""
