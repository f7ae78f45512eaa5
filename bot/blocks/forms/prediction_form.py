"""The modal for placing a bet, and reading its state."""

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
"""The modal's callback id."""
FIELD = "wager"
"""Action id prefix of the modal's fields."""
OF = "of"
WHO = "who"
_BY, _IN, _MONTH, _SURE, _WHERE = "by", "in", "month", "sure", "where"
_KNOWN, _NEW = "=", "+"
"""Prefixes of a name's value: in the list, or not in it yet."""
_LISTS = {ListName.TOP: "Top: the most downloaded models", ListName.TRENDING: "Trending: the highest trending score"}
_PUBLIC = (
    "Everyone in the conversation can see your bet. You can change it or take it back until its month begins. "
    "When the month is over, each bet gets a score; lower is better."
)


def bet_view(draft: Draft, months: Sequence[Edition], where: str | None = None) -> Block:
    """Return the modal, prefilled with ``draft``; ``months`` are open for bets, ``where`` is the selected conversation."""
    name = _option(_value(draft.name, new=draft.newcomer), called(draft.of, draft.name)) if draft.name else None
    who: Block = {"type": "external_select", "min_query_length": 0, "placeholder": plain_text("Type to search")}
    conversation: Block = {"type": "conversations_select", "default_to_current_conversation": True, "response_url_enabled": True}
    sure = sorted({*CONFIDENCE, draft.percent or CONFIDENCE[0]})
    ends = [_option(str(month), f"End of {month.name}") for month in months]
    fields = [
        _menu(OF, "Ranking", [_option(dimension.plural, _title(dimension)) for dimension in RANKED], draft.of.plural)
        | {"dispatch_action": True},
        _menu(_BY, "Ranked by", [_option(measure, measure.capitalize()) for measure in MEASURES], draft.by),
        _menu(_IN, "List", [_option(list_, _LISTS[list_]) for list_ in LISTS], draft.within),
        _menu(_MONTH, "When", ends, str(draft.month)),
        _input(who_of(draft.of), WHO, "Who will be first?", who | ({"initial_option": name} if name else {})),
        _menu(_SURE, "How sure are you?", [_option(str(percent), f"{percent}%") for percent in sure], str(draft.percent)),
        _input(_WHERE, _WHERE, "Post in", conversation | ({"initial_conversation": where} if where else {})),
    ]
    return {
        "type": "modal",
        "callback_id": PLACE,
        "title": plain_text("Who will lead?"),
        "submit": plain_text("Place bet"),
        "close": plain_text("Cancel"),
        "blocks": [*fields, {"type": "context", "elements": [plain_text(_PUBLIC)]}],
    }


def who_of(of: Dimension) -> str:
    """Return the block id of the name field. It depends on the ranking, so that Slack resets the field with it."""
    return f"{WHO}:{of.value}"


def ranking_of(block_id: str) -> Dimension:
    """Return the ranking that a name field's block id belongs to."""
    return next((dimension for dimension in RANKED if who_of(dimension) == block_id), RANKED[0])


def read_view(view: Mapping[str, Any]) -> tuple[Draft, str | None]:
    """Return the bet and the conversation from a view's state. Values that no menu offers are ignored."""
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] = view["state"]["values"]
    held = {block: next(iter(actions.values())) for block, actions in values.items() if actions}
    chosen = {block: str((element.get("selected_option") or {}).get("value") or "") for block, element in held.items()}
    of = next((dimension for dimension in RANKED if dimension.plural == chosen.get(OF)), RANKED[0])
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
    """Return error messages by block id. ``late``: why the month is closed for bets; ``""`` if it's open."""
    wrong = {}
    if not draft.name:
        wrong[who_of(draft.of)] = "Choose who will be first."
    if draft.month is None or late:
        wrong[_MONTH] = late or "Choose a month."
    if draft.percent is None:
        wrong[_SURE] = "Choose how sure you are."
    return wrong


def suggestions(of: Dimension, names: Sequence[str], typed: str) -> dict[str, Any]:
    """Return name options; the last one is the typed text, for a name that isn't in the list yet."""
    offered = [_option(_value(name), called(of, name)) for name in names if len(name) <= LONGEST_NAME]
    newcomer = typed.strip()[:LONGEST_NAME].strip()
    if newcomer and newcomer.casefold() not in {name.casefold() for name in names}:
        offered.append(_option(_value(newcomer, new=True), f"{cut(newcomer, 40)} (not in the list yet)"))
    return {"options": offered}


def _value(name: str, *, new: bool = False) -> str:
    return f"{_NEW if new else _KNOWN}{name}"


def _edition(text: str) -> Edition | None:
    try:
        edition = Edition.parse(text)
    except HfStatsError:
        return None
    return None if edition.weekly else edition


def _title(of: Dimension) -> str:
    return "License families" if of is Dimension.FAMILY else of.plural.capitalize()


def _menu(block_id: str, label: str, options: Sequence[Block], chosen: str) -> Block:
    """Return a menu with ``chosen`` preselected if it is one of the options."""
    initial = next((option for option in options if option["value"] == chosen), None)
    element: Block = {"type": "static_select", "options": list(options)}
    return _input(block_id, block_id, label, element | ({"initial_option": initial} if initial else {}))


def _input(block_id: str, field: str, label: str, element: Block) -> Block:
    named = element | {"action_id": f"{FIELD}:{field}"}
    return {"type": "input", "block_id": block_id, "label": plain_text(label), "element": named, "optional": False}


def _option(value: str, text: str) -> Block:
    return {"text": plain_text(text or value, OPTION_TEXT), "value": value}
