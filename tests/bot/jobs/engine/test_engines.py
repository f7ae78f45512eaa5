"""Both job engines run the same jobs and deliver once, also with two processes or after a crash."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from waiting import until

from bot.domain.outbox import State
from bot.domain.schedule import due_between, parse_schedule
from bot.jobs.engine import CLOCK
from bot.jobs.engine.local import Local
from bot.outbox.delivery import deliver
from bot.outbox.planner import plan
from bot.storage.job_slots import JobSlots


@dataclass
class Work:
    """The real jobs of an office, by the real clock; how often each ran is counted."""

    delivery_context: object
    builds: object
    database: object
    ran: Counter = field(default_factory=Counter)

    def alive(self):
        self.ran["alive"] += 1

    def beat(self):
        self.ran["beat"] += 1

    def end(self):
        self.ran["end"] += 1

    def run(self, job):
        self.ran[job] += 1
        if job == "plan":
            plan(self.delivery_context, self.builds, self.database)

    def deliver(self, id_):
        return deliver(self.delivery_context, id_)

    def count(self, id_):
        raise NotImplementedError

    def to_count(self, many):  # noqa: ARG002 - what engines call
        return []

    def count_all(self):
        self.ran["count"] += 1

    def stop(self):
        self.ran["stop"] += 1

    def due(self, defer, *, afresh=False):
        if afresh:
            self.delivery_context.outbox.mark_unqueued()
        while ids := self.delivery_context.outbox.due(100, timedelta(minutes=5)):
            defer(ids)


@pytest.fixture
def real(kit):
    kit.clock.real = True
    return kit


def sent(kit):
    return kit.delivery_context.outbox.counts().get(State.SENT, 0)


def test_two_local_engines_fire_nothing_twice_and_deliver_each_line_once(real, builds):
    """On SQLite nobody should run two, and it must do no harm."""
    schedule, now = "weekly at 00:00 UTC", datetime.now(UTC)
    (due,) = due_between(parse_schedule(schedule), now - timedelta(days=7), now)
    for channel in real.more_channels(6):
        real.subscribe(channel, schedule=schedule, due=due.at)
    engines = [Local(Work(real.delivery_context, builds, real.engine), 4) for _ in range(2)]
    for engine in engines:
        engine.start()
    try:
        until(lambda: sent(real) == 6)
        time.sleep(1)
    finally:
        for engine in engines:
            engine.stop()
    assert len(real.delivery_context.outbox.find()) == 6
    assert all(len(real.shown(channel)) == 1 for channel in list(real.workspace().channels)[-6:])


def test_a_local_engine_takes_up_what_another_left(real, builds):
    for number, channel in enumerate(real.more_channels(3)):
        id_ = real.owe(channel, source=number)
        real.delivery_context.outbox.due(10, timedelta(minutes=5))  # told to an engine that is gone
    assert id_
    work = Work(real.delivery_context, builds, real.engine)
    engine = Local(work, 2)
    engine.start()
    try:
        until(lambda: sent(real) == 3)
    finally:
        engine.stop()
    assert set(work.ran) - {"count"} == {*CLOCK, "alive", "beat", "end", "stop"}


def test_one_job_that_fails_does_not_end_the_others(real, builds, caplog):
    class Failing(Work):
        def run(self, job):
            super().run(job)
            if job == "snapshot":
                raise ZeroDivisionError

    work = Failing(real.delivery_context, builds, real.engine)
    real.owe()
    engine = Local(work, 2)
    with caplog.at_level(logging.ERROR):
        engine.start()
        until(lambda: sent(real) == 1)
        engine.stop()
    assert "snapshot failed" in caplog.text


@pytest.mark.postgres
def test_a_slot_is_one_workers(engine):
    done, said = JobSlots(engine), []
    threads = [threading.Thread(target=lambda: said.append(done.first("rescue", "1"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False] * 5 + [True]
