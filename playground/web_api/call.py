"""A Web API call: its arguments, its token, and error responses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playground.block_kit.blocks import check_blocks, images_of, with_ids
from playground.workspace import Channel, Kind

if TYPE_CHECKING:
    from playground.app_state import Service, Token
    from playground.block_kit.blocks import Block
    from playground.workspace import File, Workspace

NESTED = frozenset({"actions", "attachments", "blocks", "document_content", "files", "metadata", "unfurls", "view", "outputs"})
"""Arguments that are JSON even in a form."""


class Refusal(Exception):  # noqa: N818 - a response of Slack's
    """Slack's ``{"ok": false}`` with an error code and further fields."""

    def __init__(self, error: str, problems: list[str] | None = None, **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.body: dict[str, Any] = {"ok": False, "error": error, **more}
        if problems:
            self.body |= {"errors": problems, "response_metadata": {"messages": [f"[ERROR] {text}" for text in problems]}}


@dataclass(frozen=True, slots=True)
class ApiCall:
    """An authorized call."""

    service: Service
    workspace: Workspace
    token: Token
    arguments: dict[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """Return a required argument; ``invalid_arguments`` if it's missing."""
        if not (value := self.text(name)):
            raise Refusal("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean argument; WebClient sends ``1`` and ``0`` in forms."""
        return self.text(name).lower() in ("1", "true")

    def whole(self, name: str, default: int) -> int:
        """Return an integer argument."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise Refusal("invalid_arguments", [f"must be an integer [json-pointer:/{name}]"]) from None

    def nested(self, name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return an argument, parsed as JSON where necessary."""
        value = self.arguments.get(name)
        if isinstance(value, str) and name in NESTED:
            try:
                return json.loads(value)
            except ValueError:
                raise Refusal("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None
        return value

    def require(self, scope: str) -> None:
        """Require a scope; ``missing_scope`` if the token doesn't have it."""
        if scope not in self.token.scopes:
            raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(self.token.scopes)))

    def channel(self, name: str | None = None) -> Channel:
        """Return the call's conversation; ``channel_not_found`` if the app can't see it."""
        wanted = self.needed("channel") if name is None else name
        workspace = self.workspace
        if wanted in workspace.users:
            return workspace.direct(wanted)
        try:
            channel = workspace.channel(wanted)
        except LookupError:
            raise Refusal("channel_not_found") from None
        if channel.kind is not Kind.PUBLIC and workspace.bot not in channel.members:
            raise Refusal("channel_not_found")
        return channel


_SCOPES_BY_KIND = {Kind.PUBLIC: "channels", Kind.PRIVATE: "groups", Kind.GROUP: "mpim", Kind.IM: "im"}


def scope_for(channel: Channel, act: str) -> str:
    """Return the scope that ``act`` needs in a conversation: ``channels:read``, ``im:history`` and so on."""
    return f"{_SCOPES_BY_KIND[channel.kind]}:{act}"


def file_is_ready(service: Service, file: File) -> bool:
    """Return whether an uploaded file has been processed."""
    if service.faults.files_never_ready or file.ready_at is None:
        return False
    return service.clock() >= file.ready_at


def accepted_blocks(service: Service, workspace: Workspace, blocks: object, at: str = "/blocks") -> tuple[Block, ...]:
    """Validate a message's blocks, fetch their images and fill in ids.

    Raises:
        Refusal: ``invalid_blocks`` with error messages.

    """
    problems = check_blocks(blocks, at=at)
    if not problems and isinstance(blocks, list):
        problems = [error for image, where in images_of(blocks, at) if (error := image_problem(service, workspace, image, where))]
    if problems or not isinstance(blocks, list):
        raise Refusal("invalid_blocks", problems)
    return tuple(with_ids(blocks, service.secret("block")[:6]))


def image_problem(service: Service, workspace: Workspace, image: Block, at: str) -> str | None:
    """Return why an image can't be shown; ``None`` if it can."""
    if url := image.get("image_url"):
        return None if service.pictures.fetch(url) else f"downloading image failed [json-pointer:{at}/image_url]"
    named = image["slack_file"]
    file = find_file(service, workspace, named.get("id") or named["url"])
    if file is None or not file_is_ready(service, file):
        return f"invalid slack file [json-pointer:{at}/slack_file]"
    return None


def find_file(service: Service, workspace: Workspace, name: str) -> File | None:
    """Return a file by id or by its URL from ``files.info``."""
    own = f"{service.base_url}/files/{workspace.id}/"
    return workspace.files.get(name.removeprefix(own).partition("/")[0])
