"""The conversation in which a user made a request, and the ways to post there."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.blocks.controls import VIEW
from bot.blocks.messages import origin_note, progress, progress_without_update, restart_notice
from bot.delivery.message_marker import HistoryUnavailable, find_marked, mark_metadata, new_delivery_id
from bot.delivery.request_tracker import TRACKER
from bot.domain.access import NOBODY, Access, ConversationKind
from bot.slack_api import response_url
from bot.slack_api.errors import FAILURES, PostResult, classify_error, error_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Respond
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

    from bot.blocks.messages import Block
    from bot.domain.reply import Notice

    PostMethod = Callable[[list[Block], str], PostResult]
    """Posts blocks with a notification text. Never raises any of :data:`FAILURES`."""

_log = logging.getLogger(__name__)

_WORKING = "Working on it …"
"""The notification text of a working message."""
_ATTEMPTS = 3
"""For idempotent calls."""


@dataclass(slots=True)
class Conversation:
    """Where a user made a request, and the ways to post there."""

    client: WebClient
    workspace: str
    """The team, or for an org-wide installation without one the enterprise."""
    channel: str
    user: str
    respond: Respond | None = None
    """Available for commands and buttons: works 5 times within 30 minutes, in any conversation."""
    thread: str | None = None
    direct: bool = False
    """Whether this is a direct message with the bot, where nothing needs to be ephemeral."""
    quiet: bool = False
    """Whether to show the answer only to this user."""
    access: Access = NOBODY
    """What the request may do here. The default allows nothing."""
    replaces_message: bool = False
    """Whether the answer replaces the message that the request came from."""
    message: str | None = None
    """The timestamp of that message."""
    asked_by: str | None = None
    """The user who asked first, if different from ``user``."""
    read_as: str | None = None
    """The query that a natural-language question was read as; shown with the answer."""
    working: tuple[str, str] | None = field(default=None, init=False)
    """Channel and timestamp of the working message, while there is one."""
    may_leave_working: bool = field(default=False, init=False)
    """Whether there may be a working message that can't be found and so can't be removed."""
    notified: bool = field(default=False, init=False)
    """Whether an answer or a notice was delivered."""
    answer_ts: str | None = field(default=None, init=False)
    """Timestamp of the public message with the answer."""
    notice: Notice | None = field(default=None, init=False)
    """The last notice for the user, delivered or not."""
    question: str = field(default="", init=False)
    """The question that the working message shows."""
    _is_private: bool = field(default=False, init=False)
    """Whether only this user is in the conversation."""
    _posted_ts: str = field(default="", init=False)
    _lost_post: tuple[str, PostResult] | None = field(default=None, init=False)
    """The marker of a working message that may have been posted, and the result of the post."""
    _closed: bool = field(default=False, init=False)
    """Whether Slack refuses all posts of the bot here."""
    _update_lost: bool = field(default=False, init=False)
    """Whether the working message may have been replaced by the answer."""
    _last_error: str = field(default="", init=False)
    """Error code of the last failed call."""

    def __post_init__(self) -> None:
        """Register with the request's tracker."""
        self._is_private = self.direct or self.channel.startswith("D")
        if tracker := TRACKER.get():
            tracker.opened(self)

    @property
    def public(self) -> bool:
        """Whether the conversation is a public channel."""
        return self.access.origin.kind is ConversationKind.PUBLIC and self.access.origin.channel == self.channel

    def start(self, text: str, *, in_place: bool = False) -> None:
        """Post a working message, unless the answer is private.

        Where the answer replaces a message, that message stays until then; with ``in_place`` it becomes the working message,
        which shows whether the bot can post here.
        """
        self.question = text
        if self.quiet or (self.replaces_message and not (in_place and self.message)):
            return
        if self.replaces_message:
            if self._replace_message(progress(text), _WORKING) is PostResult.DELIVERED and self.message:
                self._started(self.channel, self.message)
            return
        mark = new_delivery_id()
        self._lost_post = (mark, PostResult.UNCONFIRMED)  # after any exception, the message is looked for later
        try:
            posted = self._posted(progress(text), _WORKING, mark)
            self._lost_post = None
        except FAILURES as error:
            _log.info("no working message: %s", error_code(error))
            result = classify_error(error)
            self._closed = result is PostResult.UNAVAILABLE
            self._lost_post = (mark, result) if result in {PostResult.UNCONFIRMED, PostResult.TEMPORARY_FAILURE} else None
            return
        self._started(str(posted["channel"]), self._posted_ts)

    def post_methods(self) -> list[PostMethod]:
        """Return the methods for posting an answer, best first; only private ones if ``quiet``."""
        if self.quiet:
            replacement = [self._recording_success(self._replace_ephemeral)] if self.replaces_message else []
            return [*replacement, *self.private_post_methods()]
        self._find_lost_post()
        methods: list[PostMethod] = []
        if self.working:
            methods.append(self._replace_working)
        elif self.replaces_message and self.message:
            methods.append(self._replace_message)
        if self.replaces_message and self.respond:
            methods.append(self._replace_original)
        if self.respond:
            methods.append(self._respond_in_channel)
        if not self._closed:
            methods.append(self._post)
        return [*map(self._recording_success, methods), *([] if self._is_private else self.private_post_methods())]

    def private_post_methods(self) -> list[PostMethod]:
        """Return the methods for posting to the user alone, best first."""
        self._find_lost_post()
        methods: list[PostMethod] = []
        if self.respond:
            methods.append(self._respond_ephemerally)
        replacement = [self._replace_working] if self.working else []
        if self._is_private:
            earlier = [self._replace_message] if self.replaces_message and self.message else []
            methods += [*(replacement or earlier), self._post]
        else:
            methods += [self._post_ephemeral, self._post_direct_message, *replacement]
        return [self._recording_success(method) for method in methods]

    def send_wait_notice(self, text: str) -> None:
        """Tell the user that an answer follows, if there is no working message."""
        self._respond_ephemerally(progress_without_update(text), "The answer follows.")

    def remove_working_message(self) -> bool:
        """Delete the working message; returns ``True`` if there is none anymore.

        A message that can't be deleted, or that may have become the answer, is turned into an offer to ask again. A message that
        nobody can change anymore counts as removed.
        """
        self._find_lost_post()
        if self.working and not self._update_lost:
            channel, ts = self.working
            result = self._update(self.client.chat_delete, channel=channel, ts=ts)
            if result is PostResult.DELIVERED or self._last_error == "message_not_found":
                self.working = None
        return self.working is None or self.mark_interrupted()

    def mark_interrupted(self) -> bool:
        """Turn the working message into an offer to ask again; returns ``True`` if there is none anymore."""
        if self.working is None:
            return True
        channel, ts = self.working
        blocks, text = restart_notice(self.question, VIEW), "I was interrupted while working on this."
        result = self._update(self.client.chat_update, channel=channel, ts=ts, blocks=blocks, text=text)
        if result is PostResult.DELIVERED or (result is PostResult.UNAVAILABLE and self._last_error != "ratelimited"):
            self.working = None
        return self.working is None

    def _started(self, channel: str, ts: str) -> None:
        self.working = (channel, ts)
        if tracker := TRACKER.get():
            tracker.posted(self, self.question)

    def _recording_success(self, method: PostMethod) -> PostMethod:
        def post(blocks: list[Block], text: str) -> PostResult:
            result = method(blocks, text)
            self.notified = self.notified or result is PostResult.DELIVERED
            return result

        return post

    def _replace_working(self, blocks: list[Block], text: str) -> PostResult:
        if self.working is None:
            return PostResult.UNAVAILABLE
        channel, ts = self.working
        result = self._update(self.client.chat_update, channel=channel, ts=ts, blocks=blocks, text=text)
        if result is PostResult.DELIVERED:
            self.working, self.answer_ts = None, ts
        self._update_lost = result is PostResult.UNCONFIRMED
        return result

    def _replace_message(self, blocks: list[Block], text: str) -> PostResult:
        result = self._update(self.client.chat_update, channel=self.channel, ts=self.message, blocks=blocks, text=text)
        if result is PostResult.DELIVERED:
            self.answer_ts = self.message
        return result

    def _replace_original(self, blocks: list[Block], text: str) -> PostResult:
        return self._retry_while_lost(lambda: self._respond(blocks, text, "in_channel", replace=True))

    def _replace_ephemeral(self, blocks: list[Block], text: str) -> PostResult:
        return self._retry_while_lost(lambda: self._respond(blocks, text, "ephemeral", replace=True))

    def _respond_in_channel(self, blocks: list[Block], text: str) -> PostResult:
        return self._respond(blocks, text, "in_channel")

    def _respond_ephemerally(self, blocks: list[Block], text: str) -> PostResult:
        return self._respond(blocks, text, "ephemeral")

    def _post(self, blocks: list[Block], text: str) -> PostResult:
        mark = new_delivery_id()
        result = self._call(self._posted, blocks, text, mark)
        self.answer_ts = self._posted_ts if result is PostResult.DELIVERED else self.answer_ts
        if result not in {PostResult.UNCONFIRMED, PostResult.TEMPORARY_FAILURE}:
            return result
        try:
            self.answer_ts = find_marked(self.client, self.channel, mark, self.thread)
        except HistoryUnavailable:
            return result
        return PostResult.DELIVERED if self.answer_ts else PostResult.TEMPORARY_FAILURE

    def _post_ephemeral(self, blocks: list[Block], text: str) -> PostResult:
        to = {"channel": self.channel, "user": self.user, "thread_ts": self.thread}
        return self._call(self.client.chat_postEphemeral, blocks=blocks, text=text, **to)

    def _post_direct_message(self, blocks: list[Block], text: str) -> PostResult:
        blocks = [origin_note(self.channel), *blocks] if blocks else []
        return self._call(self.client.chat_postMessage, channel=self.user, blocks=blocks, text=text, unfurl_links=False)

    def _posted(self, blocks: list[Block], text: str, mark: str) -> SlackResponse:
        to: dict[str, Any] = {"channel": self.channel, "thread_ts": self.thread, "metadata": mark_metadata(mark)}
        posted = self.client.chat_postMessage(blocks=blocks, text=text, unfurl_links=False, **to)
        self._posted_ts = str(posted["ts"])
        return posted

    def _find_lost_post(self) -> None:
        """Look for a working message whose post wasn't confirmed, so that it doesn't stay next to the answer."""
        if self._lost_post:
            (mark, result), self._lost_post = self._lost_post, None
            try:
                ts = find_marked(self.client, self.channel, mark, self.thread)
            except HistoryUnavailable:
                self.may_leave_working = result is PostResult.UNCONFIRMED
            else:
                self.working = (self.channel, ts) if ts else None

    def _respond(self, blocks: list[Block], text: str, response_type: str, *, replace: bool = False) -> PostResult:
        if self.respond is None or self.respond.response_url is None:
            return PostResult.UNAVAILABLE
        body = {
            "blocks": blocks,
            "text": text,
            "response_type": response_type,
            "replace_original": replace,
            "unfurl_links": False,
            "thread_ts": None if replace else self.thread,
        }
        payload = {name: value for name, value in body.items() if value is not None}
        return response_url.deliver(self.client, self.respond.response_url, payload)

    def _update(self, method: Callable[..., object], **arguments: Any) -> PostResult:  # noqa: ANN401 - the Web API's own arguments
        return self._retry_while_lost(lambda: self._call(method, **arguments))

    @staticmethod
    def _retry_while_lost(call: Callable[[], PostResult]) -> PostResult:
        """Repeat an idempotent call until its result is confirmed."""
        for _ in range(_ATTEMPTS):
            result = call()
            if result is not PostResult.UNCONFIRMED:
                break
        return result

    def _call(self, method: Callable[..., object], *reply: Any, **arguments: Any) -> PostResult:  # noqa: ANN401 - as above
        try:
            method(*reply, **arguments)
        except FAILURES as error:
            self._last_error = error_code(error)
            _log.warning("%s: %s", method.__name__, self._last_error)
            return classify_error(error)
        return PostResult.DELIVERED
