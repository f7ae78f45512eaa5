"""Everything that knows Bolt and Slack's payloads: verification, tokens, OAuth, scopes, the listener pool.

No answer is computed and no SQL written here. It may import subscriptions, conversation, delivery, blocks and domain.
"""
