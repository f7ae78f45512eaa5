"""The threads that work on requests after Slack has its acknowledgement: each request once, with its id, counted."""

from __future__ import annotations

import hashlib
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from slack_bolt.kwargs_injection import build_required_kwargs
from slack_bolt.lazy_listener.thread_runner import ThreadLazyListenerRunner
from slack_bolt.util.utils import get_arg_names_of_callable

from analytics.errors import StoreError
from analytics.storage import database_wait
from bot.conversation.failures import failure
from bot.delivery.lifecycle import RESERVED_FOR_NOTICES

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from slack_bolt.request import BoltRequest

    from bot.delivery.conversation import Conversation
    from bot.delivery.lifecycle import RequestLifecycle
    from bot.delivery.open_request import OpenRequest
    from bot.storage.messages.received_events import ReceivedEvents

_log = logging.getLogger(__name__)

_DEDUPLICATION_TIMEOUT = 1.0
"""Seconds that the database gets to tell whether a request was seen before; nobody has heard anything by then."""
_STILL_RUNNING = 3.0
"""Seconds before the end of a shutdown at which also what is being worked on is given up."""

ALREADY_NOTIFIED = "hfstats_already_notified"
"""In a request's context: its acknowledgement failed, and the person was told so."""
ENTRY_POINT: ContextVar[str] = ContextVar("entry_point", default="other")
"""Which of Slack's doors the request came through."""


class ListenerPool(ThreadPoolExecutor):
    """A pool of threads in which work knows the request that it belongs to."""

    def __init__(
        self, threads: int, finished: Callable[[str, float], None] | None = None, lifecycle: RequestLifecycle | None = None
    ) -> None:
        """``finished`` is told the door and the seconds from acceptance to the end of each piece of work."""
        super().__init__(threads, thread_name_prefix="listener")
        self._lifecycle = lifecycle
        self._finished = finished
        self._lock = Lock()
        self._open = 0

    @property
    def depth(self) -> int:
        """Pieces of work that are waiting or being done."""
        return self._open

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - the executor's own form
        """Run ``fn`` in a thread, within the context of who submits it."""
        accepted = time.monotonic()
        future = super().submit(copy_context().run, fn, *args, **kwargs)
        with self._lock:
            self._open += 1
        entry_point = ENTRY_POINT.get()

        def done(future: Future[Any]) -> None:
            error = None if future.cancelled() else future.exception()
            if error:  # nobody reads this future
                failure(error)
            with self._lock:
                self._open -= 1
            if self._finished:
                self._finished(entry_point, time.monotonic() - accepted)

        future.add_done_callback(done)
        return future

    def close(self, within: float) -> None:
        """Take nothing new, finish what was accepted, and tell everybody whose request does not end in ``within`` seconds."""
        until = time.monotonic() + within
        if self._lifecycle is None:
            self.shutdown(wait=True)
            return
        in_time = self._lifecycle.wait_until_idle(within - RESERVED_FOR_NOTICES)
        self._lifecycle.stopping = not in_time
        self.shutdown(wait=in_time, cancel_futures=True)
        if not in_time:
            self._lifecycle.stop_waiting(until - _STILL_RUNNING - time.monotonic())
            self._lifecycle.wait_until_idle(until - _STILL_RUNNING - time.monotonic())
            self._lifecycle.stop_all(until - time.monotonic())


class DeduplicatingRunner(ThreadLazyListenerRunner):
    """Runs the lazy part of a listener once a request, in whichever process it arrives first.

    Slack delivers an event up to three times (the same ``event_id``), and a request that somebody recorded can be sent again
    while its signature is still good. This happens after the acknowledgement, so that no database stands in its way.
    """

    def __init__(
        self,
        executor: Executor,
        received_events: ReceivedEvents,
        lifecycle: RequestLifecycle,
        place: Callable[[BoltRequest], Conversation | None],
        text_of: Callable[[BoltRequest], str],
    ) -> None:
        """``place`` tells where the one who sent a request can be told something, and ``asked`` what they asked."""
        super().__init__(_log, executor)
        self._received_events = received_events
        self._lifecycle = lifecycle
        self._place = place
        self._text_of = text_of

    def start(self, function: Callable[..., None], request: BoltRequest) -> None:
        """Run ``function`` in a thread unless this request was seen before; whatever becomes of it, the request has an end."""
        if request.context.get(ALREADY_NOTIFIED):
            return
        open_request = self._lifecycle.accept(lambda: self._place(request), self._text(request))

        def work() -> None:
            if not self._is_first(request, function):
                open_request.duplicate = True
                return
            names = get_arg_names_of_callable(function)
            arguments = build_required_kwargs(
                logger=_log, required_arg_names=names, request=request, response=None, this_func=function
            )
            function(**arguments)

        try:
            self.executor.submit(self._lifecycle.run, open_request, work).add_done_callback(
                partial(self._cancelled, open_request)
            )
        except RuntimeError:  # this process ends, or has no room for one more thread
            self._lifecycle.stop(open_request)

    def _cancelled(self, open_request: OpenRequest, future: Future[Any]) -> None:
        if future.cancelled() and not self._lifecycle.stopping:
            self._lifecycle.stop(open_request)

    def _text(self, request: BoltRequest) -> str:
        try:
            return self._text_of(request)
        except Exception:  # noqa: BLE001 - a body of another form than Slack's; the listener will say so
            return ""

    def _is_first(self, request: BoltRequest, function: Callable[..., None]) -> bool:
        """Tell whether to go on. Where it is not known, rather an answer twice than none."""
        try:
            key = _key(request)
            with database_wait.at_most(_DEDUPLICATION_TIMEOUT):
                return key is None or self._received_events.first(f"{key} {function.__module__}.{function.__qualname__}")
        except StoreError as error:
            _log.warning("what was seen before is not known: %s", error)
        except Exception as error:  # noqa: BLE001 - see above
            failure(error)
        return True


def _key(request: BoltRequest) -> str | None:
    """Return what marks a request; ``None`` over Socket Mode for what is no event, since nobody else can send there."""
    event = request.body.get("event_id")
    if isinstance(event, str):
        return f"event {event}"
    signature = next(iter(request.headers.get("x-slack-signature", ())), None)
    return f"request {hashlib.sha256(signature.encode()).hexdigest()}" if signature else None
