"""The bot's own tables, and the only part of the bot that speaks SQL. Snapshots belong to ``analytics.storage.sql_history``."""

from pathlib import Path

from analytics.storage.database import Migrations

TABLES = Migrations(Path(__file__).parent / "migrations", "bot_version", "the bot", "0009")
"""How the bot's tables are brought up to date."""
