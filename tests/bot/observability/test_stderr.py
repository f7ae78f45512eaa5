"""Every line on standard error is one JSON object, whoever writes it: libraries, warnings, threads, child processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from hub_standin import HubStandIn, dropped, status
from waiting import WAIT, until


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE", "PYTHONW"))}
    return {**kept, **more}


def parsed(text):
    """Parse each line; fails at the first that is none of ours."""
    lines = [json.loads(line) for line in text.splitlines()]
    assert all({"event", "level", "logger", "timestamp"} <= set(line) for line in lines)
    return lines


SCRIPT = """
import asyncio, gc, logging, multiprocessing, sys, threading, warnings

def in_child():
    from bot.analytics_pool.parent_watch import end_with_parent
    end_with_parent()
    logging.getLogger("matplotlib.font_manager").warning("findfont: no font")
    warnings.warn("of a child")
    sys.stderr.write("bare words of a child\\n")
    raise RuntimeError("in a child")

class Raises:
    def __del__(self):
        raise ValueError("nobody hears it")

def fails():
    raise KeyError("in a thread")

async def forgets():
    async def failing():
        raise OSError("in a task")
    task = asyncio.ensure_future(failing())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

if __name__ == "__main__":
    import huggingface_hub.utils.logging  # its handler is there before ours
    from bot.observability import logs
    logs.configure("INFO", "json")
    import tqdm
    huggingface_hub.utils.logging.get_logger("huggingface_hub.x").error("a library's own handler")
    logging.getLogger("other").addHandler(logging.StreamHandler())
    logging.getLogger("other").warning("another handler")
    warnings.warn("two\\nlines", DeprecationWarning)
    warnings.warn("and a plain one")
    thread = threading.Thread(target=fails, name="failing"); thread.start(); thread.join()
    Raises(); gc.collect()
    asyncio.run(forgets()); gc.collect()
    for _ in tqdm.tqdm(range(3)):
        pass
    logging.getLogger("x").warning("not %d", "a number")
    print("printed", file=sys.stderr)
    sys.stderr.write("half a ")
    sys.stderr.write("line\\n")
    child = multiprocessing.get_context("spawn").Process(target=in_child); child.start(); child.join()
    raise ZeroDivisionError("at the end")
"""


def test_whoever_writes_it(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=WAIT, env=environment(PYTHONPATH=".")
    )
    assert done.returncode == 1
    assert done.stdout == ""
    lines = parsed(done.stderr)
    said = "\n".join(line["event"] for line in lines)
    errors = " ".join(" ".join(line.get("error", ())) for line in lines)
    for one in (
        "a library's own handler",
        "another handler",
        "and a plain one",
        "uncaught exception in thread failing",
        "printed",
    ):
        assert one in said
    for one in ("half a line", "findfont", "of a child", "bare words of a child", "uncaught exception; the process is ending"):
        assert one in said
    for kind in ("KeyError", "ValueError", "OSError", "ZeroDivisionError"):
        assert kind in errors
    assert "in a thread" not in done.stderr, "an exception's text may hold what somebody typed"


def test_a_worker_whose_hub_misbehaves(tmp_path):
    log = tmp_path / "worker.log"
    with HubStandIn() as hub, log.open("w", encoding="utf-8") as out:
        hub.fail_next(status(502))
        hub.fail_next(dropped())
        env = environment(DATABASE_URL=f"sqlite:///{tmp_path / 'x.db'}", HF_ENDPOINT=hub.endpoint, HFSTATS_LOG_LEVEL="DEBUG")
        process = subprocess.Popen([sys.executable, "-m", "bot", "worker"], env=env, stderr=out)
        until(lambda: "took" in log.read_text(encoding="utf-8") or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
    assert any("took" in line["event"] for line in parsed(log.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "settings", [{}, {"DATABASE_URL": "nonsense"}, {"HFSTATS_KEYS": "x", "SLACK_CLIENT_ID": "1"}], ids=["bare", "url", "keys"]
)
def test_serve_that_cannot_start(tmp_path, settings):
    env = environment(**{"DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}", **settings})
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"], capture_output=True, text=True, check=False, timeout=WAIT, env=env
    )
    assert done.returncode == 1
    assert parsed(done.stderr)
