"""Listings from the Hub, against a stand-in that misbehaves in many ways."""

from __future__ import annotations

import gzip
import json
import logging
import random
import socket
import threading
import time
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from data.real_listings import SAMPLES
from hub_standin import HubStandIn, Row, dripping, dropped, half, html, says, silent, some_models, status
from huggingface_hub.utils import _http

from analytics.domain import LIST_SIZE, Listing, ListName
from analytics.errors import SourceError
from analytics.sources import hub, hub_rows
from analytics.sources.validation import CellError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAY = date(2026, 8, 22)


@pytest.fixture
def standin() -> Iterator[HubStandIn]:
    with HubStandIn() as standin:
        yield standin
    assert _http._GLOBAL_CLIENT_FACTORY is _http.default_client_factory, "huggingface_hub got its own client back"


def take(standin: HubStandIn, within: ListName = ListName.TOP, **options: Any) -> Listing:
    return hub.listing(within, taken_on=DAY, **{"endpoint": standin.endpoint, "timeout": 2.0, "deadline": 20.0, **options})


def refusal(standin: HubStandIn, within: ListName = ListName.TOP, **options: Any) -> str:
    with pytest.raises(SourceError) as caught:
        take(standin, within, **options)
    said = str(caught.value)
    assert said.endswith("."), said
    assert "\n" not in said
    assert caught.value.__cause__ is None
    return said


# What goes well


@pytest.mark.parametrize(("within", "field"), [("top", "downloads"), ("trending", "trendingScore"), ("liked", "likes")])
def test_a_list_is_the_first_300_by_its_measure(standin: HubStandIn, within: str, field: str) -> None:
    listing = take(standin, ListName(within))
    ranked = sorted(standin.models, key=lambda row: (-row[field], row["_id"]))
    assert [model.id for model in listing.models] == [row["id"] for row in ranked[:LIST_SIZE]]
    assert (listing.taken_on, listing.list, listing.source, listing.simulated) == (DAY, ListName(within), "hub", False)
    assert len(standin.asked) == 1


def test_every_field_comes_through_the_client(standin: HubStandIn) -> None:
    rows = {row["id"]: row for row in standin.models}
    for model in take(standin).models:
        row = rows[model.id]
        assert model.hub_id == row["_id"]
        assert (model.downloads, model.likes, model.trending) == (row["downloads"], row["likes"], row["trendingScore"])
        assert (model.task, model.library) == (row.get("pipeline_tag", ""), row.get("library_name", ""))
        assert model.created == row["createdAt"]
        assert model.gated == str(row["gated"]).lower()
        assert model.licenses == tuple(tag[8:] for tag in row["tags"] if tag.startswith("license:"))
        assert model.tags == tuple(row["tags"])


def test_only_what_is_needed_is_asked_for_and_by_name(standin: HubStandIn) -> None:
    take(standin)
    assert set(standin.asked[0].query["expand"]) == {
        *("cardData", "createdAt", "downloads", "downloadsAllTime", "gated", "library_name", "likes", "pipeline_tag", "tags"),
        "trendingScore",
    }
    assert standin.asked[0].headers["user-agent"].startswith("hfstats/0")


def test_progress_counts_the_models(standin: HubStandIn) -> None:
    seen: list[int] = []
    take(standin, progress=seen.append)
    assert seen == list(range(1, LIST_SIZE + 1))


def test_pages_are_followed_and_read_twice_to_be_believed(standin: HubStandIn) -> None:
    standin.page_size = 100
    assert len(take(standin).models) == LIST_SIZE
    assert len(standin.asked) == 6


def test_a_token_opens_a_hub_that_wants_one() -> None:
    with HubStandIn(token="hf_secret") as standin:
        assert len(take(standin, token="hf_secret").models) == LIST_SIZE


