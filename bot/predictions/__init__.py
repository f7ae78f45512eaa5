"""Predictions: placing, listing, withdrawing and settling them.

No listener here. It may import outbox, blocks and domain.
"""
