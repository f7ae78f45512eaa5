"""The modal for building a question, and reading its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.domain import ListName, Measure
from analytics.language.filters import narrows
from analytics.query import MOST_NAMES, Option
from bot.blocks.escape import escape, escape_code
from bot.blocks.messages import BUILD
from bot.blocks.text_objects import CONTEXT, cut, mrkdwn, plain_text
from bot.domain.query_form import FIELDS, FILTERS, NAMES, QUESTION, FormValues, unquoted, without_unsupported
from bot.domain.store_summary import group_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.query import Form, Period
    from bot.blocks.messages import Block
    from bot.domain.store_summary import Entry, StoreSummary

FORM = "form"
"""Action id prefix of the modal's fields."""
WHERE = "where"
QUIET = "quiet"
FACTS = "facts"
ANY = "no words"
"""The value of the default option. It can't be a name: a query quotes names of two words."""

OPTION_TEXT = 75
OPTION_VALUE = 150
MOST_OPTIONS = 100
TYPED = 500
"""Characters in a text field, as many as in a question."""

_LABELS = {
    Option.BY: ("Measure", "Models and downloads, where both apply"),
    Option.IN: ("List", "Top: the most downloaded models"),
    Option.TASK: ("Task", "All tasks"),
    Option.TOP: ("Number of results", "As many as fit"),
    Option.AT: ("Date", "Latest snapshot"),
    Option.SINCE: ("Show over time since", "A single date"),
}
_LISTS = {
    ListName.TRENDING: "Trending: the highest trending score",
    ListName.LIKED: "Liked: the most likes",
    ListName.BOTH: "Both: top and trending together",
    ListName.HUB: "Hub: every public model",
}
_KINDS = {"license": "Licenses", "creator": "Creators", "task": "Tasks", "library": "Libraries"}


def build_view(form: FormValues, entries: Sequence[Entry], summary: StoreSummary | None, wrong: Mapping[str, str]) -> Block:
    """Return the modal with its fields filled in and a preview of the question or, from ``wrong``, of what's missing."""
    entry = next((entry for entry in entries if entry.form.word == form.word), entries[0])
    form = without_unsupported(form, entry.form)
    fields = [_field(field, form, entry.form, summary) for field in FIELDS if field in {*entry.form.options, NAMES, FILTERS}]
    return {
        "type": "modal",
        "callback_id": BUILD,
        "title": plain_text("Build a question"),
        "submit": plain_text("Ask"),
        "close": plain_text("Cancel"),
        "blocks": [_question(entry, entries), *filter(None, fields), _facts(form), _preview(form, wrong), *_where(form)],
    }


def block_of(field: str, word: str) -> str:
    """Return a field's block id. The one for names depends on the question, so that Slack resets the field with it."""
    return f"{NAMES}:{word}" if field == NAMES else field


def word_of(block_id: str) -> str:
    """Return the question that a name field's block id belongs to."""
    return block_id.partition(":")[2]


def read_view(view: Mapping[str, Any]) -> FormValues:
    """Return the form's values from the ``view`` of any of its payloads."""
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] = view["state"]["values"]
    held = {block: next(iter(actions.values())) for block, actions in values.items() if actions}
    word = str((held.get(QUESTION, {}).get("selected_option") or {}).get("value") or "")
    words: dict[str, tuple[str, ...]] = {}
    for field in FIELDS:
        element = held.get(block_of(field, word), {})
        chosen = tuple(value for value in _values(element) if value != ANY or _is_typed(element))
        if field == Option.TOP or (field == Option.TASK and _is_typed(element)):
            chosen = tuple(f"{field} {value}" for value in chosen)
        if chosen:
            words[field] = chosen
    return FormValues(
        word,
        words,
        as_recorded=bool(held.get(FACTS, {}).get("selected_options")),
        typed=frozenset(field for field in (NAMES, Option.TASK) if _is_typed(held.get(block_of(field, word), {}))),
        where=held.get(WHERE, {}).get("selected_conversation"),
        quiet=bool(held.get(QUIET, {}).get("selected_options")),
    )


