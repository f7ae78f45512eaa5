"""Render App Home: latest findings, age of the data, subscriptions, the person's alerts and bets, example questions."""

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
    from bot.domain.dump import HistoryProgress
    from bot.domain.reply import Notice
    from bot.domain.store_summary import Entry, StoreSummary

HOME = "home"
"""Action id prefix of App Home's controls."""
ASKED = f"{HOME}:ask"
REFRESH = f"{HOME}:refresh"
SUBSCRIBE = f"{HOME}:subscribe"
"""Action id of the menu that subscribes the selected conversation."""
SUBSCRIPTIONS, ALERTS, BETS = 16, 12, 15
"""How many App Home lists. A view has at most 100 blocks; a subscription or an alert takes two of them, all bets together one."""
STALE = 3
"""Days after which the latest snapshot counts as out of date; one is taken every day."""
_EXAMPLES = 12
_NOTHING = (
    "There's no snapshot yet, so I can't answer questions. Ask the operator to run `hfstats snapshot` once a day, "
    "or to load listings with `hfstats import FILE`."
)


_HOW = "To change the schedule, type `/hfstats subscribe weekly friday at 9am Europe/Berlin` in the channel."
_NO_ALERTS = "You haven't set any alerts. I can post in a channel when a share or a rank crosses a line that you choose."
_SET_ALERT = "To set an alert, type `/hfstats watch creator meta below 10%` in the channel."
_NO_BETS = "You have no open bets."
_WITHDRAW = "To take back a bet before its month begins, type `/hfstats unbet` and its number in the same conversation."


def home_view(
    summary: StoreSummary,
    entries: Sequence[Entry],
    today: date,
    *,
    asked: str | None = None,
    sections: Sequence[Sequence[Block]] = (),
    progress: HistoryProgress | None = None,
) -> Block:
    """Return the App Home view.

    ``asked``: the question just asked from here. ``sections``: blocks to show between the findings and the examples, each list
    with its own heading. ``progress``: how far the lists of past months are, shown while they are fetched.
    """
    history = [context(f"Fetching past months: {progress.text}")] if progress and progress.is_fetching else []
    if not summary.holdings:
        return _home([_header("No data yet"), section(_NOTHING), *history, _actions(_refresh(), _help())])
    blocks = [
        _header("Open models on Hugging Face"),
        _freshness(summary, today),
        *history,
        _actions(form_button() | {"style": "primary"}, predictions.bet_button(), _refresh(), _help()),
    ]
    if asked:
        blocks.append(
            section(f":white_check_mark: Asked `{escape_code(cut(asked, 500))}`. The answer will be in the *Messages* tab.")
        )
    blocks += [{"type": "divider"}, _header("Latest findings")]
    blocks += [
        section(f"*{escape_line(finding.headline)}*")
        | {"accessory": _question_button(f"{ASKED}:finding:{place}", finding.query, "Show the chart")}
        for place, finding in enumerate(summary.findings)
    ]
    for part in sections:
        blocks += [{"type": "divider"}, *part]
    examples = [
        _question_button(f"{ASKED}:example:{place}", _example(entry, summary))
        for place, entry in enumerate(_plain_first(entries)[:_EXAMPLES])
    ]
    blocks += [
        {"type": "divider"},
        _header("Ask a question"),
        section("Answers appear in the *Messages* tab. In a channel, type the same words after `/hfstats`."),
        _actions(*examples),
    ]
    return _home(blocks)


def _plain_first(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries with common questions first; those with a ``brief`` come last."""
    return sorted(entries, key=lambda entry: bool(entry.brief))


def subscriptions_section(rows: Sequence[Block]) -> list[Block]:
    """Return the subscriptions section with a menu to add one."""
    none = "No channel gets the digest yet. It shows what changed in the rankings, on the first working day of each month."
    menu = {
        "type": "conversations_select",
        "action_id": SUBSCRIBE,
        "placeholder": plain_text("Subscribe a channel"),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return [_header("Digests"), *(rows or [section(none)]), _actions(menu), context(_HOW)]


def alerts_section(rows: Sequence[Block]) -> list[Block]:
    """Return the section of the person's alerts."""
    return [_header("Your alerts"), *(rows or [section(_NO_ALERTS)]), context(_SET_ALERT)]


def bets_section(rows: Sequence[Block]) -> list[Block]:
    """Return the section of the person's open bets."""
    return [_header("Your bets"), *([*rows, context(_WITHDRAW)] if rows else [section(_NO_BETS)])]


def trouble_view(notice: Notice, title: str = "I can't read the data right now") -> Block:
    """Return a view with an error and a refresh button."""
    return _home([_header(title), section(escape(notice.text)), _actions(_refresh(), _help())])


def _example(entry: Entry, summary: StoreSummary) -> str:
    """Return an example question about a name that is in the data."""
    names = summary.names.get(entry.form.word, ())
    if not (entry.form.fewest == entry.form.most == 1 and names):
        return entry.form.example
    wanted = normalize(entry.form.example.partition(" ")[2])
    known = any(wanted == normalize(word) for name in names for word in (name.name, *name.also))
    return entry.form.example if known else str(Query(entry.form.word, (names[0].name,)))


def _freshness(summary: StoreSummary, today: date) -> Block:
    newest = max(holding.taken_on for holding in summary.holdings)
    age = (today - newest).days
    age_text = "today" if age <= 0 else f"{plural(age, 'day')} old"
    lists = [
        f"{short_list(held.list)}: {plural(held.models, 'model')}"
        + (f" from {day(held.taken_on)}" if held.taken_on != newest else "")
        for held in summary.holdings
    ]
    parts = [f"Snapshot from {day(newest)} (UTC), {age_text}", *lists]
    if summary.simulated:
        parts.append("*simulated data, not real measurements*")
    text = " · ".join(parts)
    if age >= STALE:
        text += "\n:warning: This snapshot is out of date. Ask the operator to run `hfstats snapshot`, once a day."
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
