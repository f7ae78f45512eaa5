"""Ways to the product's answers: listings in by the command line, questions in by their words, JSON out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner
from truth import reference
from truth.agreement import differences

from analytics.errors import NoDataError, QueryError
from analytics.export.serialization import as_json
from analytics.questions.registry import ask, parse
from bot.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from truth.listings import Snapshot
    from truth.reference import Asked

    from analytics.storage.sql_history import SqlHistory


def imported(store: Path, files: Sequence[Path], *options: str) -> str:
    """Import files into a new store and return its address."""
    url = f"sqlite:///{store}"
    result = CliRunner().invoke(main, ["import", *options, *map(str, files)], env={"DATABASE_URL": url})
    assert result.exit_code == 0, result.output
    return url


def agreement(history: SqlHistory, snapshots: tuple[Snapshot, ...]) -> Callable[[Iterable[Asked]], None]:
    def check(questions: Iterable[Asked]) -> None:
        asked = list(questions)
        assert asked
        found = [f"{question}: {line}" for question in asked for line in compared(question)[:3]]
        assert not found, "\n".join(found[:40])

    def compared(question: Asked) -> list[str]:
        try:
            expected = reference.answer(question, snapshots)
        except reference.NothingToTell:
            expected = None
        try:
            got = as_json(ask(parse(str(question)), history))
        except NoDataError as error:
            return [f"refused, although the files record it: {error}"] if expected else []
        except QueryError as error:
            return [f"not understood: {error}"]
        return list(differences(expected, got)) if expected else ["answered, although the files do not record it"]

    return check
