"""The manifest says what the code listens to, as it stands and filled in for an address."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from slack_bolt import App

from bot.cli import main
from bot.slack.installation.manifest import manifest
from bot.slack.installation.oauth import REDIRECT
from bot.slack.installation.scopes import OPTIONAL_SCOPES, SCOPES
from bot.slack.listeners.command import COMMAND
from bot.slack.registration import listen

ROOT = Path(__file__).parents[4]
HOST = "https://hfstats.example.org"


def test_it_asks_for_the_scopes_that_have_a_reason():
    scopes = manifest()["oauth_config"]["scopes"]
    assert set(scopes["bot"]) == set(SCOPES) | set(OPTIONAL_SCOPES)
    assert set(scopes["bot_optional"]) == set(OPTIONAL_SCOPES)
    assert manifest()["features"]["slash_commands"][0]["command"] == COMMAND


class Listening:
    """An app that only notes what is attached to it."""

    def __init__(self):
        self.events, self.commands, self.shortcuts, self.functions = set(), set(), set(), set()

    def __getattr__(self, name):
        kept = {"event": self.events, "command": self.commands, "shortcut": self.shortcuts, "function": self.functions}.get(
            name, set()
        )

        def attach(key=None, *_args, **_kwargs):
            kept.add(key if isinstance(key, str) else getattr(key, "pattern", str(key)))
            return lambda *_a, **_k: None

        return attach


def test_what_listeners_handle_is_declared_and_nothing_else():
    heard = Listening()
    listen(heard, None)
    declared = manifest()
    assert {command["command"] for command in declared["features"]["slash_commands"]} == heard.commands
    assert {shortcut["callback_id"] for shortcut in declared["features"]["shortcuts"]} == heard.shortcuts
    assert set(declared["functions"]) == heard.functions
    events = {event.partition(".")[0] for event in declared["settings"]["event_subscriptions"]["bot_events"]}
    assert events - {"function_executed"} == heard.events - {"function_executed"}
    assert hasattr(App, "event")
    assert hasattr(App, "function")


def test_filled_in_every_address_is_there():
    filled = manifest(f"{HOST}/")
    there = f"{HOST}/slack/events"
    settings = filled["settings"]
    assert filled["features"]["slash_commands"][0]["url"] == there
    assert settings["event_subscriptions"]["request_url"] == there
    assert settings["event_subscriptions"]["bot_events"] == manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert settings["interactivity"] == {"is_enabled": True, "request_url": there, "message_menu_options_url": there}
    assert settings["socket_mode_enabled"] is False
    assert filled["oauth_config"]["redirect_urls"] == [HOST + REDIRECT]


def test_as_it_stands_it_is_for_socket_mode():
    assert manifest() == json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    assert manifest()["settings"]["socket_mode_enabled"] is True
    assert "url" not in manifest()["features"]["slash_commands"][0]


def test_slack_takes_its_lengths():
    shown = manifest()["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-fA-F]{6}", shown["background_color"])


@pytest.mark.parametrize("url", ["http://hfstats.example.org", "hfstats.example.org"])
def test_the_command_refuses_an_address_that_slack_would_refuse(url):
    refused = CliRunner().invoke(main.main, ["manifest", "--url", url])
    assert refused.exit_code == 1
    assert "Use a URL like https://hfstats.example.com" in refused.output


def test_the_command_prints_json():
    assert json.loads(CliRunner().invoke(main.main, ["manifest", "--url", HOST]).output) == manifest(HOST)


def test_the_wheel_carries_it(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert json.loads(archive.read("bot/manifest.json")) == manifest()
    assert "bot/slack/installation/templates/install.html" in names
    assert "bot/storage/migrations/versions/0002_installations.py" in names
