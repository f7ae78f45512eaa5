"""Run the stand-in for Slack: ``stand_in.py PORT SECRET FACTS [TEAMS [HOOKS]]``.

Writes the credentials to FACTS; when stopped, overwrites it with the channels' messages and the errors it returned.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

from playground import SlackStandIn

CHANNELS = ("general", "random", "research")


def response_urls(slack: SlackStandIn, team: str, channel: str, many: int) -> list[str]:
    workspace = slack.workspace(team)
    of = workspace.id, slack.channel(channel, team=team).id, workspace.user("ada").id
    return [slack.service.hook(*of) for _ in range(many)]


def main(port: str, secret: str, facts: str, teams: str = "1", hooks: str = "0") -> None:
    names = [f"Team {number}" for number in range(1, int(teams) + 1)]
    slack = SlackStandIn(port=int(port), signing_secret=secret, teams=names)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with slack:
        known = [
            {
                "id": slack.workspace(name).id,
                "token": slack.bot_token(name),
                "channels": {one: slack.channel(one, team=name).id for one in CHANNELS},
                "hooks": {one: response_urls(slack, name, one, int(hooks)) for one in CHANNELS},
            }
            for name in names
        ]
        Path(facts).write_text(json.dumps(known), encoding="utf-8")
        stopped.wait()
        shown = [json.dumps(message.blocks) for name in names for one in CHANNELS for message in slack.messages(one, team=name)]
        refused = Counter(f"{call.method}: {call.error or call.status}" for call in slack.service.calls if not call.ok)
        Path(facts).write_text(json.dumps({"shown": shown, "refused": refused}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
