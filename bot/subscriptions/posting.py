"""Post a command's reply to a conversation, with its picture if Slack takes it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.blocks.messages import image_at, image_of_file
from bot.blocks.notices import without_picture
from bot.delivery.send import send
from bot.domain.reply import Picture
from bot.slack_api.errors import PostResult
from bot.slack_api.upload import NotUploadedError, upload
from bot.storage.messages.picture_url import picture_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.blocks.messages import Block
    from bot.delivery.conversation import Conversation
    from bot.domain.content import Content
    from bot.outbox.delivery import DeliveryContext

_log = logging.getLogger(__name__)


def show(
    delivery_context: DeliveryContext, conversation: Conversation, content: Content, png: bytes | None, *, everyone: bool
) -> bool:
    """Post content to everybody in the conversation or only to the person; returns whether it was delivered."""
    methods = conversation.post_methods() if everyone or conversation.replaces_message else conversation.private_post_methods()
    return (
        send(methods, _forms(delivery_context, conversation, content, png), content.text, may_repeat=not everyone)
        is PostResult.DELIVERED
    )


def _forms(
    delivery_context: DeliveryContext, conversation: Conversation, content: Content, png: bytes | None
) -> Iterator[list[Block]]:
    if png:
        picture = _picture(delivery_context, conversation, Picture(png, content.alt, "hfstats-digest.png"))
        if picture:
            yield content.blocks([picture])
        yield content.blocks([*content.instead, without_picture("")])
    else:
        yield content.blocks()
    yield []


def _picture(delivery_context: DeliveryContext, conversation: Conversation, picture: Picture) -> Block | None:
    url = picture_url(delivery_context.picture_store, delivery_context.public_url, conversation.workspace, picture.png)
    if url:
        return image_at(url, picture.alt)
    try:
        return image_of_file(upload(conversation.client, picture), picture.alt)
    except NotUploadedError as error:
        _log.warning("could not upload a picture: %s", error)
        return None
