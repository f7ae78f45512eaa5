"""``hfstats doctor``: check everything a deployment needs, and explain how to fix problems."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import httpx2
import sqlalchemy as sa
from slack_sdk.errors import SlackApiError, SlackClientError

from analytics.errors import HfStatsError
from analytics.sources import hub
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.settings import secret
from bot.slack.installation.manifest import EVENTS
from bot.slack.installation.scopes import SCOPES
from bot.slack_api.errors import error_code
from bot.storage.installations import Cipher
from bot.storage.migration_state import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.domain import Snapshot
    from bot.settings import Settings

_PATIENCE = 5.0
"""Timeout of each network request, in seconds."""
_CLOCK = 60
"""Allowed clock difference in seconds; signatures fail at 300."""
_OLD = 2
"""Days after which the latest snapshot is too old."""
_WHERE = "api.slack.com/apps > your app >"


class State(StrEnum):
    """The result of a check."""

    GOOD = "good"
    BAD = "bad"
    UNUSED = "not set up"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check with an explanation and, if it failed, how to fix it."""

    name: str
    state: State
    message: str
    fix: str = ""


def _good(name: str, message: str) -> Finding:
    return Finding(name, State.GOOD, message)


def _bad(name: str, message: str, fix: str) -> Finding:
    return Finding(name, State.BAD, message, fix)


def _unused(name: str, message: str) -> Finding:
    return Finding(name, State.UNUSED, message)


def examine(settings: Settings) -> list[Finding]:
    """Run all checks in parallel; returns their findings in a fixed order. Findings contain no tokens."""
    checks: tuple[Callable[[Settings], list[Finding]], ...] = (
        _bot_token,
        _app_token,
        _signing_secret,
        _oauth,
        _database,
        _hub,
        _public_url,
        _clock,
    )
    with ThreadPoolExecutor(len(checks)) as threads:
        return [finding for findings in threads.map(lambda check: _tried(check, settings), checks) for finding in findings]


def _tried(check: Callable[[Settings], list[Finding]], settings: Settings) -> list[Finding]:
    name = check.__name__.strip("_").replace("_", " ")
    try:
        return check(settings)
    except HfStatsError as error:
        return [_bad(name, str(error), "Fix that, then run hfstats doctor again.")]
    except (OSError, SlackClientError, httpx2.HTTPError) as error:
        fix = "Check the network, including proxies and firewalls."
        return [_bad(name, f"can't be reached ({type(error).__name__})", fix)]


def _bot_token(settings: Settings) -> list[Finding]:
    name, token = "bot token", secret(settings.slack_bot_token)
    if not token:
        if settings.slack_client_id:
            return [_unused(name, "each workspace has its own token")]
        return [_bad(name, "SLACK_BOT_TOKEN is not set", f"Copy it from {_WHERE} OAuth & Permissions (xoxb-…).")]
    if not token.startswith(("xoxb-", "xoxe.xoxb-")):
        kind = "an app-level token" if token.startswith("xapp-") else "something other than a bot token"
        return [
            _bad(
                name,
                f"SLACK_BOT_TOKEN contains {kind}",
                f"Copy the token that starts with xoxb- from {_WHERE} OAuth & Permissions.",
            )
        ]
    client = composition.client(settings)
    client.timeout = int(_PATIENCE)
    try:
        whose = client.auth_test()
    except SlackApiError as error:
        code = error_code(error)
        return [
            _bad(
                name,
                f"Slack rejected it ({code})",
                f"Reinstall the app in {_WHERE} OAuth & Permissions, and copy the new token.",
            )
        ]
    return [_good(name, f"valid for {whose.get('team')}, as @{whose.get('user')}"), _scopes(whose.headers)]


def _scopes(headers: Any) -> Finding:  # noqa: ANN401 - slack_sdk's mapping of headers
    granted = next((value for name, value in headers.items() if name.casefold() == "x-oauth-scopes"), "")
    missing = sorted(set(SCOPES) - {scope.strip() for scope in granted.split(",")})
    if missing:
        lost = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
        return _bad("scopes", f"missing: {lost}", f"Add them in {_WHERE} OAuth & Permissions > Scopes, then reinstall the app.")
    return _good("scopes", f"all {len(SCOPES)} granted")


def _app_token(settings: Settings) -> list[Finding]:
    name, token = "app token", secret(settings.slack_app_token)
    if not token:
        return [_unused(name, "only Socket Mode needs SLACK_APP_TOKEN")]
    fix = f"Create one in {_WHERE} Basic Information > App-Level Tokens, with the scope connections:write."
    if not token.startswith("xapp-"):
        return [_bad(name, "SLACK_APP_TOKEN isn't an app-level token (xapp-…)", fix)]
    client = composition.client(settings)
    client.timeout = int(_PATIENCE)
    try:
        client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        return [_bad(name, f"Slack rejected it ({error_code(error)})", fix)]
    return [_good(name, "valid, opens connections")]


