"""What people ask who have not seen the grammar: how much is answered, asked back, or answered as another question."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from build_once import build_once
from data.real_listings import complete_files
from truth.asking import imported

from analytics.errors import NoDataError, QueryError
from analytics.names.normalize import normalize
from analytics.names.resolve import lookup
from analytics.questions.registry import FORMS, ask, parse
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.process import AnalyticsProcess, entries
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.request_parser import RequestParser
from bot.domain.request import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.query import Query

FILES = [Path(__file__).parents[2] / "analytics" / "language" / name for name in ("phrasings.toml", "phrasings_held_out.toml")]
FILES.append(FILES[0].with_name("phrasings_filters.toml"))
BY_DEFAULT = {"movers": "creators", "concentration": "creators", "forecast": "creators"}


@pytest.fixture(scope="module")
def history(tmp_path_factory) -> SqlHistory:
    """The real listings."""
    files = complete_files(tmp_path_factory.mktemp("listings"))
    return SqlHistory(database.engine(f"sqlite:///{build_once('truth.db', lambda path: imported(path, files))}"))


@pytest.fixture(scope="module")
def answered(history) -> Callable[[str], Query | None]:
    """Return the query that a text is answered with; ``None`` where it's asked back or refused."""
    names = NameIndex(AnalyticsProcess(history))
    names.current()
    parser = RequestParser(entries(), NaturalLanguage(names, FORMS, lambda: date(2026, 8, 22)))

    def query_of(text: str) -> Query | None:
        request = parser.parse(text)
        if not isinstance(request, Question):
            return None
        try:
            ask(request.query, history)
        except NoDataError:
            pass  # the store has few dates
        except QueryError:
            return None
        return request.query

    return query_of


def meaning(query: Query) -> Query:
    """What makes two questions the same: names by any spelling and in any order, what is asked without saying so left out."""
    names = sorted(normalize(name.rpartition("/")[2] if query.word == "model" else name) for name in query.names)
    filters = tuple(replace(f, name=normalize(lookup(f.name, f.dimension, ()) or f.name)) for f in query.filters)
    return query.but(
        names=() if names == [BY_DEFAULT.get(query.word)] else tuple(names),
        filters=filters,
        task=normalize(query.task) if query.task else None,
    )


def is_query(text: str) -> bool:
    try:
        parse(text)
    except QueryError:
        return False
    return True


def scores(answered: Callable[[str], Query | None], data: dict[str, list[dict[str, str]]]) -> tuple[Counter[str], list[str]]:
    """Count what was answered right, asked back where an answer is due, and answered as another question."""
    counts, others = Counter[str](), []
    cases = [(one["text"], [one["query"]], False) for one in data["ask"]]
    cases += [(one["text"], one["queries"], True) for one in data.get("either", ())]
    cases += [(one["text"], [], True) for one in data["unsure"]]
    for text, queries, may_ask_back in cases:
        query = answered(text)
        wanted = [meaning(parse(one)) for one in queries if is_query(one)]
        result = (
            ("right" if may_ask_back else "asked back") if query is None else "right" if meaning(query) in wanted else "wrong"
        )
        counts[result] += 1
        others += [] if result == "right" else [f"{result}: {text} → {query}, not {queries or 'an answer'}"]
    return counts, others


def test_hundreds_of_phrasings_are_answered_or_asked_back(answered):
    total = Counter[str]()
    for path in FILES:
        counts, others = scores(answered, tomllib.loads(path.read_text(encoding="utf-8")))
        total += counts
        print(path.name, dict(counts), *others, sep="\n")
    assert total.total() >= 420
    assert total["right"] >= 0.92 * total.total(), total
    assert total["wrong"] <= 0.01 * total.total(), total


def test_another_question_is_counted_as_wrong(answered):
    """The scores can fail."""
    data = {
        "ask": [{"text": "licenses", "query": "creators"}, {"text": "frobs", "query": "tasks"}],
        "unsure": [{"text": "licenses"}],
    }
    assert scores(answered, data)[0] == {"wrong": 2, "asked back": 1}
