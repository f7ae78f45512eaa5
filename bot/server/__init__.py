"""The HTTP server and application: Slack's requests, charts, health and metrics.

No Slack payload is read here beyond its signature. It may import slack's verification, storage and domain.
"""
