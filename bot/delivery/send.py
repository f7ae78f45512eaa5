"""Sending: the rungs of an answer against the ways to a conversation, until one of each fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack_api.errors import PostResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.blocks.messages import Block
    from bot.delivery.conversation import PostMethod


def send(ways: Iterable[PostMethod], formats: Iterator[list[Block]], text: str, *, twice: bool = False) -> PostResult:
    """Show the first of ``rungs`` that Slack takes, by the first of ``ways`` that is open.

    Blocks that are refused are followed by the next rung, on the same way; a way that is shut by the next way, with the same
    blocks. What may have arrived is not sent again, unless ``twice`` says that it does no harm.

    Returns ``DELIVERED``, ``UNCONFIRMED`` (it may be there), or ``SHUT`` when nothing worked.
    """
    blocks = next(formats)
    for way in ways:
        failures = 0
        while (sent := way(blocks, text)) in {PostResult.BLOCKS_REFUSED, PostResult.TEMPORARY_FAILURE}:
            if sent is PostResult.BLOCKS_REFUSED:
                following = next(formats, None)
                if following is None:
                    break
                blocks = following
            elif failures:
                break
            else:
                failures += 1
        if sent is PostResult.DELIVERED or (sent is PostResult.UNCONFIRMED and not twice):
            return sent
    return PostResult.UNAVAILABLE
