"""One function carries a request from its acceptance to its end, whatever the end is.

Every end takes back or hands over the working message, tells the person or hands that over, counts, and leaves one line in the
log where something failed.
"""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Condition
from typing import TYPE_CHECKING, TypeVar

from analytics.errors import StoreError
from analytics.storage import database_wait
from bot.conversation.router import notice_of
from bot.delivery.handover import Handover, lasting
from bot.delivery.request_tracker import TRACKER
from bot.delivery.responder import Responder
from bot.domain.pending_reply import WITHOUT_MESSAGE, PendingReply
from bot.domain.reply import Notice
from bot.observability.logs import request_id
from bot.slack_api.errors import FAILURES, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.delivery.conversation import Conversation
    from bot.storage.messages.pending_replies import PendingReplies

_log = logging.getLogger(__name__)
T = TypeVar("T")

DATABASE_WITHIN = 5.0
"""Seconds that one request waits for the database in total."""
LEFT_FOR_TELLING = 8.0
"""Seconds before the end of a shutdown from which nobody is waited for, so that everybody can be told."""
_TELLERS = 16
_STOPPED = "I'm restarting and couldn't get to your request. Ask again in a minute."


class Outcome(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    """The answer arrived."""
    REFUSED = "refused"
    """The person was told why there is none: a mistake, a limit, a database that is away."""
    FAILED = "failed"
    """Something that nobody foresaw; the person has the reference."""
    DONE = "done"
    """There was nobody to tell anything: a form was changed, the Home shown, a link looked at."""
    DUPLICATE = "duplicate"
    """It was received before."""
    STOPPED = "stopped"
    """The process ended before it did, and the person was told."""
    HANDED_OVER = "handed_over"
    """The person could not be told yet."""


@dataclass(eq=False)
class Request:
    """One request, from its acceptance on."""

    lifecycle: Lifecycle
    place: Callable[[], Conversation | None] = lambda: None
    """Makes the place where the person can be told something, where the listener made none; ``None`` where there is nobody."""
    text: str = ""
    """What was asked, where that is known before anything is read."""
    seats: list[Conversation] = field(default_factory=list)
    recorded: list[PendingReply] = field(default_factory=list)
    duplicate: bool = False
    handed_over: bool = False
    begun: bool = False
    ended: bool = False

    def opened(self, conversation: Conversation) -> None:
        """Take note of a place where the request may speak."""
        self.seats.append(conversation)

    def posted(self, conversation: Conversation, text: str) -> None:
        """Record a working message, so that it is put right even when this process dies."""
        if conversation.working is None:
            return
        work = PendingReply(conversation.workspace, *conversation.working, text, conversation.user, conversation.thread or "")
        self.recorded.append(work)  # whatever comes of the next step, the row may be there
        self.lifecycle.record(work)


_CURRENT: ContextVar[Request | None] = ContextVar("current_request", default=None)


class Lifecycle:
    """Carries requests, and knows which have not ended."""

    def __init__(self, pending_replies: PendingReplies | None = None, ended: Callable[[str], None] | None = None) -> None:
        """Record in ``unfinished`` what has not ended; ``ended`` is told the outcome of each request."""
        self.handover = Handover(pending_replies)
        self._pending_replies = pending_replies
        self._ended = ended
        self._open: set[Request] = set()
        self._changed = Condition()
        self.stopping = False
        """This process ends; who is still waiting is told so."""

    def accept(self, place: Callable[[], Conversation | None] = lambda: None, text: str = "") -> Request:
        """Begin a request, which from now on is either carried or stopped."""
        request = Request(self, place, text)
        with self._changed:
            self._open.add(request)
        return request

    def carry(self, request: Request, work: Callable[[], object]) -> None:
        """Do the work of a request and bring it to its end. Never raises."""
        request.begun = True
        if request.ended:  # while it waited
            return
        error: BaseException | None = None
        tokens = TRACKER.set(request), _CURRENT.set(request)
        with database_wait.at_most(DATABASE_WITHIN):
            try:
                work()
            except BaseException as raised:  # noqa: BLE001 - also what would end the thread: the person is still waiting
                error = raised
            self._end(request, error)
        TRACKER.reset(tokens[0])
        _CURRENT.reset(tokens[1])

    def stop(self, request: Request) -> None:
        """Bring a request to its end that is not carried any further, as this process ends. Never raises."""
        with database_wait.at_most(database_wait.LEAST):
            self._end(request, None, stopped=True)

    def record(self, work: PendingReply) -> None:
        """Write down what is not answered yet. Never raises: an answer needs no record."""
        if self._pending_replies is None:
            return
        try:
            self._pending_replies.begin(work)
        except BaseException as error:  # noqa: BLE001 - see above
            _log.warning("a working message could not be recorded: %s", type(error).__name__)

    def drained(self, within: float) -> bool:
        """Wait until every request has ended; tell whether that was in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, max(0.0, within))

    def stop_waiting(self, within: float) -> None:
        """Stop, from now on and many at a time, every request that nobody works on yet."""
        self.stopping = True
        self._stop([request for request in self._left() if not request.begun], within)

    def stop_all(self, within: float) -> None:
        """Stop every request that has not ended."""
        self.stopping = True
        self._stop(self._left(), within)

    def _left(self) -> list[Request]:
        with self._changed:
            return list(self._open)

    def _stop(self, left: list[Request], within: float) -> None:
        if left:
            _log.warning("telling %s people that their requests are not finished", len(left))
            tellers = ThreadPoolExecutor(_TELLERS, "stopping")
            wait([tellers.submit(self.stop, request) for request in left], max(0.0, within))
            tellers.shutdown(wait=False, cancel_futures=True)

    def _end(self, request: Request, error: BaseException | None, *, stopped: bool = False) -> None:
        """Give a request its one end: tell, withdraw, count. Each step is done whatever becomes of the others."""
        with self._changed:
            first, request.ended = not request.ended, True
        outcome = Outcome.FAILED
        try:
            if first:
                outcome = self._told(request, error, stopped=stopped)
            self._withdraw(request, stopped=stopped)
        except BaseException as raised:  # noqa: BLE001 - a defect in the last place that could tell of it
            _log.critical("a request could not be ended", exc_info=raised)
        finally:
            with self._changed:
                self._open.discard(request)
                self._changed.notify_all()
            if first and self._ended:
                self._ended(outcome)

    def _told(self, request: Request, error: BaseException | None, *, stopped: bool) -> Outcome:
        """Tell the person what came of it, unless they know; returns what did."""
        told = next((conversation for conversation in reversed(request.seats) if conversation.told), None)
        if stopped and told is None and self._interrupted(request):
            return Outcome.STOPPED
        notice = Notice(_STOPPED, suggestions=_again(request)) if stopped and told is None else None
        if error is not None:
            notice = notice_of(
                error, request.text or next((conversation.asked for conversation in request.seats if conversation.asked), "")
            )
        if notice is None:
            return self._ended_well(request, told)
        outcome = Outcome.STOPPED if stopped else Outcome.FAILED if notice.reference else Outcome.REFUSED
        if told:
            return outcome
        conversation = _attempted("finding out whom to tell", lambda: request.seats[-1] if request.seats else request.place())
        if conversation is None:
            return outcome
        conversation.notice = notice
        return (
            outcome
            if _attempted("telling", lambda: Responder.tell(conversation, notice))
            else self._hand_over(request, conversation, notice)
        )

    def _interrupted(self, request: Request) -> bool:
        """Turn the working message into an offer to ask again, which tells the person; tell whether there was one to turn."""
        working = [conversation for conversation in request.seats if conversation.working]
        return bool(working) and all(_attempted("interrupting", conversation.interrupt) for conversation in working)

    def _ended_well(self, request: Request, told: Conversation | None) -> Outcome:
        if request.duplicate:
            return Outcome.DUPLICATE
        if told:
            refused = Outcome.FAILED if told.notice and told.notice.reference else Outcome.REFUSED
            return refused if told.notice else Outcome.ANSWERED
        for conversation in request.seats:
            if conversation.notice:  # it should have been told, and no way led there
                return self._hand_over(request, conversation, conversation.notice)
        return Outcome.HANDED_OVER if request.handed_over else Outcome.DONE

    def _hand_over(self, request: Request, conversation: Conversation, notice: Notice) -> Outcome:
        level = logging.WARNING if notice.reference else logging.ERROR  # with a reference, the failure has its line already
        _log.log(level, "failure %s: the person could not be told yet", request_id())
        text = request.text or conversation.asked
        work = PendingReply(
            conversation.workspace,
            conversation.channel,
            f"{WITHOUT_MESSAGE}{secrets.token_hex(8)}",
            text,
            conversation.user,
            conversation.thread or "",
        )
        self.handover.take("telling somebody", lambda: Responder.tell(conversation, notice), work)
        return Outcome.HANDED_OVER

    def _withdraw(self, request: Request, *, stopped: bool) -> None:
        """Leave no working message standing, and no record of one that does not stand."""
        for conversation in request.seats:
            take_back = conversation.interrupt if stopped and not conversation.told else conversation.withdraw
            if not _attempted("withdrawing a working message", take_back):
                self.handover.take("withdrawing a working message", take_back, _standing(request, conversation))
        standing = {conversation.working for conversation in request.seats}
        for work in request.recorded:
            if (work.channel, work.ts) not in standing:
                self.handover.forget(work)


def attempt(what: str, act: Callable[[], object]) -> bool:
    """Do something that may be done twice without harm, now or, where Slack or the database is away, later.

    Returns whether it is done.

    Raises:
        SlackApiError: for a refusal that would be the same a moment later.

    """
    try:
        act()
    except (*FAILURES, StoreError) as error:
        request = _CURRENT.get()
        if request is None or lasting(error):
            raise
        _log.warning("%s: %s", what, said(error))
        request.handed_over = True
        request.lifecycle.handover.take(what, lambda: _tried_again(what, act))
        return False
    return True


def _tried_again(what: str, act: Callable[[], object]) -> bool:
    """Tell whether it is not to be tried once more."""
    try:
        act()
    except FAILURES as error:
        if not lasting(error):
            raise
        _log.warning("%s: %s", what, said(error))
    return True


def _standing(request: Request, conversation: Conversation) -> PendingReply | None:
    """Return the record of a working message that stands; ``None`` where it is not known which that is."""
    if conversation.working is None:
        return None
    text = conversation.asked or request.text
    return PendingReply(conversation.workspace, *conversation.working, text, conversation.user, conversation.thread or "")


def _again(request: Request) -> tuple[str, ...]:
    text = request.text or next((conversation.asked for conversation in request.seats if conversation.asked), "")
    return (text,) if text else ()


def _attempted(what: str, act: Callable[[], T]) -> T | None:
    """Return what ``act`` does, or ``None`` where it raises."""
    try:
        return act()
    except BaseException as error:  # noqa: BLE001 - the steps after this one are done all the same
        _log.warning("%s: %s", what, type(error).__name__)
        return None
