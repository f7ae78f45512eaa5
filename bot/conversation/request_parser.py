"""From words to a typed request: the one place that reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError
from analytics.language import grammar
from bot.conversation.commands import first_word, parse_command, permission_for
from bot.conversation.failures import notice_of
from bot.conversation.help import help_notice
from bot.conversation.natural_language import unsure, without_greeting
from bot.domain.access import Permission
from bot.domain.hub_urls import name_addresses
from bot.domain.request import Help, Misunderstood, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.query import Query
    from bot.conversation.natural_language import NaturalLanguage
    from bot.domain.request import Request
    from bot.domain.store_summary import Entry

HELP_WORDS = frozenset({"", "help", "hello", "hi"})
_QUIET = frozenset({"quiet", "quietly"})
_SENTENCE = 3
"""Words from which a line may ask something that only a chat model understands; fewer are a command with a mistake."""


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
            return Misunderstood(notice_of(error, line), line, quiet, permission_for(line))

    def can_guess(self, request: Request) -> bool:
        """Whether :meth:`guess` may understand what the grammar doesn't; it takes seconds."""
        if self._guess is None or not isinstance(request, Misunderstood) or request.permission is not Permission.ASK:
            return False
        return len(request.typed.split()) >= _SENTENCE

    def guess(self, request: Misunderstood) -> Request:
        """Ask the chat model what the words mean; returns ``request`` itself where it doesn't know. Never raises."""
        query = self._guess(request.typed) if self._guess else None
        return Question(query, request.typed, rephrased=True, quiet=request.quiet) if query else request

    def _parse(self, line: str, *, quiet: bool) -> Request:
        word, rest = first_word(line), line.strip().partition(" ")[2].strip()
        if word in HELP_WORDS:
            return Help(help_notice(self._entries, rest), line, quiet)
        command = parse_command(line, self._forms)
        if command:
            return replace(command, quiet=quiet)
        try:
            return Question(grammar.parse(line, self._forms), line, quiet=quiet)
        except HfStatsError as error:
            reading = self._natural_language.read(line)
            if reading.query:
                return Question(reading.query, line, rephrased=True, quiet=quiet)
            named = any(word == form.word or word in form.aliases for form in self._forms)
            asked_back = None if named else unsure(reading)
            return Misunderstood(asked_back or notice_of(error, line), line, quiet)


def split_quiet(text: str) -> tuple[str, bool]:
    """Take ``quiet`` off a line where it is the first or the last word, and tell whether it was; in quotes it is a name."""
    words = text.split()
    first = bool(words) and words[0].casefold() in _QUIET
    last = len(words) > first and words[-1].casefold() in _QUIET
    if first or last:
        return " ".join(words[first : len(words) - last]), True
    return text, False
