"""Odd rows in the Hub's listing: an unreadable field is not recorded, and the row is kept."""

from __future__ import annotations

import json
import logging
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hub_standin import HubStandIn, Row, says, some_models

from analytics.domain import LIST_SIZE, Listing, ListName
from analytics.errors import SourceError
from analytics.sources import hub, hub_rows, json_page, validation
from analytics.storage.rollup import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2026, 8, 22)
PLACE = 13
"""Of the odd row in the list, from 0."""


@pytest.fixture
def standin() -> Iterator[HubStandIn]:
    with HubStandIn(some_models(330)) as standin:
        yield standin


def take(standin: HubStandIn, within: ListName = ListName.TOP) -> Listing:
    return hub.listing(within, taken_on=DAY, endpoint=standin.endpoint, timeout=5.0, deadline=20.0)


def spoil(standin: HubStandIn, change: Row) -> None:
    def rewrite(_: int, rows: list[Row]) -> list[Row]:
        rows[PLACE] |= change
        return rows

    standin.rewrite(rewrite)


def model_index(**source: object) -> Row:
    result = {
        "task": {"type": "text-generation"},
        "dataset": {"name": "x", "type": "x"},
        "metrics": [{"type": "acc", "value": 1}],
    }
    return {"cardData": {"model-index": [{"name": "m", "results": [result | source]}]}}


READ = [
    ("a model-index without a url", model_index(source={"name": "Open LLM Leaderboard"})),
    ("a model-index with a source of text", model_index(source="leaderboard")),
    ("a model-index without results", {"cardData": {"model-index": [{"name": "m"}]}}),
    ("a model-index that is an object", {"cardData": {"model-index": {"name": "m"}}}),
    ("a model-index that is text", {"cardData": {"model-index": "m"}}),
    ("a model-index of nulls", {"cardData": {"model-index": [None, 3, []]}}),
    ("a model-index without metrics", {"cardData": {"model-index": [{"name": "m", "results": [{"task": None}]}]}}),
    ("a card's license is a list", {"cardData": {"license": ["mit", "apache-2.0"]}}),
    ("a card's license is an object", {"cardData": {"license": {"name": "mit"}}}),
    ("a card's license is a number", {"cardData": {"license": 2}}),
    ("a card with eval results", {"cardData": {"eval_results": [{"task_type": 3}]}}),
    ("a card with odd keys", {"cardData": {"": 1, "self": 2, "ignore_metadata_errors": 3, "license_name": None}}),
    ("a card with a number for languages", {"cardData": {"language": 3, "tags": "x", "base_model": {"a": []}}}),
    (
        "fields that nobody asked for",
        {"siblings": "x", "safetensors": [1], "config": 3, "lastModified": "never", "evalResults": 1},
    ),
    ("no likes", {"likes": None}),
    ("likes as a float", {"likes": 1e3}),
    ("no score", {"trendingScore": None}),
    ("no total", {"downloadsAllTime": None}),
    ("no namespace", {"id": "gpt2"}),
    ("no task", {"pipeline_tag": None}),
    ("no gate", {"gated": None}),
    ("no moment", {"createdAt": None}),
    ("no number of its own", {"_id": None}),
    ("no tags", {"tags": None}),
]
"""Nothing of these rows is lost: what is odd isn't read, or is nothing but missing."""


@pytest.mark.parametrize("change", [change for _, change in READ], ids=[name for name, _ in READ])
def test_what_is_not_read_changes_nothing(standin: HubStandIn, change: Row, caplog: pytest.LogCaptureFixture) -> None:
    spoil(standin, change)
    listing = take(standin)
    assert len(listing.models) == LIST_SIZE
    assert listing.odd_rows == 0
    assert "odd rows" not in caplog.text


