"""Where data lives on this machine: the database's address and the user's folders.

Apart from :mod:`bot.settings`, because a command that only reads the database does without Pydantic.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from platformdirs import user_cache_path, user_data_path

if TYPE_CHECKING:
    from pathlib import Path


def data_folder() -> Path:
    """Return where a user's data lives on this system."""
    return user_data_path("hfstats", appauthor=False)


def cache_folder() -> Path:
    """Return the folder for what can be fetched again."""
    return user_cache_path("hfstats", appauthor=False)


def default_database() -> str:
    """Return the address of the database that is used when none is set."""
    return f"sqlite:///{data_folder() / 'hfstats.db'}"


def database_url() -> str:
    """Return the address of the database: ``DATABASE_URL``, or the default if that is unset or empty."""
    return os.environ.get("DATABASE_URL") or default_database()
