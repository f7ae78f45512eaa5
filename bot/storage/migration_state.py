"""The current version of the bot's tables."""

from pathlib import Path

from analytics.storage.database import Migrations

TABLES = Migrations(Path(__file__).parent / "migrations", "bot_version", "the bot", "0010")
"""Migrations of the bot's tables."""
