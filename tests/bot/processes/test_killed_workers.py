"""Workers that are killed and stopped while Slack fails: the bench's kill test in small, as real processes; nothing is timed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench"
SHORT = (3, 5, ("--kills", "1", "--stops", "1", "--lease", "6", "--lost", "0.1"))
LONG = (6, 10, ("--kills", "3", "--stops", "1", "--lease", "6", "--lost", "0.05"))
"""How many workspaces, how many channels in each, and what happens to the workers and to Slack's answers."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("size", [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "how",
    [
        pytest.param((), id="sqlite"),
        pytest.param(("--postgres",), id="postgres", marks=pytest.mark.postgres),
        pytest.param(("--blind",), id="history not readable"),
    ],
)
def test_nothing_is_lost_and_nothing_shown_twice(how, size):
    teams, channels, faults = size
    many = ("--teams", str(teams), "--channels", str(channels), *faults)
    if size is SHORT and "--postgres" in how:
        many += ("--workers", "2")
    done = subprocess.run(
        [sys.executable, "kill.py", *many, *how], cwd=BENCH, capture_output=True, text=True, timeout=380, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = dict(re.findall(r"^(.+?)  +(\S.*)$", done.stdout, re.MULTILINE))
    assert told["lost (target: 0)"] == told["shown twice (target: 0)"] == "0"
    settled = (
        "shown in its channel as the outbox says",
        "unsure in the outbox",
        "replies to digests that may not be there, not sent",
    )
    assert sum(int(told[what]) for what in settled) == teams * channels * 2  # each digest has one reply in its thread
    assert told["workers killed"] == faults[1]
    if how == ("--blind",):
        assert int(told["notes to subscribers"]) >= int(told["unsure in the outbox"])
        assert told["looks into a history"] != "0"
    else:
        assert told["unsure in the outbox"] == "0"
