"""The transactional outbox: deliveries are planned, leased, posted once, and looked for after a crash.

Job engines and listeners are elsewhere. It may import delivery, blocks, storage and domain.
"""
