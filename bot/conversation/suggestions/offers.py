"""What a refusal offers: two to four texts that work, the nearest to what was typed first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import HfStatsError
from analytics.language import grammar
from bot.conversation.commands import LISTINGS, command_word, first_word, parse_command
from bot.conversation.suggestions.answerable import is_answerable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form
    from bot.domain.request import Command
    from bot.domain.store_summary import StoreSummary

FEWEST = 2
MOST = 4
_NEAR = 3
_SAFE = ("licenses", "creators", "movers", "licenses in trending", "licenses in liked", "licenses in hub")
"""Questions to offer where nothing is near, the best first."""


def offers(near: Sequence[str], forms: Sequence[Form], summary: StoreSummary | None, topic: str = "") -> tuple[str, ...]:
    """Return the suggestions of a refusal.

    ``near`` are texts close to what was typed; those that don't work are replaced by their help. ``topic`` is the question or
    command that has the mistake. Without a summary, or without data, only help and lists are offered.
    """
    works = {text: is_working(text, forms, summary) for text in near}
    texts = [text for text, working in works.items() if working][:_NEAR]
    helps = [f"help {topic}"] if topic else [f"help {word}" for text in works if (word := _topic(text, forms))]
    texts += [help_ for help_ in dict.fromkeys(helps) if topic or not texts][:1]
    if not topic and len(texts) < FEWEST:
        texts += [text for text in _SAFE if text not in texts and is_working(text, forms, summary)][: FEWEST - len(texts)]
    return tuple(dict.fromkeys([*texts, "help"]))[:MOST]


def is_working(text: str, forms: Sequence[Form], summary: StoreSummary | None) -> bool:
    """Return whether a text is surely answered: as help, as a command, or as a question that the store can answer."""
    if first_word(text) == "help":
        return True
    text = text.removeprefix("quiet ").removesuffix(" quiet")
    try:
        command = parse_command(text, forms)
        if command is not None:
            return _is_runnable(command, forms, summary)
        return summary is not None and is_answerable(grammar.parse(text, forms), forms, summary)
    except HfStatsError:
        return False


def with_stored_dates(text: str, summary: StoreSummary) -> str:
    """Return an example with months that the top list has, whatever its own are."""
    months = next((holding.months for holding in summary.holdings if holding.list is ListName.TOP), ())
    if not months:
        return text
    return re.sub(r"\b(at|since) [\d-]+", lambda match: f"{match[1]} {months[-1 if match[1] == 'at' else 0]}", text)


def _is_runnable(command: Command, forms: Sequence[Form], summary: StoreSummary | None) -> bool:
    """Return whether a command runs wherever it's typed. A number may be gone, and a bet needs an open month."""
    if command.word in LISTINGS or command.word == "build":
        return True
    if command.word == "watch":
        return bool(summary and command.rule and is_answerable(command.rule.query, forms, summary))
    # A warning about the data may put digests on hold.
    held = {holding.list for holding in summary.holdings} if summary and not summary.warnings else set()
    if command.word == "subscribe":
        return command.within in held
    if command.word == "report":
        holdings = [holding for holding in summary.holdings if holding.list is command.within] if summary and held else []
        months = {str(month) for holding in holdings for month in holding.months}
        return bool(months) and (command.edition is None or str(command.edition) in months)
    return command.word == "digest" and command.edition is None and ListName.TOP in held


def _topic(text: str, forms: Sequence[Form]) -> str | None:
    word = first_word(text)
    return command_word(text) or next((form.word for form in forms if word == form.word or word in form.aliases), None)
