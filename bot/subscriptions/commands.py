"""What is said to the clerk, read: words in, values out; no database and no Slack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName
from analytics.errors import HfStatsError, QueryError
from bot.domain.access import HIGHEST, Permission
from bot.domain.prediction import parse_bet
from bot.domain.schedule import read_schedule
from bot.subscriptions.alert_rules import read_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form
    from bot.domain.prediction import Draft
    from bot.domain.schedule import Schedule
    from bot.subscriptions.alert_rules import Rule

SECTIONS = (Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK)
"""The sections of a digest, in its own order."""
_SECTION = {word: one for one in SECTIONS for word in (one.value, one.plural)}
_LISTS = (ListName.TOP, ListName.TRENDING, ListName.BOTH)
_NUMBERED = ("pause", "resume", "unsubscribe", "mute", "unmute", "unwatch", "again", "unbet")
_BARE = ("subscriptions", "watches", "bets", "status")
WORDS = ("subscribe", "digest", "watch", "predict", *_NUMBERED, *_BARE)
"""What the clerk takes; everything else is a question or a chore."""
_SEEING = frozenset({"digest", *_BARE})
_CHANGING = frozenset({"subscribe", "watch", "predict", *_NUMBERED})


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """What somebody wants of the clerk."""

    word: str
    number: int | None = None
    """Which subscription, watch, bet or delivery; ``None`` is the channel's own."""
    schedule: Schedule | None = None
    within: ListName = ListName.TOP
    sections: tuple[Dimension, ...] = SECTIONS
    edition: Edition | None = None
    rule: Rule | None = None
    bet: Draft | None = None


def takes(text: str) -> bool:
    """Tell whether a line is for the clerk."""
    return first(text) in WORDS


def permission_for(text: str) -> Permission:
    """Return what a line needs: a question or a chore only asks; a new word of the clerk's needs the most until it is listed."""
    if not takes(text):
        return Permission.ASK
    word = first(text)
    return Permission.SEE if word in _SEEING else Permission.CHANGE if word in _CHANGING else HIGHEST


def first(text: str) -> str:
    """Return the first word of a line, as the clerk knows it."""
    word = text.strip().partition(" ")[0].casefold().strip("?!.:")
    return {"unfollow": "unwatch", "subscription": "subscriptions", "bet": "predict", "predictions": "bets"}.get(word, word)


def read(text: str, forms: Sequence[Form], zone: str = "UTC") -> ParsedCommand:
    """Read a line that :func:`takes` takes; ``zone`` holds where a schedule names none, ``forms`` are the questions.

    Raises:
        QueryError: naming the word that is not understood, and what to write instead.

    """
    word, rest = first(text), text.strip().partition(" ")[2].strip()
    if word == "subscribe":
        return _subscribe(rest, zone)
    if word == "digest":
        now = rest.casefold() in {"", "now", "latest"}
        return ParsedCommand(word, edition=None if now else _edition(rest))
    if word == "watch":
        return ParsedCommand(word, rule=read_rule(rest, forms))
    if word == "predict":
        return ParsedCommand(word, bet=parse_bet(rest, forms))
    if word in _BARE:
        if rest:
            raise QueryError(f"“{word}” takes no further words; you wrote “{rest[:60]}” after it.", (word,))
        return ParsedCommand(word)
    return ParsedCommand(word, number=_number(word, rest))


def _subscribe(rest: str, zone: str) -> ParsedCommand:
    words, within = rest.replace(",", " ").split(), ListName.TOP
    for place, word in enumerate(words):
        if word.casefold() == "in" and place + 1 < len(words) and words[place + 1].casefold() in _LISTS:
            within = ListName(words[place + 1].casefold())
            words[place : place + 2] = []
            break
    schedule, named = read_schedule(" ".join(words), zone, others=_SECTION)
    chosen = {_SECTION[one] for one in named}
    return ParsedCommand(
        "subscribe", schedule=schedule, within=within, sections=tuple(one for one in SECTIONS if one in chosen) or SECTIONS
    )


def _edition(rest: str) -> Edition:
    try:
        return Edition.parse(rest)
    except HfStatsError as error:
        raise QueryError(str(error), ("digest now",)) from None


def _number(word: str, rest: str) -> int | None:
    if not rest and word in {"pause", "resume", "unsubscribe"}:
        return None
    if rest.isascii() and rest.isdigit() and len(rest) < 10:
        return int(rest)
    listed = "watches" if word in {"mute", "unmute", "unwatch"} else "bets" if word == "unbet" else "subscriptions"
    said = f"“{rest[:60]}” is no number" if rest else f"“{word}” needs a number"
    if listed == "bets":
        raise QueryError(f"{said}; “bets” shows them.", (listed,))
    raise QueryError(f"{said}; “{listed}” shows them, and has a button for each.", (listed,))
