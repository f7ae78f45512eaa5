"""Soak test: 2,000 commands from 50 users in 5 workspaces, 50 a second, while charts are drawn. Is any answer lost?

One command in five is a question with its own chart, none of them cached; the others are help and invalid commands, which are
answered in the acknowledgement. ``hfstats serve`` has five installations in its database. The stand-in for Slack runs in a
separate process and reports its channels' messages at the end.

Run: python bench/soak.py
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ack import HERE, bodies, load
from cryptography.fernet import Fernet
from serving import free_port, process, quantile, serve, simulated, table
from slack_sdk.oauth.installation_store import Installation

from analytics.storage import database
from bot.storage.installations import Cipher, Installations
from bot.storage.migration_state import TABLES

SECRET = "bench-signing-secret"
CLIENT = "1000.2000"
TEAMS, USERS = 5, 50
WORDS = [
    f"{what}{by}{within} top {top}"
    for top in range(3, 13)
    for what in ("licenses", "creators", "tasks", "libraries")
    for by in ("", " by models", " by downloads", " by likes")
    for within in ("", " in trending", " in both")
]


def mixed(many: int) -> list[str]:
    """Return command texts: every fifth is a question of its own."""
    charts = iter(WORDS)
    light = ["help", "licenses by starz", "creators by starz", "help"]
    texts = [next(charts) if number % 5 == 0 else light[number % 4] for number in range(many)]
    random.Random(7).shuffle(texts)  # so that every workspace and every user gets of each
    return texts


def install(url: str, teams: list[dict[str, Any]], key: str) -> None:
    engine = database.engine(url)
    database.upgrade(engine, TABLES)
    kept = Installations(engine, CLIENT, Cipher([key]))
    for team in teams:
        kept.save(
            Installation(
                app_id="A0PLAYGROUND",
                team_id=team["id"],
                user_id="U0BENCH",
                bot_token=team["token"],
                bot_id="B0BENCH",
                bot_user_id="U0BOT",
                bot_scopes=["commands", "chat:write"],
            )
        )
    engine.dispose()


def command(number: int, text: str, team: dict[str, Any]) -> str:
    """Return what Slack sends: everybody in turn, in every channel in turn. The bot is no member of the last one."""
    channel = list(team["channels"])[number // TEAMS % len(team["channels"])]
    changed = {"channel_id": team["channels"][channel], "user_id": f"U0BENCH{number % USERS:03}"}
    fields = dict(parse_qsl(bodies([text], team, team["hooks"][channel].pop())[0])) | changed
    return urlencode(fields)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=50.0)
    options = parser.parse_args()
    texts = mixed(options.commands)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = simulated(folder)
        port, slack = free_port(), f"http://127.0.0.1:{free_port()}"
        facts, key = folder / "facts.json", Fernet.generate_key().decode()
        settings = {
            "DATABASE_URL": url,
            "PORT": str(port),
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_CLIENT_ID": CLIENT,
            "SLACK_CLIENT_SECRET": "bench",
            "SLACK_API_URL": f"{slack}/api/",
            "HFSTATS_KEYS": key,
            "HFSTATS_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HFSTATS_LOG_LEVEL": "WARNING",
        }
        stand_in = process(
            [
                sys.executable,
                str(HERE / "stand_in.py"),
                slack.rpartition(":")[2],
                SECRET,
                str(facts),
                str(TEAMS),
                str(len(texts) // TEAMS),
            ],
            slack,
            folder / "slack.log",
        )
        with stand_in:
            teams = json.loads(facts.read_text(encoding="utf-8"))
            install(url, teams, key)
            with serve(f"http://127.0.0.1:{port}", folder / "serve.log", **settings):
                events = f"http://127.0.0.1:{port}/slack/events"
                sent = [command(number, text, teams[number % TEAMS]) for number, text in enumerate(texts)]
                began = time.monotonic()
                found = load(events, options.rate, len(sent) / options.rate, sent)
                loaded = time.monotonic() - began
            drained = time.monotonic() - began - loaded
        told = json.loads(facts.read_text(encoding="utf-8"))
    answers = sum("asked by" in one for one in told["shown"])
    working = sum("Working on" in one for one in told["shown"])
    asked = sum(text in set(WORDS) for text in texts)
    p50, p99 = (quantile(found["taken"], share) * 1000 for share in (0.5, 0.99))
    rows = [
        ["commands", len(texts)],
        ["sent in, s", f"{loaded:.1f}"],
        ["acknowledged", len(found["taken"])],
        ["p50 ms", f"{p50:.1f}"],
        ["p99 ms (target: < 100)", f"{p99:.1f}"],
        ["questions with a chart", asked],
        ["answers shown (target: all)", answers],
        ["left working (target: 0)", working],
        ["finished after the last, s", f"{drained:.1f}"],
        ["refused by Slack", told["refused"] or "nothing"],
    ]
    table("Soak: 50 users, 5 workspaces", ["what", "figure"], rows)


if __name__ == "__main__":
    main()
