"""What runs by the clock: snapshots, digests, alerts, settlement, pruning, prewarming.

No listener and no HTTP here. It may import subscriptions, predictions, outbox and everything below them.
"""
