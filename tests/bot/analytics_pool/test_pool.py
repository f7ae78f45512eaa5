"""The analytics processes: answers and errors cross the boundary, a dead process is replaced, and the front stays lean."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analytics.errors import QueryError
from bot.analytics_pool.pool import Pool


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


def test_an_analytics_process_loads_pandas_for_forecasts_only(simulated):
    script = (
        "import sys\nfrom bot.analytics_pool.pool import _answer, _digest\n"
        "from bot.analytics_pool import imports, process\nprocess.start(sys.argv[1])\n"
        "for words in ('licenses', 'models', 'likes', 'movers', 'creators since 2026-01'): _answer(words)\n"
        "_digest('', 'top', ())\nprint('pandas' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, simulated], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_a_process_ends_when_the_one_that_started_it_was_killed(simulated):
    starts = (
        "import sys, time\nfrom bot.analytics_pool.pool import Pool\n"
        "if __name__ == '__main__':\n"
        "    pool = Pool(sys.argv[1])\n    pool.warm()\n"
        "    print(*pool._alive()._processes, flush=True)\n    time.sleep(60)\n"
    )
    script = Path(simulated.removeprefix("sqlite:///")).with_name("starts_a_pool.py")
    script.write_text(starts, encoding="utf-8")
    with subprocess.Popen([sys.executable, str(script), simulated], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.kill()
        parent.wait()
        for _ in range(100):
            if not Path(f"/proc/{child}").exists() or "Z (zombie)" in Path(f"/proc/{child}/status").read_text(encoding="utf-8"):
                break
            time.sleep(0.1)
        else:
            os.kill(child, signal.SIGKILL)
            pytest.fail("the analytics process outlived its parent")
