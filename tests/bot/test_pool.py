"""The analytics processes: answers and errors cross the boundary, a dead process is replaced, and the front stays lean."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from analytics.errors import QueryError
from bot.pool import Pool


@pytest.fixture(scope="module")
def pool(simulated):
    pool = Pool(simulated)
    yield pool
    pool.close()


def test_an_answer_comes_back_whole(pool):
    answer, picture = pool.answer("creators by models")
    assert answer.rankings[0].shares[0].rank == 1
    assert picture.png.startswith(b"\x89PNG")


def test_an_error_keeps_its_suggestions_across_the_boundary(pool):
    with pytest.raises(QueryError) as caught:
        pool.answer("creator metta")
    assert "creator Meta" in caught.value.suggestions


def test_a_process_that_was_killed_is_replaced(pool):
    pool.warm()
    for process in pool._alive()._processes.values():
        os.kill(process.pid, signal.SIGKILL)
    answer, _ = pool.answer("licenses")
    assert answer.query == "licenses"


def test_the_process_that_talks_to_slack_loads_neither_pandas_nor_matplotlib():
    script = "import sys, bot.server, bot.wiring; print(sorted({'pandas', 'matplotlib', 'numpy', 'pyarrow'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