UNREAD = [
    ({"cardData": "license: mit"}, "cardData is 'license: mit', not a model's card"),
    ({"cardData": ["license"]}, "cardData is ['license']"),
    ({"cardData": 7}, "cardData is 7"),
    ({"cardData": True}, "cardData is True"),
    ({"gated": "perhaps"}, "gated is 'perhaps', not false, auto, manual or true"),
    ({"gated": 0}, "gated is 0"),
    ({"gated": ["auto"]}, "gated is ['auto']"),
    ({"gated": {"auto": True}}, "gated is {'auto': True}"),
    ({"gated": "a\nuto"}, r"gated is 'a\nuto'"),
    ({"createdAt": "yesterday"}, "createdAt is 'yesterday', not a moment"),
    ({"createdAt": 1_646_263_744_000}, "createdAt is 1646263744000"),
    ({"createdAt": {"$date": "2022-03-02"}}, "createdAt is {'$date': '2022-03-02'}"),
    ({"createdAt": "2022-02-30T00:00:00.000Z"}, "createdAt is '2022-02-30"),
    ({"createdAt": "0001-01-01T00:00:00+14:00"}, "createdAt is '0001-01-01"),
    ({"createdAt": "9999-12-31T23:59:59-14:00"}, "createdAt is '9999-12-31"),
    ({"pipeline_tag": 4}, "pipeline_tag is 4, not a word"),
    ({"pipeline_tag": ["text-generation", "fill-mask"]}, "pipeline_tag is ['text-generation', 'fill-mask'], not a word"),
    ({"pipeline_tag": {"type": "fill-mask"}}, "pipeline_tag is {'type': 'fill-mask'}"),
    ({"pipeline_tag": False}, "pipeline_tag is False"),
    ({"pipeline_tag": "x" * 5_000_000}, "longer than 256 characters"),
    ({"library_name": "a\x00b"}, "library_name is"),
    ({"library_name": "\ud800"}, "library_name is"),
    ({"library_name": []}, "library_name is []"),
    ({"likes": [1]}, "likes is [1]"),
    ({"likes": True}, "likes is True"),
    ({"likes": -3}, "likes is -3"),
    ({"likes": 1.5}, "likes is 1.5"),
    ({"likes": "many"}, "likes is 'many'"),
    ({"likes": "٣"}, "likes is '٣'"),
    ({"likes": float("inf")}, "likes is inf"),
    ({"likes": float("nan")}, "likes is nan"),
    ({"likes": 2**70}, "likes is 1180591620717411303424"),
    ({"trendingScore": -1}, "trendingScore is -1, not a number from 0"),
    ({"trendingScore": {}}, "trendingScore is {}"),
    ({"downloadsAllTime": -1}, "downloadsAllTime is -1"),
    ({"downloadsAllTime": "1e9"}, "downloadsAllTime is '1e9'"),
    ({"_id": {}}, "_id is {}"),
    ({"_id": 12}, "_id is 12"),
    ({"tags": "mit"}, "tags is 'mit', not a list of words"),
    ({"tags": {"license": "mit"}}, "tags is {'license': 'mit'}"),
    ({"tags": ["mit", 3]}, "tags holds 3, not a word"),
    ({"tags": [None, "license:mit"]}, "tags holds None, not a word"),
    ({"tags": [["license:mit"]]}, "tags holds ['license:mit'], not a word"),
    ({"tags": ["license:" + "x" * 1_000_000]}, "license is 'xxxx"),
    ({"tags": ["license:a\x1bb"]}, "license is 'a"),
    ({"tags": [f"license:{n}" for n in range(5_000)]}, "declares 5000 licenses"),
    ({"id": "org/modèle-é"}, "the id 'org/modèle-é' has characters that no id has"),
    ({"id": "org/my model (v2)"}, "has characters that no id has"),
    ({"id": " org/model"}, "has characters that no id has"),
]


