"""The lifecycle of a request, from acceptance to exactly one outcome.

At the end, the working message is removed, the user is notified, and the outcome is counted. Steps that fail are queued for a
retry. Each failure has one line in the log.
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
"""Seconds that a request waits for the database in total."""
RESERVED_FOR_NOTICES = 8.0
"""Seconds at the end of a shutdown that are reserved for notifying users."""
_NOTICE_THREADS = 16
_STOPPED = "I'm restarting and couldn't get to your request. Ask again in a minute."


class RequestLifecycle:
    """Runs requests and keeps track of the open ones."""

    def __init__(self, pending_replies: PendingReplies | None = None, ended: Callable[[str], None] | None = None) -> None:
        """``pending_replies`` stores open requests; ``ended`` is called with the outcome of each request."""
        self.retry_queue = RetryQueue(pending_replies)
        self._pending_replies = pending_replies
        self._on_end = ended
        self._open: set[OpenRequest] = set()
        self._changed = Condition()
        self.stopping = False
        """Whether this process is shutting down."""

    def accept(self, place: Callable[[], Conversation | None] = lambda: None, text: str = "") -> OpenRequest:
        """Register a request; either :meth:`run` or :meth:`stop` must follow."""
        request = OpenRequest(self, place, text)
        with self._changed:
            self._open.add(request)
        return request

    def run(self, request: OpenRequest, work: Callable[[], object]) -> None:
        """Run a request's work and end the request. Never raises."""
        request.begun = True
        if request.ended:  # stopped while it waited for a thread
            return
        error: BaseException | None = None
        tokens = TRACKER.set(request), CURRENT.set(request)
        with database_wait.at_most(DATABASE_WITHIN):
            try:
                work()
            except BaseException as raised:  # noqa: BLE001 - even SystemExit: the user is waiting for a reply
                error = raised
            self._end(request, error)
        TRACKER.reset(tokens[0])
        CURRENT.reset(tokens[1])

    def stop(self, request: OpenRequest) -> None:
        """End a request early because this process is shutting down. Never raises."""
        with database_wait.at_most(database_wait.LEAST):
            self._end(request, None, stopped=True)

    def record(self, work: PendingReply) -> None:
        """Store a request that isn't answered yet. Never raises, because answers don't depend on it."""
        if self._pending_replies is None:
            return
        try:
            self._pending_replies.begin(work)
        except BaseException as error:  # noqa: BLE001 - see above
            _log.warning("could not store a working message: %s", type(error).__name__)

    def wait_until_idle(self, within: float) -> bool:
        """Wait until every request has ended; returns ``False`` after ``within`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, max(0.0, within))

    def stop_waiting(self, within: float) -> None:
        """Stop every request that hasn't started, several at a time, within a number of seconds."""
        self.stopping = True
        self._stop([request for request in self._open_requests() if not request.begun], within)

    def stop_all(self, within: float) -> None:
        """Stop every open request within a number of seconds."""
        self.stopping = True
        self._stop(self._open_requests(), within)

    def _open_requests(self) -> list[OpenRequest]:
        with self._changed:
            return list(self._open)

    def _stop(self, open_requests: list[OpenRequest], within: float) -> None:
        if open_requests:
            _log.warning("notifying %s users that their requests were stopped", len(open_requests))
            executor = ThreadPoolExecutor(_NOTICE_THREADS, "stopping")
            wait([executor.submit(self.stop, request) for request in open_requests], max(0.0, within))
            executor.shutdown(wait=False, cancel_futures=True)

    def _end(self, request: OpenRequest, error: BaseException | None, *, stopped: bool = False) -> None:
        """End a request once: notify, clean up, count. A failing step doesn't prevent the others."""
        with self._changed:
            first, request.ended = not request.ended, True
        outcome = Outcome.FAILED
        try:
            if first:
                outcome = self._notify(request, error, stopped=stopped)
            self._withdraw(request, stopped=stopped)
        except BaseException as raised:  # noqa: BLE001 - the last place that can log it
            _log.critical("could not end a request", exc_info=raised)
        finally:
            with self._changed:
                self._open.discard(request)
                self._changed.notify_all()
            if first and self._on_end:
                self._on_end(outcome)

    def _notify(self, request: OpenRequest, error: BaseException | None, *, stopped: bool) -> Outcome:
        """Notify the user unless they already have a reply; returns the outcome."""
        notified = next((conversation for conversation in reversed(request.conversations) if conversation.notified), None)
        if stopped and notified is None and self._interrupted(request):
            return Outcome.STOPPED
        notice = Notice(_STOPPED, suggestions=_suggestions(request)) if stopped and notified is None else None
        if error is not None:
            notice = notice_of(error, request.question)
        if notice is None:
            return self._outcome_without_error(request, notified)
        outcome = Outcome.STOPPED if stopped else Outcome.FAILED if notice.reference else Outcome.REFUSED
        if notified:
            return outcome
        conversation = succeeds("finding the user's conversation", request.conversation)
        if conversation is None:
            return outcome
        conversation.notice = notice
        return (
            outcome
            if succeeds("notifying the user", lambda: Responder.tell(conversation, notice))
            else self._hand_over(request, conversation, notice)
        )

    def _interrupted(self, request: OpenRequest) -> bool:
        """Turn working messages into offers to ask again; returns ``False`` if there was none or it failed."""
        working = [conversation for conversation in request.conversations if conversation.working]
        return bool(working) and all(succeeds("interrupting", conversation.mark_interrupted) for conversation in working)

    def _outcome_without_error(self, request: OpenRequest, notified: Conversation | None) -> Outcome:
        if request.duplicate:
            return Outcome.DUPLICATE
        if notified:
            refused = Outcome.FAILED if notified.notice and notified.notice.reference else Outcome.REFUSED
            return refused if notified.notice else Outcome.ANSWERED
        for conversation in request.conversations:
            if conversation.notice:  # no method could deliver it
                return self._hand_over(request, conversation, conversation.notice)
        return Outcome.HANDED_OVER if request.queued_for_retry else Outcome.DONE

    def _hand_over(self, request: OpenRequest, conversation: Conversation, notice: Notice) -> Outcome:
        level = logging.WARNING if notice.reference else logging.ERROR  # with a reference, the failure is already in the log
        _log.log(level, "failure %s: could not notify the user yet", request_id())
        text = request.text or conversation.question
        work = PendingReply(
            conversation.workspace,
            conversation.channel,
            f"{WITHOUT_MESSAGE}{secrets.token_hex(8)}",
            text,
            conversation.user,
            conversation.thread or "",
        )
        self.retry_queue.add("notifying a user", lambda: Responder.tell(conversation, notice), work)
        return Outcome.HANDED_OVER

    def _withdraw(self, request: OpenRequest, *, stopped: bool) -> None:
        """Remove the request's working messages and their stored rows."""
        for conversation in request.conversations:
            remove = (
                conversation.mark_interrupted if stopped and not conversation.notified else conversation.remove_working_message
            )
            if not succeeds("removing a working message", remove):
                self.retry_queue.add("removing a working message", remove, _pending_reply(request, conversation))
        working_messages = {conversation.working for conversation in request.conversations}
        for work in request.recorded:
            if (work.channel, work.ts) not in working_messages:
                self.retry_queue.forget(work)


def _pending_reply(request: OpenRequest, conversation: Conversation) -> PendingReply | None:
    """Return the row to store for a working message that couldn't be removed; ``None`` if there is none."""
    if conversation.working is None:
        return None
    text = conversation.question or request.text
    return PendingReply(conversation.workspace, *conversation.working, text, conversation.user, conversation.thread or "")


def _suggestions(request: OpenRequest) -> tuple[str, ...]:
    return (request.question,) if request.question else ()
