"""The modules that a digest passes through, from planning to delivery, each entered once."""

from __future__ import annotations

from datetime import UTC, datetime

from walk import walked

from bot.outbox.planner import plan

DUE = datetime(2026, 8, 3, 9, tzinfo=UTC)


def test_a_digest_is_built_in_the_analytics_and_delivered_by_the_outbox(kit, builds):
    kit.subscribe(due=DUE)
    kit.clock.now = DUE
    with walked("MainThread") as planning:
        id_, reply = plan(kit.delivery_context, builds, kit.engine)
    assert planning.rooms == [
        "bot/outbox",
        "analytics/digest",
        "bot/analytics_pool",
        "analytics/questions",
        "analytics/statistics",
        "analytics/charts",
        "bot/blocks",
        "analytics/export",
    ]
    with walked("MainThread") as delivering:
        kit.settle(id_)
    assert delivering.rooms == ["bot/outbox", "bot/blocks"]
    assert delivering.entries["bot/blocks"] <= 3
    with walked("MainThread") as replying:
        kit.settle(reply)
    assert replying.rooms == ["bot/outbox"]
    assert not any("parse" in call for call in delivering.calls)
