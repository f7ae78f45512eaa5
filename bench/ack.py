"""Measure the time to acknowledge a command, compared with a server that only verifies the signature.

Both servers run at once and get requests in turn, so that other load on the machine affects both. The first load consists of help
and invalid commands, which are answered in the acknowledgement. In the second, every twentieth request is a question with a
chart, with all the work after its acknowledgement: progress message, answer, chart, upload, update. The stand-in for Slack runs
in a separate process.

Run: python bench/ack.py
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from serving import free_port, process, quantile, serve, simulated, table

HERE = Path(__file__).parent
SECRET = "bench-signing-secret"
RATES = (50, 200)
_rounds = count()

WORK = ["licenses", "creators by downloads", "tasks", "models top 10", "license mit", "creator google", "likes"]
NO_WORK = ["licenzes", "creators by starz", "help"]


def bodies(texts: list[str], team: dict[str, Any], hook: str) -> list[str]:
    fields = {
        "team_id": team["id"],
        "team_domain": "acme",
        "channel_id": team["channels"]["general"],
        "channel_name": "general",
        "user_name": "ada",
        "command": "/hfstats",
        "api_app_id": "A0PLAYGROUND",
        "is_enterprise_install": "false",
        "response_url": hook,
    }
    return [urlencode({**fields, "user_id": f"U0BENCH{number:03}", "text": text}) for number, text in enumerate(texts)]


def load(url: str, rate: float, seconds: float, sent: list[str]) -> dict[str, list[float]]:
    given = {"url": url, "secret": SECRET, "rate": rate, "seconds": seconds, "bodies": sent, "salt": str(next(_rounds))}
    done = subprocess.run([sys.executable, HERE / "load.py"], input=json.dumps(given).encode(), capture_output=True, check=True)
    found = json.loads(done.stdout)
    if found["refused"]:
        raise SystemExit(f"{len(found['refused'])} requests were not acknowledged: {sorted(set(found['refused']))}")
    return found


def measure(sides: tuple[str, str], rate: float, sent: list[str], options: argparse.Namespace) -> list[list[float]]:
    """Ask both sides by turns; return the seconds that each answer took, side by side."""
    taken: list[list[float]] = [[], []]
    for number in range(options.rounds):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            taken[side] += load(sides[side], rate, options.seconds, sent)["taken"]
    return taken


def row(what: str, rate: float, mine: list[float], floor: list[float]) -> list[object]:
    p50, p99, floor50, floor99 = (quantile(side, share) * 1000 for side in (mine, floor) for share in (0.5, 0.99))
    return [what, rate, len(mine), f"{p50:.2f}", f"{floor50:.2f}", f"{p50 / floor50:.2f}", f"{p99:.1f}", f"{floor99:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=4, help="of each side, at each rate")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = simulated(folder)
        ours, floor, slack = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
        facts = folder / "facts.json"
        stand_in = [sys.executable, str(HERE / "stand_in.py"), slack.rpartition(":")[2], SECRET, str(facts)]
        settings = {"SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{slack}/api/", "HFSTATS_PER_MINUTE": "10000"}
        settings |= {"DATABASE_URL": database, "HFSTATS_LOG_LEVEL": "WARNING"}
        with process(stand_in, slack, folder / "slack.log"), ExitStack() as stack:
            team = json.loads(facts.read_text(encoding="utf-8"))[0]
            settings["SLACK_BOT_TOKEN"] = team["token"]
            stack.enter_context(serve(ours, folder / "serve.log", PORT=ours.rpartition(":")[2], **settings))
            bare = [sys.executable, str(HERE / "floor.py")]
            stack.enter_context(process(bare, floor, folder / "floor.log", PORT=floor.rpartition(":")[2], **settings))
            hook = f"{slack}/nowhere"
            rows = []
            slowest: dict[float, list[float]] = {}
            mixed = [text for question in WORK for text in (question, *NO_WORK * 6, "help")]  # one in twenty
            for what, texts in (("help and mistakes", NO_WORK), ("and 1 in 20 with a chart", mixed)):
                sent = bodies(texts, team, hook)
                load(f"{ours}/slack/events", 20, 2, sent)  # warm
                sides = f"{ours}/slack/events", f"{floor}/slack/events"
                for rate in RATES:
                    mine, bare_ = measure(sides, rate, sent, options)
                    rows.append(row(what, rate, mine, bare_))
                    slowest.setdefault(rate, []).append(quantile(mine, 0.99))
    header = ["acknowledging", "per s", "requests", "p50 ms", "floor p50", "ratio", "p99 ms", "floor p99"]
    table("Acknowledgement against the bare floor (target: p50 ratio at most 2.5)", header, rows)
    ratios = [[rate, f"{idle * 1000:.1f}", f"{busy * 1000:.1f}", f"{busy / idle:.2f}"] for rate, (idle, busy) in slowest.items()]
    header = ["per s", "p99 ms without charts", "p99 ms while charts are drawn", "ratio"]
    table("The slowest acknowledgements while charts are drawn (target: ratio at most 2.5)", header, ratios)


if __name__ == "__main__":
    main()
