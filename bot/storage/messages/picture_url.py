"""The URL of a picture, for modules that don't import databases."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from analytics.errors import StoreError

if TYPE_CHECKING:
    from bot.storage.messages.pictures import PictureStore

_log = logging.getLogger(__name__)


def picture_url(pictures: PictureStore | None, public_url: str | None, workspace: str, png: bytes) -> str | None:
    """Store a picture for a workspace and return its unguessable URL.

    ``None`` if the deployment has no public URL, or if the picture can't be stored; it can then be uploaded.
    """
    if pictures is None or public_url is None:
        return None
    try:
        return f"{public_url}/charts/{pictures.save(workspace, png)}.png"
    except StoreError as error:
        _log.warning("could not store a picture: %s", error)
        return None
