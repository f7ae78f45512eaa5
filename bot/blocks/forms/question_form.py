"""The form that builds a question, as a modal of Slack's; and what a modal's state says of how it was filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.domain import ListName, Measure
from analytics.query import MOST_NAMES, Option
from bot.blocks.escape import escape, escape_code
from bot.blocks.messages import BUILD
from bot.blocks.text_objects import CONTEXT, cut, mrkdwn, plain_text
from bot.domain.query_form import FIELDS, NAMES, QUESTION, FormValues, unquoted, without_unsupported
from bot.domain.store_summary import group_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.query import Form, Period
    from bot.blocks.messages import Block
    from bot.domain.store_summary import Entry, StoreSummary

FORM = "form"
"""Every field's action id begins with this."""
WHERE = "where"
QUIET = "quiet"
ANY = "no words"
"""The option that narrows nothing. No name is written so: one of two words stands in quotation marks."""

OPTION_TEXT = 75
OPTION_VALUE = 150
MOST_OPTIONS = 100
TYPED = 500
"""Characters that a typed field takes: as many as a question may have."""

_LABELS = {
    Option.BY: ("Count by", "Models and downloads, where both apply"),
    Option.IN: ("In the list", "Top: the most downloaded models"),
    Option.TASK: ("Only models with the task", "Every task"),
    Option.TOP: ("Only the first", "All that fit"),
    Option.AT: ("As it was in", "The latest snapshot"),
    Option.SINCE: ("Over time, since", "Not over time"),
}
_LISTS = {
    ListName.TRENDING: "Trending: the highest trending score",
    ListName.LIKED: "Liked: the most likes",
    ListName.BOTH: "Both: top and trending together",
    ListName.HUB: "Hub: every public model",
}
_KINDS = {"license": "Licenses", "creator": "Creators", "task": "Tasks", "library": "Libraries"}


def build_view(form: FormValues, entries: Sequence[Entry], overview: StoreSummary | None, wrong: Mapping[str, str]) -> Block:
    """Show the form as it is filled in, with what it asks in words or, from ``wrong``, what is missing."""
    entry = next((one for one in entries if one.form.word == form.word), entries[0])
    form = without_unsupported(form, entry.form)
    fields = [_field(field, form, entry.form, overview) for field in (NAMES, *Option) if field in {*entry.form.options, NAMES}]
    return {
        "type": "modal",
        "callback_id": BUILD,
        "title": plain_text("Build a question"),
        "submit": plain_text("Ask"),
        "close": plain_text("Cancel"),
        "blocks": [_question(entry, entries), *filter(None, fields), _preview(form, wrong), *_where(form)],
    }


def block_of(field: str, word: str) -> str:
    """Return the id of a field's block. The names' changes with the question, so that Slack forgets what no longer fits."""
    return f"{NAMES}:{word}" if field == NAMES else field


def word_of(block_id: str) -> str:
    """Return the question whose names a block takes."""
    return block_id.partition(":")[2]


def read_view(view: Mapping[str, Any]) -> FormValues:
    """Read how a modal is filled in, from the ``view`` of any of its payloads."""
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] = view["state"]["values"]
    held = {block: next(iter(actions.values())) for block, actions in values.items() if actions}
    word = str((held.get(QUESTION, {}).get("selected_option") or {}).get("value") or "")
    words: dict[str, tuple[str, ...]] = {}
    for field in FIELDS:
        element = held.get(block_of(field, word), {})
        chosen = tuple(one for one in _values(element) if one != ANY or _is_typed(element))
        if field == Option.TOP or (field == Option.TASK and _is_typed(element)):
            chosen = tuple(f"{field} {one}" for one in chosen)
        if chosen:
            words[field] = chosen
    return FormValues(
        word,
        words,
        typed=frozenset(field for field in (NAMES, Option.TASK) if _is_typed(held.get(block_of(field, word), {}))),
        where=held.get(WHERE, {}).get("selected_conversation"),
        quiet=bool(held.get(QUIET, {}).get("selected_options")),
    )


