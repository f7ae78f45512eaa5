"""From text to reply: request parsing, routing, rate limit, answer cache, name index, natural language.

Slack clients and payloads are elsewhere. It may import domain and analytics.
"""
