"""Tables of the outbox, built digests, pictures, pending replies and received events.

Tables and statements only. It may import storage one level up and domain.
"""
