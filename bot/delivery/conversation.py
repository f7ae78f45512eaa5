"""Seat: where one person sits who asked something, and the ways to speak there."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.blocks.controls import VIEW
from bot.blocks.messages import origin_note, progress, progress_without_update, restart_notice
from bot.delivery.message_marker import Unseen, find, marked, new_delivery_id
from bot.delivery.request_tracker import TRACKER
from bot.domain.access import NOBODY, Access, ConversationKind
from bot.slack_api import response_url
from bot.slack_api.errors import FAILURES, PostResult, classify_error, meaning, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Respond
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

    from bot.blocks.messages import Block
    from bot.domain.reply import Notice

    PostMethod = Callable[[list[Block], str], PostResult]
    """Shows blocks, with a text for notifications, to somebody somewhere. Never raises what :data:`FAILURES` names."""

_log = logging.getLogger(__name__)

_TRIES = 3
"""Of what may be done twice without harm."""


@dataclass(slots=True)
class Conversation:
    """Where one person sits who asked something: a conversation, and the ways to speak there."""

    client: WebClient
    workspace: str
    """The team, or for an org-wide installation without one the enterprise."""
    channel: str
    user: str
    respond: Respond | None = None
    """Present for commands and buttons: 5 uses within 30 minutes, in any conversation."""
    thread: str | None = None
    direct: bool = False
    """A conversation of the bot with this one person: nothing there needs to be ephemeral."""
    quiet: bool = False
    """The answer is for this person alone, too."""
    access: Access = NOBODY
    """What the request may do here. A door that leaves it out can do nothing."""
    instead: bool = False
    """The answer takes the place of the message that the request came from."""
    message: str | None = None
    """The timestamp of that message."""
    asked_by: str | None = None
    """Who asked first, where that is not this person."""
    read_as: str | None = None
    """The question that plain words were taken for; said with the answer."""
    working: tuple[str, str] | None = field(default=None, init=False)
    """Channel and timestamp of the working message, while one stands there."""
    leftover: bool = field(default=False, init=False)
    """A working message may stand there that cannot be found, and so not be taken back either."""
    told: bool = field(default=False, init=False)
    """An answer or a notice arrived."""
    notice: Notice | None = field(default=None, init=False)
    """What the person was to be told last, or is to be told still."""
    asked: str = field(default="", init=False)
    """The question that the working message names."""
    _missed: tuple[str, PostResult] | None = field(default=None, init=False)
    """The mark of a working message of which it is not known whether it was posted, and how the post ended."""
    _shut: bool = field(default=False, init=False)
    """Slack takes no post of the bot's here."""
    _doubtful: bool = field(default=False, init=False)
    """The working message may have become the answer."""
    _refused: str = field(default="", init=False)
    """What Slack said to the last call that went wrong."""

    def __post_init__(self) -> None:
        """Let what follows the request know."""
        tracker = TRACKER.get()
        if tracker:
            tracker.opened(self)

    @property
    def public(self) -> bool:
        """Whether everybody in the workspace may know of the conversation."""
        return self.access.origin.kind is ConversationKind.PUBLIC and self.access.origin.channel == self.channel

    def start(self, text: str) -> None:
        """Show that the question is being worked on, where that can be taken back later."""
        self.asked = text
        if self.quiet or self.instead:
            return
        mark = new_delivery_id()
        self._missed = (mark, PostResult.LOST)  # whatever is raised now, it is looked for before the end
        try:
            posted = self._posted(progress(text), "Working on it …", mark)
            self.working, self._missed = (str(posted["channel"]), str(posted["ts"])), None
        except FAILURES as error:
            _log.info("no working message: %s", said(error))
            sent = classify_error(error)
            self._shut = sent is PostResult.SHUT
            self._missed = (mark, sent) if sent in {PostResult.LOST, PostResult.FAILED} else None
            return
        tracker = TRACKER.get()
        if tracker:
            tracker.posted(self, text)

    def ways(self) -> list[PostMethod]:
        """Return the ways to give an answer, best first: to everybody, or to the one person when quiet."""
        if self.quiet:
            return [*([self._telling(self._over_ephemeral)] if self.instead else []), *self.aside()]
        self._find_lost_post()
        found: list[PostMethod] = []
        if self.instead and self.message:
            found.append(self._over_message)
        if self.instead and self.respond:
            found.append(self._over_original)
        if self.working:
            found.append(self._over_working)
        if self.respond:
            found.append(self._to_all)
        if not self._shut:
            found.append(self._post)
        return [*map(self._telling, found), *([] if self._alone else self.aside())]

    def aside(self) -> list[PostMethod]:
        """Return the ways to speak to the person alone."""
        self._find_lost_post()
        found: list[PostMethod] = []
        if self.respond:
            found.append(self._ephemerally)
        over = [self._over_working] if self.working else []
        found += [*over, self._post] if self._alone else [self._post_ephemeral, self._post_directly, *over]
        return [self._telling(way) for way in found]

    def hold_on(self, text: str) -> None:
        """Tell the person that there will be an answer, where no working message does."""
        self._ephemerally(progress_without_update(text), "The answer follows.")

    def withdraw(self) -> bool:
        """Take the working message back, where one may still stand; tell whether none does.

        One that Slack does not delete, or that may have become the answer already, is turned into an offer to ask again. One
        that is gone, or that Slack lets nobody change any more, counts as taken back.
        """
        self._find_lost_post()
        if self.working and not self._doubtful:
            channel, ts = self.working
            sent = self._update_safely(self.client.chat_delete, channel=channel, ts=ts)
            if sent is PostResult.DONE or self._refused == "message_not_found":
                self.working = None
        return self.working is None or self.interrupt()

    def interrupt(self) -> bool:
        """Turn the working message into an offer to ask again; tell whether none stands any more."""
        if self.working is None:
            return True
        channel, ts = self.working
        blocks, text = restart_notice(self.asked, VIEW), "I was interrupted while working on this."
        sent = self._update_safely(self.client.chat_update, channel=channel, ts=ts, blocks=blocks, text=text)
        if sent is PostResult.DONE or (sent is PostResult.SHUT and self._refused != "ratelimited"):
            self.working = None
        return self.working is None

    @property
    def _alone(self) -> bool:
        """Whether nobody but this person is in the conversation."""
        return self.direct or self.channel.startswith("D")

    def _telling(self, way: PostMethod) -> PostMethod:
        def tell(blocks: list[Block], text: str) -> PostResult:
            sent = way(blocks, text)
            self.told = self.told or sent is PostResult.DONE
            return sent

        return tell

    def _over_working(self, blocks: list[Block], text: str) -> PostResult:
        if self.working is None:
            return PostResult.SHUT
        channel, ts = self.working
        sent = self._update_safely(self.client.chat_update, channel=channel, ts=ts, blocks=blocks, text=text)
        if sent is PostResult.DONE:
            self.working = None
        self._doubtful = sent is PostResult.LOST
        return sent

    def _over_message(self, blocks: list[Block], text: str) -> PostResult:
        return self._update_safely(self.client.chat_update, channel=self.channel, ts=self.message, blocks=blocks, text=text)

    def _over_original(self, blocks: list[Block], text: str) -> PostResult:
        return self._safely(lambda: self._respond(blocks, text, "in_channel", replace=True))

    def _over_ephemeral(self, blocks: list[Block], text: str) -> PostResult:
        return self._safely(lambda: self._respond(blocks, text, "ephemeral", replace=True))

    def _to_all(self, blocks: list[Block], text: str) -> PostResult:
        return self._respond(blocks, text, "in_channel")

    def _ephemerally(self, blocks: list[Block], text: str) -> PostResult:
        return self._respond(blocks, text, "ephemeral")

    def _post(self, blocks: list[Block], text: str) -> PostResult:
        mark = new_delivery_id()
        sent = self._call(self._posted, blocks, text, mark)
        if sent not in {PostResult.LOST, PostResult.FAILED}:
            return sent
        try:
            return PostResult.DONE if find(self.client, self.channel, mark, self.thread) else PostResult.FAILED
        except Unseen:
            return sent

    def _post_ephemeral(self, blocks: list[Block], text: str) -> PostResult:
        to = {"channel": self.channel, "user": self.user, "thread_ts": self.thread}
        return self._call(self.client.chat_postEphemeral, blocks=blocks, text=text, **to)

    def _post_directly(self, blocks: list[Block], text: str) -> PostResult:
        above = origin_note(self.channel)
        return self._call(
            self.client.chat_postMessage,
            channel=self.user,
            blocks=[above, *blocks] if blocks else [],
            text=text,
            unfurl_links=False,
        )

    def _posted(self, blocks: list[Block], text: str, mark: str) -> SlackResponse:
        return self.client.chat_postMessage(
            channel=self.channel, blocks=blocks, text=text, thread_ts=self.thread, unfurl_links=False, metadata=marked(mark)
        )

    def _find_lost_post(self) -> None:
        """Look for a working message whose post was lost: an answer beside it would leave it standing for ever."""
        if self._missed:
            (mark, sent), self._missed = self._missed, None
            try:
                found = find(self.client, self.channel, mark, self.thread)
            except Unseen:
                self.leftover = sent is PostResult.LOST
            else:
                self.working = (self.channel, found) if found else None

    def _respond(self, blocks: list[Block], text: str, response_type: str, *, replace: bool = False) -> PostResult:
        if self.respond is None or self.respond.response_url is None:
            return PostResult.SHUT
        body = {
            "blocks": blocks,
            "text": text,
            "response_type": response_type,
            "replace_original": replace,
            "unfurl_links": False,
            "thread_ts": None if replace else self.thread,
        }
        said_there = {name: value for name, value in body.items() if value is not None}
        try:
            # Not Bolt's own way: it sends again what it lost the connection for, and the answer would be there twice.
            answered = response_url.post(self.client, self.respond.response_url, said_there)
        except FAILURES as error:
            _log.warning("response_url: %s", said(error))
            return classify_error(error)
        code = _code(answered.body)
        if answered.status_code == 200 and not code:
            return PostResult.DONE
        _log.warning("response_url: %s %s", answered.status_code, code)
        return meaning(code, answered.status_code)

    def _update_safely(self, method: Callable[..., object], **arguments: Any) -> PostResult:  # noqa: ANN401 - the Web API's own arguments
        return self._safely(lambda: self._call(method, **arguments))

    @staticmethod
    def _safely(act: Callable[[], PostResult]) -> PostResult:
        """Do again what may be done twice, as long as it is not known to be done."""
        for _ in range(_TRIES):
            sent = act()
            if sent is not PostResult.LOST:
                break
        return sent

    def _call(self, method: Callable[..., object], *given: Any, **arguments: Any) -> PostResult:  # noqa: ANN401 - as above
        try:
            method(*given, **arguments)
        except FAILURES as error:
            self._refused = said(error)
            _log.warning("%s: %s", method.__name__, self._refused)
            return classify_error(error)
        return PostResult.DONE


def _code(body: str) -> str:
    """Return the error that a response URL names, as JSON or as bare text; ``""`` where all went well."""
    if body.strip() in {"", "ok"}:
        return ""
    try:
        answer = json.loads(body)
    except ValueError:
        return body.strip() if len(body) < 60 else "unreadable"
    if not isinstance(answer, dict) or answer.get("ok", True):
        return ""
    return str(answer.get("error") or "unknown")
