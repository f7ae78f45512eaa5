"""The bot's own tables and statements in SQLite or PostgreSQL.

No business logic lives here, and no other package of ``bot`` contains SQL. It may import domain and ``analytics.storage``.
"""