def test_the_token_does_not_follow_a_link_to_elsewhere(standin: HubStandIn) -> None:
    rows = sorted(standin.models, key=lambda row: -row["downloads"])
    with HubStandIn() as elsewhere:
        link = f'<{elsewhere.endpoint}/api/models?sort=downloads>; rel="next"'
        standin.fail_next(says(json.dumps(rows[:100]), Link=link), times=3)
        elsewhere.fail_next(says(json.dumps(rows[100:])), times=3)
        assert len(take(standin, token="hf_secret").models) == LIST_SIZE
        assert standin.asked[0].headers["authorization"] == "Bearer hf_secret"
        assert all("authorization" not in asked.headers for asked in elsewhere.asked)


@pytest.mark.parametrize("how", [status(500), status(429, Retry_After="0"), dropped()], ids=["500", "429", "dropped"])
def test_a_failure_that_passes_is_waited_out(standin: HubStandIn, how: Any) -> None:
    standin.fail_next(how)
    assert len(take(standin, deadline=10).models) == LIST_SIZE
    assert len(standin.asked) == 2


def test_two_lists_at_one_time_wait_for_each_other(standin: HubStandIn) -> None:
    taken: dict[ListName, Listing] = {}

    def work(within: ListName) -> None:
        taken[within] = take(standin, within, deadline=10)

    threads = [threading.Thread(target=work, args=(name,)) for name in (ListName.TOP, ListName.TRENDING)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: listing.list for name, listing in taken.items()} == {name: name for name in (ListName.TOP, ListName.TRENDING)}


def test_the_union_is_not_for_the_hub_to_give(standin: HubStandIn) -> None:
    with pytest.raises(ValueError, match="no both list"):
        take(standin, ListName.BOTH)


# What the Hub answers instead


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (status(400, '"sort" must be one of [downloads]'), ['"sort" must be one of [downloads]', "update"]),
        (status(401), ["does not know the token", "correct HF_TOKEN or unset it"]),
        (status(403, "Forbidden network"), ["Forbidden network", "another network"]),
        (status(404), ["check HF_ENDPOINT"]),
        (status(429, Retry_After="120"), ["too many requests", "in 120 s", "HF_TOKEN for a higher limit"]),
        (status(429, ratelimit='"api";r=0;t=55'), ["in 55 s"]),
        (status(429, Retry_After="9" * 5_000), ["tomorrow"]),
        (status(500), ["on its side", "try again later"]),
        (status(502), ["on its side", "try again later"]),
        (status(503, Retry_After="3600"), ["on its side"]),
        (status(307, Location="https://elsewhere.example"), ["https://elsewhere.example", "set HF_ENDPOINT"]),
    ],
    ids=lambda value: str(value.status) if hasattr(value, "status") else "",
)
def test_a_refusal_says_code_page_and_remedy(standin: HubStandIn, how: Any, words: list[str]) -> None:
    standin.fail_next(how, times=9)
    said = refusal(standin, deadline=3)
    assert f"answered {how.status} to the request for page 1 of the top list" in said
    assert standin.endpoint in said
    for word in words:
        assert word in said


def test_a_refusal_on_a_later_page_names_that_page(standin: HubStandIn) -> None:
    standin.page_size = 100
    standin.fail_next(status(403), after=2)
    assert "page 3 of the trending list" in refusal(standin, ListName.TRENDING)


def test_a_failure_that_stays_is_given_up_before_the_deadline(standin: HubStandIn) -> None:
    standin.fail_next(status(502), times=9)
    assert "answered 502" in refusal(standin, deadline=2.5)
    assert len(standin.asked) == 2


def test_html_is_not_a_listing(standin: HubStandIn) -> None:
    standin.fail_next(html())
    said = refusal(standin)
    assert "page 1 of the top list as text/html instead of JSON" in said
    assert "login page" in said
    assert "open the address" in said


def test_half_a_page_is_reported(standin: HubStandIn) -> None:
    standin.fail_next(half(standin.models[:LIST_SIZE]), times=9)
    said = refusal(standin)
    assert "broke off page 1 of the top list" in said
    assert "try again later" in said


@pytest.mark.parametrize("body", ['[{"id": "a/b", "downl', "[" * 100_000, '[{"downloads": ' + "9" * 5_000 + "}]", b"\xff\xfe"])
def test_broken_json_is_reported(standin: HubStandIn, body: str | bytes) -> None:
    standin.fail_next(says(body))
    said = refusal(standin)
    assert "page 1" in said
    assert "nothing was kept" in said