@pytest.mark.parametrize(("change", "what"), UNREAD, ids=[what[:40] for _, what in UNREAD])
def test_what_cannot_be_read_is_not_recorded_and_the_row_stays(
    standin: HubStandIn, change: Row, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    ranked = sorted(standin.models, key=lambda row: -row["downloads"])
    spoil(standin, change)
    listing = take(standin)
    assert [model.downloads for model in listing.models] == [row["downloads"] for row in ranked[:LIST_SIZE]]
    assert listing.odd_rows == 1
    said = next(record.getMessage() for record in caplog.records if "odd rows" in record.getMessage())
    assert f"row {PLACE + 1} ({listing.models[PLACE].id}): " in said
    assert what in said
    assert said.isprintable()
    assert len(said) < 500
    assert roll_up(listing.models)


def odd(change: Row) -> Any:
    return hub_rows.read({"id": "a/b", "downloads": 1, "tags": ["license:mit"]} | change).model


def test_a_license_is_not_denied_where_a_tag_may_have_been_it() -> None:
    assert odd({"tags": [None, "license:mit"]}).licenses == ("mit",)
    assert odd({"tags": [None, "region:us"]}).licenses is None, "the null may have been a license"
    assert odd({"tags": ["license:" + "x" * 999, "license:mit"]}).licenses is None, "half of a share would be wrong"
    assert odd({"tags": 3}).licenses is None
    assert odd({"tags": ["region:us"]}).licenses == ()


def test_what_cannot_be_read_is_none_and_not_none_declared() -> None:
    model = odd({"pipeline_tag": [], "library_name": 3, "gated": "?", "likes": "?", "createdAt": 0, "trendingScore": "?"})
    assert (model.task, model.library, model.gated, model.likes, model.created, model.trending) == (None,) * 6
    assert (odd({}).task, odd({}).library) == ("", "")


def test_many_licenses_are_all_kept() -> None:
    assert len(odd({"tags": [f"license:l-{n}" for n in range(25)]}).licenses) == 25


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2022-03-02T23:29:04+00:00", "2022-03-02T23:29:04.000Z"),
        ("2022-03-02T23:29:04Z", "2022-03-02T23:29:04.000Z"),
        ("2022-03-02T23:29:04.000Z", "2022-03-02T23:29:04.000Z"),
        ("2022-03-02T23:29:04.123456+02:00", "2022-03-02T21:29:04.123Z"),
        ("2022-03-02 23:29:04", "2022-03-02T23:29:04.000Z"),
        ("20220302T232904Z", "2022-03-02T23:29:04.000Z"),
        ("2022-03-02", "2022-03-02T00:00:00.000Z"),
        ("2022-W09-3", "2022-03-02T00:00:00.000Z"),
    ],
)
def test_every_form_of_a_moment_is_read(written: str, read: str) -> None:
    assert odd({"createdAt": written}).created == read


@pytest.mark.parametrize(("written", "read"), [("12", 12), (12.0, 12), (1e3, 1000), ("007", 7), (0, 0), (2**63 - 1, 2**63 - 1)])
def test_numbers_are_read_however_they_are_written(written: object, read: int) -> None:
    assert odd({"likes": written}).likes == read
    assert odd({"downloads": written}).downloads == read


@pytest.mark.parametrize(
    ("within", "change", "what"),
    [
        (ListName.TOP, {"downloads": True}, "downloads is True"),
        (ListName.TOP, {"downloads": "1,000"}, "downloads is '1,000'"),
        (ListName.TOP, {"downloads": {}}, "downloads is {}"),
        (ListName.TRENDING, {"downloads": None}, "downloads is missing"),
        (ListName.TRENDING, {"trendingScore": None}, "trendingScore is missing"),
        (ListName.TRENDING, {"trendingScore": "hot"}, "trendingScore is 'hot'"),
        (ListName.LIKED, {"likes": None}, "likes is missing"),
        (ListName.LIKED, {"likes": []}, "likes is []"),
        (ListName.TOP, {"id": None}, "the model has no id"),
        (ListName.TOP, {"id": []}, "[] is no model id"),
        (ListName.TOP, {"id": "/"}, "'/' is no model id"),
        (ListName.TOP, {"downloads": 10**15}, "so the list is not sorted"),
    ],
)
def test_what_makes_a_ranking_wrong_refuses_it(standin: HubStandIn, within: ListName, change: Row, what: str) -> None:
    spoil(standin, change)
    with pytest.raises(SourceError) as caught:
        take(standin, within)
    assert f"row {PLACE + 1} (page 1) of the {within} list that cannot be used: " in str(caught.value)
    assert what in str(caught.value)


def test_likes_are_needed_by_likes_alone(standin: HubStandIn) -> None:
    standin.rewrite(lambda _, rows: [row | {"likes": "none"} for row in rows])
    for within in (ListName.TOP, ListName.TRENDING):
        listing = take(standin, within)
        assert {model.likes for model in listing.models} == {None}
        assert listing.odd_rows == LIST_SIZE
    with pytest.raises(SourceError, match="likes is 'none'"):
        take(standin, ListName.LIKED)