def suggestions(block_id: str, groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return name options for a search field, in option groups if there are several kinds of names."""
    before = f"{Option.TASK} " if block_id == Option.TASK else ""
    offered: set[str] = set()
    option_groups = []
    for kind, names in groups.items():
        fresh = [name for name in names if name not in offered and len(before + name) <= OPTION_VALUE]
        offered.update(fresh)
        if fresh:
            option_groups.append((kind, [_option(before + name, unquoted(name)) for name in fresh]))
    if len(option_groups) > 1:
        return {
            "option_groups": [
                {"label": plain_text(_KINDS.get(kind, kind)), "options": options} for kind, options in option_groups
            ]
        }
    first = [_option(ANY, _LABELS[Option.TASK][1])] if before else []
    return {"options": [*first, *(option for _, options in option_groups for option in options)][:MOST_OPTIONS]}


def _question(entry: Entry, entries: Sequence[Entry]) -> Block:
    grouped: dict[str, list[Block]] = {}
    for choice in entries:
        grouped.setdefault(group_of(choice.form), []).append(_option(choice.form.word, choice.summary))
    element = {
        "type": "static_select",
        "action_id": f"{FORM}:{QUESTION}",
        "option_groups": [{"label": plain_text(name), "options": options} for name, options in grouped.items()],
        "initial_option": _option(entry.form.word, entry.summary),
    }
    return _input(QUESTION, "Question", element, optional=False)


def _field(field: str, form: FormValues, of: Form, summary: StoreSummary | None) -> Block | None:
    selected = form.words.get(field, ())
    match field:
        case "names":
            return _names(form, of) if of.most else None
        case "filters":
            return _filters(selected) if narrows(of) else None
        case Option.TOP:
            element: Block = {
                "type": "number_input",
                "is_decimal_allowed": False,
                "min_value": "1",
                "max_value": "1000",
                "placeholder": plain_text(_LABELS[Option.TOP][1]),
            }
            element |= {"initial_value": selected[0].removeprefix(f"{Option.TOP} ")} if selected else {}
        case Option.TASK if _is_text_field(field, form):
            element = _text(selected[0].removeprefix(f"{Option.TASK} ") if selected else "")
        case Option.TASK:
            shown = (
                _option(selected[0], unquoted(selected[0].removeprefix(f"{Option.TASK} ")))
                if selected
                else _default_option(field)
            )
            element = {"type": "external_select", "min_query_length": 0, "initial_option": shown}
        case _:
            element = _menu(Option(field), selected, summary)
    empty = not {"options", "initial_option"} & element.keys()  # a field with a default needs no "(optional)"
    return _input(field, _LABELS[Option(field)][0], {**element, "action_id": f"{FORM}:{field}"}, optional=empty)


def _filters(selected: Sequence[str]) -> Block:
    element = {**_text(" ".join(selected)), "action_id": f"{FORM}:{FILTERS}"}
    element["placeholder"] = plain_text("For example, creator google or not license mit")
    return _input(FILTERS, "Only models of", element, optional=True)


def _names(form: FormValues, of: Form) -> Block:
    selected = form.words.get(NAMES, ())
    if _is_text_field(NAMES, form):
        element = _text(" ".join(selected))
    elif of.most > 1:
        element = {"type": "multi_external_select", "max_selected_items": MOST_NAMES, "min_query_length": 0}
        element |= {"initial_options": [_option(words, unquoted(words)) for words in selected]} if selected else {}
    else:
        element = {"type": "external_select", "min_query_length": 0}
        element |= {"initial_option": _option(selected[0], unquoted(selected[0]))} if selected else {}
    element |= {
        "action_id": f"{FORM}:{NAMES}",
        "placeholder": plain_text(f"For example, {' '.join(of.example.split()[1:]) or 'licenses'}"),
    }
    label = "Names" if of.most > 1 else of.word.capitalize() if of.fewest else "Ranking"
    return _input(block_of(NAMES, of.word), label, element, optional=not of.fewest)


def _menu(option: Option, selected: Sequence[str], summary: StoreSummary | None) -> Block:
    match option:
        case Option.BY:
            offers = [(f"{option} {measure}", measure.capitalize()) for measure in Measure]
        case Option.IN:
            held = {holding.list for holding in summary.holdings} if summary else set()
            offers = [(f"{option} {name}", text) for name, text in _LISTS.items() if name in held or not held]
            offers += [(words, _LISTS[ListName(words.split()[1])]) for words in selected]
        case _:
            offers = [(f"{option} {month}", _month(month)) for month in (summary.months if summary else ())]
    offers = offers[: MOST_OPTIONS - 2]
    offers += [(words, words.removeprefix(f"{option} ")) for words in selected if words not in dict(offers)]
    options = [_default_option(option), *(_option(words, text) for words, text in dict(offers).items())]
    chosen = next((option for option in options if option["value"] in selected), options[0])
    return {"type": "static_select", "options": options, "initial_option": chosen}


def _facts(form: FormValues) -> Block:
    box = _checkbox(FACTS, "Don't fill them in from other dates", checked=form.as_recorded)
    return _input(FACTS, "Licenses, tasks and libraries that aren't recorded", box)


def _preview(form: FormValues, wrong: Mapping[str, str]) -> Block:
    missing = next(iter(wrong.values()), None)
    text = escape(f"Not complete yet. {missing}") if missing else f"Your question: `{escape_code(cut(form.text, 600))}`"
    return {"type": "context", "block_id": "preview", "elements": [mrkdwn(text, CONTEXT)]}


def _where(form: FormValues) -> list[Block]:
    conversation = {
        "type": "conversations_select",
        "action_id": f"{FORM}:{WHERE}",
        "placeholder": plain_text("Direct message with hfstats"),
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    }
    conversation |= {"initial_conversation": form.where} if form.where else {}
    box = _checkbox(QUIET, "Show the answer only to me", checked=form.quiet)
    hint = "If you leave this empty, you'll get the answer as a direct message from hfstats."
    return [
        _input(WHERE, "Post the answer in", conversation, hint=hint, dispatch=False),
        _input(QUIET, "Who can see it", box, dispatch=False),
    ]


def _checkbox(field: str, text: str, *, checked: bool) -> Block:
    option = {"text": plain_text(text), "value": field}
    box = {"type": "checkboxes", "action_id": f"{FORM}:{field}", "options": [option]}
    return box | ({"initial_options": [option]} if checked else {})


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
    return [str(option["value"]) for option in options if option] or [
        str(text).strip() for text in [element.get("value")] if text
    ]


def _default_option(option: str) -> Block:
    return _option(ANY, _LABELS[Option(option)][1])


def _option(value: str, text: str) -> Block:
    return {"text": plain_text(text or value, OPTION_TEXT), "value": value}


def _month(period: Period) -> str:
    return f"{period.start:%B %Y}"
