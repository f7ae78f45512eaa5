"""The forms of a delivery's message: with picture, without picture, text only."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError
from bot.blocks import notices
from bot.blocks.messages import image_at, image_of_file
from bot.blocks.predictions import digest_bets
from bot.blocks.report.messages import canvas_link
from bot.domain.content import Content
from bot.domain.outbox import Kind, RetryAt
from bot.domain.reply import Picture
from bot.slack_api.upload import NotUploadedError, upload
from bot.storage.messages.picture_url import picture_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_sdk import WebClient

    from bot.blocks.messages import Block
    from bot.domain.outbox import Delivery
    from bot.outbox.delivery import DeliveryContext

_log = logging.getLogger(__name__)

_LATE = timedelta(hours=1)
_NOT_IN_FILE_NAME = re.compile(r"[^\w.-]+")
_UPLOADS = 5
"""Failed uploads after which a delivery goes without its picture."""


@dataclass
class MessageForms:
    """A delivery's message in each form that Slack may accept."""

    delivery_context: DeliveryContext
    delivery: Delivery
    client: WebClient
    refusal: str = field(default="", init=False)
    """Slack's error code for the previous form or the upload."""
    upload_failed: bool = field(default=False, init=False)
    """Whether an upload failed temporarily."""

    @property
    def text(self) -> str:
        """The text for notifications and screen readers."""
        return self._content[0].text

    def __iter__(self) -> Iterator[list[Block] | RetryAt]:
        """Yield the blocks of each form, best first, or when to retry if the picture isn't ready."""
        content, digest = self._content
        now, delivery = self.delivery_context.clock(), self.delivery
        late = now - delivery.due_at > _LATE and delivery.kind is Kind.DIGEST
        first = [notices.late_note(int(delivery.due_at.timestamp()))] if late else []
        if digest:
            picture = self._picture(digest, content.alt)
            if isinstance(picture, RetryAt):
                yield picture
                return
            if picture:
                yield [*first, *content.blocks(picture)]
            yield [*first, *content.blocks([*content.instead, notices.without_picture(self.refusal)])]
        else:
            if content.canvas_url:
                yield [*first, *content.blocks(), canvas_link(content.canvas_url)]
            yield [*first, *content.blocks()]
        yield []

    @property
    def _name(self) -> str:
        """A name for the picture's file."""
        delivery = self.delivery
        is_digest = delivery.kind not in {Kind.REPLY, Kind.REPORT}
        return f"digest-{delivery.period}" if is_digest or not delivery.edition else delivery.edition

    @cached_property
    def _content(self) -> tuple[Content, bytes | None]:
        """The message without its picture, and the picture's hash.

        Raises:
            HfStatsError: if the digest isn't built yet.

        """
        delivery, delivery_context = self.delivery, self.delivery_context
        if not delivery.edition:
            return Content.from_json(delivery.content or "{}"), None
        built = delivery_context.built_digests.get(delivery.edition)
        if built is None:
            raise HfStatsError("The digest isn't built yet.")
        if delivery.content:
            return Content.from_json(delivery.content), built[1]
        if delivery.kind is not Kind.DIGEST:
            return built
        bets = delivery_context.bets.in_channel(delivery.workspace, delivery.channel)
        return built[0].followed_by(digest_bets(delivery.period, bets)), built[1]

    def _picture(self, digest: bytes, alt: str) -> Sequence[Block] | RetryAt:
        """Return the picture's block, by URL or as the workspace's uploaded file; empty if neither works."""
        delivery_context, workspace = self.delivery_context, self.delivery.workspace
        built = delivery_context.built_digests
        if delivery_context.picture_store and delivery_context.public_url:
            png = built.png(digest)
            if png is None:
                return []
            url = picture_url(delivery_context.picture_store, delivery_context.public_url, workspace, png)
            if url:
                return [image_at(url, alt)]
        file = built.uploaded_file(workspace, digest)
        if file is None:
            if not built.claim_upload(workspace, digest):
                return RetryAt(delivery_context.clock() + timedelta(seconds=1))
            file = self._upload(digest, alt)
            if file is None:
                built.release_upload(workspace, digest)
                return RetryAt(delivery_context.clock() + timedelta(seconds=2))
            built.record_upload(workspace, digest, file)
        return [image_of_file(file, alt)] if file else []

    def _upload(self, digest: bytes, alt: str) -> str | None:
        """Return the file id; ``""`` if the workspace doesn't accept it, ``None`` if a retry may work."""
        png = self.delivery_context.built_digests.png(digest)
        if png is None:
            return ""
        try:
            return upload(self.client, Picture(png, alt, f"hfstats-{_NOT_IN_FILE_NAME.sub('-', self._name)}.png"))
        except NotUploadedError as error:
            _log.warning("could not upload a digest's picture: %s", error)
            self.refusal = str(error)
            self.upload_failed = not error.lasting and self.delivery.attempts < _UPLOADS
            return None if self.upload_failed else ""
