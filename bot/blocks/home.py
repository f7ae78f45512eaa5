"""The App Home: the latest findings, how fresh the data are, and what can be asked from there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.formatting.phrases import day, plural, short_list
from analytics.names.normalize import normalize
from analytics.query import Query
from bot.blocks import predictions
from bot.blocks.escape import escape, escape_code, escape_line
from bot.blocks.messages import BUTTON_TEXT, form_button
from bot.blocks.text_objects import context, cut, plain_text, section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.blocks.messages import Block
    from bot.domain.reply import Notice
    from bot.domain.store_summary import Entry, StoreSummary

HOME = "home"
"""Action ids of the Home begin with this; those that ask, whose value is what is asked, with ``home:ask``."""
ASKED = f"{HOME}:ask"
REFRESH = f"{HOME}:refresh"
SUBSCRIBE = f"{HOME}:subscribe"
"""Action id of the menu whose choice is the conversation to subscribe."""
SHOWN = 20
"""Subscriptions that the Home lists; a view has a hundred blocks."""
STALE = 3
"""Days after which the last snapshot counts as old: it is taken daily."""
_EXAMPLES = 12
_NOTHING = (
    "There is no snapshot yet, so nothing can be answered. Whoever runs me takes one with `hfstats snapshot`, once a day, "
    "or loads listings with `hfstats import FILE`."
)


_HOW = (
    "In a channel, `/hfstats subscribe weekly friday at 9am Europe/Berlin` sets when it comes; "
    "`/hfstats watch creator meta below 10%` tells of a crossing."
)


def home_view(
    overview: StoreSummary,
    entries: Sequence[Entry],
    today: date,
    *,
    asked: str | None = None,
    sections: Sequence[Sequence[Block]] = (),
) -> Block:
    """Show the Home.

    ``asked`` is what was asked from here a moment ago; ``sections`` are blocks of other parts of the bot, each under a heading
    of its own, between the findings and the examples.
    """
    if not overview.holdings:
        return _home([_header("No data yet"), section(_NOTHING), _actions(_refresh(), _help())])
    blocks = [
        _header("What the open-model world runs on"),
        _freshness(overview, today),
        _actions(form_button() | {"style": "primary"}, predictions.bet_button(), _refresh(), _help()),
    ]
    if asked:
        blocks.append(
            section(f":white_check_mark: Asked `{escape_code(cut(asked, 500))}`. The answer comes to the *Messages* tab.")
        )
    blocks += [{"type": "divider"}, _header("Latest findings")]
    blocks += [
        section(f"*{escape_line(found.headline)}*")
        | {"accessory": _question_button(f"{ASKED}:finding:{place}", found.query, "Show the chart")}
        for place, found in enumerate(overview.findings)
    ]
    for part in sections:
        blocks += [{"type": "divider"}, *part]
    examples = [
        _question_button(f"{ASKED}:example:{place}", _example(entry, overview))
        for place, entry in enumerate(_plain_first(entries)[:_EXAMPLES])
    ]
    blocks += [
        {"type": "divider"},
        _header("Ask something"),
        section("What you ask here is answered in the *Messages* tab. In a channel, type the same words after `/hfstats`."),
        _actions(*examples),
    ]
    return _home(blocks)


def _plain_first(entries: Sequence[Entry]) -> list[Entry]:
    """Put what is asked most before what a list of commands has one line for."""
    return sorted(entries, key=lambda entry: bool(entry.brief))


def subscriptions_section(rows: Sequence[Block]) -> list[Block]:
    """Show the subscriptions, and a menu to add one."""
    none = "No channel gets the digest yet: what shifted in the rankings, on the first working day of each month."
    menu = {
        "type": "conversations_select",
        "action_id": SUBSCRIBE,
        "placeholder": plain_text("Subscribe a channel"),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return [_header("Digests"), *(rows or [section(none)]), _actions(menu), context(_HOW)]


def trouble_view(notice: Notice, title: str = "I cannot look at the data now") -> Block:
    """Show what keeps the Home from being shown, and the way to try again."""
    return _home([_header(title), section(escape(notice.text)), _actions(_refresh(), _help())])


def _example(entry: Entry, overview: StoreSummary) -> str:
    """Return a question that has an answer: about one name that the data know."""
    names = overview.names.get(entry.form.word, ())
    if not (entry.form.fewest == entry.form.most == 1 and names):
        return entry.form.example
    wanted = normalize(entry.form.example.partition(" ")[2])
    known = any(wanted == normalize(word) for name in names for word in (name.name, *name.also))
    return entry.form.example if known else str(Query(entry.form.word, (names[0].name,)))


def _freshness(overview: StoreSummary, today: date) -> Block:
    newest = max(holding.taken_on for holding in overview.holdings)
    age = (today - newest).days
    said = "today" if age <= 0 else f"{plural(age, 'day')} old"
    lists = [
        f"{short_list(held.list)}: {plural(held.models, 'model')}"
        + (f" of {day(held.taken_on)}" if held.taken_on != newest else "")
        for held in overview.holdings
    ]
    parts = [f"Snapshot of {day(newest)} (UTC), {said}", *lists]
    if overview.simulated:
        parts.append("*simulated data: no number here was measured*")
    text = " · ".join(parts)
    if age >= STALE:
        text += "\n:warning: A snapshot is taken once a day; whoever runs me takes today's with `hfstats snapshot`."
    return context(text)


def _question_button(action: str, query: str, text: str | None = None) -> Block:
    return {"type": "button", "action_id": action, "text": plain_text(text or query, BUTTON_TEXT), "value": query}


def _refresh() -> Block:
    return {"type": "button", "action_id": REFRESH, "text": plain_text("Refresh")}


def _help() -> Block:
    return _question_button(f"{ASKED}:help", "help", "Help")


def _actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def _header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text)}


def _home(blocks: list[Block]) -> dict[str, Any]:
    return {"type": "home", "callback_id": HOME, "blocks": blocks}
