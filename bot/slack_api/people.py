"""What Slack's Web API tells of people, where a request needs more than its payload: guests, and who is in a channel."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.domain.access import Access, ActorKind
from bot.slack_api.errors import FAILURES, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

_log = logging.getLogger(__name__)

KEPT_FOR = 300.0
"""Seconds for which it is believed who is a guest, which channels are private, and which scopes a workspace gave."""
_MOST = 10_000
"""People, and channels, that are remembered."""
_PAGES = 50
"""Pages of a channel's members that are read; a thousand on each."""
_RECEIPT = "You are about to change this channel's digest or alerts from outside of it."


class People:
    """Looks people up. What can't be known stays on the safe side."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._clock = clock
        self._kinds: dict[tuple[str, str], tuple[float, ActorKind]] = {}
        self._private: dict[tuple[str, str], tuple[float, bool | None]] = {}
        self._without: dict[tuple[str, str, str], float] = {}
        """Until when a method isn't tried for a channel of a workspace: it gave the app no scope for that kind of channel."""
        self._lock = Lock()

    def verified(self, client: WebClient, workspace: str, access: Access) -> Access:
        """Tell a full member from a guest, by ``users.info``; without the scope ``users:read`` a member stays unverified."""
        if access.actor.kind is not ActorKind.UNVERIFIED:
            return access
        key = (workspace, access.actor.user)
        with self._lock:
            until, kind = self._kinds.get(key, (0.0, ActorKind.UNVERIFIED))
        if until < self._clock():
            found = self._call(client.users_info, workspace, user=access.actor.user)
            if found is None:
                return access
            kind = _kind(found.get("user"))
            with self._lock:
                _make_room(self._kinds)
                self._kinds[key] = (self._clock() + KEPT_FOR, kind)
        return access.of_kind(kind)

    def is_in(self, client: WebClient, workspace: str, channel: str, user: str, *, may_post: bool) -> bool:
        """Tell whether somebody is known to be in a channel now.

        By ``conversations.members`` (scopes ``channels:read``, ``groups:read``). Without them, and where ``may_post``, by a line
        that only this person sees: Slack takes it for nobody but members.
        """
        cursor: str | None = None
        for _ in range(_PAGES):
            page = self._call(client.conversations_members, workspace, channel=channel, limit=900, cursor=cursor)
            if page is None:
                break
            if user in page.get("members", ()):
                return True
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if not cursor:
                return False
        if not may_post or ("conversations_members", workspace, channel) not in self._without:
            return False
        return self._call(client.chat_postEphemeral, workspace, channel=channel, user=user, text=_RECEIPT) is not None

    def is_private(self, client: WebClient, workspace: str, channel: str) -> bool | None:
        """Tell whether a channel is private now, by ``conversations.info``; ``None`` where the app may not ask."""
        key = (workspace, channel)
        with self._lock:
            until, private = self._private.get(key, (0.0, None))
        if until < self._clock():
            found = self._call(client.conversations_info, workspace, channel=channel)
            private = bool((found.get("channel") or {}).get("is_private", True)) if found else None
            with self._lock:
                _make_room(self._private)
                self._private[key] = (self._clock() + KEPT_FOR, private)
        return private

    def _call(self, method: Callable[..., Any], workspace: str, **arguments: str | int | None) -> Any:  # noqa: ANN401 - Slack's answer
        """Call Slack; ``None`` where it refuses."""
        key = (method.__name__, workspace, str(arguments.get("channel", "")))
        if self._without.get(key, 0.0) > self._clock():
            return None
        try:
            return method(**arguments)
        except FAILURES as error:
            if isinstance(error, SlackApiError) and said(error) == "missing_scope":
                _make_room(self._without)
                self._without[key] = self._clock() + KEPT_FOR
            else:
                _log.info("%s: %s", method.__name__, said(error))
            return None


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= _MOST:
        kept.clear()


def _kind(user: object) -> ActorKind:
    if not isinstance(user, dict) or user.get("deleted"):
        return ActorKind.UNKNOWN
    if user.get("is_stranger"):
        return ActorKind.STRANGER
    if user.get("is_bot") or user.get("is_workflow_bot"):
        return ActorKind.APP
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return ActorKind.GUEST
    return ActorKind.MEMBER
