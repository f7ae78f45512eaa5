"""Render bets: placed, listed, settled, and people's scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, plural
from analytics.formatting.phrases import name as called
from analytics.statistics.prediction.brier import MINIMUM, brier
from bot.blocks.escape import escape_line, prevent_links
from bot.blocks.subscriptions import actions, button
from bot.blocks.text_objects import context, conversation_name, cut, plain_text, section
from bot.domain.content import Content
from bot.domain.outbox import Outcome
from bot.domain.prediction import claim, parse_question, score_bets, title, void_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analytics.domain import Dimension
    from analytics.statistics.prediction.brier import Score
    from bot.blocks.messages import Block
    from bot.domain.outbox import Bet
    from bot.domain.prediction import Draft

BET = "bet"
"""Action id of controls that open the bet form; the value is the bet to start from."""
ABOUT = (
    "Skill shows how much better your bets were than the base rate, which knows only how often leaders stayed first. "
    f"0 is as good as the base rate, and higher is better. You're ranked after {MINIMUM} settled bets."
)
_LINES = 40
"""Bets per message; with their headings they stay within Slack's limits."""
_PEOPLE = 10
_BEST = 3
"""People named in a digest."""
_NAME = 60
_SETTLED = 12
"""Settled bets at the end of the list."""


@dataclass(frozen=True, slots=True)
class SettledQuestion:
    """One question's bets for a month, with the result."""

    question: str
    bets: tuple[tuple[Bet, float | None], ...]
    """Each with its Brier score; ``None`` for a void bet."""
    leaders: tuple[str, ...] = ()
    portion: float = 0.0
    """The leader's share, 0 to 1."""
    on: date | None = None
    """The date of the deciding snapshot; ``None`` if there was none."""
    simulated: bool = False
    reason: str = ""
    """What is missing where no snapshot decides, as a clause."""


def bet_button(draft: str = "", text: str = "Place a bet", place: str = "") -> Block:
    """Return a button that opens the bet form, prefilled with ``draft``, a bet as text."""
    element = {"type": "button", "action_id": f"{BET}:{place}" if place else BET, "text": plain_text(text)}
    return {**element, "value": draft} if draft else element


def bet_placed(bet: Bet, draft: Draft, before: Bet | None) -> Content:
    """Return the public message about a new or changed bet."""
    text = f"<@{bet.person}> bets {bet.percent}% that {escape_line(claim(draft))}."
    if before:
        text += f" The earlier bet was {before.percent}% on {_short(draft.of, before.name)}."
    shown = [
        section(f":crystal_ball: {text}"),
        actions(bet_button(str(draft.asked), "Place your bet"), button("All bets", "bets")),
    ]
    return Content(prevent_links(text), shown)


def incomplete_bet(draft: Draft, example: str) -> Content:
    """Return the reply to an incomplete bet, with a button for the form."""
    text = f"Select *Place a bet* to fill in a form, or type the whole bet: `/hfstats {example}`"
    return Content(text, [section(text), actions(bet_button(str(draft)))])


def bet_list(
    open_: Sequence[Bet], bet_results: Sequence[Bet], scores: Sequence[Score], example: str, today: date | None = None
) -> Content:
    """Return a channel's open and settled bets, with scores. ``today``: says which open bets wait for a snapshot."""
    if not open_ and not bet_results:
        empty = f"There are no bets here yet. To place one, type `/hfstats {example}`"
        return Content(empty, [section(empty), actions(bet_button())])
    blocks: list[Block] = []
    groups = _by_question(open_)
    room = _LINES
    for place, ((question, month), bets) in enumerate(groups[:12]):
        draft = parse_question(question, month)
        lines = [f"• #{bet.id} <@{bet.person}>: {bet.percent}% {_short(draft.of, bet.name)}" for bet in bets]
        shown, room = _truncate(lines, room)
        heading = f"*{_capitalize(title(draft))}, end of {Edition.parse(month).name}*{_waiting(Edition.parse(month), today)}"
        too = {"accessory": bet_button(str(draft.asked), "Place your bet", str(place))}
        blocks.append(section("\n".join([heading, *shown])) | too)
    if len(groups) > 12:
        blocks.append(context(f"… and {plural(len(groups) - 12, 'more question')} with open bets."))
    if bet_results:
        last = [_settled_line(bet) for bet in reversed(bet_results[-_SETTLED:])]
        blocks.append(section("\n".join(["*Recently settled*", *last])))
    blocks += _table(scores)
    hint = "Until its month begins, you can change a bet by betting again, or take it back with `/hfstats unbet` and its number."
    text = f"{plural(len(open_), 'open bet')} and {plural(len(bet_results), 'settled bet')} here"
    return Content(text, [*blocks, context(hint), actions(bet_button())])


def open_bets(bets: Sequence[Bet], limit: int) -> list[Block]:
    """Return a person's open bets of all conversations, one line each; ``[]`` without any."""
    lines = []
    for bet in bets[:limit]:
        draft = parse_question(bet.question, bet.month)
        what = f"{bet.percent}% {_short(draft.of, bet.name)}, {title(draft)}, end of {Edition.parse(bet.month).name}"
        lines.append(f"• #{bet.id} {what}, in {conversation_name(bet.channel)}")
    more = [f"… and {plural(len(bets) - limit, 'more bet')}"] if len(bets) > limit else []
    return [section("\n".join([*lines, *more]))] if lines else []