@pytest.mark.parametrize("body", ['{"error": "no"}', "null", "3", "[3]", '["a/b"]', "[null]", "[[]]"])
def test_json_that_is_no_listing_is_reported(standin: HubStandIn, body: str) -> None:
    standin.fail_next(says(body))
    said = refusal(standin)
    assert "row 1 (page 1) of the top list" in said
    assert "not a model as the Hub describes one" in said


def test_nothing_is_reported(standin: HubStandIn) -> None:
    standin.models = []
    said = refusal(standin)
    assert "gave no models of its top list" in said
    assert "check HF_ENDPOINT" in said


def test_a_short_list_is_reported(standin: HubStandIn) -> None:
    standin.models = some_models(212)
    assert "gave 212 of 300 models of its top list" in refusal(standin)


def test_a_missing_link_makes_a_short_list(standin: HubStandIn) -> None:
    standin.page_size = 100
    standin.without_links()
    assert "gave 100 of 300 models" in refusal(standin)


def test_pages_without_end_run_into_the_deadline(standin: HubStandIn) -> None:
    standin.fail_next(says("[]", Link=f'<{standin.endpoint}/api/models>; rel="next"'), times=100_000)
    said = refusal(standin, deadline=0.5)  # between two pages or in the middle of one, wherever the deadline falls
    assert "within 0.5 s" in said
    assert "top list" in said


@pytest.mark.parametrize("link", ["http://[", "ftp://hub.example", "/api/models?cursor=x"])
def test_a_link_to_nowhere_is_reported(standin: HubStandIn, link: str) -> None:
    standin.fail_next(says(json.dumps(standin.models[:1]), Link=f'<{link}>; rel="next"'))
    assert "page" in refusal(standin)


# Silence


def test_a_connection_that_is_closed_is_reported(standin: HubStandIn) -> None:
    standin.fail_next(dropped(), times=9)
    assert "broke off page 1 of the top list" in refusal(standin)


def test_a_hub_that_hangs_is_given_up_after_the_timeout(standin: HubStandIn) -> None:
    standin.fail_next(silent(20), times=9)
    assert "no answer within 0.3 s to the request for page 1 of the top list" in refusal(standin, timeout=0.3, deadline=0.9)


def test_a_hub_that_drips_runs_into_the_deadline(standin: HubStandIn) -> None:
    standin.fail_next(dripping(0.02), times=9)
    assert "did not give the top list within 0.6 s" in refusal(standin, deadline=0.6)


def test_a_page_that_unpacks_without_end_is_cut_off(standin: HubStandIn) -> None:
    standin.fail_next(says(gzip.compress(b" " * 40 * 1024**2), Content_Encoding="gzip"))
    said = refusal(standin, deadline=20)
    assert "more than 16 MiB" in said
    assert "HF_ENDPOINT" in said


def test_a_closed_port_is_reported() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(SourceError, match=r"cannot be reached \(.*refused.*\).*check the network"):
            hub.listing(ListName.TOP, taken_on=DAY, endpoint=endpoint, deadline=0.5)
        assert not hub.reachable(endpoint)


def test_an_unknown_name_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceError, match=r"https://hub\.invalid cannot be reached \(.*not known\).*HF_ENDPOINT"):
        hub.listing(ListName.TOP, taken_on=DAY, endpoint="https://hub.invalid", deadline=0.5)
    assert not hub.reachable("https://hub.invalid")


