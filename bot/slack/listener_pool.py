"""The thread pool that runs lazy listeners after the acknowledgement, once per request."""

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
"""Seconds to wait for the database for the duplicate check, which runs before the user sees anything."""
_STILL_RUNNING = 3.0
"""Seconds before the end of a shutdown at which running requests are stopped too."""

ALREADY_NOTIFIED = "hfstats_already_notified"
"""Context key: the acknowledgement failed and the user was notified."""
ENTRY_POINT: ContextVar[str] = ContextVar("entry_point", default="other")
"""The current request's entry point, a metrics label."""


class ListenerPool(ThreadPoolExecutor):
    """A thread pool that runs work in the context of its request."""

    def __init__(
        self, threads: int, finished: Callable[[str, float], None] | None = None, lifecycle: RequestLifecycle | None = None
    ) -> None:
        """``finished`` is called with the entry point and the seconds from submission to completion."""
        super().__init__(threads, thread_name_prefix="listener")
        self._lifecycle = lifecycle
        self._finished = finished
        self._lock = Lock()
        self._open = 0

    @property
    def depth(self) -> int:
        """The number of waiting and running tasks."""
        return self._open

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - the executor's own form
        """Run ``fn`` in a thread with the caller's context variables."""
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
        """Reject new work, finish accepted work, and notify users whose requests don't end within ``within`` seconds."""
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
    """Runs a lazy listener once per request, across all processes.

    Slack delivers an event up to three times with the same ``event_id``, and a recorded request can be replayed while its
    signature is valid. The check follows the acknowledgement, so that the database can't delay it.
    """

    def __init__(
        self,
        executor: Executor,
        received_events: ReceivedEvents,
        lifecycle: RequestLifecycle,
        place: Callable[[BoltRequest], Conversation | None],
        text_of: Callable[[BoltRequest], str],
    ) -> None:
        """``place`` returns the conversation for notices to the sender; ``text_of`` returns what they asked."""
        super().__init__(_log, executor)
        self._received_events = received_events
        self._lifecycle = lifecycle
        self._place = place
        self._text_of = text_of

    def start(self, function: Callable[..., None], request: BoltRequest) -> None:
        """Run ``function`` in a thread unless the request is a duplicate. The request always reaches an outcome."""
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
        except RuntimeError:  # shutting down, or no more threads
            self._lifecycle.stop(open_request)

    def _cancelled(self, open_request: OpenRequest, future: Future[Any]) -> None:
        if future.cancelled() and not self._lifecycle.stopping:
            self._lifecycle.stop(open_request)

    def _text(self, request: BoltRequest) -> str:
        try:
            return self._text_of(request)
        except Exception:  # noqa: BLE001 - a malformed payload; the listener reports it
            return ""

    def _is_first(self, request: BoltRequest, function: Callable[..., None]) -> bool:
        """Return whether this is the first delivery; ``True`` if unknown, to answer twice rather than never."""
        try:
            key = _key(request)
            with database_wait.at_most(_DEDUPLICATION_TIMEOUT):
                return key is None or self._received_events.first(f"{key} {function.__module__}.{function.__qualname__}")
        except StoreError as error:
            _log.warning("could not check for duplicates: %s", error)
        except Exception as error:  # noqa: BLE001 - see above
            failure(error)
        return True


def _key(request: BoltRequest) -> str | None:
    """Return a key that identifies a request; ``None`` for Socket Mode requests other than events, which can't be replayed."""
    event = request.body.get("event_id")
    if isinstance(event, str):
        return f"event {event}"
    signature = next(iter(request.headers.get("x-slack-signature", ())), None)
    return f"request {hashlib.sha256(signature.encode()).hexdigest()}" if signature else None
