"""Test what external people can do in a Slack Connect channel, and a member in a private channel they left.

``hfstats serve`` runs in a separate process. Ada subscribes #general, which is shared with another company, and #research, which
is private, and adds an alert; a delivery to #research fails. Then Eve, from the other company, and Grace, who left #research, try
every command by mention and by button, and Eve also the forms, the shortcut and App Home. After each try, the database and all
messages are compared with those before.

Run: python bench/attacks/strangers.py
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the benches' shared pieces

import sqlalchemy as sa
from serving import free_port, serve, signed, simulated, table

from analytics.storage import database
from bot.domain.outbox import Kind, PlannedDelivery, State
from bot.storage.messages.outbox import OutboxStore
from bot.storage.schema import BET, DELIVERY, SUBSCRIPTION, WATCH
from playground import SlackStandIn
from playground.workspace import User

SECRET = "bench-signing-secret"
GLOBEX = "T0GLOBEX"
TABLES = (SUBSCRIPTION, WATCH, BET, DELIVERY)
LINES = (
    *("pause", "pause {general}", "pause {research}", "unsubscribe", "unsubscribe {general}", "unsubscribe {research}"),
    *("resume {research}", "subscribe weekly friday at 8am UTC", "watch creator google below 90%", "unwatch {watch}"),
    *("mute {watch}", "unmute {watch}", "predict creators Meta 70% by {month}", "bets", "watches", "subscriptions", "status"),
    *("digest", "again {delivery}", "predict"),
)
ELSEWHERE = ("pause {research}", "unsubscribe {research}", "subscriptions", "status", "again {delivery}")
KINDLY = ("members of the workspace", "Slack didn't tell me", "Home is for members")
_numbers = count()


@dataclass
class Attack:
    """One running bot, and what it holds."""

    slack: SlackStandIn
    url: str
    engine: sa.Engine
    facts: dict[str, Any] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)

    def prepare(self) -> None:
        slack, workspace = self.slack, self.slack.workspace()
        workspace.users["U0EVE"] = User("U0EVE", "eve", "Eve of Globex")
        workspace.channel("general").members.add("U0EVE")
        for line, channel in (("subscribe", "general"), ("subscribe", "research"), ("watch creator meta below 1%", "general")):
            assert slack.command(line, channel=channel).ok
            self.settled()
        slack.channel("research").members.discard(workspace.user("grace").id)
        with self.engine.connect() as connection:
            subscriptions = dict(connection.execute(sa.select(SUBSCRIPTION.c.channel, SUBSCRIPTION.c.id)).all())
            watch = connection.scalar(sa.select(WATCH.c.id))
        self.facts = {name: subscriptions[slack.channel(name).id] for name in ("general", "research")}
        now = datetime.now(UTC)
        owed = PlannedDelivery(workspace.id, slack.channel("research").id, Kind.DIGEST, self.facts["research"], "2026-07", now)
        (line_,) = OutboxStore(self.engine).plan([owed])
        with self.engine.begin() as connection:
            connection.execute(DELIVERY.update().values(state=State.FAILED, error="channel_not_found"))
        self.facts |= {"watch": watch, "delivery": line_, "month": f"{now.year + 1}-{now.month:02}"}
        self.kept = self.rows()

    def rows(self) -> list[Any]:
        with self.engine.connect() as connection:
            return [connection.execute(sa.select(one)).mappings().all() for one in TABLES]

    def reschedule(self) -> None:
        with self.engine.begin() as connection:
            for one, rows in zip(TABLES, self.kept, strict=True):
                connection.execute(one.delete())
                if rows:
                    connection.execute(one.insert(), [dict(row) for row in rows])

    def settled(self) -> None:
        """Wait until the bot has nothing left to do."""
        quiet = 0
        while quiet < 3:
            time.sleep(0.1)
            with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:
                depth = next(line for line in answer.read().decode().splitlines() if line.startswith("hfstats_queue_depth "))
            quiet = quiet + 1 if float(depth.split()[1]) == 0 else 0

    def send(self, payload: dict[str, Any], *, theirs: bool = True) -> tuple[bool, bool, bool]:
        """Send one request: did rows change, was something shown that isn't theirs, and was it refused in a friendly sentence?

        A stranger may see nothing of the workspace's (``theirs``), a member nothing of the private channel's.
        """
        payload = {**payload, "sent": next(_numbers)}
        event = payload.get("type") == "event_callback"
        body = json.dumps(payload).encode() if event else urlencode({"payload": json.dumps(payload)}).encode()
        mime = "application/json" if event else "application/x-www-form-urlencoded"
        before = len(self.slack.calls)
        request = urllib.request.Request(
            f"{self.url}/slack/events", body, {**signed(SECRET, body), "Content-Type": mime}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            said = answer.read().decode()
        self.settled()
        said += " ".join(json.dumps(call.arguments, ensure_ascii=False) for call in self.slack.calls[before:])
        changed = self.rows() != self.kept
        secrets = [f"<#{self.slack.channel('research').id}>", "2 active"]
        if theirs:
            secrets += ["active", "Pause", "Mute", "Unsubscribe"]
        hidden = any(one in said for one in secrets)
        self.reschedule()
        return (
            changed,
            hidden or "views.open" in {call.method for call in self.slack.calls[before:]},
            any(one in said for one in KINDLY),
        )

    def mention(self, user: str, team: str, line: str) -> dict[str, Any]:
        workspace = self.slack.workspace()
        foreign = {"user_team": team, "source_team": team, "user_profile": {"team": team}} if team != workspace.id else {}
        event = {
            "type": "app_mention",
            "user": user,
            "text": f"<@{workspace.bot}> {line}",
            "ts": workspace.stamp(),
            "team": workspace.id,
            "channel": workspace.channel("general").id,
            **foreign,
        }
        mine = {"enterprise_id": None, "team_id": workspace.id, "user_id": workspace.bot, "is_bot": True}
        return {
            "type": "event_callback",
            "team_id": workspace.id,
            "context_team_id": workspace.id,
            "api_app_id": "A0PLAYGROUND",
            "event": event,
            "event_id": f"Ev{next(_numbers)}",
            "is_ext_shared_channel": True,
            "authorizations": [{**mine, "is_enterprise_install": False}],
        }

    def interaction(self, user: str, team: str, kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - Slack's own fields
        workspace = self.slack.workspace()
        return {
            "type": kind,
            "api_app_id": "A0PLAYGROUND",
            "team": {"id": workspace.id, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user, "username": user, "name": user, "team_id": team},
            "trigger_id": self.slack.service.trigger(workspace.id, user),
            **more,
        }

    def button(self, user: str, team: str, line: str, action: str = "command:x") -> dict[str, Any]:
        workspace = self.slack.workspace()
        channel = workspace.channel("general")
        return self.interaction(
            user,
            team,
            "block_actions",
            container={"type": "message", "message_ts": "1.1", "channel_id": channel.id, "is_ephemeral": False},
            channel={"id": channel.id, "name": channel.name},
            response_url=self.slack.service.hook(workspace.id, channel.id, user),
            state={"values": {}},
            actions=[{"type": "button", "action_id": action, "block_id": "b", "action_ts": "1.1", "value": line}],
        )

    def forms(self, user: str, team: str) -> list[tuple[str, dict[str, Any]]]:
        """Return what opens and fills in forms: the form's button, a bet, a shortcut, the App Home's own buttons."""
        chosen = {
            "of": "creators",
            "by": "downloads",
            "in": "top",
            "month": self.facts["month"],
            "who:creator": "=Meta",
            "sure": "70",
        }
        state = {
            block: {f"wager:{block.partition(':')[0]}": {"type": "static_select", "selected_option": {"value": value}}}
            for block, value in chosen.items()
        }
        general = self.slack.channel("general").id
        state["where"] = {"wager:where": {"type": "conversations_select", "selected_conversation": general}}
        view = {"id": "V1", "type": "modal", "callback_id": "place_bet", "blocks": [{"type": "input", "block_id": "of"}]}
        home = {"container": {"type": "view", "view_id": "V2"}, "view": {"id": "V2", "type": "home"}}
        research = self.slack.channel("research").id
        menu = {"type": "conversations_select", "action_id": "home:subscribe", "block_id": "b", "selected_conversation": research}
        pause = {"type": "button", "action_id": "command:x", "block_id": "b", "value": f"pause {self.facts['general']}"}
        return [
            ("the bet's form, opened", self.button(user, team, "", "bet")),
            ("the bet's form, sent", self.interaction(user, team, "view_submission", view=view | {"state": {"values": state}})),
            ("a shortcut", self.interaction(user, team, "shortcut", callback_id="ask")),
            ("App Home: subscribe", self.interaction(user, team, "block_actions", **home, actions=[menu])),
            ("App Home: pause", self.interaction(user, team, "block_actions", **home, actions=[pause])),
        ]


def tried(attack: Attack, who: str, user: str, lines: tuple[str, ...]) -> list[list[object]]:
    team = GLOBEX if user == "U0EVE" else attack.slack.workspace().id
    shown = {way: [0, 0, 0, 0] for way in ("mention", "button")}
    for line in lines:
        text = line.format(**attack.facts)
        for way, payload in (("mention", attack.mention(user, team, text)), ("button", attack.button(user, team, text))):
            found = attack.send(payload, theirs=team == GLOBEX)
            shown[way] = [shown[way][0] + 1, *(a + b for a, b in zip(shown[way][1:], found, strict=True))]
    return [[f"{who}, by {way}", *figures] for way, figures in shown.items()]


def main() -> None:
    with tempfile.TemporaryDirectory() as name, SlackStandIn(signing_secret=SECRET) as slack:
        folder, port = Path(name), free_port()
        url = f"http://127.0.0.1:{port}"
        settings = {
            "DATABASE_URL": simulated(folder, months=2),
            "PORT": str(port),
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_BOT_TOKEN": slack.bot_token(),
            "SLACK_API_URL": slack.api_url,
            "HFSTATS_PER_MINUTE": "10000",
        }
        slack.attach(f"{url}/slack/events")
        with serve(url, folder / "serve.log", **settings):
            attack = Attack(slack, url, database.engine(settings["DATABASE_URL"]))
            attack.prepare()
            rows = tried(attack, "stranger", "U0EVE", LINES)
            figures = [0, 0, 0, 0]
            for _, payload in attack.forms("U0EVE", GLOBEX):
                figures = [figures[0] + 1, *(a + b for a, b in zip(figures[1:], attack.send(payload), strict=True))]
            rows.append(["stranger, by forms and App Home", *figures])
            grace = slack.workspace().user("grace").id
            rows += tried(attack, "member who left the private channel", grace, ELSEWHERE)
    table("Strangers", ["who and how", "requests", "changed rows", "showed what isn't theirs", "friendly refusal"], rows)


if __name__ == "__main__":
    main()