def bet_results(month: Edition, decided: Iterable[SettledQuestion], scores: Sequence[Score]) -> Content:
    """Return the message about a channel's settled bets for a month, with everyone's scores so far."""
    headline = f"Bet results for {month.name}"
    blocks = [section(f":crystal_ball: *{headline}*")]
    decided = tuple(decided)
    room = _LINES
    for place, result in enumerate(decided):
        each = max(room - 2 * (len(decided) - place - 1), 2)  # leave room for two bets of each later question
        draft = parse_question(result.question, str(month))
        lines = [_outcome(draft, bet, score) for bet, score in result.bets]
        shown, left = _truncate(lines, each)
        room -= each - left
        blocks.append(section("\n".join([f"*{_capitalize(title(draft))}*: {_result_text(draft, result)}", *shown])))
    below = actions(bet_button(), button("All bets", "bets"))
    return Content(headline, [*blocks, *_table(scores), below])


def digest_bets(edition: str, bets: Sequence[Bet]) -> list[Block]:
    """Return a summary of a channel's bets for the digest's month; ``[]`` if there are none."""
    done = [bet for bet in bets if bet.month == edition and bet.outcome is not None]
    if not done:
        return []
    right, counted = (sum(bet.outcome in among for bet in done) for among in ({Outcome.RIGHT}, {Outcome.RIGHT, Outcome.WRONG}))
    is_, them = ("is", "it") if len(done) == 1 else ("are", "them")
    came = (
        f"{right} of {plural(counted, 'bet')} came true"
        if counted
        else f"{plural(len(done), 'bet')} {is_} void because no snapshot could settle {them}"
    )
    lines = [f":crystal_ball: *Bets on {Edition.parse(edition).name}*: {came}."]
    best = [score for score in score_bets(bets) if score.rank][:_BEST]
    if best:
        named = [f"{score.rank}. <@{score.who}> *{signed(score.skill)}*" for score in best]
        lines.append(f"Skill, higher is better: {' · '.join(named)}")
    return [section("\n".join(lines)) | {"accessory": button("All bets", "bets")}]


def _waiting(month: Edition, today: date | None) -> str:
    if today is None or today <= month.last:
        return ""
    return f" (waiting until {day(void_date(month))} for a snapshot that settles them)"


def _result_text(draft: Draft, decided: SettledQuestion) -> str:
    if decided.on is None:
        void = "this bet is void and doesn't" if len(decided.bets) == 1 else "these bets are void and don't"
        return f"{decided.reason}, so {void} count."
    names = [_short(draft.of, leader) for leader in decided.leaders[:3]]
    more = len(decided.leaders) - len(names)
    who = enumerate_([*names, f"{more} more"] if more else names)
    verb = "led" if len(decided.leaders) == 1 else "tied for first, each"
    simulated = ", in simulated data" if decided.simulated else ""
    return f"{who} {verb} with {percent(decided.portion)} on {day(decided.on)}{simulated}."


def _outcome(draft: Draft, bet: Bet, score: float | None) -> str:
    text = f"• <@{bet.person}>: {bet.percent}% {_short(draft.of, bet.name)}"
    if score is None or bet.base_rate is None:
        return text
    base = brier(bet.base_rate * 100, right=bet.outcome is Outcome.RIGHT)
    return f"{text}, {bet.outcome}: {number(score)} (base rate {percent(bet.base_rate)}: {number(base)})"


def _settled_line(bet: Bet) -> str:
    draft = parse_question(bet.question, bet.month)
    mark = {Outcome.RIGHT: ":white_check_mark:", Outcome.WRONG: ":x:"}.get(bet.outcome or Outcome.VOID, ":heavy_minus_sign:")
    what = f"{bet.percent}% {_short(draft.of, bet.name)}, {title(draft)}, {Edition.parse(bet.month).name}"
    return f"{mark} <@{bet.person}>: {what}, {bet.outcome}"


def _table(scores: Sequence[Score]) -> list[Block]:
    if not scores:
        return []
    ranked = [score for score in scores if score.rank]
    lines = [
        f"{score.rank}. <@{score.who}> *{signed(score.skill)}* over {plural(score.bets, 'bet')}" for score in ranked[:_PEOPLE]
    ]
    lines += [f"and {plural(len(ranked) - _PEOPLE, 'other')}"] if len(ranked) > _PEOPLE else []
    later = [f"<@{score.who}> ({plural(MINIMUM - score.bets, 'more bet')})" for score in scores if not score.rank]
    if later:
        others = [plural(len(later) - _PEOPLE, "other")] if len(later) > _PEOPLE else []
        lines.append(f"Not ranked yet: {enumerate_([*later[:_PEOPLE], *others])}")
    return [section("\n".join(["*Skill*", *lines])), context(ABOUT)]


def signed(skill: float) -> str:
    """Return a skill as text, such as ``+0.12`` or ``0.00``, with a minus sign instead of a hyphen."""
    return f"{skill:+.2f}".replace("-", "\N{MINUS SIGN}") if round(skill, 2) else "0.00"


def number(score: float) -> str:
    """Return a score as text: ``0.09``, ``0.2158``."""
    return f"{score:.4f}".rstrip("0").rstrip(".") or "0"


def _by_question(bets: Sequence[Bet]) -> list[tuple[tuple[str, str], list[Bet]]]:
    groups: dict[tuple[str, str], list[Bet]] = {}
    for bet in bets:
        groups.setdefault((bet.question, bet.month), []).append(bet)
    return sorted(groups.items(), key=lambda group: (group[0][1], group[0][0]))


def _truncate(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    shown = list(lines[: max(room, 1)])
    more = [f"and {plural(len(lines) - len(shown), 'more bet')}"] if len(lines) > len(shown) else []
    return [*shown, *more], room - len(shown)


def _short(of: Dimension, name: str) -> str:
    """Return a name as mrkdwn of at most ``_NAME`` characters, including escapes."""
    shown = called(of, name)
    most = _NAME
    while len(escape_line(cut(shown, most))) > _NAME:
        most -= 5
    return escape_line(cut(shown, most))


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
