"""One function carries a request from its acceptance to its end, whatever the end is.

Every end takes back or hands over the working message, tells the person or hands that over, counts, and leaves one line in the
log where something failed.
"""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Condition
from typing import TYPE_CHECKING, TypeVar

from analytics.storage import database_wait
from bot.conversation.failures import notice_of
from bot.delivery.attempts import succeeds
from bot.delivery.open_request import CURRENT, OpenRequest, Outcome
from bot.delivery.request_tracker import TRACKER
from bot.delivery.responder import Responder
from bot.delivery.retry_queue import RetryQueue
from bot.domain.pending_reply import WITHOUT_MESSAGE, PendingReply
from bot.domain.reply import Notice
from bot.observability.logs import request_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.delivery.conversation import Conversation
    from bot.storage.messages.pending_replies import PendingReplies

_log = logging.getLogger(__name__)
T = TypeVar("T")

DATABASE_WITHIN = 5.0
"""Seconds that one request waits for the database in total."""
RESERVED_FOR_NOTICES = 8.0
"""Seconds before the end of a shutdown from which nobody is waited for, so that everybody can be told."""
_NOTICE_THREADS = 16
_STOPPED = "I'm restarting and couldn't get to your request. Ask again in a minute."


class RequestLifecycle:
    """Carries requests, and knows which have not ended."""

    def __init__(self, pending_replies: PendingReplies | None = None, ended: Callable[[str], None] | None = None) -> None:
        """Record in ``unfinished`` what has not ended; ``ended`` is told the outcome of each request."""
        self.retry_queue = RetryQueue(pending_replies)
        self._pending_replies = pending_replies
        self._ended = ended
        self._open: set[OpenRequest] = set()
        self._changed = Condition()
        self.stopping = False
        """This process ends; who is still waiting is told so."""

    def accept(self, place: Callable[[], Conversation | None] = lambda: None, text: str = "") -> OpenRequest:
        """Begin a request, which from now on is either carried or stopped."""
        request = OpenRequest(self, place, text)
        with self._changed:
            self._open.add(request)
        return request

    def run(self, request: OpenRequest, work: Callable[[], object]) -> None:
        """Do the work of a request and bring it to its end. Never raises."""
        request.begun = True
        if request.ended:  # while it waited
            return
        error: BaseException | None = None
        tokens = TRACKER.set(request), CURRENT.set(request)
        with database_wait.at_most(DATABASE_WITHIN):
            try:
                work()
            except BaseException as raised:  # noqa: BLE001 - also what would end the thread: the person is still waiting
                error = raised
            self._end(request, error)
        TRACKER.reset(tokens[0])
        CURRENT.reset(tokens[1])

    def stop(self, request: OpenRequest) -> None:
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

    def _left(self) -> list[OpenRequest]:
        with self._changed:
            return list(self._open)

    def _stop(self, left: list[OpenRequest], within: float) -> None:
        if left:
            _log.warning("telling %s people that their requests are not finished", len(left))
            executor = ThreadPoolExecutor(_NOTICE_THREADS, "stopping")
            wait([executor.submit(self.stop, request) for request in left], max(0.0, within))
            executor.shutdown(wait=False, cancel_futures=True)

    def _end(self, request: OpenRequest, error: BaseException | None, *, stopped: bool = False) -> None:
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

    def _told(self, request: OpenRequest, error: BaseException | None, *, stopped: bool) -> Outcome:
        """Tell the person what came of it, unless they know; returns what did."""
        told = next((conversation for conversation in reversed(request.conversations) if conversation.notified), None)
        if stopped and told is None and self._interrupted(request):
            return Outcome.STOPPED
        notice = Notice(_STOPPED, suggestions=_again(request)) if stopped and told is None else None
        if error is not None:
            notice = notice_of(error, request.question)
        if notice is None:
            return self._ended_well(request, told)
        outcome = Outcome.STOPPED if stopped else Outcome.FAILED if notice.reference else Outcome.REFUSED
        if told:
            return outcome
        conversation = succeeds("finding out whom to tell", request.conversation)
        if conversation is None:
            return outcome
        conversation.notice = notice
        return (
            outcome
            if succeeds("telling", lambda: Responder.tell(conversation, notice))
            else self._hand_over(request, conversation, notice)
        )

    def _interrupted(self, request: OpenRequest) -> bool:
        """Turn the working message into an offer to ask again, which tells the person; tell whether there was one to turn."""
        working = [conversation for conversation in request.conversations if conversation.working]
        return bool(working) and all(succeeds("interrupting", conversation.mark_interrupted) for conversation in working)

    def _ended_well(self, request: OpenRequest, notified: Conversation | None) -> Outcome:
        if request.duplicate:
            return Outcome.DUPLICATE
        if notified:
            refused = Outcome.FAILED if notified.notice and notified.notice.reference else Outcome.REFUSED
            return refused if notified.notice else Outcome.ANSWERED
        for conversation in request.conversations:
            if conversation.notice:  # it should have been told, and no way led there
                return self._hand_over(request, conversation, conversation.notice)
        return Outcome.HANDED_OVER if request.queued_for_retry else Outcome.DONE

    def _hand_over(self, request: OpenRequest, conversation: Conversation, notice: Notice) -> Outcome:
        level = logging.WARNING if notice.reference else logging.ERROR  # with a reference, the failure has its line already
        _log.log(level, "failure %s: the person could not be told yet", request_id())
        text = request.text or conversation.question
        work = PendingReply(
            conversation.workspace,
            conversation.channel,
            f"{WITHOUT_MESSAGE}{secrets.token_hex(8)}",
            text,
            conversation.user,
            conversation.thread or "",
        )
        self.retry_queue.take("telling somebody", lambda: Responder.tell(conversation, notice), work)
        return Outcome.HANDED_OVER

    def _withdraw(self, request: OpenRequest, *, stopped: bool) -> None:
        """Leave no working message standing, and no record of one that does not stand."""
        for conversation in request.conversations:
            take_back = (
                conversation.mark_interrupted if stopped and not conversation.notified else conversation.remove_working_message
            )
            if not succeeds("withdrawing a working message", take_back):
                self.retry_queue.take("withdrawing a working message", take_back, _standing(request, conversation))
        standing = {conversation.working for conversation in request.conversations}
        for work in request.recorded:
            if (work.channel, work.ts) not in standing:
                self.retry_queue.forget(work)


def _standing(request: OpenRequest, conversation: Conversation) -> PendingReply | None:
    """Return the record of a working message that stands; ``None`` where it is not known which that is."""
    if conversation.working is None:
        return None
    text = conversation.question or request.text
    return PendingReply(conversation.workspace, *conversation.working, text, conversation.user, conversation.thread or "")


def _again(request: OpenRequest) -> tuple[str, ...]:
    return (request.question,) if request.question else ()
