"""The bot's own commands: from words to a Command."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.domain import ListName
from analytics.errors import HfStatsError, QueryError
from analytics.language import grammar
from bot.domain.access import HIGHEST, Permission
from bot.domain.alert_rule import read_rule
from bot.domain.prediction import parse_bet
from bot.domain.request import SECTIONS, Command
from bot.domain.schedule import read_schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.query import Form

_SECTION = {word: section for section in SECTIONS for word in (section.value, section.plural)}
_LISTS = (ListName.TOP, ListName.TRENDING, ListName.BOTH)
_NUMBERED = ("pause", "resume", "unsubscribe", "mute", "unmute", "unwatch", "again", "unbet")
_LISTED = dict.fromkeys(("mute", "unmute", "unwatch"), "watches") | {"unbet": "bets", "again": "status"}
"""What shows the numbers of a command; other commands take those of subscriptions."""
LISTINGS = ("subscriptions", "watches", "bets", "status")
"""The commands that take no words. They work in every conversation and with every store."""
FORM_WORDS = ("build", "form", "ask")
"""What opens the form; words after it are the question to begin with."""
WORDS = ("subscribe", "digest", "report", "watch", "predict", *_NUMBERED, *LISTINGS, *FORM_WORDS)
"""Every command; other words are a question or ask for help."""
_ALIASES = {"unfollow": "unwatch", "subscription": "subscriptions", "bet": "predict", "predictions": "bets"}
_ALIASES |= dict.fromkeys(FORM_WORDS, "build")
_PERMISSIONS = dict.fromkeys(("digest", "report", *LISTINGS), Permission.SEE)
_PERMISSIONS |= dict.fromkeys(("subscribe", "watch", "predict", *_NUMBERED), Permission.CHANGE)
_PERMISSIONS["build"] = Permission.FORM

_REPORT = re.compile(
    r"(?:(?:please|can|could|would|will|you|i|want|need|like|to|see|read|show|give|send|tell|write|post|get|make|me|us)\s+)*"
    r"(?:(?:the|a|an|your|this|latest|newest|last|current|full|whole)\s+)*(?:hfstats\s+)?"
    r"(?:(?:monthly|month's)\s+)?(?:report|article|summary|story(?=\s+(?:of|for|about)\b))(?P<about>\s.*)?",
    re.IGNORECASE | re.DOTALL,
)
"""A report in plain words: “tell me the story of August”, “monthly report”."""
_THEN_AND_NOW = re.compile(r"\b(?:with\s+)?then\s+and\s+now\b", re.IGNORECASE)
_IN_LIST = re.compile(rf"\bin\s+(?:the\s+)?({'|'.join(ListName)})(?:\s+list)?(?=\s|$)", re.IGNORECASE)
_OF = re.compile(r"^(?:of|for|about|from|on|in)\s+(?:the\s+month\s+of\s+)?", re.IGNORECASE)


def command_word(text: str) -> str | None:
    """Return the command that a line begins with, or ``report`` for one in plain words; ``None`` for any other line."""
    word = first_word(text)
    if word in WORDS or word in _ALIASES:
        return _ALIASES.get(word, word)
    return "report" if report_in_words(text) is not None else None


def split_first_word(text: str) -> tuple[str, str]:
    """Return the first word in small letters, without punctuation, and what follows it after any white space."""
    word, rest = [*text.split(None, 1), "", ""][:2]
    return word.casefold().strip("?!.:"), rest.strip()


def first_word(text: str) -> str:
    """Return the first word in small letters, without punctuation."""
    return split_first_word(text)[0]


def permission_for(text: str) -> Permission:
    """Return what a line needs. A question only asks; a command that is not listed needs the highest."""
    word = command_word(text)
    return Permission.ASK if word is None else _PERMISSIONS.get(word, HIGHEST)


def parse_command(text: str, forms: Sequence[Form]) -> Command | None:
    """Read a line that begins with a command; ``None`` for any other.

    Raises:
        QueryError: naming the word that is not understood, and what to write instead.

    """
    word = command_word(text)
    if word is None:
        return None
    in_words = report_in_words(text) if word == "report" else None
    rest = split_first_word(text)[1] if in_words is None else in_words
    permission = permission_for(text)
    read = _READERS.get(word)
    if read:
        return replace(read(rest, forms), typed=text)
    if word not in LISTINGS:
        return Command(word, text, permission, number=_number(word, rest))
    if rest:
        raise QueryError(f"“{word}” takes no further words; you wrote “{rest[:60]}” after it.", (word,))
    return Command(word, text, permission)


def _build(rest: str, forms: Sequence[Form]) -> Command:
    """Read the question that a form begins with; a mistake in it is shown in the form."""
    build = Command("build", "build", _PERMISSIONS["build"])
    try:
        return replace(build, question=grammar.parse(rest, forms) if rest else None)
    except QueryError as error:
        return replace(build, mistake=str(error))


def _digest(rest: str, _: Sequence[Form]) -> Command:
    latest = rest.casefold() in {"", "now", "latest"}
    return Command("digest", "digest", _PERMISSIONS["digest"], edition=None if latest else _edition(rest))


def report_in_words(text: str) -> str | None:
    """Return what a report asked for in plain words is about, such as ``august`` or ``2026-08 in trending``.

    ``None`` for any other line, and for one that says more than a report can be about: that one is a question.
    """
    asked = _REPORT.fullmatch(text.strip(" \t\n?!."))
    rest = (asked["about"] or "").strip() if asked else None
    if rest is None:
        return None
    try:
        _report(rest, ())
    except QueryError:
        return rest if first_word(text) == "report" else None
    return rest


def _report(rest: str, _: Sequence[Form]) -> Command:
    rest = rest.replace(",", " ")
    published = _THEN_AND_NOW.search(rest)
    rest = _THEN_AND_NOW.sub(" ", rest)
    named = _IN_LIST.search(rest)
    month = _OF.sub("", " ".join(_IN_LIST.sub(" ", rest).split()))
    report = Command("report", "report", _PERMISSIONS["report"], edition=_month(month), then_and_now=published is not None)
    return replace(report, within=ListName(named[1].casefold())) if named else report


def _month(text: str) -> Edition | None:
    """Read a month; one without a year is the latest that has begun. ``None`` is the latest with data."""
    words, today = text.casefold(), datetime.now(UTC).date()
    if words in {"", "now", "latest", "the latest"}:
        return None
    if words in {"this month", "last month"}:
        month = Edition.month(today)
        return month if words == "this month" else month.before
    name, _, year = words.partition(" ")
    number = next((n for n in range(1, 13) if name in {month_name[n].casefold(), month_abbr[n].casefold()}), 0)
    if number and re.fullmatch(r"(?:\d{4})?", year):
        return Edition.month(date(int(year) if year.strip("0") else today.year - (number > today.month), number, 1))
    with suppress(HfStatsError):
        if not (edition := Edition.parse(words)).weekly:
            return edition
    raise QueryError(f"“{text[:60]}” isn't a month. Write a month like 2026-08 or “August”.", ("report",))


def _watch(rest: str, forms: Sequence[Form]) -> Command:
    return Command("watch", "watch", _PERMISSIONS["watch"], rule=read_rule(rest, forms))


def _predict(rest: str, forms: Sequence[Form]) -> Command:
    return Command("predict", "predict", _PERMISSIONS["predict"], bet=parse_bet(rest, forms))


def _subscribe(rest: str, _: Sequence[Form]) -> Command:
    words, within = rest.replace(",", " ").split(), ListName.TOP
    for place, word in enumerate(words):
        if word.casefold() == "in" and place + 1 < len(words) and words[place + 1].casefold() in _LISTS:
            within = ListName(words[place + 1].casefold())
            words[place : place + 2] = []
            break
    schedule, zone_named, named = read_schedule(" ".join(words), others=_SECTION)
    chosen = {_SECTION[word] for word in named}
    sections = tuple(section for section in SECTIONS if section in chosen) or SECTIONS
    subscribe = Command("subscribe", "subscribe", _PERMISSIONS["subscribe"], schedule=schedule, zone_named=zone_named)
    return replace(subscribe, within=within, sections=sections)


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
    listed = _LISTED.get(word, "subscriptions")
    what = f"“{rest[:60]}” isn't a number" if rest else f"“{word}” needs a number"
    raise QueryError(f"{what}; “{listed}” shows them{'' if listed == 'bets' else ', and has a button for each'}.", (listed,))


_READERS: dict[str, Callable[[str, Sequence[Form]], Command]] = {
    "build": _build,
    "digest": _digest,
    "predict": _predict,
    "report": _report,
    "subscribe": _subscribe,
    "watch": _watch,
}
"""The commands that take more than a number, and what reads the words after each."""
