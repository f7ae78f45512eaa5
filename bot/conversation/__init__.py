"""From a text to a reply: routing, rate limit, answer cache, name index, natural language.

No Slack client and no payloads here. It may import domain and analytics.
"""