def _signing_secret(settings: Settings) -> list[Finding]:
    name, key = "signing secret", secret(settings.slack_signing_secret)
    fix = f"Copy it from {_WHERE} Basic Information > App Credentials."
    if not key:
        if settings.slack_app_token:
            return [_unused(name, "not needed for Socket Mode")]
        return [_bad(name, "SLACK_SIGNING_SECRET is not set", fix)]
    if not re.fullmatch(r"[0-9a-f]{32}", key):
        return [_bad(name, "SLACK_SIGNING_SECRET isn't 32 hexadecimal digits", fix)]
    return [_good(name, "has the right format")]


def _oauth(settings: Settings) -> list[Finding]:
    name = "OAuth"
    if not settings.slack_client_id and not settings.slack_client_secret:
        return [_unused(name, "not needed for a single workspace with its own token")]
    needed = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "HFSTATS_PUBLIC_URL")
    missing = [variable for variable in needed if not getattr(settings, variable.lower())]
    if missing:
        return [_bad(name, f"not set: {', '.join(missing)}", "Set them as described in docs/how-to/connect-many-workspaces.md.")]
    Cipher(settings.keys)
    return [
        _good(name, f"any workspace can install; tokens encrypted with {len(settings.keys)} key{'s'[: len(settings.keys) != 1]}")
    ]


def _database(settings: Settings) -> list[Finding]:
    engine = database.engine(settings.database)
    try:
        for migrations in (database.SNAPSHOTS, TABLES):
            if database.revision(engine, migrations) is None:
                return [
                    _bad("database", f"{engine.dialect.name} has no tables for {migrations.whose} yet", "Run: hfstats db upgrade")
                ]
            database.check_current(engine, migrations)
        with database.writing(engine) as connection:  # fails for a read-only file or role, and changes nothing
            connection.execute(sa.text("DELETE FROM seen WHERE 1 = 0"))
        return [_good("database", f"{engine.dialect.name}, up to date, writable"), _data(SqlHistory(engine).latest())]
    finally:
        engine.dispose()


def _data(latest: dict[str, Snapshot]) -> Finding:
    if not latest:
        return _bad("data", "there is no snapshot yet", "Run: hfstats snapshot (or hfstats worker, which takes one a day).")
    newest = max(last.taken_on for last in latest.values())
    age = (datetime.now(UTC).date() - newest).days
    message = f"latest snapshot from {newest}, {age} day{'s'[: age != 1]} ago"
    if age > _OLD:
        return _bad("data", message, "Keep hfstats worker running, or run hfstats snapshot once a day.")
    return _good("data", message)


def _hub(settings: Settings) -> list[Finding]:
    if hub.reachable(settings.hf_endpoint, timeout=_PATIENCE):
        return [_good("hub", "reachable")]
    return [
        _bad(
            "hub",
            "can't be reached",
            "Allow connections to the Hub, or set HF_ENDPOINT to a mirror. Until then, answers use stored snapshots.",
        )
    ]


def _public_url(settings: Settings) -> list[Finding]:
    name, url = "public URL", settings.hfstats_public_url
    if not url:
        return [_unused(name, "charts are uploaded as files; set HFSTATS_PUBLIC_URL to show them by URL")]
    fix = "Route this URL to hfstats serve."
    health = httpx2.get(f"{url}/healthz/live", timeout=_PATIENCE)
    if health.status_code != 200:
        return [_bad(name, f"{url}/healthz/live returned status {health.status_code}", fix)]
    findings = [_good(name, "hfstats responds")]
    if not url.startswith("https://"):
        findings = [_bad(name, "Slack requires https", "Set up TLS, for example with a reverse proxy.")]
    key = secret(settings.slack_signing_secret)
    if key:
        findings.append(_challenge(url, key))
    return findings


def _challenge(url: str, key: str) -> Finding:
    """Send a signed challenge, as Slack does when the request URL is saved."""
    name, body, stamp = (
        "request URL",
        json.dumps({"type": "url_verification", "challenge": "hfstats doctor"}),
        str(int(time.time())),
    )
    signature = "v0=" + hmac.new(key.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
    back = httpx2.post(f"{url}{EVENTS}", content=body, headers=headers, timeout=_PATIENCE)
    if back.status_code == 200 and "hfstats doctor" in back.text:
        return _good(name, "accepts signed requests")
    fix = "Use the same SLACK_SIGNING_SECRET here and where hfstats serve runs, and check both clocks."
    return _bad(name, f"{url}{EVENTS} returned status {back.status_code} for a signed request", fix)


def _clock(settings: Settings) -> list[Finding]:
    answer = httpx2.get(f"{settings.slack_api_url}api.test", timeout=_PATIENCE)
    there = answer.headers.get("Date")
    if not there:
        return [_unused("clock", "Slack didn't report its time")]
    off = round((datetime.now(UTC) - parsedate_to_datetime(there)).total_seconds())
    if abs(off) > _CLOCK:
        return [
            _bad(
                "clock",
                f"{abs(off)} s {'ahead' if off > 0 else 'behind'}; signatures fail at 300 s",
                "Synchronize this machine's clock with NTP.",
            )
        ]
    return [_good("clock", f"within {max(1, abs(off))} s of Slack's")]
