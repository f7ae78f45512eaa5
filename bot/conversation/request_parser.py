"""From words to a typed request: the one place that reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError, QueryError
from analytics.language import grammar
from analytics.query import About, Period
from bot.conversation.commands import command_word, first_word, parse_command, permission_for, split_first_word
from bot.conversation.failures import notice_of
from bot.conversation.help import command_buttons, help_notice, no_topic_notice, topic_notice, topic_word
from bot.conversation.natural_language import is_small_talk, not_understood, without_greeting
from bot.conversation.suggestions.mistakes import misspelled_list, similar_commands, word_mistake
from bot.conversation.suggestions.offers import FEWEST, is_working, offers, with_stored_dates
from bot.domain.access import Permission
from bot.domain.hub_urls import name_addresses
from bot.domain.reply import Notice
from bot.domain.request import Help, Misunderstood, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.language.natural_language import Reading
    from analytics.query import Query
    from bot.conversation.natural_language import NaturalLanguage
    from bot.domain.request import Request
    from bot.domain.store_summary import Entry, StoreSummary

_QUIET = frozenset({"quiet", "quietly"})
SENTENCE = 3
"""Words from which a line counts as a sentence, which may mean more than its words; fewer are a command with a mistake."""
_SUMMARY_WITHIN = 1.0
"""Seconds that a refusal waits for the first summary of the store; Slack gives three for the acknowledgement."""


class RequestParser:
    """Reads what people type and what buttons hold."""

    def __init__(
        self, entries: Sequence[Entry], natural_language: NaturalLanguage, guess: Callable[[str], Query | None] | None = None
    ) -> None:
        """Read questions of ``entries``. ``guess`` asks a chat model about the rest, where one is set up."""
        self._entries = entries
        self._forms = [entry.form for entry in entries]
        self._natural_language = natural_language
        self._guess = guess

    def parse(self, text: str) -> Request:
        """Read a line. Never raises."""
        line, quiet = split_quiet(name_addresses(without_greeting(text)))
        try:
            return self._parse(line, quiet=quiet)
        except Exception as error:  # noqa: BLE001 - logged with its trace under the reference in the notice
            return Misunderstood(self._refusal(error, line), line, quiet, permission_for(line))

    def can_guess(self, request: Request) -> bool:
        """Whether :meth:`guess` may understand what the grammar doesn't; it takes seconds."""
        if self._guess is None or not isinstance(request, Misunderstood) or request.permission is not Permission.ASK:
            return False
        if request.notice.reference or first_word(request.typed) == "help":
            return False  # a failure of ours, or a topic that help doesn't have
        return len(request.typed.split()) >= SENTENCE

    def guess(self, request: Misunderstood) -> Request:
        """Ask the chat model what the words mean; returns ``request`` itself where it doesn't know. Never raises."""
        query = self._guess(request.typed) if self._guess else None
        return Question(query, request.typed, rephrased=True, quiet=request.quiet) if query else request

    def _parse(self, line: str, *, quiet: bool) -> Request:
        word, rest = split_first_word(line)
        if word == "help":
            return self._help(line, rest, quiet=quiet)
        if not f"{word}{rest}" or is_small_talk(line):
            return self._help(line, "", quiet=quiet)
        command = parse_command(line, self._forms)
        if command:
            return replace(command, quiet=quiet)
        try:
            query = grammar.parse(line, self._forms)
            meant = self._instead(query, line) if query.names else None
            return Question(meant or query, line, rephrased=meant is not None, quiet=quiet)
        except HfStatsError as error:
            reading = self._natural_language.read(line)
            if reading.query and misspelled_list(line, self._forms):  # say what lists there are instead of guessing one
                reading = replace(reading, query=None, candidates=(reading.query,))
            if reading.query:
                return Question(reading.query, line, rephrased=True, quiet=quiet)
            return Misunderstood(self._refusal(error, line, reading), line, quiet)

    def _instead(self, query: Query, line: str) -> Query | None:
        """Return what a sentence asks that begins like a command, with words after it that name nothing; else ``None``."""
        about = next(form.about for form in self._forms if form.word == query.word)
        if about is About.CHOICE or '"' in line or all(map(self._natural_language.knows, query.names)):
            return None
        meant = self._natural_language.read(line).query
        if meant is None or (meant.word == "compare") != (query.word == "compare"):
            return None  # two names for one are a mistake, and not a comparison
        return meant if meant.word != query.word or all(map(Period.read, meant.names)) else None

    def _help(self, line: str, about: str, *, quiet: bool) -> Request:
        if topic_word(about) and topic_notice(self._entries, about) is None:
            return Misunderstood(no_topic_notice(self._entries, about), line, quiet)
        notice = help_notice(self._entries, about)
        summary = self._summary()
        if summary:  # the help itself stays readable without data; its buttons would be refused
            examples = (
                text if is_working(text, self._forms, summary) else with_stored_dates(text, summary)
                for text in notice.suggestions
            )
            working = tuple(text for text in examples if is_working(text, self._forms, summary))
            if topic_word(about) and len(working) < FEWEST:
                working = offers(working, self._forms, summary)
            notice = replace(notice, suggestions=working)
        return Help(notice, line, quiet)

    def _refusal(self, error: Exception, line: str, reading: Reading | None = None) -> Notice:
        """Say what was not understood, with suggestions that work; ``reading`` is none for a command with a mistake."""
        notice, summary = notice_of(error, line), self._summary()
        if notice.reference or not isinstance(error, QueryError):
            return notice
        command, word = command_word(line), first_word(line)
        if command or reading is None:
            near = (*notice.suggestions, *command_buttons(command or ""))
            return replace(notice, suggestions=offers(near, self._forms, summary, command or ""))
        near = tuple(dict.fromkeys((*map(str, reading.candidates), *notice.suggestions)))
        form = next((form for form in self._forms if word == form.word or word in form.aliases), None)
        mistake = word_mistake(line, self._entries, summary)
        if mistake:
            notice, near = mistake, (*mistake.suggestions, *near)
        elif form is None and len(line) <= grammar.LONGEST_TEXT:
            near = (*similar_commands(word), *near)
            meant = [text for text in near if is_working(text, self._forms, summary)]
            hint = "Did you mean one of these?" if meant else "Here's what you can ask."
            notice = Notice(f"{not_understood(reading, line)} {hint}")
        return replace(notice, suggestions=offers(near, self._forms, summary, form.word if form else ""))

    def _summary(self) -> StoreSummary | None:
        return self._natural_language.name_index.cached(_SUMMARY_WITHIN)


def split_quiet(text: str) -> tuple[str, bool]:
    """Take ``quiet`` off a line where it is the first or the last word, and tell whether it was; in quotes it is a name."""
    words = text.split()
    if len(words) == 2 and words[0].casefold() == "help":  # "help quiet" asks about the word
        return text, False
    first = bool(words) and words[0].casefold() in _QUIET
    last = len(words) > first and words[-1].casefold() in _QUIET
    if first or last:
        return " ".join(words[first : len(words) - last]), True
    return text, False