def suggestions(block_id: str, groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Offer names (in their words of a query) to a field that somebody types into, under headings where there are several."""
    before = f"{Option.TASK} " if block_id == Option.TASK else ""
    offered: set[str] = set()
    found = []
    for kind, names in groups.items():
        fresh = [name for name in names if name not in offered and len(before + name) <= OPTION_VALUE]
        offered.update(fresh)
        if fresh:
            found.append((kind, [_option(before + name, unquoted(name)) for name in fresh]))
    if len(found) > 1:
        return {"option_groups": [{"label": plain_text(_KINDS.get(kind, kind)), "options": options} for kind, options in found]}
    first = [_option(ANY, _LABELS[Option.TASK][1])] if before else []
    return {"options": [*first, *(option for _, options in found for option in options)][:MOST_OPTIONS]}


def _question(entry: Entry, entries: Sequence[Entry]) -> Block:
    grouped: dict[str, list[Block]] = {}
    for one in entries:
        grouped.setdefault(group_of(one.form), []).append(_option(one.form.word, one.summary))
    element = {
        "type": "static_select",
        "action_id": f"{FORM}:{QUESTION}",
        "option_groups": [{"label": plain_text(name), "options": options} for name, options in grouped.items()],
        "initial_option": _option(entry.form.word, entry.summary),
    }
    return _input(QUESTION, "Question", element, optional=False)


def _field(field: str, form: FormValues, of: Form, overview: StoreSummary | None) -> Block | None:
    given = form.words.get(field, ())
    match field:
        case "names":
            return _names(form, of) if of.most else None
        case Option.TOP:
            element: Block = {
                "type": "number_input",
                "is_decimal_allowed": False,
                "min_value": "1",
                "max_value": "1000",
                "placeholder": plain_text(_LABELS[Option.TOP][1]),
            }
            element |= {"initial_value": given[0].removeprefix(f"{Option.TOP} ")} if given else {}
        case Option.TASK if _is_text_field(field, form):
            element = _text(given[0].removeprefix(f"{Option.TASK} ") if given else "")
        case Option.TASK:
            shown = _option(given[0], unquoted(given[0].removeprefix(f"{Option.TASK} "))) if given else _default_option(field)
            element = {"type": "external_select", "min_query_length": 0, "initial_option": shown}
        case _:
            element = _menu(Option(field), given, overview)
    empty = not {"options", "initial_option"} & element.keys()  # what holds something from the start needs no word about it
    return _input(field, _LABELS[Option(field)][0], {**element, "action_id": f"{FORM}:{field}"}, optional=empty)


def _names(form: FormValues, of: Form) -> Block:
    given = form.words.get(NAMES, ())
    if _is_text_field(NAMES, form):
        element = _text(" ".join(given))
    elif of.most > 1:
        element = {"type": "multi_external_select", "max_selected_items": MOST_NAMES, "min_query_length": 0}
        element |= {"initial_options": [_option(words, unquoted(words)) for words in given]} if given else {}
    else:
        element = {"type": "external_select", "min_query_length": 0}
        element |= {"initial_option": _option(given[0], unquoted(given[0]))} if given else {}
    element |= {
        "action_id": f"{FORM}:{NAMES}",
        "placeholder": plain_text(f"Such as {' '.join(of.example.split()[1:]) or 'licenses'}"),
    }
    label = "Names" if of.most > 1 else of.word.capitalize() if of.fewest else "Of what"
    return _input(block_of(NAMES, of.word), label, element, optional=not of.fewest)


def _menu(option: Option, given: Sequence[str], overview: StoreSummary | None) -> Block:
    match option:
        case Option.BY:
            offers = [(f"{option} {measure}", measure.capitalize()) for measure in Measure]
        case Option.IN:
            held = {holding.list for holding in overview.holdings} if overview else set()
            offers = [(f"{option} {name}", text) for name, text in _LISTS.items() if name in held or not held]
            offers += [(words, _LISTS[ListName(words.split()[1])]) for words in given]
        case _:
            offers = [(f"{option} {month}", _month(month)) for month in (overview.months if overview else ())]
    offers = offers[: MOST_OPTIONS - 2]
    offers += [(words, words.removeprefix(f"{option} ")) for words in given if words not in dict(offers)]
    options = [_default_option(option), *(_option(words, text) for words, text in dict(offers).items())]
    chosen = next((one for one in options if one["value"] in given), options[0])
    return {"type": "static_select", "options": options, "initial_option": chosen}


def _preview(form: FormValues, wrong: Mapping[str, str]) -> Block:
    missing = next(iter(wrong.values()), None)
    text = escape(f"Not a question yet. {missing}") if missing else f"This asks: `{escape_code(cut(form.text, 600))}`"
    return {"type": "context", "block_id": "preview", "elements": [mrkdwn(text, CONTEXT)]}


def _where(form: FormValues) -> list[Block]:
    conversation = {
        "type": "conversations_select",
        "action_id": f"{FORM}:{WHERE}",
        "placeholder": plain_text("My messages with the bot"),
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    }
    conversation |= {"initial_conversation": form.where} if form.where else {}
    alone = {"text": plain_text("Only I see the answer"), "value": QUIET}
    box = {"type": "checkboxes", "action_id": f"{FORM}:{QUIET}", "options": [alone]}
    box |= {"initial_options": [alone]} if form.quiet else {}
    hint = "Without one, the answer comes to you in your messages with the bot."
    return [
        _input(WHERE, "Post the answer in", conversation, hint=hint, dispatch=False),
        _input(QUIET, "Who sees it", box, dispatch=False),
    ]


def _input(
    block_id: str, label: str, element: Block, *, optional: bool = True, hint: str | None = None, dispatch: bool = True
) -> Block:
    block = {"type": "input", "block_id": block_id, "label": plain_text(label), "element": element, "optional": optional}
    block |= {"hint": plain_text(hint)} if hint else {}
    return block | ({"dispatch_action": True} if dispatch else {})


def _text(value: str) -> Block:
    return {"type": "plain_text_input", "max_length": TYPED, **({"initial_value": value} if value else {})}


def _is_text_field(field: str, form: FormValues) -> bool:
    return field in form.typed or any(len(words) > OPTION_VALUE for words in form.words.get(field, ()))


def _is_typed(element: Mapping[str, Any]) -> bool:
    return element.get("type") == "plain_text_input"


def _values(element: Mapping[str, Any]) -> list[str]:
    options = [element.get("selected_option"), *(element.get("selected_options") or [])]
    return [str(one["value"]) for one in options if one] or [str(one).strip() for one in [element.get("value")] if one]


def _default_option(option: str) -> Block:
    return _option(ANY, _LABELS[Option(option)][1])


def _option(value: str, text: str) -> Block:
    return {"text": plain_text(text or value, OPTION_TEXT), "value": value}


def _month(period: Period) -> str:
    return f"{period.start:%B %Y}"
