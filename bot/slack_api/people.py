"""Looks up in Slack's Web API what a payload doesn't contain: who is a guest, and who is in a channel."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache
from slack_sdk.errors import SlackApiError

from bot.domain.access import Access, ActorKind
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

_log = logging.getLogger(__name__)

CACHED_FOR = 300.0
"""Seconds for which guests, private channels and missing scopes are cached."""
_MOST = 10_000
"""Entries in each cache."""
_PAGES = 50
"""Pages of a channel's members that are read; up to 900 on each."""
_RECEIPT = "You are about to change this channel's digest or alerts from outside of it."


class People:
    """Looks people and channels up. Whatever Slack doesn't answer counts as unknown, which allows less."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._kinds: TTLCache[tuple[str, str], ActorKind] = TTLCache(_MOST, CACHED_FOR, clock)
        self._private: TTLCache[tuple[str, str], bool | None] = TTLCache(_MOST, CACHED_FOR, clock)
        self._without: TTLCache[tuple[str, str, str], bool] = TTLCache(_MOST, CACHED_FOR, clock)
        """Methods, and the workspaces and channels where the app lacks the scope for them; it differs by the kind of channel."""
        self._lock = Lock()

    def verified(self, client: WebClient, workspace: str, access: Access) -> Access:
        """Tell a full member from a guest, by ``users.info``; without the scope ``users:read`` a member stays unverified."""
        if access.actor.kind is not ActorKind.UNVERIFIED:
            return access
        key = (workspace, access.actor.user)
        with self._lock:
            kind = self._kinds.get(key)
        if kind is None:
            response = self._call(client.users_info, workspace, user=access.actor.user)
            if response is None:
                return access
            kind = _kind(response.get("user"))
            with self._lock:
                self._kinds[key] = kind
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
        if not may_post or not self._lacks_scope("conversations_members", workspace, channel):
            return False
        return self._call(client.chat_postEphemeral, workspace, channel=channel, user=user, text=_RECEIPT) is not None

    def is_private(self, client: WebClient, workspace: str, channel: str) -> bool | None:
        """Tell whether a channel is private now, by ``conversations.info``; ``None`` where the app may not ask."""
        key = (workspace, channel)
        with self._lock, suppress(KeyError):
            return self._private[key]
        response = self._call(client.conversations_info, workspace, channel=channel)
        private = bool((response.get("channel") or {}).get("is_private", True)) if response else None
        with self._lock:
            self._private[key] = private
        return private

    def _call(self, method: Callable[..., Any], workspace: str, **arguments: str | int | None) -> Any:  # noqa: ANN401 - Slack's answer
        """Call Slack; ``None`` where it refuses."""
        key = (method.__name__, workspace, str(arguments.get("channel", "")))
        if self._lacks_scope(*key):
            return None
        try:
            return method(**arguments)
        except FAILURES as error:
            if isinstance(error, SlackApiError) and error_code(error) == "missing_scope":
                with self._lock:
                    self._without[key] = True
            else:
                _log.info("%s: %s", method.__name__, error_code(error))
            return None

    def _lacks_scope(self, method: str, workspace: str, channel: str) -> bool:
        with self._lock:
            return (method, workspace, channel) in self._without


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
