"""Try an answer's formats with a conversation's post methods until one combination works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack_api.errors import PostResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.blocks.messages import Block
    from bot.delivery.conversation import PostMethod


def send(methods: Iterable[PostMethod], formats: Iterator[list[Block]], text: str, *, may_repeat: bool = False) -> PostResult:
    """Post the first format that Slack accepts with the first method that works.

    If Slack refuses the blocks, the next format is tried with the same method. If a method is unavailable, the next method is
    tried with the same blocks. A message that may have been posted isn't sent again unless ``may_repeat``.

    Returns ``DELIVERED``, ``UNCONFIRMED`` (it may have been posted), or ``UNAVAILABLE`` if nothing worked.
    """
    blocks = next(formats)
    for method in methods:
        failures = 0
        while (result := method(blocks, text)) in {PostResult.BLOCKS_REFUSED, PostResult.TEMPORARY_FAILURE}:
            if result is PostResult.BLOCKS_REFUSED:
                following = next(formats, None)
                if following is None:
                    break
                blocks = following
            elif failures:
                break
            else:
                failures += 1
        if result is PostResult.DELIVERED or (result is PostResult.UNCONFIRMED and not may_repeat):
            return result
    return PostResult.UNAVAILABLE
