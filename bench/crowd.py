"""Run the stand-in for Slack with many workspaces and channels and configurable faults: ``crowd.py PORT FACTS``.

Reads the numbers and fault rates as JSON from standard input. Writes the credentials to FACTS; when stopped, overwrites it with
the delivery ids in each channel's messages, the recipients of direct messages, and the calls.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

from playground import SlackStandIn
from playground.faults import Fault, Faults
from playground.server import SCOPES
from playground.workspace import Channel, Kind

HISTORY = {"channels:history", "groups:history", "im:history"}


class OftenFaults(Faults):
    """Faults by chance, for every method of the Web API alike."""

    def __init__(self, limited: float, failed: float, lost: float, seed: int) -> None:
        super().__init__()
        self._chances = limited, failed, lost
        self._random = random.Random(seed)
        self._one = threading.Lock()
        self.happened: Counter[str] = Counter()

    def take(self, method: str) -> Fault | None:  # noqa: ARG002 - all are treated alike
        """Tell what goes wrong with a call."""
        limited, failed, lost = self._chances
        with self._one:
            chance = self._random.random()
            if chance < limited:
                self.happened["429"] += 1
                return Fault(retry_after=1)
            if chance < limited + failed:
                self.happened["500"] += 1
                return Fault(status=500)
            if chance < limited + failed + lost:
                self.happened["dropped after it took effect"] += 1
                return Fault(drop="after")
        return None


def main(port: str, facts: str) -> None:
    wanted = json.load(sys.stdin)
    faults = OftenFaults(wanted["limited"], wanted["failed"], wanted["lost"], wanted["seed"])
    scopes = SCOPES - HISTORY if wanted["blind"] else SCOPES
    names = [f"Team {number}" for number in range(wanted["teams"])]
    slack = SlackStandIn(port=int(port), teams=names, scopes=scopes)
    slack.faults = slack.service.faults = faults
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    known = []
    for name in names:
        workspace = slack.workspace(name)
        workspace.channels = {key: one for key, one in workspace.channels.items() if one.kind is Kind.IM}
        for number in range(wanted["channels"]):
            id_ = slack.service.serial("C")
            workspace.channels[id_] = Channel(id_, f"channel-{number}", Kind.PUBLIC, set(workspace.users))
        known.append(
            {
                "id": workspace.id,
                "token": slack.bot_token(name),
                "user": workspace.user("ada").id,
                "channels": [key for key, one in workspace.channels.items() if one.kind is Kind.PUBLIC],
            }
        )
    Path(facts).write_text(json.dumps(known), encoding="utf-8")
    with slack:
        stopped.wait()
        shown = {
            f"{workspace.id}/{channel.id}": [
                (message.metadata or {}).get("event_payload", {}).get("delivery") for message in workspace.messages(channel.id)
            ]
            for workspace in slack.service.workspaces.values()
            for channel in workspace.channels.values()
        }
        called = Counter(call.method for call in slack.service.calls)
        Path(facts).write_text(json.dumps({"shown": shown, "happened": faults.happened, "called": called}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
