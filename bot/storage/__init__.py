"""The bot's own tables and statements in SQLite or PostgreSQL.

No decision is taken here, and nothing but this package writes SQL in ``bot``. It may import domain and ``analytics.storage``.
"""
