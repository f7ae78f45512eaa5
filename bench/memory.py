"""Measure the memory of each web and worker process after work on the default list, and list the web process's imports.

Run: python bench/memory.py

The default list is 600 models a day (300 by downloads, 300 by trending score); this uses thirty days of simulated history. Memory
is the proportional set size (PSS), so that the sum is the memory used on the machine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from serving import free_port, simulated

from playground import SlackStandIn

WORDS = (
    "licenses",
    "creators",
    "tasks",
    "likes",
    "models",
    "movers",
    "creator meta since 2026-01",
    "compare meta google",
    "libraries",
)
EVERYTHING = """
import importlib, pkgutil, analytics, bot
for package in (analytics, bot):
    for one in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".migrations" not in one.name and not one.name.endswith((".lean", ".__main__")):
            importlib.import_module(one.name)
"""


def tree(root: int) -> list[int]:
    """The process and all below it."""
    found = [root]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def sizes(pid: int) -> tuple[float, float]:
    """RSS and PSS in megabytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    values = {line.split()[0].rstrip(":"): int(line.split()[1]) for line in lines[1:]}
    return values["Rss"] / 1024, values["Pss"] / 1024


def role(pid: int, root: int, kind: str) -> str:
    """What a process is for, by its command line."""
    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    if "resource_tracker" in line:
        return f"{kind}: resource tracker"
    if "spawn_main" in line:
        return f"{kind}: analytics (ask, draw)"
    if kind == "worker":
        return "worker: the clock"
    return "web: requests" if pid == root else "worker: the clock, beside it"


def loading(code: str, rounds: int = 5) -> tuple[float, float]:
    """RSS in megabytes, and seconds, of a process that imports something and ends; medians."""
    code += "\nprint(open('/proc/self/smaps_rollup').read().split('Rss:')[1].split()[0])"
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        taken.append((int(ran.stdout) / 1024, time.perf_counter() - start))
    return median(one[0] for one in taken), median(one[1] for one in taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, SlackStandIn() as slack:
        url = simulated(Path(folder), months=1)
        port = free_port()
        slack.attach(f"http://127.0.0.1:{port}/slack/events")
        env = {
            **os.environ,
            "DATABASE_URL": url,
            "PORT": str(port),
            "SLACK_BOT_TOKEN": slack.bot_token(),
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "HF_ENDPOINT": "http://127.0.0.1:9",
            "HFSTATS_LOG_LEVEL": "ERROR",
        }
        for kinds in (("serve",), ("serve", "worker")):
            running(slack, port, kinds, env | {"HFSTATS_WITH_WORKER": str(len(kinds) == 1).lower()})
    (lean, web), (all_, everything) = loading("import bot.processes.serve"), loading(EVERYTHING)
    print(f"imports of the web process: {lean:.0f} of {all_:.0f} MB of everything, ratio {lean / all_:.2f} (target: 0.4)")
    print(f"and its time: {web:.2f} of {everything:.2f} s, ratio {web / everything:.2f} (target: 0.4)")


def running(slack: SlackStandIn, port: int, kinds: tuple[str, ...], env: dict[str, str]) -> None:
    """Start the processes, ask, and print what each takes."""
    began = len(pictures(slack))
    processes = [subprocess.Popen([sys.executable, "-m", "bot", kind], env=env) for kind in kinds]
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/ready", timeout=5)
                break
            except OSError:
                time.sleep(0.2)
        for words in WORDS:
            slack.command(words)
        slack.wait_for(lambda: len(pictures(slack)) >= began + len(WORDS), 60)
        time.sleep(2)
        total = 0.0
        print(f"hfstats {' and hfstats '.join(kinds)}, after {len(WORDS)} answers with charts\n")
        print("| process | RSS MB | PSS MB |\n| --- | ---: | ---: |")
        for kind, process in zip(("web", "worker"), processes, strict=False):
            for pid in tree(process.pid):
                rss, pss = sizes(pid)
                total += pss
                print(f"| {role(pid, process.pid, kind)} | {rss:.0f} | {pss:.0f} |")
        print(f"| all | | {total:.0f} |\n")
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def pictures(slack: SlackStandIn) -> list[object]:
    """The messages that show a chart."""
    return [message for message in slack.messages() if any(block["type"] == "image" for block in message.blocks)]


if __name__ == "__main__":
    main()
