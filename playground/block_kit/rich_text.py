"""Rules for rich text, tables and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.block_kit.elements import URL
from playground.block_kit.json_checks import Check, array, boolean, by_type, number, one_of, problem, shape, string

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_ID = string(255)

_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE = shape({}, dict.fromkeys(_STYLES, boolean))
_STYLED = {"style": _STYLE}
_INLINE = by_type(
    {
        "text": shape({"text": string(40_000)}, _STYLED),
        "link": shape({"url": URL}, {**_STYLED, "text": string(40_000), "unsafe": boolean}),
        "user": shape({"user_id": string(255)}, _STYLED),
        "channel": shape({"channel_id": string(255)}, _STYLED),
        "emoji": shape({"name": string(255)}, {**_STYLED, "unicode": string(255), "skin_tone": number(1, 6), "url": URL}),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
        "usergroup": shape({"usergroup_id": string(255)}, _STYLED),
        "color": shape({"value": string(7, pattern=r"^#[0-9A-Fa-f]{6}$")}),
        "date": shape({"timestamp": number(0), "format": string(255)}, {"url": URL, "fallback": string(255)}),
    }
)
_INLINES = array(_INLINE, 10_000, least=0)
_BORDER = {"border": number(0, 1)}
_SECTION = shape({"elements": _INLINES})
_RICH_PARTS = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_preformatted": shape({"elements": _INLINES}, {**_BORDER, "language": string(255)}),
        "rich_text_quote": shape({"elements": _INLINES}, _BORDER),
        "rich_text_list": shape(
            {"style": one_of("bullet", "ordered"), "elements": array(by_type({"rich_text_section": _SECTION}), 1000)},
            {**_BORDER, "indent": number(0, 8), "offset": number(0)},
        ),
    }
)
RICH_TEXT: Check = shape({"elements": array(_RICH_PARTS, 1000)}, {"block_id": BLOCK_ID})

_CELL = by_type({"raw_text": shape({"text": string(10_000)}), "rich_text": RICH_TEXT})
TABLE: Check = shape(
    {"rows": array(array(_CELL, 20), 100)},
    {
        "block_id": BLOCK_ID,
        "column_settings": array(shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}), 20, least=0),
    },
)

_POINT = shape({"label": string(20), "value": number()})
_SERIES = array(shape({"name": string(20), "data": array(_POINT, 20)}), 6)
_AXES = shape({"categories": array(string(20), 20)}, {"x_label": string(50), "y_label": string(50)})
_DRAWN = shape({"series": _SERIES, "axis_config": _AXES})


def _plot(value: object, at: str) -> Iterator[str]:
    """Check a bar, line or area chart: every series has one point for each category, in its order."""
    errors = list(_DRAWN(value, at))
    yield from errors
    if errors or not isinstance(value, dict):
        return
    categories = value["axis_config"]["categories"]
    names = [series["name"] for series in value["series"]]
    if len(set(names)) < len(names):
        yield problem("series names must be unique", f"{at}/series")
    for index, series in enumerate(value["series"]):
        if [point["label"] for point in series["data"]] != categories:
            yield problem("data labels must match axis_config.categories", f"{at}/series/{index}/data")


_SLICE = shape({"label": string(20), "value": number(5e-324)})
DATA_VISUALIZATION: Check = shape(
    {
        "title": string(50),
        "chart": by_type({"pie": shape({"segments": array(_SLICE, 6)}), "bar": _plot, "line": _plot, "area": _plot}),
    },
    {"block_id": BLOCK_ID},
)
