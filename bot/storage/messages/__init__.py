"""What was received and sent: outbox, digests, pictures, pending replies, received events.

Tables and statements only. It may import storage one level up and domain.
"""
