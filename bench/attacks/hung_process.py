"""Stop analytics processes, and kill them during questions. How long do people wait?

First, the analytics process of ``hfstats serve`` is killed (SIGKILL) twice during each question. Then it is stopped (SIGSTOP),
with one question a second and a readiness probe every five seconds.

Run: python bench/attacks/hung_process.py [--seconds 60]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the benches' shared pieces

from serving import free_port, quantile, serve, simulated, table
from soak import WORDS

from playground import SlackStandIn

if TYPE_CHECKING:
    from collections.abc import Callable

PROBE_EVERY = 5.0
PROBE_PATIENCE = 5.0
"""Seconds that a load balancer waits, and within which it counts a probe as failed."""
SETTLES_WITHIN = 200.0


def analytics(parent: int) -> list[int]:
    """Return the process ids of the analytics processes below a process."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    below, more = set(), {parent}
    while more:
        below |= more
        more = {child for child, above in parents.items() if above in more} - below
    found = []
    for pid in sorted(below):
        with contextlib.suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def reads(pid: int, file: Path) -> bool:
    """Tell whether a process has a file open, which one that was started anew has when it begins with a question."""
    with contextlib.suppress(OSError):
        return any(os.path.realpath(one) == str(file) for one in Path(f"/proc/{pid}/fd").iterdir())
    return False


def wait(condition: Callable[[], object], seconds: float = SETTLES_WITHIN) -> bool:
    until = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.02)
    return bool(found)


class Bot:
    """What somebody sees of the bot from outside."""

    def __init__(self, slack: SlackStandIn, url: str) -> None:
        self.slack = slack
        self.url = url

    def ask(self, text: str) -> tuple[float, bool]:
        """Type a command; returns the seconds until it was acknowledged, and whether it was."""
        began = time.monotonic()
        acknowledged = self.slack.command(text).ok
        return time.monotonic() - began, acknowledged

    def probe(self) -> tuple[float, int]:
        """Ask whether it is ready; returns the seconds that took and the status, 0 for none."""
        began = time.monotonic()
        try:
            with urllib.request.urlopen(f"{self.url}/healthz/ready", timeout=PROBE_PATIENCE) as response:
                status = response.status
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:
            status = 0
        return time.monotonic() - began, status

    def shown(self) -> list[str]:
        return [json.dumps(one.blocks, ensure_ascii=False) for one in self.slack.messages("general")]

    def count(self, words: str) -> int:
        return sum(words in one for one in self.shown())


def stopped(bot: Bot, process: int, seconds: float) -> None:
    """Stop the analytics processes, and look on."""
    asked, acks, probes = 0, [], []
    answered, failed_before = bot.count("asked by"), 0

    def failed() -> int:
        return bot.count("Something went wrong") + bot.count("Ask again in a minute") - failed_before

    failed_before = failed()
    with ThreadPoolExecutor(64) as executor:
        for pid in analytics(process):
            os.kill(pid, signal.SIGSTOP)
        began, recovered, probe_at = time.monotonic(), None, 0.0
        while (now := time.monotonic() - began) < seconds:
            if now >= asked:
                acks.append(executor.submit(bot.ask, WORDS[10 + asked]))
                asked += 1
            if now >= probe_at:
                probes.append(executor.submit(bot.probe))
                probe_at += PROBE_EVERY
            if recovered is None and bot.count("asked by") > answered:
                recovered = now
            time.sleep(0.05)
        for pid in analytics(process):  # the state ends
            os.kill(pid, signal.SIGCONT)
        acks_, probes_ = [one.result() for one in acks], [one.result() for one in probes]
    wait(lambda: bot.count("asked by") - answered + failed() >= sum(good for _, good in acks_))
    taken = [each for each, good in acks_ if good] or [0.0]
    rows = [
        ["recovered after, s (target: ≤ 25)", f"{recovered:.1f}" if recovered else f"not within {seconds:.0f}"],
        ["questions asked meanwhile", asked],
        ["not acknowledged within 3 s", sum(not good for _, good in acks_)],
        ["acknowledged: p50, p99 ms", f"{quantile(taken, 0.5) * 1e3:.0f}, {quantile(taken, 0.99) * 1e3:.0f}"],
        ["probes", len(probes_)],
        ["probes without an answer in 5 s", sum(status == 0 for _, status in probes_)],
        ["slowest probe, ms", f"{max(taken for taken, _ in probes_) * 1e3:.0f}"],
        ["probes that say not ready", sum(status == 503 for _, status in probes_)],
        ["told that it failed", failed()],
        ["answered in the end", bot.count("asked by") - answered],
    ]
    table(f"Analytics process stopped for {seconds:.0f} s", ["what", "figure"], rows)


def killed(bot: Bot, process: int, file: Path, rounds: int) -> None:
    """Kill a process that has a question, and the next one that has it."""
    hit = named = vague = again = 0
    for number in range(5 * rounds):
        if hit == rounds:
            break
        wait(lambda: len(analytics(process)) == 1)
        [first] = analytics(process)
        text = WORDS[150 + number]
        before = set(bot.shown())
        os.kill(first, signal.SIGSTOP)  # so that it holds the question when it dies
        bot.ask(text)
        time.sleep(0.5)
        os.kill(first, signal.SIGKILL)
        wait(lambda first=first: set(analytics(process)) - {first})
        [second] = set(analytics(process)) - {first}
        until = time.monotonic() + SETTLES_WITHIN
        while not reads(second, file) and time.monotonic() < until:
            time.sleep(0.001)
        os.kill(second, signal.SIGKILL)
        wait(lambda before=before: [one for one in set(bot.shown()) - before if "Working on" not in one])
        told = [one for one in set(bot.shown()) - before if "Working on" not in one]
        if any("asked by" in one for one in told):  # it was faster than the second kill
            continue
        hit += 1
        named += any(f"“{text}”" in one and f'"{text}"' in one for one in told)
        vague += any("Something went wrong" in one for one in told)
        count = bot.count("asked by")
        bot.ask(text)
        again += wait(lambda count=count: bot.count("asked by") > count)
    rows = [
        ["questions whose process was killed twice", hit],
        ["told which question it was, with a button that asks again", named],
        ["told that something went wrong", vague],
        ["asked again and answered", again],
    ]
    table("Killed in the middle of a question, twice", ["what", "figure"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for which the processes would stay stopped")
    parser.add_argument("--rounds", type=int, default=5, help="of killing twice")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        database, url = simulated(folder), f"http://127.0.0.1:{free_port()}"
        with SlackStandIn(request_url=f"{url}/slack/events") as slack:
            settings = {
                "DATABASE_URL": database,
                "PORT": url.rpartition(":")[2],
                "SLACK_BOT_TOKEN": slack.bot_token(),
                "SLACK_SIGNING_SECRET": slack.signing_secret,
                "SLACK_API_URL": slack.api_url,
                "HFSTATS_PER_MINUTE": "10000",
                "HFSTATS_LOG_LEVEL": "WARNING",
            }
            with serve(url, folder / "serve.log", **settings) as process:
                bot = Bot(slack, url)
                wait(lambda: bot.probe()[1] == 200)
                bot.ask(WORDS[0])
                wait(lambda: bot.count("asked by") == 1)
                killed(bot, process.pid, folder / "hfstats.db", options.rounds)
                stopped(bot, process.pid, options.seconds)


if __name__ == "__main__":
    main()
