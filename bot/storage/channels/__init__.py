"""What channels asked for: subscriptions, alerts, predictions.

Tables and statements only. It may import storage one level up and domain.
"""
