"""What is said of bets: placed, listed, settled, and who is good at it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, plural
from analytics.formatting.phrases import name as called
from bot.blocks.escape import escape_line, prevent_links
from bot.blocks.subscriptions import actions, button
from bot.blocks.text_objects import context, cut, plain_text, section
from bot.domain.content import Content
from bot.domain.outbox import Outcome
from bot.domain.prediction import claim, parse_question, score_bets, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analytics.domain import Dimension
    from analytics.statistics.brier import Score
    from bot.blocks.messages import Block
    from bot.domain.outbox import Bet
    from bot.domain.prediction import Draft

BET = "bet"
"""Opens the form that places a bet: a control's action id or its beginning; a value is the bet to begin with."""
ABOUT = "Lower is better: 0 is certain and right, 0.25 is what 50% always gets, 1 is certain and wrong (Brier score)."
_LINES = 40
"""Bets of one message; with their headings they stay below what Slack takes."""
_PEOPLE = 10
_BEST = 3
"""People whom a digest names."""
_NAME = 60
_SETTLED = 12
"""Settled bets that the list ends with."""


@dataclass(frozen=True, slots=True)
class SettledQuestion:
    """What a month's last snapshot said of one question."""

    question: str
    bets: tuple[tuple[Bet, float | None], ...]
    """Each with its score; ``None`` for one that is void."""
    leaders: tuple[str, ...] = ()
    portion: float = 0.0
    """The share of whoever leads, 0 to 1."""
    on: date | None = None
    """The snapshot's day; ``None`` where there was none."""
    simulated: bool = False


def bet_button(draft: str = "", text: str = "Place a bet", place: str = "") -> Block:
    """Make the button that opens the form, beginning with a bet in words."""
    made = {"type": "button", "action_id": f"{BET}:{place}" if place else BET, "text": plain_text(text)}
    return {**made, "value": draft} if draft else made


def bet_placed(bet: Bet, draft: Draft, before: Bet | None) -> Content:
    """Say to everybody what somebody bets."""
    said = f"<@{bet.person}> bets {bet.percent}% that {escape_line(claim(draft))}."
    if before:
        said += f" Before it was {before.percent}% on {_short(draft.of, before.name)}."
    shown = [section(f":crystal_ball: {said}"), actions(bet_button(str(draft.asked), "Bet too"), button("All bets", "bets"))]
    return Content(prevent_links(said), shown)


def incomplete_bet(draft: Draft, example: str) -> Content:
    """Offer the form to who said only part of a bet, or nothing."""
    said = f"The button opens a form to bet with. Or say it all at once: `/hfstats {example}`"
    return Content(said, [section(said), actions(bet_button(str(draft)))])


def bet_list(open_: Sequence[Bet], bet_results: Sequence[Bet], scores: Sequence[Score], example: str) -> Content:
    """Show a channel's bets and how good everybody was."""
    if not open_ and not bet_results:
        said = f"Nobody here has bet yet. For example: `/hfstats {example}`"
        return Content(said, [section(said), actions(bet_button())])
    blocks: list[Block] = []
    groups = _by_question(open_)
    room = _LINES
    for place, ((question, month), bets) in enumerate(groups[:12]):
        draft = parse_question(question, month)
        lines = [f"• #{one.id} <@{one.person}>: {one.percent}% {_short(draft.of, one.name)}" for one in bets]
        shown, room = _truncate(lines, room)
        heading = f"*{_capitalize(title(draft))}, end of {Edition.parse(month).name}*"
        too = {"accessory": bet_button(str(draft.asked), "Bet too", str(place))}
        blocks.append(section("\n".join([heading, *shown])) | too)
    if len(groups) > 12:
        blocks.append(context(f"And {plural(len(groups) - 12, 'further question')} with open bets."))
    if bet_results:
        last = [_settled_line(one) for one in reversed(bet_results[-_SETTLED:])]
        blocks.append(section("\n".join(["*Settled last*", *last])))
    blocks += _table(scores)
    hint = "“/hfstats unbet” and a number takes one of yours back until its month begins; betting again changes it."
    text = f"{plural(len(open_), 'open bet')} here, {plural(len(bet_results), 'settled one')}"
    return Content(text, [*blocks, context(hint), actions(bet_button())])


