"""What somebody asked for, as a value: made once from their words, and all that the rest of the bot ever sees of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from analytics.domain import Dimension, ListName
from bot.domain.access import Permission

if TYPE_CHECKING:
    from analytics.digest.edition import Edition
    from analytics.query import Query
    from bot.domain.alert_rule import Rule
    from bot.domain.prediction import Draft
    from bot.domain.reply import Notice
    from bot.domain.schedule import Schedule

SECTIONS = (Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK)
"""The sections of a digest, in its own order."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the data."""

    query: Query
    typed: str
    """The words as they were typed, without Slack's markup."""
    rephrased: bool = False
    """The words were no query; the answer says which query they were taken for."""
    quiet: bool = False
    """The answer is for the person who asked alone."""
    permission: Permission = Permission.ASK

    @property
    def text(self) -> str:
        """The words to show while the question is answered, which also ask it again."""
        return str(self.query) if self.rephrased else self.typed


@dataclass(frozen=True, slots=True)
class Command:
    """One of the bot's own commands, such as ``subscribe``."""

    word: str
    typed: str
    permission: Permission
    number: int | None = None
    """The subscription, alert, prediction or delivery that is meant; ``None`` is the channel's own."""
    schedule: Schedule | None = None
    zone_named: bool = False
    """The schedule's time zone was typed, and isn't the default."""
    within: ListName = ListName.TOP
    sections: tuple[Dimension, ...] = SECTIONS
    edition: Edition | None = None
    then_and_now: bool = False
    """Of ``report``: with the published figures of January 2024."""
    rule: Rule | None = None
    bet: Draft | None = None
    question: Query | None = None
    """Of ``build``: the question that the form begins with."""
    mistake: str = ""
    """Of ``build``: why the words after it are no question."""
    quiet: bool = False

    @property
    def text(self) -> str:
        """The words to show while the command runs, which also give it again."""
        return self.typed


@dataclass(frozen=True, slots=True)
class Help:
    """Something to read that needs no data."""

    notice: Notice
    typed: str = ""
    quiet: bool = False
    permission: Permission = Permission.ASK


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Words that are no request; ``notice`` says what was not understood, and what would be."""

    notice: Notice
    typed: str = ""
    quiet: bool = False
    permission: Permission = field(default=Permission.ASK)
    """What the command would need whose words have a mistake."""


Request: TypeAlias = Question | Command | Help | Misunderstood


def words_of(request: Request) -> str:
    """Return the words that make the same request again, with ``quiet`` if the answer is for one person."""
    return f"{request.typed} quiet" if request.quiet else request.typed


@dataclass(frozen=True)
class SourceMessage:
    """The message that a request came in."""

    workspace: str
    channel: str
    ts: str
