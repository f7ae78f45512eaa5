"""The Slack app's manifest, as in the repository or filled in for a public URL."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.slack.installation.oauth import REDIRECT

EVENTS = "/slack/events"


def manifest(url: str | None = None) -> dict[str, Any]:
    """Return the manifest for Socket Mode or, with the public URL of ``hfstats serve``, for HTTP."""
    document: dict[str, Any] = json.loads(_text())
    if url is None:
        return document
    there = url.rstrip("/") + EVENTS
    for command in document["features"]["slash_commands"]:
        command["url"] = there
    settings = document["settings"]
    settings["interactivity"] |= {"request_url": there, "message_menu_options_url": there}
    settings["event_subscriptions"] = {"request_url": there, **settings["event_subscriptions"]}
    settings["socket_mode_enabled"] = False
    document["oauth_config"]["redirect_urls"] = [url.rstrip("/") + REDIRECT]
    return document


def _text() -> str:
    """Read the file from the checkout or, if hfstats is installed, from the package."""
    checkout = Path(__file__).parents[3] / "manifest.json"
    return (checkout if checkout.is_file() else files("bot") / "manifest.json").read_text(encoding="utf-8")
