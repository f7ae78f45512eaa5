"""The threads that work on requests after Slack has its acknowledgement: each request once, with its id, counted."""

from __future__ import annotations

import hashlib
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from threading import Lock
from typing import TYPE_CHECKING, Any

from slack_bolt.kwargs_injection import build_required_kwargs
from slack_bolt.lazy_listener.thread_runner import ThreadLazyListenerRunner
from slack_bolt.util.utils import get_arg_names_of_callable

from analytics.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from slack_bolt import BoltContext
    from slack_bolt.request import BoltRequest

    from bot.store.seen import Seen

_log = logging.getLogger(__name__)

DOOR: ContextVar[str] = ContextVar("door", default="other")
"""Which of Slack's doors the request came through."""


class Carrying(ThreadPoolExecutor):
    """A pool of threads in which work knows the request that it belongs to."""

    def __init__(self, threads: int, finished: Callable[[str, float], None] | None = None) -> None:
        """``finished`` is told the door and the seconds from acceptance to the end of each piece of work."""
        super().__init__(threads, thread_name_prefix="listener")
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
        door = DOOR.get()

        def done(_future: Future[Any]) -> None:
            with self._lock:
                self._open -= 1
            if self._finished:
                self._finished(door, time.monotonic() - accepted)

        future.add_done_callback(done)
        return future


class OnceRunner(ThreadLazyListenerRunner):
    """Runs the lazy part of a listener once a request, in whichever process it arrives first.

    Slack delivers an event up to three times (the same ``event_id``), and a request that somebody recorded can be sent again
    while its signature is still good. This happens after the acknowledgement, so that no database stands in its way.
    """

    def __init__(self, executor: Executor, seen: Seen, failed: Callable[[Exception, BoltContext], object]) -> None:
        """``failed`` is given what a listener raises; Bolt itself would log its text and tell nobody."""
        super().__init__(_log, executor)
        self._seen = seen
        self._failed = failed

    def start(self, function: Callable[..., None], request: BoltRequest) -> None:
        """Run ``function`` in a thread unless this request was seen before."""
        names = get_arg_names_of_callable(function)
        key = _key(request)

        def work() -> None:
            if key is not None and not self._first(f"{key} {function.__module__}.{function.__qualname__}"):
                return
            try:
                given = build_required_kwargs(
                    logger=_log, required_arg_names=names, request=request, response=None, this_func=function
                )
                function(**given)
            except Exception as error:  # noqa: BLE001 - told to the person, with a reference to the log
                self._failed(error, request.context)

        self.executor.submit(work)

    def _first(self, key: str) -> bool:
        try:
            return self._seen.first(key)
        except StoreError as error:
            _log.warning("what was seen before is not known: %s", error)
            return True


def _key(request: BoltRequest) -> str | None:
    """Return what marks a request; ``None`` over Socket Mode for what is no event, since nobody else can send there."""
    event = request.body.get("event_id")
    if isinstance(event, str):
        return f"event {event}"
    signature = next(iter(request.headers.get("x-slack-signature", ())), None)
    return f"request {hashlib.sha256(signature.encode()).hexdigest()}" if signature else None
