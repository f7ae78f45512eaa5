"""Predictions: place, list, withdraw and settle them.

Listeners and the form are elsewhere. It may import outbox, blocks and domain.
"""
