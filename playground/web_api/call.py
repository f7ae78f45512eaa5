"""One call of the Web API: its arguments, who makes it, and how it is refused."""

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

NESTED = frozenset({"actions", "attachments", "blocks", "files", "metadata", "unfurls", "view", "outputs"})
"""Arguments that are JSON even when the rest is a form."""


class Refusal(Exception):  # noqa: N818 - it is what Slack answers, not an error of ours
    """Slack's ``{"ok": false}``: a code, and what else the answer says."""

    def __init__(self, error: str, problems: list[str] | None = None, **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.body: dict[str, Any] = {"ok": False, "error": error, **more}
        if problems:
            self.body |= {"errors": problems, "response_metadata": {"messages": [f"[ERROR] {one}" for one in problems]}}


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call that was let in: the token is good for the method."""

    service: Service
    workspace: Workspace
    token: Token
    arguments: dict[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """Read an argument as text."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """Read an argument that must be there. Refuses with ``invalid_arguments``."""
        if not (value := self.text(name)):
            raise Refusal("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """Read an argument that is true or false: WebClient sends ``1`` and ``0`` in forms."""
        return self.text(name).lower() in ("1", "true")

    def whole(self, name: str, default: int) -> int:
        """Read an argument that is a whole number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise Refusal("invalid_arguments", [f"must be an integer [json-pointer:/{name}]"]) from None

    def nested(self, name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Read an argument that is JSON."""
        value = self.arguments.get(name)
        if isinstance(value, str) and name in NESTED:
            try:
                return json.loads(value)
            except ValueError:
                raise Refusal("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None
        return value

    def require(self, scope: str) -> None:
        """Refuse with ``missing_scope`` unless the token has ``scope``."""
        if scope not in self.token.scopes:
            raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(self.token.scopes)))

    def channel(self, name: str | None = None) -> Channel:
        """Find the conversation that the call names, if the app can see it. Refuses with ``channel_not_found``."""
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
    """Name the scope that an act needs in this sort of conversation: ``channels:read``, ``im:history`` and so on."""
    return f"{_SCOPES_BY_KIND[channel.kind]}:{act}"


def file_is_ready(service: Service, file: File) -> bool:
    """Whether Slack has looked at an uploaded file yet."""
    if service.faults.files_never_ready or file.ready_at is None:
        return False
    return service.clock() >= file.ready_at


def accepted_blocks(service: Service, workspace: Workspace, blocks: object, at: str = "/blocks") -> tuple[Block, ...]:
    """Check blocks as a message's, look at their pictures, and fill in ids.

    Raises:
        Refusal: ``invalid_blocks``, with what is wrong.

    """
    problems = check_blocks(blocks, at=at)
    if not problems and isinstance(blocks, list):
        problems = [found for image, where in images_of(blocks, at) if (found := image_problem(service, workspace, image, where))]
    if problems or not isinstance(blocks, list):
        raise Refusal("invalid_blocks", problems)
    return tuple(with_ids(blocks, service.secret("block")[:6]))


def image_problem(service: Service, workspace: Workspace, image: Block, at: str) -> str | None:
    """Say why Slack could not show a picture, if so."""
    if url := image.get("image_url"):
        return None if service.pictures.fetch(url) else f"downloading image failed [json-pointer:{at}/image_url]"
    named = image["slack_file"]
    file = find_file(service, workspace, named.get("id") or named["url"])
    if file is None or not file_is_ready(service, file):
        return f"invalid slack file [json-pointer:{at}/slack_file]"
    return None


def find_file(service: Service, workspace: Workspace, name: str) -> File | None:
    """Find a file by its id, or by the address that ``files.info`` gives it."""
    own = f"{service.base_url}/files/{workspace.id}/"
    return workspace.files.get(name.removeprefix(own).partition("/")[0])
