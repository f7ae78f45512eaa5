"""Block Kit's limits, one case a limit: what just fits is taken, one more is refused where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from playground.block_kit.blocks import Surface, check_blocks, check_view, is_too_long, with_ids

Block = dict[str, Any]


def plain(length: int) -> Block:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> Block:
    return {"type": "mrkdwn", "text": "x" * length}


def section(**more: object) -> Block:
    return {"type": "section", "text": mrkdwn(1), **more}


def button(**more: object) -> Block:
    return {"type": "button", "text": plain(1), **more}


def buttons(count: int) -> Block:
    return {"type": "actions", "elements": [button(action_id=f"a{number}") for number in range(count)]}


def option(text: int = 1, value: int = 1) -> Block:
    return {"text": plain(text), "value": "v" * value}


def select(count: int, **more: object) -> Block:
    return section(accessory={"type": "static_select", "options": [option() for _ in range(count)], **more})


def table(rows: int, columns: int, text: str = "x") -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def chart(series: int = 1, points: int = 1, kind: str = "bar", title: int = 1, label: int = 3) -> Block:
    names = [f"{number:0{label}d}" for number in range(points)]
    runs = [{"name": f"s{number}", "data": [{"label": name, "value": 1.5} for name in names]} for number in range(series)]
    return {
        "type": "data_visualization",
        "title": "t" * title,
        "chart": {"type": kind, "series": runs, "axis_config": {"categories": names}},
    }


def pie(segments: int, value: float = 1) -> Block:
    return {
        "type": "data_visualization",
        "title": "t",
        "chart": {"type": "pie", "segments": [{"label": f"s{number}", "value": value} for number in range(segments)]},
    }


def image(**more: object) -> Block:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", **more}


LIMITS = [
    pytest.param([{"type": "divider"}] * 50, [{"type": "divider"}] * 51, "/blocks", id="50 blocks"),
    pytest.param([section(text=mrkdwn(3000))], [section(text=mrkdwn(3001))], "/blocks/0/text/text", id="section text"),
    pytest.param([section(fields=[mrkdwn(1)] * 10)], [section(fields=[mrkdwn(1)] * 11)], "/blocks/0/fields", id="10 fields"),
    pytest.param([section(fields=[mrkdwn(2000)])], [section(fields=[mrkdwn(2001)])], "/blocks/0/fields/0/text", id="field"),
    pytest.param(
        [{"type": "header", "text": plain(150)}], [{"type": "header", "text": plain(151)}], "/blocks/0/text/text", id="header"
    ),
    pytest.param(
        [{"type": "header", "text": plain(1)}], [{"type": "header", "text": mrkdwn(1)}], "/blocks/0/text/type", id="header plain"
    ),
    pytest.param(
        [{"type": "context", "elements": [mrkdwn(1)] * 10}],
        [{"type": "context", "elements": [mrkdwn(1)] * 11}],
        "/blocks/0/elements",
        id="10 context elements",
    ),
    pytest.param([image(alt_text="a" * 2000)], [image(alt_text="a" * 2001)], "/blocks/0/alt_text", id="alt text"),
    pytest.param(
        [image()], [{"type": "image", "image_url": "https://example.com/a.png"}], "/blocks/0", id="alt text is required"
    ),
    pytest.param([image(title=plain(2000))], [image(title=plain(2001))], "/blocks/0/title/text", id="image title"),
    pytest.param(
        [image(image_url="https://e.com/" + "a" * 2986)],
        [image(image_url="https://e.com/" + "a" * 2987)],
        "/blocks/0/image_url",
        id="image address",
    ),
    pytest.param([image()], [image(image_url="ftp://example.com/a.png")], "/blocks/0/image_url", id="http only"),
    pytest.param([image()], [image(slack_file={"id": "F012345678"})], "/blocks/0", id="address or file"),
    pytest.param(
        [image(image_url=None, slack_file={"id": "F012345678"})],
        [image(image_url=None, slack_file={"id": "f1"})],
        "/blocks/0/slack_file/id",
        id="file id",
    ),
    pytest.param([buttons(25)], [buttons(26)], "/blocks/0/elements", id="25 actions"),
    pytest.param(
        [section(accessory=button(text=plain(75)))],
        [section(accessory=button(text=plain(76)))],
        "/blocks/0/accessory/text/text",
        id="button text",
    ),
    pytest.param(
        [section(accessory=button(value="v" * 2000))],
        [section(accessory=button(value="v" * 2001))],
        "/blocks/0/accessory/value",
        id="button value",
    ),
    pytest.param(
        [section(accessory=button(url="https://e.com/" + "a" * 2986))],
        [section(accessory=button(url="https://e.com/" + "a" * 2987))],
        "/blocks/0/accessory/url",
        id="button address",
    ),
    pytest.param(
        [section(accessory=button(action_id="a" * 255))],
        [section(accessory=button(action_id="a" * 256))],
        "/blocks/0/accessory/action_id",
        id="action_id",
    ),
    pytest.param(
        [section(accessory=button(style="danger"))],
        [section(accessory=button(style="big"))],
        "/blocks/0/accessory/style",
        id="button style",
    ),
    pytest.param([section(block_id="b" * 255)], [section(block_id="b" * 256)], "/blocks/0/block_id", id="block_id"),
    pytest.param(
        [section(block_id="a"), section(block_id="b")],
        [section(block_id="a"), section(block_id="a")],
        "/blocks/1/block_id",
        id="block_id is unique",
    ),
    pytest.param(
        [{"type": "actions", "elements": [button(action_id="a"), button(action_id="b")]}],
        [{"type": "actions", "elements": [button(action_id="a"), button(action_id="a")]}],
        "/blocks/0/elements",
        id="action_id is unique in its block",
    ),
    pytest.param([select(100)], [select(101)], "/blocks/0/accessory/options", id="100 options"),
    pytest.param([select(1)], [select(0)], "/blocks/0/accessory/options", id="an option at least"),
    pytest.param(
        [select(1, options=[option(text=75)])],
        [select(1, options=[option(text=76)])],
        "/blocks/0/accessory/options/0/text/text",
        id="option text",
    ),
    pytest.param(
        [select(1, options=[option(value=150)])],
        [select(1, options=[option(value=151)])],
        "/blocks/0/accessory/options/0/value",
        id="option value",
    ),
    pytest.param(
        [select(1, placeholder=plain(150))],
        [select(1, placeholder=plain(151))],
        "/blocks/0/accessory/placeholder/text",
        id="placeholder",
    ),
    pytest.param(
        [section(accessory={"type": "overflow", "options": [option()] * 5})],
        [section(accessory={"type": "overflow", "options": [option()] * 6})],
        "/blocks/0/accessory/options",
        id="5 in an overflow",
    ),
    pytest.param([table(100, 1)], [table(101, 1)], "/blocks/0/rows", id="100 rows"),
    pytest.param([table(1, 20)], [table(1, 21)], "/blocks/0/rows/0", id="20 columns"),
    pytest.param([table(10, 10, "x" * 100)], [table(10, 10, "x" * 101)], "/blocks", id="10,000 characters a table"),
    pytest.param([table(1, 1)], [table(1, 1), table(1, 1)], "/blocks", id="one table"),
    pytest.param(
        [{"type": "markdown", "text": "x" * 12_000}],
        [{"type": "markdown", "text": "x" * 12_001}],
        "/blocks/0/text",
        id="markdown",
    ),
    pytest.param([chart(series=6)], [chart(series=7)], "/blocks/0/chart/series", id="6 series"),
    pytest.param([chart(points=20)], [chart(points=21)], "/blocks/0/chart/series/0/data", id="20 points"),
    pytest.param([chart(title=50)], [chart(title=51)], "/blocks/0/title", id="chart title"),
    pytest.param([chart(label=20)], [chart(label=21)], "/blocks/0/chart/series/0/data/0/label", id="chart label"),
    pytest.param([chart(), chart()], [chart()] * 3, "/blocks", id="two charts"),
    pytest.param([chart(kind="area")], [chart(kind="scatter")], "/blocks/0/chart/type", id="kinds of chart"),
    pytest.param([pie(6)], [pie(7)], "/blocks/0/chart/segments", id="6 segments"),
    pytest.param([pie(2)], [pie(2, value=0)], "/blocks/0/chart/segments/0/value", id="segments are positive"),
    pytest.param([section()], [{"type": "sparkle"}], "/blocks/0/type", id="unknown block"),
    pytest.param([section()], [section(color="red")], "/blocks/0", id="unknown key"),
    pytest.param([section()], [{"type": "section"}], "/blocks/0", id="a section says something"),
    pytest.param([section()], [section(text="plain")], "/blocks/0/text", id="text is an object"),
    pytest.param([section()], [section(text=mrkdwn(0))], "/blocks/0/text/text", id="text is not empty"),
    pytest.param([section()], ["section"], "/blocks/0", id="a block is an object"),
]


@pytest.mark.parametrize(("fits", "refused", "at"), LIMITS)
def test_a_limit_holds_exactly(fits: list[Block], refused: list[Block], at: str) -> None:
    assert check_blocks(fits) == []
    problems = check_blocks(refused)
    assert problems
    assert any(problem.endswith(f"[json-pointer:{at}]") for problem in problems), problems


def test_problems_are_worded_as_slack_words_them() -> None:
    assert check_blocks([section(text=mrkdwn(3001))]) == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert check_blocks([buttons(26)]) == ["no more than 25 items allowed [json-pointer:/blocks/0/elements]"]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "a", "style": {"bold": True}}]},
        {"type": "rich_text_section", "elements": [{"type": "link", "url": "https://example.com", "text": "a"}]},
        {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "tada"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a"}], "border": 0},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a"}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section", "elements": []}]},
    ],
)
def test_rich_text_takes_what_it_should(part: Block) -> None:
    assert check_blocks([{"type": "rich_text", "elements": [part]}]) == []
    assert check_blocks([{"type": "rich_text", "elements": [{**part, "weight": 3}]}])


def test_a_chart_has_every_point_of_every_series() -> None:
    block = chart(series=2, points=3)
    block["chart"]["series"][1]["data"].pop()
    assert check_blocks([block]) == ["data labels must match axis_config.categories [json-pointer:/blocks/0/chart/series/1/data]"]
    block = chart(series=2)
    block["chart"]["series"][1]["name"] = "s0"
    assert check_blocks([block]) == ["series names must be unique [json-pointer:/blocks/0/chart/series]"]


def test_views_take_more_blocks_but_no_tables() -> None:
    assert check_blocks([section()] * 100, Surface.HOME) == []
    assert check_blocks([section()] * 101, Surface.HOME)
    assert check_blocks([table(1, 1)], Surface.MODAL) == ["unsupported type: table [json-pointer:/blocks/0/type]"]


def test_a_modal_has_a_title_and_inputs_need_a_submit() -> None:
    field = {"type": "input", "label": plain(1), "element": {"type": "plain_text_input"}}
    modal = {"type": "modal", "title": plain(24), "blocks": [field], "submit": plain(24)}
    assert check_view(modal) == []
    assert check_view({**modal, "title": plain(25)}) == ["must be less than 25 characters [json-pointer:/view/title/text]"]
    assert check_view({**modal, "submit": None}) == [
        "must define `submit` to use an `input` block in modals [json-pointer:/view/submit]"
    ]
    assert check_view({"type": "modal", "blocks": []}) == ["missing required field: title [json-pointer:/view]"]
    assert check_view({**modal, "private_metadata": "m" * 3001})
    assert check_view({"type": "home", "blocks": [], "title": plain(1)})
    assert check_view({"type": "sheet"}) == ["must be one of: modal, home [json-pointer:/view/type]"]


def test_all_of_a_posts_text_counts_but_not_its_table() -> None:
    assert not is_too_long([section(text=mrkdwn(3000))] * 4)
    assert is_too_long([section(text=mrkdwn(3000))] * 4 + [section()])
    assert not is_too_long([section(text=mrkdwn(3000))] * 4 + [table(10, 10, "x" * 50)])


def test_missing_ids_are_filled_in_and_given_ones_kept() -> None:
    blocks = with_ids([section(accessory=button()), {**buttons(2), "block_id": "mine"}], "x")
    assert blocks[0]["block_id"] == "x0"
    assert blocks[0]["accessory"]["action_id"] == "x0-0"
    assert blocks[1]["block_id"] == "mine"
    assert [one["action_id"] for one in blocks[1]["elements"]] == ["a0", "a1"]
