"""Many people of several workspaces at once: the bench's soak in small, as real processes. Nothing here is timed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[3] / "bench"


def test_no_answer_is_lost_among_many():
    command = [sys.executable, "soak.py", "--commands", "60", "--rate", "10"]
    done = subprocess.run(command, cwd=BENCH, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = dict(re.findall(r"^(.+?)  +(\S.*)$", done.stdout, re.MULTILINE))
    assert told["acknowledged"] == "60"
    assert told["questions with a chart"] == "12"
    assert told["answers shown (target: all)"] == "12"
    assert told["left working (target: 0)"] == "0"