def test_offline_mode_is_respected(standin: HubStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    assert "HF_HUB_OFFLINE" in refusal(standin)
    assert not hub.reachable(standin.endpoint)
    assert standin.asked == []


# Reachable


def test_a_hub_that_lists_is_reachable(standin: HubStandIn) -> None:
    assert hub.reachable(standin.endpoint)
    assert standin.asked[0].query == {"limit": ["1"]}


@pytest.mark.parametrize("how", [status(500), status(429), html(), dropped()], ids=["500", "429", "html", "dropped"])
def test_a_hub_that_does_not_list_is_not_reachable(standin: HubStandIn, how: Any) -> None:
    standin.fail_next(how)
    assert not hub.reachable(standin.endpoint)


def test_silence_and_a_lookup_that_hangs_are_cut_short(standin: HubStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    standin.fail_next(silent(600))
    started = time.monotonic()
    assert not hub.reachable(standin.endpoint, timeout=0.3)
    release = threading.Event()

    def hang(*_: object, **__: object) -> None:
        release.wait(600)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert not hub.reachable("https://hub.invalid", timeout=0.3)
    assert time.monotonic() - started < 300
    release.set()


@pytest.mark.parametrize("endpoint", ["huggingface.co", "ftp://hub.example", "http://", "http://[", "http://hub:port"])
def test_an_endpoint_that_is_no_address_is_reported(endpoint: str) -> None:
    with pytest.raises(SourceError, match=r"HF_ENDPOINT is not an address such as .*; correct or unset it\."):
        hub.listing(ListName.TOP, taken_on=DAY, endpoint=endpoint)
    assert not hub.reachable(endpoint)


# Secrets


@pytest.mark.parametrize("token", ["hf_secret\nX-Evil: 1", "hf_sécret", "hf secret", ""])
def test_a_token_that_cannot_be_sent_is_refused_unseen(standin: HubStandIn, token: str) -> None:
    said = refusal(standin, token=token)
    assert "HF_TOKEN" in said
    assert not token or token not in said
    assert standin.asked == []


def test_a_password_in_the_address_is_refused_unseen(standin: HubStandIn) -> None:
    said = refusal(standin, endpoint=standin.endpoint.replace("http://", "http://me:passphrase@"))
    assert "HF_ENDPOINT holds a user name or a password" in said
    assert "passphrase" not in said
    assert standin.asked == []


def test_no_secret_is_repeated(standin: HubStandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    # The command line quietens this logger for its own process; a test before this one may have run it.
    caplog.set_level(logging.DEBUG, logger="huggingface_hub")
    logger = logging.getLogger("huggingface_hub")
    logger.addHandler(caplog.handler)
    standin.fail_next(status(500))
    standin.fail_next(status(400, "bad token hf_secret"))
    said = refusal(standin, token="hf_secret", deadline=5)
    logger.removeHandler(caplog.handler)
    assert "bad token …" in said
    assert "HTTP Error 500" in caplog.text
    assert "hf_secret" not in said + caplog.text


# Rows


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"downloads": None}, "downloads is missing"),
        ({"downloads": -3}, "downloads is -3, not a whole number from 0"),
        ({"downloads": 3.5}, "downloads is 3.5, not a whole number"),
        ({"downloads": "many"}, "downloads is 'many', not a whole number"),
        ({"downloads": float("nan")}, "downloads is nan"),
        ({"downloads": float("inf")}, "downloads is inf"),
        ({"downloads": True}, "downloads is True"),
        ({"downloads": 2**63}, "not a whole number"),
        ({"id": ""}, "the model has no id"),
        ({"id": None}, "the model has no id"),
        ({"id": "a/b\x1b[2J"}, r"'a/b\x1b[2J' is no model id"),
        ({"id": "a/b\nc"}, r"'a/b\nc' is no model id"),
        ({"id": "a/b/c"}, "'a/b/c' is no model id"),
        ({"id": "x" * 300}, "is no model id"),
        ({"id": 7}, "7 is no model id"),
    ],
)
def test_a_row_without_a_place_in_a_ranking_is_reported(standin: HubStandIn, change: Row, what: str) -> None:
    standin.page_size = 100

    def spoil(page: int, rows: list[Row]) -> list[Row]:
        if page == 2:
            rows[13] |= change
        return rows

    standin.rewrite(spoil)
    said = refusal(standin)
    assert "row 114 (page 2) of the top list that cannot be used: " in said
    assert what in said
    assert "nothing was kept" in said
    assert len(said) < 500


