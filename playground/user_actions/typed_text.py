"""Text that a user types: as Slack's markup, and the links in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playground import payloads
from playground.workspace import SLACKBOT, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playground.workspace import Workspace

_ADDRESS = re.compile(r"https?://[^\s<>|]+")
_DOMAIN = re.compile(
    r"(?<![\w./@:<|-])(?:[a-z0-9-]+\.)+(?:ai|app|co|com|dev|io|net|org)(?:/[^\s<>|]*)?(?!\.?[\w-])", re.IGNORECASE
)
"""What Slack makes a link of by itself, such as ``z.ai``."""


def markup(workspace: Workspace, typed: str) -> str:
    """Turn typed text into Slack's markup: names become mentions, addresses links, and control characters are escaped."""
    text = payloads.escaped(typed)
    text = _ADDRESS.sub(lambda match: f"<{match[0]}>", text)
    text = _DOMAIN.sub(lambda match: f"<http://{match[0]}|{match[0]}>", text)
    names = {user.name: user.id for user in workspace.users.values() if user.id != SLACKBOT}
    text = re.sub(r"(?<![\w@])@([\w.-]+)", lambda match: f"<@{names[match[1]]}>" if match[1] in names else match[0], text)
    channels = {channel.name: channel.id for channel in workspace.channels.values() if channel.kind is Kind.PUBLIC}
    return re.sub(r"(?<![\w#&/])#([\w-]+)", lambda match: f"<#{channels[match[1]]}>" if match[1] in channels else match[0], text)


def links_in(text: str, domains: Sequence[str]) -> list[dict[str, Any]]:
    """List the links to ``domains`` or their subdomains, as ``link_shared`` has them."""
    links = []
    for url in _ADDRESS.findall(text):
        host = url.partition("://")[2].partition("/")[0]
        names = (host, host.partition(":")[0])
        domain = next((domain for domain in domains if domain in names or host.endswith(f".{domain}")), None)
        if domain is not None:
            links.append({"url": url.replace("&amp;", "&"), "domain": domain})
    return links
