"""One person's conversation with the bot: where they asked, and every way to answer there."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.blocks.controls import VIEW
from bot.blocks.messages import origin_note, progress, progress_without_update, restart_notice
from bot.delivery.message_marker import HistoryUnavailable, find, marked, new_delivery_id
from bot.delivery.request_tracker import TRACKER
from bot.domain.access import NOBODY, Access, ConversationKind
from bot.slack_api import response_url
from bot.slack_api.errors import FAILURES, PostResult, classify_answer, classify_error, error_code

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

_ATTEMPTS = 3
"""Of what may be done twice without harm."""


@dataclass(slots=True)
class Conversation:
    """Where one person asked something, and the ways to post there."""

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
    replaces_message: bool = False
    """The answer takes the place of the message that the request came from."""
    message: str | None = None
    """The timestamp of that message."""
    asked_by: str | None = None
    """Who asked first, where that is not this person."""
    read_as: str | None = None
    """The question that plain words were taken for; said with the answer."""
    working: tuple[str, str] | None = field(default=None, init=False)
    """Channel and timestamp of the working message, while one stands there."""
    may_leave_working: bool = field(default=False, init=False)
    """A working message may stand there that cannot be found, and so not be taken back either."""
    notified: bool = field(default=False, init=False)
    """An answer or a notice arrived."""
    answer_ts: str | None = field(default=None, init=False)
    """The timestamp of the message that everybody here can see of the answer."""
    notice: Notice | None = field(default=None, init=False)
    """What the person was to be told last, or is to be told still."""
    question: str = field(default="", init=False)
    """The question that the working message names."""
    _is_private: bool = field(default=False, init=False)
    """Nobody but this person is in the conversation."""
    _posted_ts: str = field(default="", init=False)
    _lost_post: tuple[str, PostResult] | None = field(default=None, init=False)
    """The mark of a working message that may have been posted, and how the post ended."""
    _closed: bool = field(default=False, init=False)
    """Slack takes no post of the bot's here."""
    _update_lost: bool = field(default=False, init=False)
    """The working message may have become the answer."""
    _last_error: str = field(default="", init=False)
    """What Slack said to the last call that went wrong."""

    def __post_init__(self) -> None:
        """Let what follows the request know."""
        self._is_private = self.direct or self.channel.startswith("D")
        if tracker := TRACKER.get():
            tracker.opened(self)

    @property
    def public(self) -> bool:
        """Whether everybody in the workspace may know of the conversation."""
        return self.access.origin.kind is ConversationKind.PUBLIC and self.access.origin.channel == self.channel

    def start(self, text: str) -> None:
        """Show that the question is being worked on, where that can be taken back later."""
        self.question = text
        if self.quiet or self.replaces_message:
            return
        mark = new_delivery_id()
        self._lost_post = (mark, PostResult.UNCONFIRMED)  # whatever is raised now, it is looked for before the end
        try:
            posted = self._posted(progress(text), "Working on it …", mark)
            self.working, self._lost_post = (str(posted["channel"]), self._posted_ts), None
        except FAILURES as error:
            _log.info("no working message: %s", error_code(error))
            sent = classify_error(error)
            self._closed = sent is PostResult.UNAVAILABLE
            self._lost_post = (mark, sent) if sent in {PostResult.UNCONFIRMED, PostResult.TEMPORARY_FAILURE} else None
            return
        if tracker := TRACKER.get():
            tracker.posted(self, text)

    def post_methods(self) -> list[PostMethod]:
        """Return the ways to give an answer, best first: to everybody, or to the one person when quiet."""
        if self.quiet:
            over = [self._noting_success(self._replace_ephemeral)] if self.replaces_message else []
            return [*over, *self.private_post_methods()]
        self._find_lost_post()
        found: list[PostMethod] = []
        if self.replaces_message and self.message:
            found.append(self._replace_message)
        if self.replaces_message and self.respond:
            found.append(self._replace_original)
        if self.working:
            found.append(self._replace_working)
        if self.respond:
            found.append(self._respond_in_channel)
        if not self._closed:
            found.append(self._post)
        return [*map(self._noting_success, found), *([] if self._is_private else self.private_post_methods())]

    def private_post_methods(self) -> list[PostMethod]:
        """Return the ways to speak to the person alone."""
        self._find_lost_post()
        found: list[PostMethod] = []
        if self.respond:
            found.append(self._respond_ephemerally)
        over = [self._replace_working] if self.working else []
        if self._is_private:
            found += [*([self._replace_message] if self.replaces_message and self.message else []), *over, self._post]
        else:
            found += [self._post_ephemeral, self._post_direct_message, *over]
        return [self._noting_success(method) for method in found]

    def send_wait_notice(self, text: str) -> None:
        """Tell the person that there will be an answer, where no working message does."""
        self._respond_ephemerally(progress_without_update(text), "The answer follows.")

    def remove_working_message(self) -> bool:
        """Take the working message back, where one may still stand; tell whether none does.

        One that Slack does not delete, or that may have become the answer already, is turned into an offer to ask again. One
        that is gone, or that Slack lets nobody change any more, counts as taken back.
        """
        self._find_lost_post()
        if self.working and not self._update_lost:
            channel, ts = self.working
            sent = self._update(self.client.chat_delete, channel=channel, ts=ts)
            if sent is PostResult.DELIVERED or self._last_error == "message_not_found":
                self.working = None
        return self.working is None or self.mark_interrupted()

    def mark_interrupted(self) -> bool:
        """Turn the working message into an offer to ask again; tell whether none stands any more."""
        if self.working is None:
            return True
        channel, ts = self.working
        blocks, text = restart_notice(self.question, VIEW), "I was interrupted while working on this."
        sent = self._update(self.client.chat_update, channel=channel, ts=ts, blocks=blocks, text=text)
        if sent is PostResult.DELIVERED or (sent is PostResult.UNAVAILABLE and self._last_error != "ratelimited"):
            self.working = None
        return self.working is None

    def _noting_success(self, way: PostMethod) -> PostMethod:
        def tell(blocks: list[Block], text: str) -> PostResult:
            sent = way(blocks, text)
            self.notified = self.notified or sent is PostResult.DELIVERED
            return sent

        return tell

    def _replace_working(self, blocks: list[Block], text: str) -> PostResult:
        if self.working is None:
            return PostResult.UNAVAILABLE
        channel, ts = self.working
        sent = self._update(self.client.chat_update, channel=channel, ts=ts, blocks=blocks, text=text)
        if sent is PostResult.DELIVERED:
            self.working, self.answer_ts = None, ts
        self._update_lost = sent is PostResult.UNCONFIRMED
        return sent

    def _replace_message(self, blocks: list[Block], text: str) -> PostResult:
        sent = self._update(self.client.chat_update, channel=self.channel, ts=self.message, blocks=blocks, text=text)
        if sent is PostResult.DELIVERED:
            self.answer_ts = self.message
        return sent

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
        sent = self._call(self._posted, blocks, text, mark)
        self.answer_ts = self._posted_ts if sent is PostResult.DELIVERED else self.answer_ts
        if sent not in {PostResult.UNCONFIRMED, PostResult.TEMPORARY_FAILURE}:
            return sent
        try:
            self.answer_ts = find(self.client, self.channel, mark, self.thread)
        except HistoryUnavailable:
            return sent
        return PostResult.DELIVERED if self.answer_ts else PostResult.TEMPORARY_FAILURE

    def _post_ephemeral(self, blocks: list[Block], text: str) -> PostResult:
        to = {"channel": self.channel, "user": self.user, "thread_ts": self.thread}
        return self._call(self.client.chat_postEphemeral, blocks=blocks, text=text, **to)

    def _post_direct_message(self, blocks: list[Block], text: str) -> PostResult:
        above = origin_note(self.channel)
        return self._call(
            self.client.chat_postMessage,
            channel=self.user,
            blocks=[above, *blocks] if blocks else [],
            text=text,
            unfurl_links=False,
        )

    def _posted(self, blocks: list[Block], text: str, mark: str) -> SlackResponse:
        posted = self.client.chat_postMessage(
            channel=self.channel, blocks=blocks, text=text, thread_ts=self.thread, unfurl_links=False, metadata=marked(mark)
        )
        self._posted_ts = str(posted["ts"])
        return posted

    def _find_lost_post(self) -> None:
        """Look for a working message whose post was lost: an answer beside it would leave it standing for ever."""
        if self._lost_post:
            (mark, sent), self._lost_post = self._lost_post, None
            try:
                found = find(self.client, self.channel, mark, self.thread)
            except HistoryUnavailable:
                self.may_leave_working = sent is PostResult.UNCONFIRMED
            else:
                self.working = (self.channel, found) if found else None

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
        said_there = {name: value for name, value in body.items() if value is not None}
        try:
            # Not Bolt's own way: it sends again what it lost the connection for, and the answer would be there twice.
            answered = response_url.post(self.client, self.respond.response_url, said_there)
        except FAILURES as error:
            _log.warning("response_url: %s", error_code(error))
            return classify_error(error)
        word = response_url.error_of(answered.body)
        if answered.status_code == 200 and word is None:
            return PostResult.DELIVERED
        _log.warning("response_url: %s %s", answered.status_code, word)
        return classify_answer(word or "", answered.status_code)

    def _update(self, method: Callable[..., object], **arguments: Any) -> PostResult:  # noqa: ANN401 - the Web API's own arguments
        return self._retry_while_lost(lambda: self._call(method, **arguments))

    @staticmethod
    def _retry_while_lost(act: Callable[[], PostResult]) -> PostResult:
        """Do again what may be done twice, as long as it is not known to be done."""
        for _ in range(_ATTEMPTS):
            sent = act()
            if sent is not PostResult.UNCONFIRMED:
                break
        return sent

    def _call(self, method: Callable[..., object], *reply: Any, **arguments: Any) -> PostResult:  # noqa: ANN401 - as above
        try:
            method(*reply, **arguments)
        except FAILURES as error:
            self._last_error = error_code(error)
            _log.warning("%s: %s", method.__name__, self._last_error)
            return classify_error(error)
        return PostResult.DELIVERED