def test_a_row_without_an_id_is_reported(standin: HubStandIn) -> None:
    standin.rewrite(lambda _, rows: [{name: value for name, value in row.items() if name != "id"} for row in rows])
    assert "row 1 (page 1) of the top list that cannot be used: the model has no id" in refusal(standin)


def test_a_trending_list_needs_its_score(standin: HubStandIn) -> None:
    def spoil(_: int, rows: list[Row]) -> list[Row]:
        del rows[4]["trendingScore"]
        return rows

    standin.rewrite(spoil)
    assert "row 5 (page 1) of the trending list that cannot be used: trendingScore is missing" in refusal(
        standin, ListName.TRENDING
    )
    assert take(standin).models[4].trending is None, "a top list does not"


def test_a_megabyte_of_tags_is_bounded_and_the_license_kept(standin: HubStandIn) -> None:
    def swell(_: int, rows: list[Row]) -> list[Row]:
        rows[0]["tags"] = ["x" * 1_000_000, "line\nbreak", *(f"tag-{n}" for n in range(50_000)), "license:MIT "]
        return rows

    standin.rewrite(swell)
    first = take(standin, deadline=20).models[0]
    assert first.licenses == ("mit",)
    assert sum(map(len, first.tags)) <= 65_536
    assert "line\nbreak" not in first.tags


# Counts that move


def test_a_list_that_is_not_sorted_is_reported(standin: HubStandIn) -> None:
    def shuffle(_: int, rows: list[Row]) -> list[Row]:
        random.Random(3).shuffle(rows)
        return rows

    standin.rewrite(shuffle)
    said = refusal(standin)
    assert "the list is not sorted" in said
    assert "of the top list" in said


def test_a_count_that_moved_a_little_is_put_in_its_place(standin: HubStandIn) -> None:
    def nudge(_: int, rows: list[Row]) -> list[Row]:
        rows[200]["downloads"] = int(rows[199]["downloads"] * 1.05)
        return rows

    standin.rewrite(nudge)
    downloads = [model.downloads for model in take(standin).models]
    assert downloads == sorted(downloads, reverse=True)


def sink_or_rise(source: int, towards: int, times: int) -> Callable[[int, list[Row]], None]:
    """Move the row at one rank to just before another whenever page 1 was read."""
    left = [times]

    def move(page: int, rows: list[Row]) -> None:
        if page == 1 and left[0]:
            left[0] -= 1
            ranked = sorted(rows, key=lambda row: -row["downloads"])
            ranked[source]["downloads"] = ranked[towards]["downloads"] + 1

    return move


def test_a_repeated_model_has_the_list_read_again(standin: HubStandIn) -> None:
    standin.page_size = 100
    standin.after_page(sink_or_rise(50, 150, times=1))
    listing = take(standin, deadline=10)
    assert len({model.id for model in listing.models}) == LIST_SIZE
    assert len(standin.asked) == 9


def test_a_skipped_model_has_the_list_read_again(standin: HubStandIn) -> None:
    standin.page_size = 100
    riser = sorted(standin.models, key=lambda row: -row["downloads"])[150]["id"]
    standin.after_page(sink_or_rise(150, 50, times=1))
    assert riser in {model.id for model in take(standin, deadline=10).models}
    assert len(standin.asked) == 9


def test_models_that_keep_being_repeated_are_reported(standin: HubStandIn) -> None:
    standin.page_size = 100
    standin.after_page(sink_or_rise(50, 150, times=99))
    said = refusal(standin, deadline=10)
    assert "moves its top list while it is read: row 15" in said
    assert "so another model was skipped" in said
    assert "try again in some minutes" in said


def test_models_that_keep_being_skipped_are_reported(standin: HubStandIn) -> None:
    standin.page_size = 100
    standin.after_page(sink_or_rise(150, 50, times=99))
    said = refusal(standin, deadline=10)
    assert "3 readings of its 3 pages name different models" in said


def test_a_repeat_within_one_page_is_reported(standin: HubStandIn) -> None:
    standin.rewrite(lambda _, rows: [*rows[:10], rows[9], *rows[11:]])
    assert "row 11 (of 1 pages) repeats" in refusal(standin)


# Payloads as they are


