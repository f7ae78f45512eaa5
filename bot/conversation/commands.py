"""The bot's own commands: from words to a Command."""

from __future__ import annotations

from dataclasses import replace
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
WORDS = ("subscribe", "digest", "watch", "predict", *_NUMBERED, *LISTINGS, *FORM_WORDS)
"""Every command; other words are a question or ask for help."""
_ALIASES = {"unfollow": "unwatch", "subscription": "subscriptions", "bet": "predict", "predictions": "bets"}
_ALIASES |= dict.fromkeys(FORM_WORDS, "build")
_PERMISSIONS = dict.fromkeys(("digest", *LISTINGS), Permission.SEE)
_PERMISSIONS |= dict.fromkeys(("subscribe", "watch", "predict", *_NUMBERED), Permission.CHANGE)
_PERMISSIONS["build"] = Permission.FORM


def command_word(text: str) -> str | None:
    """Return the command that a line begins with; ``None`` where it begins with none."""
    word = first_word(text)
    return _ALIASES.get(word, word) if word in WORDS or word in _ALIASES else None


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
    rest = split_first_word(text)[1]
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
    "subscribe": _subscribe,
    "watch": _watch,
}
"""The commands that take more than a number, and what reads the words after each."""
