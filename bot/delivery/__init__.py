"""How a reply reaches a conversation: formats with fallbacks, uploads, errors, recovery after a crash.

Nothing decides here what a reply says. It may import blocks and domain.
"""
