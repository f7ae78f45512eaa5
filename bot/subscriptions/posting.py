"""How what the clerk says reaches a conversation: with its picture where that works, without it where it does not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from analytics.errors import StoreError
from bot.blocks.messages import image_at, image_of_file
from bot.blocks.notices import without_picture
from bot.delivery.send import send
from bot.domain.reply import Picture
from bot.slack_api.errors import PostResult
from bot.slack_api.upload import NotUploadedError, upload

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
    """Show it to everybody in the conversation or to the person alone; tell whether it arrived."""
    ways = conversation.post_methods() if everyone or conversation.replaces_message else conversation.private_post_methods()
    return (
        send(ways, _forms(delivery_context, conversation, content, png), content.text, twice=not everyone) is PostResult.DELIVERED
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
    if delivery_context.picture_store and delivery_context.public_url:
        try:
            return image_at(
                f"{delivery_context.public_url}/charts/{delivery_context.picture_store.save(conversation.workspace, picture.png)}.png",
                picture.alt,
            )
        except StoreError as error:
            _log.warning("the picture could not be stored: %s", error)
    try:
        return image_of_file(upload(conversation.client, picture), picture.alt)
    except NotUploadedError as error:
        _log.warning("the picture could not be uploaded: %s", error)
        return None
