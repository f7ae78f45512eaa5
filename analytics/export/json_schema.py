"""JSON Schema of the answers that :func:`analytics.export.serialization.as_json` returns, one for each question."""

from __future__ import annotations

import json
from datetime import date  # noqa: TC003 - read by pydantic, as are the next
from typing import TYPE_CHECKING, Any, NotRequired

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic takes that of typing from Python 3.12 on

from analytics.answer import Basis, Cause  # noqa: TC001
from analytics.chart import ChartKind  # noqa: TC001
from analytics.domain import ListName, Measure  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

closed = with_config(ConfigDict(extra="forbid"))


@closed
class Coverage(TypedDict):
    """The part of a measure that is recorded, 0 to 1, at the snapshot and at the earlier one."""

    by: Measure
    now: float
    before: NotRequired[float]


@closed
class Source(TypedDict):
    """Where the numbers come from; dates are UTC, ``coverage`` is 0 to 1."""

    list: ListName
    snapshot: date
    since: NotRequired[date]
    models: int
    coverage: float
    simulated: bool
    origin: str
    coverages: NotRequired[list[Coverage]]
    narrowed: NotRequired[str]
    size: NotRequired[int]


@closed
class Chart(TypedDict):
    """The chart without its numbers."""

    kind: ChartKind
    title: str
    alt: str


@closed
class Member(TypedDict):
    """A part of a name's value."""

    name: str
    value: float


@closed
class Share(TypedDict):
    """One name's part of a measure; ``portion`` is 0 to 1."""

    rank: int | None
    name: str
    value: float
    portion: float
    members: NotRequired[list[Member]]


@closed
class Ranking(TypedDict):
    """The names by one measure, largest first."""

    by: Measure
    of: str
    total: float
    recorded: float
    rest: NotRequired[float]
    shares: list[Share]


@closed
class Moment(Ranking):
    """A ranking at a date."""

    date: date


@closed
class Reason(TypedDict):
    """One model's contribution to a shift."""

    model: str
    cause: Cause
    points: float
    place: NotRequired[str]


@closed
class Split(TypedDict):
    """A shift by its causes."""

    grew: float
    declared: float
    entered: float
    left: float


@closed
class Shift(TypedDict):
    """A share at two dates, 0 to 1."""

    name: str
    by: Measure
    before: float
    after: float
    points: float
    rank_before: int | None
    rank_after: int | None
    points_without: NotRequired[float]
    basis: Basis
    low: NotRequired[float]
    high: NotRequired[float]
    reasons: list[Reason]
    split: NotRequired[Split]


@closed
class Forecast(TypedDict):
    """A share expected at a date, 0 to 1, with its 80% interval and its probability of leading the others, 0 to 1."""

    name: str
    by: Measure
    at: date
    months: int
    now: float
    expected: float
    low: float
    high: float
    leads: float


@closed
class Answer(TypedDict):
    """Every field that an answer may have."""

    query: str
    headline: str
    source: Source
    rankings: NotRequired[list[Ranking]]
    models: NotRequired[list[Share]]
    creators: NotRequired[list[Share]]
    series: NotRequired[list[Moment]]
    shifts: NotRequired[list[Shift]]
    forecasts: NotRequired[list[Forecast]]
    statistics: NotRequired[dict[str, float]]
    facts: NotRequired[dict[str, str | float]]
    notes: NotRequired[list[str]]
    chart: Chart
    next: NotRequired[list[str]]


_ANSWER: TypeAdapter[Any] = TypeAdapter(Answer)
_OF_EVERY_ANSWER = frozenset({"query", "headline", "source", "notes", "chart", "next"})


def answer_schema(word: str, always: AbstractSet[str], sometimes: AbstractSet[str]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the answers to the question ``word``.

    ``always`` and ``sometimes``: the fields beyond those of every answer that all of them, or only some, have.
    """
    whole = _ANSWER.json_schema()
    fields = _OF_EVERY_ANSWER | always | sometimes
    unknown = fields - whole["properties"].keys()
    if unknown:
        raise ValueError(f"“{word}” has no fields {', '.join(sorted(unknown))}")
    properties = {name: schema for name, schema in whole["properties"].items() if name in fields}
    required = [name for name in properties if name in whole["required"] or name in always]
    parts = _used(properties, whole["$defs"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": f"Answer to {word}",
        "properties": properties,
        "required": required,
        "$defs": {name: schema for name, schema in whole["$defs"].items() if name in parts},
    }


def check_answer(data: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raise ValueError where JSON data doesn't have the types of an answer, or the fields of ``schema``, one of those above."""
    _ANSWER.validate_json(json.dumps(data, allow_nan=False), strict=True)
    missing, unknown = set(schema["required"]) - data.keys(), data.keys() - schema["properties"].keys()
    if missing or unknown:
        raise ValueError(f"{schema['title']}: missing {sorted(missing)}, not in the schema {sorted(unknown)}")


def _used(schema: object, parts: Mapping[str, Any]) -> set[str]:
    """Return the names of the parts that a schema refers to, also through others."""
    names = {name for name in parts if f'"#/$defs/{name}"' in json.dumps(schema)}
    return names.union(*(_used(parts[name], parts) for name in names))
