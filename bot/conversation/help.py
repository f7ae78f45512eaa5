"""``help``: everything that can be typed, or one question, command, option, list or word with examples."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from analytics.query import Option
from bot.conversation.topics.commands import ALERTS, COMMANDS, DIGESTS, OTHERS, PREDICTIONS
from bot.conversation.topics.words import FILTERS, OPTIONS, TOPICS
from bot.conversation.topics.words import OTHERS as OTHER_WORDS
from bot.domain.prediction import open_months
from bot.domain.reply import Line, Notice, Section
from bot.domain.store_summary import group_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.conversation.topics.topic import Topic
    from bot.domain.request import Command
    from bot.domain.store_summary import Entry

STARTERS = ("licenses", "models", "countries", "subscribe")
"""Completions for a first try: a share, a ranking, a grouping and a digest. Each works with a single snapshot."""

_ADDRESSED = frozenset({"me", "us", "please", "hfstats", "with", "using"})
"""Words after ``help`` that name no topic."""
_SIMILAR = 70
"""Least similarity (0 to 100) of a suggested topic."""
_SUGGESTIONS = 3


def help_notice(entries: Sequence[Entry], about: str = "", command: str = "/hfstats") -> Notice:
    """Return the help about one topic, or about everything where ``about`` is empty or names no topic."""
    return topic_notice(entries, about) or _about_everything(entries, command)


def topic_notice(entries: Sequence[Entry], about: str) -> Notice | None:
    """Return the help about a question, command, option, list or other word; ``None`` if there is none."""
    word = topic_word(about)
    entry = next((entry for entry in entries if word == entry.form.word or word in entry.form.aliases), None)
    if entry:
        return _about_question(entry)
    topic = next((topic for topic in (*COMMANDS, *TOPICS) if word in topic.words), None)
    return _about(topic) if topic else None


def command_buttons(command: str) -> tuple[str, ...]:
    """Return texts about a command that change nothing, for the refusal of its mistakes."""
    topic = next((topic for topic in COMMANDS if command in topic.words), None)
    return (topic.buttons or topic.examples[:1]) if topic else ()


def topic_word(about: str) -> str:
    """Return the word after ``help`` that names a topic; ``""`` if there is none."""
    words = [word.casefold().strip("?!.:,\"'“”`/") for word in about.split()]
    return next((word for word in words if word and word not in _ADDRESSED), "")


def no_topic_notice(entries: Sequence[Entry], about: str) -> Notice:
    """Say that there's no such topic, and offer the most similar ones."""
    words = [word for entry in entries for word in (entry.form.word, *entry.form.aliases)]
    words += [word for topic in (*COMMANDS, *TOPICS) for word in topic.words]
    word = topic_word(about)
    matches = process.extract(word, words, scorer=fuzz.ratio, limit=_SUGGESTIONS, score_cutoff=_SIMILAR)
    similar = [f"help {match}" for match, _, _ in matches]
    meant = " Did you mean one of these?" if similar else " Type “help” to see everything."
    return Notice(f"There's no help topic “{word[:60]}”.{meant}", suggestions=(*(similar or ["help licenses"]), "help"))


def build_notice(command: Command) -> Notice:
    """Offer the form where Slack lets nothing but a button open it: after a mention, in a direct message."""
    text = "Build your question in a form instead of typing it."
    return Notice(f"{command.mistake} {text}".strip(), build=str(command.question) if command.question else "")


def completions(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return what may follow the command, each with what it does: every example, then the commands."""
    commands = [topic for topic in COMMANDS if topic.words[0] not in {"build", "help"}]
    return [
        *((example, entry.summary) for entry in entries for example in entry.examples),
        *((typed, _sentence(line.meaning)) for line in _lines(commands) for typed in line.typed),
        ("build", "Opens a form to choose from instead of typing"),
        ("help", "Lists everything you can type"),
    ]


def _about_everything(entries: Sequence[Entry], command: str) -> Notice:
    groups: dict[str, list[Line]] = {}
    for entry in entries:
        groups.setdefault(group_of(entry.form), []).append(Line((entry.form.example,), entry.summary))
    anywhere = Line(("@hfstats licenses",), "mention me or write to me directly: the same words")
    text = f"Type {command} and any of these; I answer with a chart and the finding in a sentence."
    sections = (
        *(Section(title, tuple(lines)) for title, lines in groups.items()),
        Section("Narrow any of them", _lines((FILTERS, *OPTIONS.values()))),
        Section("Digests for a channel", _lines(DIGESTS)),
        Section("Alerts for a channel", _lines(ALERTS)),
        Section("Predictions", _lines(PREDICTIONS)),
        Section("And", (*_lines(OTHER_WORDS), *_lines(OTHERS), anywhere)),
    )
    return Notice(text, sections=sections, suggestions=("licenses",), build="")


def _lines(topics: Iterable[Topic]) -> tuple[Line, ...]:
    return tuple(Line(tuple(map(_dated, topic.listed or topic.examples[:1])), topic.summary) for topic in topics if topic.summary)


def _about(topic: Topic) -> Notice:
    """Show examples that would change something as text, and others as buttons."""
    title, text = topic.words[0], f"{topic.words[0]}: {topic.text}"
    if not topic.buttons:
        return Notice(text, sections=_also(topic.words[1:]), suggestions=topic.examples)
    examples = Section("Examples", tuple(Line((_dated(example),), "") for example in topic.examples))
    buttons = tuple(button for button in topic.buttons if button != f"help {title}")
    return Notice(text, sections=(examples, *_also(topic.words[1:])), suggestions=buttons)


def _about_question(entry: Entry) -> Notice:
    options = tuple(Line(OPTIONS[option].listed, OPTIONS[option].summary) for option in Option if option in entry.form.options)
    sections = (*([Section("Narrowed with", options)] if options else []), *_also(entry.form.aliases))
    return Notice(f"{entry.form.word}: {entry.summary}.", sections=sections, suggestions=entry.examples, build=entry.form.example)


def _also(words: tuple[str, ...]) -> tuple[Section, ...]:
    return (Section("Also understood", (Line(words, ""),)),) if words else ()


def _dated(text: str) -> str:
    """Fill in a month that is open for bets."""
    return text.format(month=open_months(datetime.now(UTC))[-1])


def _sentence(meaning: str) -> str:
    return meaning[:1].upper() + meaning[1:]
