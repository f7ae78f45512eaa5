"""One line a minute about what strangers send, with their number."""

from __future__ import annotations

from bot.observability.throttled_log import INTERVAL, ThrottledWarning


def test_a_flood_is_one_line_a_minute_and_none_is_forgotten(caplog):
    now = [0.0]
    warning = ThrottledWarning("%s forged; the last: %s", lambda: now[0])
    for _ in range(1000):
        warning.count("one")
    now[0] = INTERVAL - 0.001
    warning.count("two")
    assert [record.getMessage() for record in caplog.records] == ["1 forged; the last: one"]
    now[0] = INTERVAL
    warning.count("three")
    assert caplog.records[-1].getMessage() == "1001 forged; the last: three"
    assert len(caplog.records) == 2
