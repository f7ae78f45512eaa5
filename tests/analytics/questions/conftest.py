"""Answers of the handmade history, each worked out once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from analytics.questions.registry import ask, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.answer import Answer
    from analytics.storage.sql_history import SqlHistory


@pytest.fixture(scope="session")
def answer(history: SqlHistory, long_history: SqlHistory) -> Callable[[str], Answer]:
    """Ask a text. A forecast needs more months."""
    return cache(lambda text: ask(parse(text), long_history if text.startswith("forecast") else history))
