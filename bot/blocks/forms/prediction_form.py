"""The form that places a bet, as a modal of Slack's; and what a modal's state says of how it was filled in. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import HfStatsError
from analytics.formatting.phrases import name as called
from bot.blocks.forms.question_form import OPTION_TEXT
from bot.blocks.text_objects import cut, plain_text
from bot.domain.prediction import CONFIDENCE, LISTS, LONGEST_NAME, MEASURES, RANKED, Draft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.blocks.messages import Block

PLACE = "place_bet"
"""The form's callback id."""
FIELD = "wager"
"""Every field's action id begins with this."""
OF = "of"
WHO = "who"
_BY, _IN, _MONTH, _SURE, _WHERE = "by", "in", "month", "sure", "where"
_KNOWN, _NEW = "=", "+"
"""The beginning of a name's value: one of the list's, or one who is not in it yet."""
_LISTS = {ListName.TOP: "Top: the most downloaded models", ListName.TRENDING: "Trending: the highest trending score"}
_PUBLIC = (
    "A bet is for everybody to see, and can be changed or taken back until the month begins at whose end it is decided. "
    "Once it is decided, each gets a score: the lower, the better."
)


def bet_view(draft: Draft, months: Sequence[Edition], where: str | None = None) -> Block:
    """Show the form, filled in with what is known of a bet; ``months`` can be bet on."""
    name = _option(_value(draft.name, new=draft.newcomer), called(draft.of, draft.name)) if draft.name else None
    who: Block = {"type": "external_select", "min_query_length": 0, "placeholder": plain_text("Type to search")}
    conversation: Block = {"type": "conversations_select", "default_to_current_conversation": True, "response_url_enabled": True}
    sure = sorted({*CONFIDENCE, draft.percent or CONFIDENCE[0]})
    ends = [_option(str(month), f"The end of {month.name}") for month in months]
    fields = [
        _menu(OF, "Ranking", [_option(one.plural, _title(one)) for one in RANKED], draft.of.plural) | {"dispatch_action": True},
        _menu(_BY, "Counted by", [_option(one, one.capitalize()) for one in MEASURES], draft.by),
        _menu(_IN, "In the list", [_option(one, _LISTS[one]) for one in LISTS], draft.within),
        _menu(_MONTH, "When", ends, str(draft.month)),
        _input(who_of(draft.of), WHO, "Who will be first", who | ({"initial_option": name} if name else {})),
        _menu(_SURE, "How sure are you", [_option(str(one), f"{one}%") for one in sure], str(draft.percent)),
        _input(_WHERE, _WHERE, "Bet in", conversation | ({"initial_conversation": where} if where else {})),
    ]
    return {
        "type": "modal",
        "callback_id": PLACE,
        "title": plain_text("Who will lead?"),
        "submit": plain_text("Bet"),
        "close": plain_text("Cancel"),
        "blocks": [*fields, {"type": "context", "elements": [plain_text(_PUBLIC)]}],
    }


def who_of(of: Dimension) -> str:
    """Return the id of the name's block. It changes with the ranking, so that Slack forgets a name of another one."""
    return f"{WHO}:{of.value}"


def ranking_of(block_id: str) -> Dimension:
    """Return the ranking whose names a block takes."""
    return next((one for one in RANKED if who_of(one) == block_id), RANKED[0])


def read_view(view: Mapping[str, Any]) -> tuple[Draft, str | None]:
    """Read how a form is filled in, and the conversation that it is for. What no menu offers is left open."""
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] = view["state"]["values"]
    held = {block: next(iter(actions.values())) for block, actions in values.items() if actions}
    chosen = {block: str((element.get("selected_option") or {}).get("value") or "") for block, element in held.items()}
    of = next((one for one in RANKED if one.plural == chosen.get(OF)), RANKED[0])
    name, percent = chosen.get(who_of(of), ""), chosen.get(_SURE, "")
    draft = Draft(
        of,
        Measure.MODELS if chosen.get(_BY) == Measure.MODELS else Measure.DOWNLOADS,
        ListName.TRENDING if chosen.get(_IN) == ListName.TRENDING else ListName.TOP,
        name[1:][:LONGEST_NAME],
        name[:1] == _NEW and bool(name[1:].strip()),
        int(percent) if percent.isascii() and percent.isdigit() and len(percent) < 3 and int(percent) else None,
        _edition(chosen.get(_MONTH, "")),
    )
    return draft, held.get(_WHERE, {}).get("selected_conversation")


def mistakes(draft: Draft, late: str) -> dict[str, str]:
    """Say, by block, what keeps the form from being a bet; ``late`` says why its month cannot be bet on, if so."""
    wrong = {}
    if not draft.name:
        wrong[who_of(draft.of)] = "Choose who will be first."
    if draft.month is None or late:
        wrong[_MONTH] = late or "Choose a month."
    if draft.percent is None:
        wrong[_SURE] = "Choose how sure you are."
    return wrong


def suggestions(of: Dimension, names: Sequence[str], typed: str) -> dict[str, Any]:
    """Offer names; last of all what was typed, for one who is not in the list yet."""
    offered = [_option(_value(name), called(of, name)) for name in names if len(name) <= LONGEST_NAME]
    newcomer = typed.strip()[:LONGEST_NAME].strip()
    if newcomer and newcomer.casefold() not in {name.casefold() for name in names}:
        offered.append(_option(_value(newcomer, new=True), f"{cut(newcomer, 40)} (not in the list yet)"))
    return {"options": offered}


def _value(name: str, *, new: bool = False) -> str:
    return f"{_NEW if new else _KNOWN}{name}"


def _edition(text: str) -> Edition | None:
    try:
        found = Edition.parse(text)
    except HfStatsError:
        return None
    return None if found.weekly else found


def _title(of: Dimension) -> str:
    return "Families of licenses" if of is Dimension.FAMILY else of.plural.capitalize()


def _menu(block_id: str, label: str, options: Sequence[Block], chosen: str) -> Block:
    """Offer fixed options; what is not among them is left to be chosen, but for what has a plain answer."""
    initial = next((one for one in options if one["value"] == chosen), None)
    element: Block = {"type": "static_select", "options": list(options)}
    return _input(block_id, block_id, label, element | ({"initial_option": initial} if initial else {}))


def _input(block_id: str, field: str, label: str, element: Block) -> Block:
    named = element | {"action_id": f"{FIELD}:{field}"}
    return {"type": "input", "block_id": block_id, "label": plain_text(label), "element": named, "optional": False}


def _option(value: str, text: str) -> Block:
    return {"text": plain_text(text or value, OPTION_TEXT), "value": value}
