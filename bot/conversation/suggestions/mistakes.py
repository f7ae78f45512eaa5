"""Mistakes that have their own explanation: an option without a question, a word such as ``csv`` in a question."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from analytics.domain import ListName
from analytics.errors import QueryError
from analytics.formatting.phrases import day
from analytics.language import grammar
from analytics.language.natural_language.lexicon import vocabulary
from analytics.names.normalize import normalize
from analytics.query import OPTION_WORDS
from bot.conversation.commands import WORDS, command_word, first_word
from bot.conversation.help import topic_notice
from bot.conversation.topics.words import CSV
from bot.domain.reply import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form, Query
    from bot.domain.store_summary import Entry, StoreSummary

_SIMILAR = 80
"""Least similarity (0 to 100) of a misspelled command or list. A list is also meant by its first letters: “trendy”."""
_FIRST_LETTERS = 4
_IN_LIST = re.compile(r"\bin ([^\W\d]+)", re.IGNORECASE)


def similar_commands(word: str) -> tuple[str, ...]:
    """Return the help of the commands that ``word`` is a misspelling of, the most similar first."""
    matches = process.extract(word, WORDS, scorer=fuzz.ratio, limit=2, score_cutoff=_SIMILAR)
    return tuple(dict.fromkeys(f"help {command_word(match)}" for match, _, _ in matches))


def misspelled_list(line: str, forms: Sequence[Form]) -> bool:
    """Return whether a line names a list after “in” that isn't one, with a word that has no other meaning in a question."""
    return any(_similar_list(word) and normalize(word) not in vocabulary(tuple(forms)) for word in _IN_LIST.findall(line))


def _similar_list(word: str) -> str:
    """Return the list that a word is a misspelling of; ``""`` for a list's own name and for other words."""
    word = word.casefold()
    names = [name.value for name in ListName]
    if word in names or len(word) < _FIRST_LETTERS:
        return ""
    begins = [name for name in names if name[:1] == word[:1]]  # “stop” isn't top
    prefix = next((name for name in begins if len(name) > len(word) and name[:_FIRST_LETTERS] == word[:_FIRST_LETTERS]), "")
    match = process.extractOne(word, begins, scorer=fuzz.ratio, score_cutoff=_SIMILAR)
    return prefix or (str(match[0]) if match else "")


def word_mistake(line: str, entries: Sequence[Entry], summary: StoreSummary | None) -> Notice | None:
    """Explain a line that is only a topic's word, that begins with an option, or that asks for a file; ``None`` for others."""
    words = [word.strip("?!.:,").casefold() for word in line.split()]
    if len(words) > 1 and set(words) & {*CSV.words}:
        return Notice(CSV.text)
    if any(words[:1] == [word] for entry in entries for word in (entry.form.word, *entry.form.aliases)):
        return None
    if len(words) == 1:
        return topic_notice(entries, line) or _list_alone(words[0], entries)
    return _option_alone(line, entries, summary) if first_word(line) in OPTION_WORDS else None


def _list_alone(word: str, entries: Sequence[Entry]) -> Notice | None:
    """Explain the list that a word alone is a misspelling of."""
    name = _similar_list(word)
    questions = [known for entry in entries for known in (entry.form.word, *entry.form.aliases)]
    if name and process.extractOne(word, questions, scorer=fuzz.ratio, score_cutoff=fuzz.ratio(word, name)):
        return None  # “like” is nearer to “likes”
    topic = topic_notice(entries, name) if name else None
    if topic is None:
        return None
    explained = topic.text.partition(": ")[2]
    return replace(topic, text=f"“{word[:60]}” isn't a list. Did you mean {name}? {explained}", sections=())


def _option_alone(line: str, entries: Sequence[Entry], summary: StoreSummary | None) -> Notice:
    forms = [entry.form for entry in entries]
    try:
        query = grammar.parse(f"{forms[0].word} {line}", forms)
    except QueryError as error:
        return Notice(str(error), suggestions=(*error.suggestions, f"help {first_word(line)}"))
    future = _in_future(query, summary)
    text = future or f"“{line}” narrows a question. Put a question before it, for example: {query}"
    return Notice(text, suggestions=(str(query), f"help {first_word(line)}"))


def _in_future(query: Query, summary: StoreSummary | None) -> str:
    period = query.at or query.since
    holding = next((held for held in summary.holdings if held.list is query.within), None) if summary else None
    if period is None or holding is None or period.start <= datetime.now(UTC).date():
        return ""
    first = holding.months[0].start if holding.months else holding.taken_on
    return f"{period.name} is in the future; the data runs from {first:%B %Y} to {day(holding.taken_on)}."
