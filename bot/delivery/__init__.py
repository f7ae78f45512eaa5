"""Delivery of replies to conversations: formats with fallbacks, retries, recovery after a crash.

What a reply says is decided elsewhere. It may import blocks and domain.
"""
