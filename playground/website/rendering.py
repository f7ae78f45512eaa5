"""Render messages, modals and App Home as HTML fragments for a user."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import render_template

from playground.block_kit.inputs import initial_of
from playground.web_api.files import file_json
from playground.website.chart_svg import plot_svg
from playground.website.mrkdwn import markdown_html, mrkdwn_html, plain_html, readable
from playground.workspace import SLACKBOT, Kind, Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

    from playground.app_state import Service
    from playground.block_kit.blocks import Block
    from playground.workspace import Channel, User, View, Workspace

Json = dict[str, Any]


def names_of(workspace: Workspace) -> dict[str, str]:
    """Return users' and channels' names by id."""
    people = {user.id: user.name for user in workspace.users.values()}
    return people | {channel.id: channel.name for channel in workspace.channels.values()}


def install_filters(app: Flask) -> None:
    """Add filters and globals for text and charts to the templates."""
    app.jinja_env.filters |= {"plain": plain_html, "mrkdwn": mrkdwn_html, "markdown": markdown_html}
    app.jinja_env.globals |= {"plot_svg": plot_svg, "initial_of": initial_of}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


class UserView:
    """One user's view of a workspace."""

    def __init__(self, service: Service, workspace: Workspace, viewer: User) -> None:
        self._service = service
        self._workspace = workspace
        self._viewer = viewer

    def channels(self) -> list[Json]:
        """Return the sidebar's conversations: those of the viewer, and whether the bot is a member."""
        mine = [channel for channel in self._workspace.channels.values() if self._viewer.id in channel.members]
        return [
            {
                "id": channel.id,
                "name": self._workspace.users[self._workspace.bot].name if channel.kind is Kind.IM else channel.name,
                "kind": channel.kind.value,
                "topic": channel.topic,
                "bot_is_in": self._workspace.bot in channel.members,
            }
            for channel in sorted(mine, key=lambda channel: (channel.kind is Kind.IM, channel.kind is Kind.PRIVATE))
        ]

    def messages(self, channel: Channel) -> list[Json]:
        """Return a conversation's messages as HTML, without thread replies.

        Each has an id, a revision that changes with an edit or a reply, and whether a bot made the last change.
        """
        messages = self._workspace.messages(channel.id, self._viewer.id)
        shown = []
        day = ""
        for message in messages:
            if message.is_reply and message.viewer is None:
                continue
            replies = [reply for reply in messages if reply.is_reply and reply.thread_ts == message.ts]
            posted_on = time.strftime("%A, %B %-d", time.localtime(float(message.ts)))
            shown.append(self._row(message, replies, posted_on if posted_on != day else ""))
            day = posted_on
        return shown

    def thread(self, channel: Channel, ts: str) -> list[Json]:
        """Return a thread's messages as HTML."""
        return [self._row(message, [], "") for message in self._workspace.messages(channel.id, self._viewer.id, ts)]

    def modal(self, channel: Channel | None = None) -> str | None:
        """Return the viewer's open modal as HTML; ``None`` if there is none. ``channel``: the current one."""
        stack = self._workspace.modals.get(self._viewer.id)
        return self._view("modal.html", stack[-1], current=channel.id if channel else None) if stack else None

    def home(self) -> str:
        """Return App Home as HTML."""
        view = self._workspace.homes.get(self._viewer.id)
        return self._view("home.html", view) if view else render_template("home.html", view=None)

    def image_source(self, image: Block) -> str:
        """Return an image's URL on this server, like that of Slack's image proxy."""
        if url := image.get("image_url"):
            return f"/picture/{self._service.pictures.key(url)}"
        named = image["slack_file"]
        file_id = named.get("id") or named["url"].rsplit("/", 2)[-2]
        return f"/page/file/{self._workspace.id}/{file_id}"

    def _context(self) -> Json:
        workspace = self._workspace
        return {
            "names": names_of(workspace),
            "image_source": self.image_source,
            "people": [user for user in workspace.users.values() if not user.is_bot],
            "channels": [channel for channel in workspace.channels.values() if channel.kind is not Kind.IM],
        }

    def _view(self, template: str, view: View, current: str | None = None) -> str:
        return render_template(template, view=view, current=current, **self._context())

    def _row(self, message: Message, replies: list[Message], day: str) -> Json:
        workspace = self._workspace
        author = workspace.users[message.author]
        files = [file_json(self._service, workspace, workspace.files[file_id]) for file_id in message.files]
        html = render_template(
            "message.html",
            message=message,
            author=author,
            is_slackbot=author.id == SLACKBOT,
            tint=sorted(workspace.users).index(author.id) % 4,
            clock=time.strftime("%H:%M", time.localtime(float(message.ts))),
            day=day,
            files=files,
            replies=len(replies),
            team=workspace.id,
            **self._context(),
        )
        latest = max([message, *replies], key=lambda version: version.revision)
        # An image can become ready without a new revision of its message.
        ready = "".join("1" if file["filetype"] else "0" for file in files)
        return {
            "id": message.ts,
            "rev": f"{latest.revision}.{len(replies)}.{ready}.{bool(day)}",
            "html": html,
            "app": workspace.users[latest.author].is_bot,
        }


def shown_text(workspace: Workspace, message: Message) -> str:
    """Return a message's visible text: of its blocks, or its ``text`` if it has none."""
    names = names_of(workspace)
    lines = [] if message.blocks else [readable(mrkdwn_html(message.text, names))]
    cards = [block for card in message.unfurls.values() for block in card.get("blocks", ())]
    return "\n".join([*lines, *(line for block in (*message.blocks, *cards) for line in _lines(block, names) if line)])


def _lines(block: Block, names: dict[str, str]) -> Iterable[str]:
    """Yield the lines of a block's visible text."""
    match block["type"]:
        case "markdown":
            yield readable(markdown_html(block["text"]))
        case "image":
            if block.get("title"):
                yield block["title"]["text"]
            yield f"[image: {block['alt_text']}]"
        case "table":
            for row in block["rows"]:
                yield " | ".join(" ".join(_texts(cell, names)) for cell in row)
        case "data_visualization":
            yield f"[{block['chart']['type']} chart: {block['title']}]"
        case _:
            yield from _texts(block, names)


def _texts(value: object, names: dict[str, str]) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item, names)
    elif isinstance(value, dict):
        text, kind = value.get("text"), value.get("type")
        if kind == "image":
            yield f"[image: {value['alt_text']}]"
        elif isinstance(text, str):
            yield readable(mrkdwn_html(text, names) if kind == "mrkdwn" else plain_html(text))
        elif isinstance(text, dict):
            yield from _texts(text, names)
        for key in ("fields", "elements", "accessory", "label", "element", "options"):
            yield from _texts(value.get(key), names)