def sample(name: str) -> Any:
    (path,) = SAMPLES.glob(name)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.shared
def test_the_captured_listing_by_likes_parses_with_its_gaps() -> None:
    models = [hub_rows.read(item).model for item in sample("models_sort_likes_full_limit100_2025-12-08.json")]
    assert len(models) == 100
    assert sum(model.task == "" for model in models) == 11
    assert sum(model.library == "" for model in models) == 9
    assert sum(model.licenses == () for model in models) == 9
    assert Counter(model.gated for model in models) == {"false": 78, "auto": 8, "manual": 14}
    first = models[0]
    assert (first.id, first.likes, first.downloads) == ("deepseek-ai/DeepSeek-R1", 12_879, 1_117_590)
    assert (first.licenses, first.task, first.library) == (("mit",), "text-generation", "transformers")
    assert (first.created, first.hub_id) == ("2025-01-20T03:46:07.000Z", "678dc6fff905d106be796d8a")


@pytest.mark.shared
def test_the_other_payloads_parse() -> None:
    default = [hub_rows.read(item).model for item in sample("models_default_limit2_2025-11.json")]
    assert [model.gated for model in default] == [None, None]
    assert default[0].trending == 580
    assert default[0].licenses == ("other",)
    detail = hub_rows.read(sample("model_detail_google-bert_bert-base-uncased.json")).model
    assert (detail.id, detail.licenses, detail.gated) == ("google-bert/bert-base-uncased", ("apache-2.0",), "false")
    trending = sample("trending_models_2026-08-22.json")["recentlyTrending"]
    assert all(hub_rows.read(item["repoData"]).model.licenses is None for item in trending), "this one tells no tags"
    rebuilt = [hub_rows.read(item).model for item in sample("models_sort_trendingScore_limit300_*_reconstructed.json")]
    assert len(rebuilt) == LIST_SIZE
    assert all(model.trending and model.hub_id is None for model in rebuilt)


@pytest.mark.shared
def test_the_captured_listing_passes_through_the_client(standin: HubStandIn) -> None:
    items = sample("models_sort_likes_full_limit100_2025-12-08.json")
    standin.models = items
    listing = take(standin, ListName.LIKED, size=100)
    by_id = {model.id: model for model in (hub_rows.read(item).model for item in items)}
    assert all(model == by_id[model.id] for model in listing.models)


@pytest.mark.parametrize(
    ("card", "licenses"),
    [
        (
            {"license": "other", "license_name": "Minimax-H3-Community-License-Agreement"},
            ("minimax-h3-community-license-agreement", "mit"),
        ),
        ({"license": "other", "license_name": ""}, ("other", "mit")),
        ({"license": "other", "license_name": "x" * 101}, ("other", "mit")),
        ({"license": "other", "license_name": "two\nlines"}, ("other", "mit")),
        ({"license": "other", "license_name": ["mine"]}, ("other", "mit")),
        ({"license": "other"}, ("other", "mit")),
        (None, ("other", "mit")),
    ],
)
def test_a_license_without_a_tag_has_the_name_of_the_card(
    standin: HubStandIn, card: dict[str, object] | None, licenses: tuple[str, ...]
) -> None:
    row = max(standin.models, key=lambda row: row["downloads"])
    row["tags"] = ["license:other", "license:mit"]
    row["cardData"] = card
    assert take(standin).models[0].licenses == licenses
    assert hub_rows.read({"id": "a/b", "downloads": 1, "tags": row["tags"], "cardData": card}).model.licenses == licenses


def test_licenses_are_distinguished_from_silence() -> None:
    item = {"id": "a/b", "downloads": 1}
    assert hub_rows.read(item).model.licenses is None
    assert hub_rows.read(item | {"tags": []}).model.licenses == ()
    tags = ["license:MIT", "license: apache-2.0 ", "license:mit", "license:", "mit"]
    assert hub_rows.read(item | {"tags": tags}).model.licenses == ("mit", "apache-2.0")
    assert hub_rows.read(item | {"gated": True}).model.gated == "true"
    with pytest.raises(CellError, match="the model has no id"):
        hub_rows.read({})
