"""What a channel asks for: digests, alerts; the service that carries such commands out.

No listener and no payload here. It may import predictions, conversation, delivery, outbox and everything below them.
"""
