"""Render the unfurl of a Hub link: a few lines about one model or one owner."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from analytics.domain import Measure
from analytics.formatting.notes import in_brief
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import ordinal
from bot.blocks.escape import escape_line, escape_plain_text
from bot.blocks.figures.sparkline import Point, Trend, absent_since, trend
from bot.blocks.messages import ASK, Block
from bot.blocks.text import source_line
from bot.blocks.text_objects import context, cut, plain_text, section

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.answer import Answer, Ranking

_HUB = "https://huggingface.co/"
_UNBROKEN = "\N{NO-BREAK SPACE}"
_LEADING = 3
"""Models named on an owner's card."""


def model_card(now: Answer, before: Answer | None, past: Answer | None) -> list[Block]:
    """Return a model's card. ``now`` and ``before``: its answers this and last month; ``past``: its answer over time."""
    name = now.rankings[-1].shares[0].name
    facts = now.facts
    points = _downloads(past)
    rank = f"{ordinal(int(facts['rank'] or 0))} of {now.source.models}"
    was = before.facts["rank"] if before else None
    declared = "no license declared" if facts["license"] == "none declared" else facts["license"]
    downloads = f"*{count(float(facts['downloads'] or 0))}* downloads in 30 days"
    standing = f"{downloads} · *{rank}*{_rank_change(facts['rank'], was, before, points)}"
    known = " · ".join(escape_line(str(fact)) for fact in (declared, facts["task"]) if fact)
    return _card(_title(name, name), [standing, known, _trend_line("Downloads", trend(points), count)], now)


def owner_card(namespace: str, now: Answer, before: Answer | None, past: Answer | None) -> list[Block]:
    """Return an owner's card. ``namespace``: the linked page, which can be one of several that belong to the owner."""
    points = _portions(past)
    lines = []
    for ranking in reversed(now.rankings):
        share = ranking.shares[0]
        was = _rank(before, ranking.by)
        moved = _rank_change(share.rank, was, before, points)
        lines.append(f"*{percent(share.portion)}* of {ranking.by} · *{ordinal(share.rank or 0)}* among creators{moved}")
    shares = now.models.shares[:_LEADING] if now.models else ()
    models = ", ".join(f"{_link(share.name.rpartition('/')[2], share.name)} ({count(share.value)})" for share in shares)
    lines += [models and f"Top models: {models}", _trend_line("Share of downloads", trend(points), percent)]
    return _card(_title(now.rankings[-1].shares[0].name, namespace), lines, now)


def _card(title: str, lines: list[str], now: Answer) -> list[Block]:
    """Assemble a card. Only the title shares a row with the button, because phones are narrow."""
    button = {
        "type": "button",
        "action_id": f"{ASK}:0",
        "text": plain_text("See more"),
        "accessibility_label": cut(escape_plain_text(f"See more about {now.rankings[-1].shares[0].name}"), 75),
        "value": now.query,
    }
    muted = "\n".join([*map(escape_line, in_brief(now.notes)), escape_line(source_line(now.source))])
    return [
        section(title) | {"accessory": button},
        section("\n".join(filter(None, lines))),
        context(muted),
    ]


def _title(name: str, page: str) -> str:
    return f"*{_link(name, page)}*"


def _link(name: str, page: str) -> str:
    return f"<{_HUB}{quote(page)}|{escape_line(name)}>"


def _rank_change(rank: object, was: object, before: Answer | None, points: tuple[Point, ...]) -> str:
    """Return how the rank changed since last month; ``""`` if there's nothing to compare with."""
    if before and isinstance(rank, int) and isinstance(was, int):
        change = was - rank
        how = f"▲ {change}" if change > 0 else f"▼ {-change}" if change < 0 else "unchanged"
        return f" ({how} since {_month(before.source.snapshot)})"
    absent = absent_since(points)
    return f" (new since {_month(absent)})" if absent else ""


def _rank(answer: Answer | None, by: Measure) -> int | None:
    rankings: tuple[Ranking, ...] = answer.rankings if answer else ()
    return next((share.rank for ranking in rankings if ranking.by is by for share in ranking.shares), None)


def _downloads(past: Answer | None) -> tuple[Point, ...]:
    """Return a model's downloads over time; the value is ``None`` for dates when it wasn't in the list."""
    if past is None or not past.chart.series:
        return ()
    days = map(date.fromisoformat, past.chart.categories)
    return tuple(Point(day, value) for day, value in zip(days, past.chart.series[0].values, strict=True))


def _portions(past: Answer | None) -> tuple[Point, ...]:
    """Return an owner's share of downloads over time; the value is ``None`` for dates without a model in the list."""
    moments = [moment for moment in past.series if moment.ranking.by is Measure.DOWNLOADS] if past else []
    shares = [(moment.taken_on, moment.ranking.shares[:1]) for moment in moments]
    return tuple(Point(day, share[0].portion if share else None) for day, share in shares)


def _trend_line(of: str, line: Trend | None, as_text: Callable[[float], str]) -> str:
    """Return the first and last value with a sparkline in between; ``""`` if there are too few dates."""
    if line is None:
        return ""
    ends = as_text(line.first.value or 0.0), as_text(line.last.value or 0.0)
    return f"{of} since {_month(line.first.day)}: " + _UNBROKEN.join([ends[0], line.bars, ends[1]])


def _month(day: date) -> str:
    return f"{day:%b %Y}"
