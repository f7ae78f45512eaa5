"""The transactional outbox: what is owed to each channel is planned, leased, posted once and looked for after a crash.

No engine and no listener here. It may import delivery, blocks, storage and domain.
"""
