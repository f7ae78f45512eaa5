"""The analytics processes: answers and errors cross the boundary, and a dead or hung process is replaced."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hanging import QUICK, at_work, locked
from waiting import WAIT, until

from analytics.errors import HfStatsError, NoDataError, QueryError
from analytics.questions.registry import parse
from bot.analytics_pool.child import Child
from bot.analytics_pool.errors import UnansweredError
from bot.analytics_pool.pool import Pool
from bot.analytics_pool.supervisor import BusyError, Limits, Supervisor
from bot.conversation.router import Router


@pytest.fixture
def started(simulated):
    """Make pools that are closed at the end."""
    pools = []

    def start(processes=1, limits=QUICK, url=simulated):
        pools.append(Pool(url, processes, limits))
        return pools[-1]

    yield start
    for one in pools:
        one.close()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as executor:
        yield executor


def test_an_answer_comes_back_whole(pool):
    answer, picture = pool.answer(parse("creators by models"))
    assert answer.rankings[0].shares[0].rank == 1
    assert picture.png.startswith(b"\x89PNG")


def test_an_error_keeps_its_suggestions_across_the_boundary(pool):
    with pytest.raises(QueryError) as caught:
        pool.answer(parse("creator metta"))
    assert "creator Meta" in caught.value.suggestions


def test_an_error_that_does_not_survive_the_boundary_is_named_and_its_process_goes_on(pool):
    pool.warm()
    before = pool.pids()
    with pytest.raises(LookupError):
        pool._supervisor.ask("exit", (), WAIT)
    with pytest.raises(TypeError):
        pool._supervisor.ask("answer", (), WAIT)
    with pytest.raises(NoDataError):
        pool.answer(parse("licenses at 2019-01"))
    assert pool.pids() == before


def test_processes_that_were_killed_are_replaced(started):
    pool = started(2)
    pool.warm()
    for pid in pool.pids():
        os.kill(pid, signal.SIGKILL)
    until(lambda: pool.replaced == {"died": 2, "hung": 0})
    answer, _ = pool.answer(parse("licenses"))
    assert answer.query == "licenses"


def test_an_idle_process_that_is_stopped_is_replaced_before_anybody_asks(started):
    pool = started()
    pool.warm()
    pool.check()
    [stopped] = pool.pids()
    os.kill(stopped, signal.SIGSTOP)
    with pytest.raises(HfStatsError, match="None of the 1 analytics processes is responding"):
        until(pool.check)
    until(lambda: pool.pids() not in ([], [stopped]))
    pool.check()
    assert pool.replaced == {"died": 0, "hung": 1}


def test_a_question_that_hangs_is_asked_again_and_the_questions_of_others_are_unharmed(started, threads):
    pool = started(2)
    pool.warm()
    stopped, going = pool.pids()
    os.kill(stopped, signal.SIGSTOP)
    words = ["licenses", "creators", "tasks", "libraries", "likes", "models"]
    answers = list(threads.map(pool.answer, map(parse, words)))
    assert [answer.query for answer, _ in answers] == words
    assert pool.replaced == {"died": 0, "hung": 1}
    assert going in pool.pids()
    assert stopped not in pool.pids()


def test_a_question_that_takes_longer_than_its_limit_twice_is_named_and_can_be_asked_again(started, copy, threads, caplog):
    pool = started(limits=Limits(answer=0.5, queue=4 * WAIT, beat=0.05, silent=1000), url=copy)
    pool.warm()
    with locked(copy):
        asked = threads.submit(pool.answer, parse("licenses"))
        with pytest.raises(UnansweredError, match="I tried “licenses” twice") as caught:
            asked.result(WAIT)
    assert caught.value.suggestions == ("licenses",)
    assert caught.value.reference in str(caught.value)
    [line] = [one.message for one in caplog.records if caught.value.reference in one.message]
    assert "hung and hung" in line
    assert "licenses" not in caplog.text, "what somebody typed is in no log"


def test_a_process_killed_twice_in_one_question_is_reported_and_the_next_is_answered(started, copy, threads):
    pool = started(url=copy)
    pool.warm()
    router = Router(pool)
    with locked(copy):
        asked = threads.submit(router.reply, parse("licenses"))
        first = until(lambda: at_work(pool))
        os.kill(first, signal.SIGKILL)
        os.kill(until(lambda: at_work(pool) not in (None, first) and at_work(pool)), signal.SIGKILL)
        notice = asked.result(WAIT).notice
    assert "licenses" in notice.text
    assert notice.suggestions == ("licenses",)
    assert notice.reference
    assert "Something went wrong" not in notice.text
    assert router.reply(parse(notice.suggestions[0])).answer.query == "licenses"


def test_one_kill_within_a_question_is_not_noticed(started, copy, threads):
    pool = started(url=copy)
    pool.warm()
    with locked(copy):
        asked = threads.submit(pool.answer, parse("licenses"))
        os.kill(until(lambda: at_work(pool)), signal.SIGKILL)
        until(lambda: pool.replaced["died"])
    assert asked.result(WAIT)[0].query == "licenses"


def test_the_wait_for_a_free_process_is_bounded_and_reported(started, copy, threads):
    pool = started(limits=Limits(answer=WAIT, queue=0.2), url=copy)
    pool.warm()
    with locked(copy):
        busy = threads.submit(pool.answer, parse("licenses"))
        until(lambda: at_work(pool))
        with pytest.raises(UnansweredError, match=r"I couldn't start on “creators” within 0\.2 seconds") as caught:
            pool.answer(parse("creators"))
        pool_untouched = dict(pool.replaced)
    assert caught.value.suggestions == ("creators",)
    assert pool_untouched == {"died": 0, "hung": 0}, "a question that waits costs no process"
    busy.exception(WAIT)


def test_a_process_that_is_not_ready_in_time_is_given_up(started):
    pool = started(limits=Limits(start=0.05, beat=0.05))
    with pytest.raises(HfStatsError, match="didn't start"):
        pool.warm()


def test_a_question_that_waits_while_the_pool_closes_is_notified(started, copy, threads):
    pool = started(limits=Limits(answer=0.5, queue=WAIT, beat=0.05), url=copy)
    pool.warm()
    with locked(copy):
        under_way, waiting = (threads.submit(pool.answer, parse(words)) for words in ("licenses", "creators"))
        until(lambda: len(pool._supervisor._changed._waiters))
        pool.close()
        assert isinstance(under_way.exception(WAIT), UnansweredError)
        assert isinstance(waiting.exception(WAIT), UnansweredError)
    assert pool.pids() == []


def test_a_pool_closes_though_a_process_is_stopped(started):
    pool = started()
    pool.warm()
    os.kill(pool.pids()[0], signal.SIGSTOP)
    pool.close()
    assert pool.pids() == []


def test_a_pool_that_is_closed_while_a_process_starts_ends_it(simulated, threads):
    begun, go_on, children = threading.Event(), threading.Event(), []

    def start():
        begun.set()
        go_on.wait(WAIT)
        children.append(Child(simulated, 0.1))
        return children[-1]

    supervisor = Supervisor(start, 1, QUICK)
    asked = threads.submit(supervisor.ask, "entries", (), WAIT)
    assert begun.wait(WAIT)
    closing = threads.submit(supervisor.close)
    assert isinstance(asked.exception(WAIT), BusyError)
    go_on.set()
    closing.result(WAIT)
    assert children[0].ended


def test_the_process_that_talks_to_slack_loads_neither_pandas_nor_matplotlib():
    heavy = "{'pandas', 'matplotlib', 'numpy', 'pyarrow'}"
    script = f"import sys, bot.processes.serve, bot.composition; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_an_analytics_process_loads_pandas_for_forecasts_only(simulated):
    script = (
        "import sys\nfrom bot.analytics_pool import imports, process\nfrom analytics.questions.registry import parse\n"
        "answers = process.start(sys.argv[1])\n"
        "for words in ('licenses', 'models', 'likes', 'movers', 'creators since 2026-01'): answers.answer(parse(words))\n"
        "answers.digest('', 'top', ())\nprint('pandas' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, simulated], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize("state", ["running", "never closed, with a stopped process"])
def test_processes_end_with_the_one_that_started_them(simulated, state):
    starts = (
        "import os, signal, sys, time\nfrom bot.analytics_pool.pool import Pool\n"
        "if __name__ == '__main__':\n"
        "    pool = Pool(sys.argv[1])\n    pool.warm()\n"
        "    print(*pool.pids(), flush=True)\n"
        "    if sys.argv[2] == 'running':\n        time.sleep(60)\n"
        "    os.kill(*pool.pids(), signal.SIGSTOP)\n"
    )
    script = Path(simulated.removeprefix("sqlite:///")).with_name("starts_a_pool.py")
    script.write_text(starts, encoding="utf-8")
    with subprocess.Popen([sys.executable, str(script), simulated, state], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        if state == "running":
            os.kill(child, 0)
            parent.kill()
        parent.wait(WAIT)
        for _ in range(100):
            if not Path(f"/proc/{child}").exists() or "Z (zombie)" in Path(f"/proc/{child}/status").read_text(encoding="utf-8"):
                break
            time.sleep(0.1)
        else:
            os.kill(child, signal.SIGKILL)
            pytest.fail("the analytics process outlived its parent")
