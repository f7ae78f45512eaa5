"""The Web API's methods with their token types and scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playground.app_state import TokenKind
from playground.web_api import canvases, chat, conversations, files, functions, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from playground.web_api.call import ApiCall

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method."""

    run: Callable[[ApiCall], Json]
    scopes: tuple[str, ...] = ()
    """Any of these scopes is enough; empty if none is needed or it depends on the conversation."""
    token: TokenKind = TokenKind.BOT
    posts: bool = False
    """Whether the rate limit for posts applies."""


def auth_test(call: ApiCall) -> Json:
    """``auth.test``."""
    workspace = call.workspace
    return {
        "url": f"{call.service.base_url}/",
        "team": workspace.name,
        "team_id": workspace.id,
        **({"enterprise_id": workspace.enterprise} if workspace.enterprise else {}),
        "user": workspace.users[workspace.bot].name,
        "user_id": workspace.bot,
        "bot_id": f"B{workspace.bot[1:]}",
        "is_enterprise_install": False,
    }


def team_info(call: ApiCall) -> Json:
    """``team.info``."""
    return {"team": {"id": call.workspace.id, "name": call.workspace.name, "domain": call.workspace.domain}}


_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history")

METHODS: dict[str, Method] = {
    "auth.test": Method(auth_test),
    "canvases.access.set": Method(canvases.set_access, ("canvases:write",)),
    "canvases.create": Method(canvases.create, ("canvases:write",)),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",), posts=True),
    "chat.postMessage": Method(chat.post_message, ("chat:write",), posts=True),
    "chat.unfurl": Method(chat.unfurl, ("links:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "conversations.history": Method(conversations.history, _HISTORY),
    "conversations.info": Method(conversations.info, _READ),
    "conversations.join": Method(conversations.join, ("channels:join",)),
    "conversations.list": Method(conversations.list_all, _READ),
    "conversations.members": Method(conversations.members, _READ),
    "conversations.open": Method(conversations.open_direct, ("im:write",)),
    "conversations.replies": Method(conversations.replies, _HISTORY),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",)),
    "files.info": Method(files.info, ("files:read",)),
    "functions.completeError": Method(functions.complete_error),
    "functions.completeSuccess": Method(functions.complete_success),
    "team.info": Method(team_info, ("team:read",)),
    "users.conversations": Method(conversations.of_user, _READ),
    "users.info": Method(conversations.user_info, ("users:read",)),
    "views.open": Method(views.open_view),
    "views.publish": Method(views.publish),
    "views.push": Method(views.push),
    "views.update": Method(views.update),
}
