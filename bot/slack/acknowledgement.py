"""Send the acknowledgement before lazy listeners start, because they'd compete with it for the interpreter."""

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
    """Collect the lazy listeners of requests dispatched in this context; the caller runs them after the acknowledgement."""
    work: list[Callable[[], None]] = []
    token = _DEFERRED.set(work)
    try:
        yield work
    finally:
        _DEFERRED.reset(token)


def begin(work: list[Callable[[], None]]) -> None:
    """Start the deferred listeners."""
    for call in work:
        call()


def acknowledge_first(runner: ThreadListenerRunner, on_error: Callable[[Exception, BoltContext], object]) -> None:
    """Make Bolt's runner defer lazy listeners inside :func:`deferred_work`.

    ``on_error`` is called with exceptions raised before a listener runs. After the acknowledgement, nothing else handles them.
    """
    begin_listener = runner._start_lazy_function  # noqa: SLF001 - Bolt has no hook between acknowledgement and lazy listener

    def start(lazy_func: Callable[..., None], request: BoltRequest) -> None:
        try:
            begin_listener(lazy_func, request)
        except Exception as error:  # noqa: BLE001 - on_error notifies the user
            on_error(error, request.context)

    def start_or_defer(lazy_func: Callable[..., None], request: BoltRequest) -> None:
        deferred = _DEFERRED.get()
        if deferred is None:
            start(lazy_func, request)
        else:
            deferred.append(partial(start, lazy_func, request))

    runner._start_lazy_function = start_or_defer  # type: ignore[method-assign]  # noqa: SLF001 - as above


def start_after(context: BoltContext, work: Callable[..., None], request: BoltRequest) -> None:
    """Run a function like a lazy listener, for a request that reached no listener."""
    context.listener_runner._start_lazy_function(work, request)  # noqa: SLF001 - as above
