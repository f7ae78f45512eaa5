"""The acknowledgement leaves before the work behind it begins: the two share one interpreter, and Slack waits for the first."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slack_bolt import BoltContext
    from slack_bolt.listener.thread_runner import ThreadListenerRunner
    from slack_bolt.request import BoltRequest

_DEFERRED: ContextVar[list[Callable[[], None]] | None] = ContextVar("deferred_work", default=None)


@contextmanager
def deferred_work() -> Iterator[list[Callable[[], None]]]:
    """Hold back the work of the requests dispatched within; the caller begins it when their acknowledgement is out."""
    work: list[Callable[[], None]] = []
    token = _DEFERRED.set(work)
    try:
        yield work
    finally:
        _DEFERRED.reset(token)


def begin(work: list[Callable[[], None]]) -> None:
    """Begin what was held back."""
    for call in work:
        call()


def acknowledge_first(runner: ThreadListenerRunner, on_error: Callable[[Exception, BoltContext], object]) -> None:
    """Let Bolt's runner hold back lazy listeners, with the copy of the request that it makes for each, where somebody holds.

    ``failed`` is given what is raised on the way to the listener: the acknowledgement is out, and nobody else would hear of it.
    """
    begin_listener = runner._start_lazy_function  # noqa: SLF001 - Bolt has no other place between a listener's two halves

    def start(lazy_func: Callable[..., None], request: BoltRequest) -> None:
        try:
            begin_listener(lazy_func, request)
        except Exception as error:  # noqa: BLE001 - told to the person
            on_error(error, request.context)

    def start_or_defer(lazy_func: Callable[..., None], request: BoltRequest) -> None:
        deferred = _DEFERRED.get()
        if deferred is None:
            start(lazy_func, request)
        else:
            deferred.append(partial(start, lazy_func, request))

    runner._start_lazy_function = start_or_defer  # type: ignore[method-assign]  # noqa: SLF001 - as above


def start_after(context: BoltContext, work: Callable[..., None], request: BoltRequest) -> None:
    """Start what follows the acknowledgement of a request that reached no listener, as if it were a listener's lazy half."""
    context.listener_runner._start_lazy_function(work, request)  # noqa: SLF001 - as above
