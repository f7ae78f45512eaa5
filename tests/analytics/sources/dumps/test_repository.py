"""Repositories of dumps: which revisions are selected, interrupted downloads, and error messages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hub_repositories import Commit
from hub_standin import HubStandIn, Misbehaviour, dropped, html, says, status

from analytics.errors import OutOfReachError, SourceError
from analytics.sources.dumps.repository import HubFile, Interval, fetch, last_changed, revisions, select_revisions

REPO, FILE = "someone/hub-stats", "models.parquet"
LAST = datetime(2026, 8, 31, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)


def history(many=130, hours=24):
    return [Commit(LAST - timedelta(hours=hours * back), {FILE: b"%d " % back * 1_000}) for back in range(many)]


@pytest.fixture
def hub():
    with HubStandIn(datasets={REPO: history()}) as standin:
        yield standin


def test_all_pages_of_a_history_are_read(hub):
    found = revisions(REPO, endpoint=hub.endpoint)
    assert [one.commit for one in found] == [one.id for one in history()]
    assert found[0].day == date(2026, 8, 31)
    assert len(hub.asked) == 3


@pytest.mark.parametrize(
    ("every", "days"),
    [
        (Interval.DAY, [date(2026, 8, 31) - timedelta(days=back) for back in range(31)]),
        (Interval.WEEK, [date(2026, 8, day) for day in (31, 30, 23, 16, 9, 2)]),
        (Interval.MONTH, [date(2026, 8, 31)]),
    ],
)
def test_the_last_revision_of_each_is_taken(every, days):
    with HubStandIn(datasets={REPO: history(500, hours=6)}) as hub:
        found = revisions(REPO, endpoint=hub.endpoint)
    taken = select_revisions(found, date(2026, 8, 1), every)
    assert [one.day for one in taken] == days
    for one in taken:
        assert one.commit == next(found_.commit for found_ in found if found_.day == one.day)


def test_months_over_a_year():
    with HubStandIn(datasets={REPO: history()}) as hub:
        taken = select_revisions(revisions(REPO, endpoint=hub.endpoint), date(2026, 6, 1), Interval.MONTH)
    assert [one.day for one in taken] == [date(2026, 8, 31), date(2026, 7, 31), date(2026, 6, 30)]


@pytest.mark.parametrize(
    ("how", "says_"),
    [
        (status(500), "the fault is on its side"),
        (status(404), "check its name"),
        (html(), "as text/html instead of JSON"),
        (says("{"), "broken JSON"),
        (says('[{"id": "x"}]'), "row 1 .* its id is no commit's"),
        (says(f'[{{"id": "{"0" * 40}"}}]'), "row 1 .* it has no date"),
        (says(f'[{{"id": "{"0" * 40}", "date": 3}}]'), "row 1 .* date is 3, not a moment"),
        (says("[null]"), "row 1 .* its id is no commit's"),
        (says('[{"id": "x", "authors": [], "date": "2026-08-31T00:00:00.000Z", "title": "", "message": ""}]'), "no commit's"),
        (dropped(), "broke off"),
    ],
)
def test_a_history_that_cannot_be_read_is_one_sentence(hub, how, says_):
    hub.fail_next(how, times=10)
    with pytest.raises(SourceError, match=says_) as refused:
        revisions(REPO, endpoint=hub.endpoint, deadline=5)
    assert "history of someone/hub-stats" in str(refused.value)


@pytest.mark.parametrize("name", ["", "hub-stats", "a/b/c", "a b/c", "../x", "a" * 200])
def test_what_is_no_name_of_a_repository_is_not_asked_for(hub, name):
    with pytest.raises(SourceError, match="Write it as owner/name"):
        revisions(name, endpoint=hub.endpoint)
    assert hub.asked == []


def test_a_repository_that_is_not_there(hub):
    with pytest.raises(SourceError, match="no such repository"):
        revisions("nobody/nothing", endpoint=hub.endpoint)


def test_addresses_on_the_hub():
    assert HubFile.parse("hf://datasets/a/b/c/d.parquet") == HubFile("a/b", "c/d.parquet")
    assert HubFile.parse("hf://datasets/a/b@refs/convert/parquet/x/0.parquet") == HubFile(
        "a/b", "x/0.parquet", "refs/convert/parquet"
    )
    for wrong in ("hf://datasets/a/b", "hf://", "hf://datasets/a", "hf://buckets/a/b", "hf://datasets/../b/c"):
        with pytest.raises(SourceError, match=r"hf://datasets/owner/name@revision/file\.parquet"):
            HubFile.parse(wrong)


def test_a_file_comes_as_it_was_at_its_revision(hub, tmp_path):
    told = []
    for back in (0, 7):
        commit = history()[back]
        path = fetch(
            HubFile(REPO, FILE, commit.id), tmp_path / commit.id, endpoint=hub.endpoint, progress=lambda *at: told.append(at)
        )
        assert path.read_bytes() == commit.files[FILE]
    assert told[-1] == (2_000, 2_000)


def test_what_is_cut_off_is_gone_on_with(tmp_path):
    mib = 1 << 20
    content = bytes(range(256)) * 4 * 25 * 1024
    commit = Commit(LAST, {FILE: content})
    with HubStandIn(datasets={REPO: [commit]}) as hub:
        whole = hub.datasets.answer(f"/datasets/{REPO}/resolve/{commit.id}/{FILE}", {}, b"")
        headers = {**whole.headers, "Content-Length": str(len(content))}
        hub.fail_next(Misbehaviour(whole.body, headers=headers, cut=21 * mib), after=2)
        hub.fail_next(dropped(), times=2)
        assert fetch(HubFile(REPO, FILE, commit.id), tmp_path, endpoint=hub.endpoint).read_bytes() == content
        ranges = [one.headers["range"] for one in hub.asked if "range" in one.headers]
    # The library writes ten MiB at a time.
    assert ranges == [f"bytes={20 * mib}-"] * 3


def test_what_breaks_off_for_good_leaves_nothing(hub, tmp_path):
    commit = history()[0]
    hub.fail_next(dropped(), times=20, after=2)
    with pytest.raises(OutOfReachError, match=r"did not give models\.parquet of someone/hub-stats"):
        fetch(HubFile(REPO, FILE, commit.id), tmp_path, endpoint=hub.endpoint)
    assert list(tmp_path.rglob("*.incomplete")) == []


@pytest.mark.parametrize(
    ("file", "says_"),
    [
        (HubFile(REPO, "no.parquet"), "has no file no.parquet"),
        (HubFile(REPO, FILE, "0" * 40), "has no revision 0000"),
        (HubFile("nobody/nothing", FILE), "has no dataset nobody/nothing"),
    ],
)
def test_what_is_not_there_will_not_be_there_later(hub, tmp_path, file, says_):
    with pytest.raises(SourceError, match=says_) as refused:
        fetch(file, tmp_path, endpoint=hub.endpoint)
    assert not isinstance(refused.value, OutOfReachError)
    with pytest.raises(SourceError):
        last_changed(file, endpoint=hub.endpoint)


@pytest.mark.parametrize("how", [status(503), status(429), status(500), dropped()])
def test_what_may_be_there_later_says_so(hub, tmp_path, how):
    hub.fail_next(how, times=30)
    with pytest.raises(OutOfReachError, match="again"):
        fetch(HubFile(REPO, FILE), tmp_path, endpoint=hub.endpoint)


def test_a_hub_that_is_not_there(tmp_path):
    with pytest.raises(OutOfReachError, match="check the network"):
        fetch(HubFile(REPO, FILE), tmp_path, endpoint="http://127.0.0.1:9")


def test_a_file_that_no_dump_can_be_is_not_fetched(hub, tmp_path):
    hub.fail_next(says(b"", ETag='"x"', X_Repo_Commit="0" * 40, Content_Length=str(10**12)))
    with pytest.raises(SourceError, match="too large for a dump of the Hub"):
        fetch(HubFile(REPO, FILE), tmp_path, endpoint=hub.endpoint)


def test_the_day_of_a_file_is_that_of_its_last_change(hub):
    assert last_changed(HubFile(REPO, FILE), endpoint=hub.endpoint) == date(2026, 8, 31)


def test_an_answer_without_a_day_asks_for_it(hub):
    hub.fail_next(says('[{"type": "file", "path": "models.parquet", "size": 1, "oid": "0"}]'))
    with pytest.raises(SourceError, match="--on YYYY-MM-DD"):
        last_changed(HubFile(REPO, FILE), endpoint=hub.endpoint)
