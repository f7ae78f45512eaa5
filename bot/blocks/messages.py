"""A Reply as Slack's blocks. Pure; Slack's limits are kept here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
ASK = "ask"
"""Every button that asks a question has an action id that starts with this; its value is the question."""
BUILD = "build"
"""Opens the form that builds a question: a control's action id or its beginning; a value is the question to begin with."""


def progress(text: str) -> list[Block]:
    """Say that a question was understood and is being worked on."""
    return [context(f":hourglass_flowing_sand: Working on `{escape_code(cut(text, 300)) or 'help'}` …")]


def progress_without_update(text: str) -> list[Block]:
    """Promise an answer in words that stay true when it is there."""
    return [context(f"`{escape_code(cut(text, 300))}` takes a moment; the answer comes by itself.")]


def restart_notice(text: str, action: str) -> list[Block]:
    """Say that a question was dropped, and offer to ask it again; ``action`` is the button's action id."""
    said = section(f"I was restarted while working on `{escape_code(cut(text, 300))}`.")
    again = plain_text("Ask again")
    button = {"type": "button", "action_id": action, "text": again, "value": text}
    return [said, {"type": "actions", "elements": [button]}] if 0 < len(text) <= BUTTON_VALUE else [said]


def small_text(text: str) -> Block:
    """Say something small; plain text."""
    return context(escape(text))


def interpretation_note(query: str) -> Block:
    """Say what plain words were taken for."""
    return context(f"I read that as `{escape_code(query)}`")


def origin_note(channel: str) -> Block:
    """Say, before what reaches a person directly, where they had asked."""
    return context(f"You asked in <#{channel}>, where I cannot answer.")


def image_at(url: str, alt: str) -> Block:
    """Show the picture at an address."""
    return {"type": "image", "image_url": url, "alt_text": cut(escape_plain_text(alt), ALT)}


def image_of_file(file: str, alt: str) -> Block:
    """Show a picture that was uploaded to Slack; ``file`` is its id."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": cut(escape_plain_text(alt), ALT)}


def numbers(answer: Answer) -> list[Block]:
    """Show the numbers as lines of equal columns; nothing, where an answer has none."""
    lines = "\n".join(grid(answer))
    return [section(f"```{cut(escape_preformatted(lines), SECTION - 6)}```")] if lines else []


def answer_blocks(
    answer: Answer,
    shown: Sequence[Block],
    asked_by: str | None = None,
    *,
    changed_by: str | None = None,
    below: Sequence[Block] | None = None,
) -> list[Block]:
    """Show the finding, the picture or the numbers, the source and, unless ``below`` says, what to ask next.

    ``shown`` is the picture or the numbers, in whatever form the conversation takes.
    """
    asked = f"`{escape_code(answer.query)}`" + (f" · asked by <@{asked_by}>" if asked_by else "")
    if changed_by and changed_by != asked_by:
        asked += f" · changed by <@{changed_by}>"
    source = context("\n".join([asked, *map(escape_line, answer.notes), escape_line(source_line(answer.source))]))
    blocks = [section(f"*{escape_line(answer.headline)}*"), *shown, source]
    if below is not None:
        blocks += below
    elif answer.next:
        blocks.append(buttons(answer.next))
    return blocks


def answer_fallback(answer: Answer, taken_for: str | None = None) -> str:
    """Return what notifications and screen readers get: the whole answer as text, and what plain words were taken for."""
    text = answer_text(answer, limit=8)
    return cut(prevent_links(escape(f"{text}\nI read that as: {taken_for}" if taken_for else text)), MESSAGE_TEXT)


def notice_blocks(notice: Notice, action: str = ASK) -> list[Block]:
    """Show the sentences, and what to try instead as buttons; ``action`` is the beginning of their action ids."""
    blocks = [section(escape(part)) for part in _parts(notice.text)]
    blocks += [section("\n".join([f"*{escape(part.title)}*", *map(_line, part.lines)])) for part in notice.sections]
    offers = buttons(notice.suggestions, action)["elements"] if notice.suggestions else []
    if notice.build is not None:
        offers.append(form_button(notice.build))
    if offers:
        blocks.append({"type": "actions", "elements": offers})
    return blocks


def notice_fallback(notice: Notice) -> str:
    """Return the notice as text."""
    return cut(prevent_links(escape(notice_text(notice))), MESSAGE_TEXT)


def buttons(queries: tuple[str, ...], action: str = ASK) -> Block:
    """Offer questions as buttons; the value of each is its question, so that one listener serves them all."""
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
    """Make the button that opens the form, beginning with ``query``."""
    button = {"type": "button", "action_id": BUILD, "text": plain_text(text)}
    return {**button, "value": query} if 0 < len(query) <= BUTTON_VALUE else button


def _parts(text: str) -> list[str]:
    """Cut a long text into sections at line breaks."""
    parts = [""]
    for line in text.split("\n"):
        if len(parts[-1]) + len(line) > SECTION // 2:  # escaping may lengthen it
            parts.append("")
        parts[-1] += ("\n" if parts[-1] else "") + cut(line, SECTION // 2)
    return [part for part in parts if part.strip()]


def _line(line: Line) -> str:
    return " ".join(filter(None, [" · ".join(f"`{escape_code(typed)}`" for typed in line.typed), escape(line.meaning)]))