def test_the_log_has_the_first_three(standin: HubStandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    standin.rewrite(lambda _, rows: [row | ({"gated": rank} if rank < 5 else {}) for rank, row in enumerate(rows)])
    assert take(standin).odd_rows == 5
    said = next(record.getMessage() for record in caplog.records if "odd rows" in record.getMessage())
    assert "gated is 0" in said
    assert "gated is 2" in said
    assert "gated is 3" not in said
    assert said.endswith("; and 2 more")


@pytest.mark.parametrize(
    "value",
    [
        "9" * 5_000,
        "-" + "9" * 5_000,
        "1e999",
        "[" * 3_000 + "]" * 3_000,
        '{"a":' * 200_000 + "1" + "}" * 200_000,
        '"\\ud800"',
        "NaN",
    ],
    ids=["digits", "negative", "infinite", "lists", "objects", "surrogate", "nan"],
)
def test_a_value_that_python_cannot_parse_costs_no_page(standin: HubStandIn, value: str) -> None:
    rows = sorted(standin.models, key=lambda row: -row["downloads"])[:LIST_SIZE]
    for name in ("cardData", "library_name"):
        texts = [json.dumps(row) for row in rows]
        texts[PLACE] = json.dumps({key: kept for key, kept in rows[PLACE].items() if key != name})[:-1] + f', "{name}": {value}}}'
        standin.fail_next(says(f"[{','.join(texts)}]"))
        listing = take(standin)
        assert [model.id for model in listing.models] == [row["id"] for row in rows]
        assert listing.odd_rows <= 1


def test_bytes_that_are_no_text_cost_no_page(standin: HubStandIn) -> None:
    rows = sorted(standin.models, key=lambda row: -row["downloads"])[:LIST_SIZE]
    body = json.dumps(rows).encode().replace(b'"region:us"', b'"region:\xff\xfe"', 1)
    standin.fail_next(says(body))
    assert len(take(standin).models) == LIST_SIZE


@pytest.mark.parametrize("depth", [1, 64, 65, 100, 50_000])
def test_nesting_is_cut_and_its_neighbors_stay(depth: int) -> None:
    deep = '[{"a": "]}\\"[", "deep": ' + "[" * depth + '"}"' + "]" * depth + ', "after": [[1], {"b": 2}]}, 7]'
    page = json_page.parse(deep.encode())
    assert page[0]["a"] == ']}"['
    assert page[0]["after"] == [[1], {"b": 2}]
    assert page[1] == 7


@pytest.mark.parametrize("text", ["x" * 200, '\\"' * 100_000, "[" * 200 + "\\"], ids=["letters", "escaped quotes", "a backslash"])
def test_a_deep_page_that_ends_inside_a_string_is_reported(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        json_page.parse(("[" * 100_000 + '"' + text).encode())


def test_odd_ids_stay_apart(standin: HubStandIn) -> None:
    ids = ["org/b c", "org/b_c", "org/b+c", "org/日本", "org/中文", "中文/b", "日本/b", "org/b", " org/b", "org/b "]

    def rewrite(_: int, rows: list[Row]) -> list[Row]:
        return [row | {"id": name} for row, name in zip(rows, ids, strict=False)] + rows[len(ids) :]

    standin.rewrite(rewrite)
    listing = take(standin)
    assert listing.odd_rows == len(ids) - 2
    found = [model.id for model in listing.models[: len(ids)]]
    assert len(set(found)) == len(ids)
    assert (found[1], found[7]) == ("org/b_c", "org/b")
    assert [name.partition("/")[0] for name in found[:5]] == ["org"] * 5, "only what is odd changes"
    assert found[5].partition("/")[0] != found[6].partition("/")[0], "these are two creators"


@pytest.mark.parametrize("value", ["n" * 200 + "/" + "é" * 55, "é" * 256, "é" * 120 + "/" + "é" * 135])
def test_an_odd_id_is_never_too_long_for_its_hash(value: str) -> None:
    others = [value, f"{value[:-1]}è"]
    read = [validation.readable_id(other) for other in others]
    assert [odd for _, odd in read] == [True, True]
    assert [validation.model_id(name) for name, _ in read] == [name for name, _ in read]
    assert read[0] != read[1]


@pytest.mark.parametrize("value", ["a/b/c d", "é/", "/é", "é" * 257, "a/ ", "  ", "a\x00é"])
def test_an_odd_id_still_has_to_be_one(value: str) -> None:
    with pytest.raises(validation.CellError, match="no model id"):
        validation.readable_id(value)
