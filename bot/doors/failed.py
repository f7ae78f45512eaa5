"""Where a failure of a door ends: with the reference under which it stands in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render.blocks import notice_blocks, notice_fallback
from bot.router import failure

if TYPE_CHECKING:
    from slack_bolt import BoltContext


def failed(error: Exception, context: BoltContext) -> None:
    """Give whoever waited the reference."""
    notice = failure(error)
    if context.response_url and context.respond:
        context.respond(
            blocks=notice_blocks(notice), text=notice_fallback(notice), response_type="ephemeral", replace_original=False
        )
