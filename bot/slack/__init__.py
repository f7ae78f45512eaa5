"""Code that handles Bolt and Slack's payloads: verification, access, listeners, OAuth, tokens, scopes, the listener pool.

It computes no answers and runs no SQL. It may import subscriptions, conversation, delivery, blocks and domain.
"""
