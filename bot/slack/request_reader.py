"""Parse a request's text once, as the first middleware; listeners take the result from the context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.controls import ABOUT, BREAK_DOWN, CSV, GO, NAME, POST, VIEW
from bot.blocks.home import HOME
from bot.blocks.messages import ASK, BUILD, COMMAND
from bot.blocks.predictions import BET
from bot.domain.reply import Notice
from bot.domain.request import Misunderstood
from bot.slack.payload import text_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App, BoltContext, BoltResponse

    from bot.slack.services import Services

CONTROLS_WITH_WORDS = frozenset({ASK, VIEW, GO, POST, CSV, COMMAND, HOME, BUILD, BET, BREAK_DOWN, NAME, ABOUT})
"""Controls whose value is text that a user could type."""
_EMPTY_CONTROL = Misunderstood(
    Notice("That button is from an older message and doesn't work anymore. Ask again, or type “help”.")
)


def listen(app: App, services: Services) -> None:
    """Add the middleware; call this before adding the access guard and listeners."""

    def read(body: dict[str, Any], context: BoltContext, next_: Callable[[], BoltResponse]) -> BoltResponse:
        typed = text_in(body, CONTROLS_WITH_WORDS)
        if typed is not None:
            empty = not typed.strip() and "actions" in body
            context["request"] = _EMPTY_CONTROL if empty else services.parser.parse(typed)
        return next_()

    app.use(read)