def bet_results(month: Edition, decided: Iterable[SettledQuestion], scores: Sequence[Score]) -> Content:
    """Tell a channel what became of its bets on a month, and how good everybody is by now."""
    headline = f"Bets settled for {month.name}"
    blocks = [section(f":crystal_ball: *{headline}*")]
    decided = tuple(decided)
    room = _LINES
    for place, one in enumerate(decided):
        each = max(room - 2 * (len(decided) - place - 1), 2)  # whoever comes later has room for two
        draft = parse_question(one.question, str(month))
        lines = [_outcome(draft, bet, score) for bet, score in one.bets]
        shown, left = _truncate(lines, each)
        room -= each - left
        blocks.append(section("\n".join([f"*{_capitalize(title(draft))}*: {_result_text(draft, one, month)}", *shown])))
    below = actions(bet_button(), button("All bets", "bets"))
    return Content(headline, [*blocks, *_table(scores), below])


def digest_bets(edition: str, every: Sequence[Bet]) -> list[Block]:
    """Say in a line what became of a channel's bets on the digest's month, and who is best; nothing where nobody bet on it."""
    done = [one for one in every if one.month == edition and one.outcome is not None]
    if not done:
        return []
    right, counted = (sum(one.outcome in among for one in done) for among in ({Outcome.RIGHT}, {Outcome.RIGHT, Outcome.WRONG}))
    came = (
        f"{right} of {plural(counted, 'bet')} came true"
        if counted
        else f"{plural(len(done), 'bet')}, void for want of a snapshot"
    )
    lines = [f":crystal_ball: *Bets on {Edition.parse(edition).name}*: {came}."]
    best = score_bets(every)[:_BEST]
    if best:
        named = [f"{one.rank}. <@{one.who}> *{number(one.mean)}*" for one in best]
        lines.append(f"Scores, lower is better: {' · '.join(named)}")
    return [section("\n".join(lines)) | {"accessory": button("All bets", "bets")}]


def _result_text(draft: Draft, decided: SettledQuestion, month: Edition) -> str:
    if decided.on is None:
        return f"there is no snapshot of {month.name}, so these bets are void and count for nothing."
    names = [_short(draft.of, one) for one in decided.leaders[:3]]
    more = len(decided.leaders) - len(names)
    who = enumerate_([*names, f"{more} more"] if more else names)
    verb = "led" if len(decided.leaders) == 1 else "were first together, each"
    simulated = ", in simulated data" if decided.simulated else ""
    return f"{who} {verb} with {percent(decided.portion)} on {day(decided.on)}{simulated}."


def _outcome(draft: Draft, bet: Bet, score: float | None) -> str:
    said = f"• <@{bet.person}>: {bet.percent}% {_short(draft.of, bet.name)}"
    return said if score is None else f"{said}, {bet.outcome}: {number(score)}"


def _settled_line(bet: Bet) -> str:
    draft = parse_question(bet.question, bet.month)
    mark = {Outcome.RIGHT: ":white_check_mark:", Outcome.WRONG: ":x:"}.get(bet.outcome or Outcome.VOID, ":heavy_minus_sign:")
    what = f"{bet.percent}% {_short(draft.of, bet.name)}, {title(draft)}, {Edition.parse(bet.month).name}"
    return f"{mark} <@{bet.person}>: {what}, {bet.outcome}"


def _table(scores: Sequence[Score]) -> list[Block]:
    if not scores:
        return []
    lines = [f"{one.rank}. <@{one.who}> *{number(one.mean)}* in {plural(one.bets, 'bet')}" for one in scores[:_PEOPLE]]
    more = [f"and {plural(len(scores) - _PEOPLE, 'other')}"] if len(scores) > _PEOPLE else []
    return [section("\n".join(["*Scores*", *lines, *more])), context(ABOUT)]


def number(score: float) -> str:
    """Print a score: ``0.09``, ``0.2158``."""
    return f"{score:.4f}".rstrip("0").rstrip(".") or "0"


def _by_question(bets: Sequence[Bet]) -> list[tuple[tuple[str, str], list[Bet]]]:
    groups: dict[tuple[str, str], list[Bet]] = {}
    for one in bets:
        groups.setdefault((one.question, one.month), []).append(one)
    return sorted(groups.items(), key=lambda group: (group[0][1], group[0][0]))


def _truncate(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    shown = list(lines[: max(room, 1)])
    more = [f"and {plural(len(lines) - len(shown), 'more bet')}"] if len(lines) > len(shown) else []
    return [*shown, *more], room - len(shown)


def _short(of: Dimension, name: str) -> str:
    """Return a name as mrkdwn, short enough however much of it has to be escaped."""
    shown = called(of, name)
    most = _NAME
    while len(escape_line(cut(shown, most))) > _NAME:
        most -= 5
    return escape_line(cut(shown, most))


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
