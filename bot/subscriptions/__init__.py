"""Subscriptions to digests and alerts, and the service that runs commands.

Listeners and payloads are elsewhere. It may import predictions, conversation, delivery, outbox and everything below them.
"""
