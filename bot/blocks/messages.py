"""Render replies as message blocks, within Slack's limits; and the action ids of buttons."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analytics.formatting.notes import in_brief
from bot.blocks.escape import escape, escape_code, escape_line, escape_plain_text, escape_preformatted, prevent_links
from bot.blocks.text import answer_text, grid, notice_text, source_line
from bot.blocks.text_objects import SECTION, context, cut, plain_text, section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer
    from bot.domain.reply import Line, Notice

Block = dict[str, Any]

BUTTON_TEXT = 75
BUTTON_VALUE = 2000
ALT = 2000
MESSAGE_TEXT = 4000
TEXT_ROWS = 30
"""Most rows in a message's text, which has to fit into :data:`MESSAGE_TEXT`."""
CODE_ROWS = 99
"""Most rows in code blocks, as in a table."""
_CODE = SECTION - len("``````")
ASK = "ask"
"""Action id prefix of buttons that ask a question; the value is the question."""
BUILD = "build"
"""Action id of controls that open the question form; the value is the question to start from."""
COMMAND = "command"
"""Action id prefix of buttons that run a command; the value is the command, such as ``pause 3``."""
_FORMER_COMMAND = "clerk"
"""The prefix used by earlier versions, whose messages are still in channels and must keep working."""
COMMAND_ACTIONS = re.compile(rf"^(?:{COMMAND}|{_FORMER_COMMAND})(?::|$)")
"""Matches the action ids of command buttons, for listeners."""


def action_kind(action_id: str) -> str:
    """Return an action id's prefix, with the former prefix of command buttons as :data:`COMMAND`."""
    kind = action_id.partition(":")[0]
    return COMMAND if kind == _FORMER_COMMAND else kind


def progress(text: str) -> list[Block]:
    """Return the progress message for a question."""
    return [context(f":hourglass_flowing_sand: Working on `{escape_code(cut(text, 300)) or 'help'}`…")]


def progress_without_update(text: str) -> list[Block]:
    """Return the progress message for a question whose message can't be edited later."""
    return [context(f"`{escape_code(cut(text, 300))}` takes a moment. You'll get the answer as soon as it's ready.")]


def restart_notice(text: str, action: str) -> list[Block]:
    """Return the message for a question lost in a restart, with a button to ask again; ``action`` is its action id."""
    sentence = section(f"I was restarted while working on `{escape_code(cut(text, 300))}`.")
    again = plain_text("Ask again")
    button = {"type": "button", "action_id": action, "text": again, "value": text}
    return [sentence, {"type": "actions", "elements": [button]}] if 0 < len(text) <= BUTTON_VALUE else [sentence]


def small_text(text: str) -> Block:
    """Return plain text as a context block."""
    return context(escape(text))


def interpretation_note(query: str) -> Block:
    """Return a note about how a natural-language question was interpreted."""
    return context(f"I read that as `{escape_code(query)}`")


def origin_note(channel: str) -> Block:
    """Return a note, for an answer sent as a direct message, about where it was asked."""
    return context(f"You asked this in <#{channel}>, where I can't post.")


def image_at(url: str, alt: str) -> Block:
    """Return an image block for a URL."""
    return {"type": "image", "image_url": url, "alt_text": cut(escape_plain_text(alt), ALT)}


def image_of_file(file: str, alt: str) -> Block:
    """Return an image block for a Slack file id."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": cut(escape_plain_text(alt), ALT)}


def numbers(answer: Answer) -> list[Block]:
    """Return the numbers as a text table in code blocks; ``[]`` for an answer without numbers."""
    parts = [""]
    for line in map(escape_preformatted, grid(answer, most=CODE_ROWS)):
        if parts[-1] and len(parts[-1]) + len(line) >= _CODE:
            parts.append("")
        parts[-1] += ("\n" if parts[-1] else "") + cut(line, _CODE)
    return [section(f"```{part}```") for part in parts if part]


def answer_blocks(
    answer: Answer,
    shown: Sequence[Block],
    asked_by: str | None = None,
    *,
    changed_by: str | None = None,
    below: Sequence[Block] | None = None,
) -> list[Block]:
    """Return headline, chart or numbers, source and, unless ``below`` is given, follow-up questions.

    ``shown``: blocks for the chart or the numbers, in a format that the conversation supports.
    """
    asked = f"`{escape_code(answer.query)}`" + (f" · asked by <@{asked_by}>" if asked_by else "")
    if changed_by and changed_by != asked_by:
        asked += f" · changed by <@{changed_by}>"
    source = context("\n".join([asked, *map(escape_line, in_brief(answer.notes)), escape_line(source_line(answer.source))]))
    blocks = [section(f"*{escape_line(answer.headline)}*"), *shown, source]
    if below is not None:
        blocks += below
    elif answer.next:
        blocks.append(buttons(answer.next))
    return blocks


def answer_fallback(answer: Answer, taken_for: str | None = None) -> str:
    """Return the answer as text for notifications and screen readers. ``taken_for``: how the question was interpreted."""
    text = answer_text(replace(answer, notes=in_brief(answer.notes)), limit=8, most=TEXT_ROWS)
    return cut(prevent_links(escape(f"{text}\nI read that as: {taken_for}" if taken_for else text)), MESSAGE_TEXT)


def notice_blocks(notice: Notice, action: str = ASK) -> list[Block]:
    """Return a notice with its suggestions as buttons; ``action`` is the prefix of their action ids."""
    blocks = [section(escape(part)) for part in _parts(notice.text)]
    blocks += [section("\n".join([f"*{escape(part.title)}*", *map(_line, part.lines)])) for part in notice.sections]
    offers = buttons(notice.suggestions, action)["elements"] if notice.suggestions else []
    if notice.build is not None:
        offers.append(form_button(notice.build))
    if offers:
        blocks.append({"type": "actions", "elements": offers})
    return blocks


def notice_fallback(notice: Notice) -> str:
    """Return a notice as text for notifications and screen readers."""
    return cut(prevent_links(escape(notice_text(notice))), MESSAGE_TEXT)


def buttons(queries: tuple[str, ...], action: str = ASK) -> Block:
    """Return questions as buttons. Each button's value is its question, so one listener handles all of them."""
    elements = [
        {
            "type": "button",
            "action_id": f"{action}:{place}",
            "text": plain_text(query, BUTTON_TEXT),
            "value": query,
        }
        for place, query in enumerate(queries)
        if len(query) <= BUTTON_VALUE
    ]
    return {"type": "actions", "elements": elements}


def form_button(query: str = "", text: str = "Build a question") -> Block:
    """Return a button that opens the question form, prefilled with ``query``."""
    button = {"type": "button", "action_id": BUILD, "text": plain_text(text)}
    return {**button, "value": query} if 0 < len(query) <= BUTTON_VALUE else button


def _parts(text: str) -> list[str]:
    """Split a long text at line breaks, to fit into section blocks."""
    parts = [""]
    for line in text.split("\n"):
        if len(parts[-1]) + len(line) > SECTION // 2:  # escaping may lengthen it
            parts.append("")
        parts[-1] += ("\n" if parts[-1] else "") + cut(line, SECTION // 2)
    return [part for part in parts if part.strip()]


def _line(line: Line) -> str:
    return " ".join(filter(None, [" · ".join(f"`{escape_code(typed)}`" for typed in line.typed), escape(line.meaning)]))
