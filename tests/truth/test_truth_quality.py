"""What is known of the real listings: the days on which the Hub stalled, and whose all namespaces that matter are."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest
from data.real_listings import WHOLE, real_files
from truth.reference import today

from analytics.domain import ListName
from analytics.names import creators
from analytics.questions.data_warnings import of_day

pytestmark = pytest.mark.shared

SHARE = 0.002
"""Of a list's downloads: a namespace with more must be in the table, and so must one with two models."""
ASKED_FOR = (
    "01-ai ai21labs Zyphra fishaudio suno sesame nari-labs genmo adept kyutai meituan-longcat Kwaipilot sensenova llm-jp lmsys "
    "mradermacher fal ggerganov nreimers dima806 NN-Dataset biohub dropbox-dash onnx-community comodoro"
)


def doubted(history, size):
    return {
        snapshot.taken_on: [warning.sentence for warning in of_day(snapshot, history)]
        for snapshot in history.snapshots(ListName.TOP)
        if snapshot.size == size
    }


def test_the_stall_of_august_is_reported_and_no_clean_day_is(history):
    told = {day: said for day, said in doubted(history, 300).items() if day >= date(2026, 8, 7)}
    assert len(told) == 16
    assert told.pop(date(2026, 8, 8)) == [
        "100.0% of the download counts on August 8, 2026 are the same as on August 7, 2026, so the Hub may not have updated them."
    ]
    assert not any(told.values())


def test_the_daily_top_30_has_warnings_on_the_days_that_repeat_the_counts_of_the_day_before(history, real):
    listed = {one.day: {row.id: row.downloads for row in one.rows} for one in real if one.list == "top" and len(one.rows) == 30}
    days = sorted(listed)
    repeated = set()
    for eve, day in pairwise(days):
        both = listed[eve].keys() & listed[day].keys()
        near = (date.fromisoformat(day) - date.fromisoformat(eve)).days <= 2
        if near and sum(listed[eve][model] == listed[day][model] for model in both) >= 0.9 * len(both):
            repeated.add(date.fromisoformat(day))
    told = {day for day, said in doubted(history, 30).items() if any("not have updated" in one for one in said)}
    assert told == repeated


@pytest.fixture(scope="module")
def lists():
    """The rows of each day of each real file."""
    days = defaultdict(list)
    for path in real_files():
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                days[path.name, row["snapshot_date"]].append(row)
    return days


@pytest.fixture(scope="module")
def large(lists):
    """The namespaces over the bound in any list."""
    found = set()
    for rows in lists.values():
        models, downloads = Counter(), Counter()
        for row in rows:
            namespace = today(row["model_id"]).split("/")[0]
            models[namespace] += 1
            downloads[namespace] += int(row["downloads"])
        found |= {name for name in models if models[name] > 1 or downloads[name] > SHARE * downloads.total()}
    return found


def test_namespaces_that_matter_have_a_kind_and_a_country_or_a_reason(large):
    assert len(large) > (500 if WHOLE else 150)
    entries = {name.casefold(): entry for entry in creators.ENTRIES for name in entry.namespaces}
    known = {name: entries.get(name.casefold()) for name in (*large, *ASKED_FOR.split())}
    assert sorted(name for name, entry in known.items() if entry is None) == []
    assert sorted(name for name, entry in known.items() if not (entry.country or entry.note)) == []


def test_entries_hold_from_the_first_day_that_shows_their_namespaces(lists):
    first = {}
    for (_, day), rows in lists.items():
        for row in rows:
            for namespace in {row["model_id"].split("/")[0], today(row["model_id"]).split("/")[0]}:
                shown = min(filter(None, (day, row["created_at"][:10])))
                first[namespace.casefold()] = min(shown, first.get(namespace.casefold(), shown))
    begun = {}
    for entry in creators.ENTRIES:
        for namespace in entry.namespaces:
            begun[namespace.casefold()] = min(entry.since, begun.get(namespace.casefold(), entry.since))
    assert [name for name, day in first.items() if name in begun and begun[name] > date.fromisoformat(day)] == []


@pytest.mark.parametrize(
    ("day", "word", "owner", "namespace"),
    [
        ("2026-08-22", "jina", "Elastic", "jinaai"),
        ("2026-08-22", "elastic", "Elastic", "jinaai"),
        ("2024-09-20", "sbert", "Sentence Transformers", "sentence-transformers"),
        ("2026-08-22", "sbert", "Sentence Transformers", "sentence-transformers"),
    ],
)
def test_a_day_counts_a_namespace_under_its_owner_of_that_day(typed, day, word, owner, namespace):
    got = typed("creator", word, "at", day)
    (share,) = got["rankings"][-1]["shares"]
    assert (share["name"], namespace in {member["name"] for member in share["members"]}) == (owner, True)


def test_a_country_counts_a_creator_from_the_day_it_came(typed):
    for day, country in (("2024-09-20", "Germany"), ("2026-08-22", "United States")):
        (share,) = typed("country", country, "at", day)["rankings"][-1]["shares"]
        assert "Sentence Transformers" in {member["name"] for member in share["members"]}


def test_little_of_the_newest_list_has_no_known_country(typed):
    (entry,) = typed("countries", "by", "downloads", "at", "2026-08-22")["rankings"]
    unknown = next(share for share in entry["shares"] if share["name"] == creators.NOT_KNOWN)
    assert unknown["portion"] < 0.1
