"""Progress of an import: a bar on a terminal, otherwise occasional lines."""

from __future__ import annotations

import subprocess
import sys

from bot.cli.progress import lines

SCRIPT = """
from bot.cli.progress import progress
with progress() as advance:
    for number in range(300):
        advance(f"reading [/] {number} \x1b[31m", number, 300)
"""


def test_lines_come_as_far_apart_as_they_should():
    said = []
    times = iter([0.0, 1.0, 5.0, 5.0, 9.0, 10.5, 10.5])
    advance = lines(said.append, every=5.0, clock=lambda: next(times))
    for done, total in ((1_000, None), (2_000, None), (3_000, 9_000), (4_000, 9_000)):
        advance("storing a\nb.csv", done, total)
    assert said == ["storing a b.csv: 2,000", "storing a b.csv: 4,000 of 9,000"]


def test_a_terminal_has_one_bar_however_many_files_and_whatever_they_are_called():
    environment = {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=False, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    assert b"\x1b[31m" not in done.stderr
    assert b"[/]" in done.stderr
