"""What answers say of the quality of the real listings, held to them with pandas; and whose all namespaces that matter are.

Of answers: warnings, ranks, concentration, correlation and shifts, also where not all is recorded.
"""

from __future__ import annotations

import csv
import gzip
import tomllib
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from data.real_listings import WHOLE, real_files
from truth.listings import NONE, asked_at
from truth.reference import NAMES, SPELLED, today

from analytics.answer import Basis
from analytics.digest.builder import digest
from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import ordinal
from analytics.names import creators
from analytics.query import Period, Query
from analytics.questions import shifts
from analytics.questions.data_warnings import of_day
from analytics.questions.question import View
from analytics.questions.registry import ask, parse

pytestmark = pytest.mark.shared
whole_only = pytest.mark.skipif(not WHOLE, reason="figures of days that the extract doesn't have")

TABLE = tomllib.loads((NAMES / "creators.toml").read_text(encoding="utf-8"))
TOP, TRENDING, BOTH, LIKED, OLD = (
    ("top", "2026-08-22"),
    ("trending", "2026-08-21"),
    ("both", "2026-08-22"),
    ("liked", "2025-12-08"),
    ("top", "2024-09-20"),
)

PEOPLE = [{"name": account, "namespaces": [account], "since": since} for account, since in TABLE["individuals"].items()]
OWNERS, COUNTRIES = defaultdict(dict), defaultdict(dict)
"""By namespace, the family from each day on; by family, its country from each day on."""
for _entry in (*TABLE["family"], *PEOPLE):
    _code, _since = _entry.get("country"), _entry["since"].isoformat()
    COUNTRIES[_entry["name"]][_since] = TABLE["countries"][_code][0] if _code else "not known"
    for _namespace in _entry["namespaces"]:
        OWNERS[_namespace.casefold()][_since] = _entry["name"]


def on(day, entries):
    """Return what holds on a day: the last that has begun, else the first."""
    return entries[max([since for since in entries if since <= day], default=min(entries))]


def country(row):
    """Return the country of a model's creator on the snapshot's day."""
    owners = OWNERS.get(today(row.id).split("/")[0].casefold())
    return on(row.day, COUNTRIES[on(row.day, owners)]) if owners else "not known"


def frame(snapshot):
    """Return one row a model and license, with its part of the model's downloads."""
    rows = [
        {
            "id": row.id,
            "downloads": row.downloads,
            "likes": row.likes,
            "license": [SPELLED.get(tag, tag) for tag in row.licenses] if row.licenses is not None else [None],
            "task": row.task,
            "library": SPELLED.get(row.library, row.library),
            "country": country(row),
        }
        for row in snapshot.rows
    ]
    exploded = pd.DataFrame(rows).explode("license")
    exploded["part"] = exploded["downloads"] / exploded.groupby("id")["id"].transform("size")
    return exploded


def shares(snapshot, dimension):
    """Return the downloads of what is known, by name, and those of what isn't."""
    by_name = frame(snapshot).dropna(subset=[dimension]).groupby(dimension)["part"].sum()
    unknown = by_name[by_name.index.isin([NONE, "not known"])].sum()
    return by_name[~by_name.index.isin([NONE, "not known"])].sort_values(ascending=False), unknown


def words(within, at):
    return f"in {within} at {at}"


@pytest.mark.parametrize(
    ("dimension", "name", "moment"),
    [
        ("country", "China", TOP),
        ("country", "United States", TOP),
        ("country", "France", OLD),
        ("task", "fill-mask", BOTH),
        ("task", "text-generation", TOP),
        ("task", "fill-mask", OLD),
        ("license", "mit", OLD),
        ("license", "apache-2.0", TRENDING),
        ("library", "transformers", TOP),
        ("library", "diffusers", BOTH),
    ],
)
def test_a_rank_is_among_what_is_known(history, real, dimension, name, moment):
    known, _ = shares(asked_at(real, *moment), dimension)
    place = 1 + int((known > known[name]).sum())
    headline = ask(parse(f'{dimension} "{name}" by downloads {words(*moment)}'), history).headline
    assert headline.endswith(f", {ordinal(place)} of {len(known)})"), headline


def test_china_is_second_of_fourteen(history):
    assert ", 2nd of 14)" in ask(parse("country china by downloads at 2026-08-22"), history).headline


@whole_only
def test_fill_mask_is_fourth_of_thirty_four(history):
    assert ", 4th of 34)" in ask(parse("task fill-mask by downloads in both at 2026-08-22"), history).headline


@pytest.mark.parametrize(
    ("dimension", "plural", "moment"),
    [
        ("country", "countries", TOP),
        ("country", "countries", OLD),
        ("country", "countries", LIKED),
        ("license", "licenses", OLD),
        ("task", "tasks", TOP),
        ("library", "libraries", TOP),
    ],
)
def test_concentration_is_of_what_is_known(history, real, dimension, plural, moment):
    known, unknown = shares(asked_at(real, *moment), dimension)
    found = ask(parse(f"concentration {plural} by downloads {words(*moment)}"), history).statistics
    portions = known / known.sum()
    assert found["hhi"] == pytest.approx((portions**2).sum(), abs=1e-9)
    assert found["effective"] == pytest.approx(1 / (portions**2).sum(), abs=1e-9)
    assert found["top3"] == pytest.approx(portions.head(3).sum(), abs=1e-9)
    assert found.get("left_out", 0.0) == pytest.approx(unknown / (known.sum() + unknown), abs=1e-9)
    if unknown:
        assert found["top3_of_all"] == pytest.approx(known.head(3).sum() / (known.sum() + unknown), abs=1e-9)


def test_countries_by_downloads_are_as_concentrated_as_one_point_nine(history):
    found = ask(parse("concentration countries by downloads at 2026-08-22"), history)
    assert "95.5% of downloads with a known country (87.2% of all), as concentrated as 1.9 " in found.headline
    assert found.statistics["hhi"] == pytest.approx(0.520, abs=5e-4)
    assert "Creators with no known country aren't counted: 8.7% of downloads." in found.notes
    assert "The list is truncated at 300 models, so nothing further down is counted." in found.notes


@pytest.mark.parametrize("moment", [TOP, TRENDING, LIKED, ("top", "2026-06-15"), ("top", "2026-05-31"), ("top", "2026-07-31")])
def test_correlation_and_without_the_largest(history, real, moment):
    rows = frame(asked_at(real, *moment)).drop_duplicates("id").dropna(subset=["likes"]).astype({"likes": float})
    rest = rows.drop(rows["downloads"].idxmax()) if rows.index.is_unique else rows
    found = ask(parse(f"likes {words(*moment)}"), history).statistics
    assert found["n"] == len(rows)
    assert found["r2"] == pytest.approx(rows["likes"].corr(rows["downloads"]) ** 2, abs=1e-9)
    assert found["spearman"] == pytest.approx(rows["likes"].rank().corr(rows["downloads"].rank()), abs=1e-9)
    assert found["r2_without_largest"] == pytest.approx(rest["likes"].corr(rest["downloads"]) ** 2, abs=1e-9)
    assert found["r2_low"] <= found["r2"] <= found["r2_high"]


@whole_only
def test_thirty_models_have_no_verdict(history):
    found = ask(parse("likes at 2026-07-31"), history)
    assert found.headline == (
        "Likes and downloads: rank correlation 0.09, R² = 0.32 (n = 30, 95% interval 0.0005 to 0.74), too uncertain for a verdict"
    )
    assert "Without sentence-transformers/all-MiniLM-L6-v2, R² would be 0.010 instead of 0.320." in found.notes
    assert ask(parse("likes at 2026-07-31"), history).statistics == found.statistics


@whole_only
@pytest.mark.parametrize(
    ("edition", "days", "headline"),
    [
        (
            "2026-04",
            ("2026-03-31", "2026-04-30"),
            "Qwen/Qwen3-VL-2B-Instruct entered the list with 17.7% of downloads in April 2026",
        ),
        ("2026-05", ("2026-04-30", "2026-05-31"), "Qwen/Qwen3-VL-2B-Instruct, which entered the list in April 2026"),
        ("2026-06", ("2026-05-31", "2026-06-30"), ""),
        ("2026-07", ("2026-06-30", "2026-07-31"), ""),
        ("2024-09", ("2022-07-02", "2024-09-20"), "MIT/ast-finetuned-audioset-10-10-0.4593 entered the list with 16.3%"),
    ],
)
def test_shifts_without_the_model_that_alone_moves_them(history, real, edition, days, headline):
    told = digest(Edition.parse(edition), history)
    assert told.headline.startswith(headline)
    assert ("was a spike" in told.headline) is (edition == "2026-05")
    section = next(section for section in told.sections if section.dimension == "task")
    then, now = (frame(asked_at(real, "top", day)).drop_duplicates("id") for day in days)
    model = headline.split(" ")[0].rstrip(",")
    changes = [side[side["id"] != model].groupby("task")["part"].sum() for side in (then, now)]
    rest = (changes[1] / changes[1].sum()).sub(changes[0] / changes[0].sum(), fill_value=0.0)
    for shift in section.shifts:
        if headline:
            assert shift.without == pytest.approx(rest.get(shift.name, 0.0), abs=1e-9)
        else:
            assert shift.without is None
    assert sum(model in line for line in (told.headline, *told.notes)) == 1 if headline else True


@pytest.mark.parametrize("text", ["licenses", "creators by downloads", "tasks", "countries", "libraries by downloads", "movers"])
def test_a_trending_list_that_one_model_carries_is_flagged(history, real, text):
    snapshot = asked_at(real, *TRENDING)
    downloads = pd.Series({row.id: row.downloads for row in snapshot.rows})
    portion = downloads.max() / downloads.sum()
    said = f"{downloads.idxmax()} alone has {percent(portion)} of the downloads of the trending list."
    try:
        notes = ask(parse(f"{text} {words(*TRENDING)}"), history).notes
    except Exception:  # noqa: BLE001 - the extract has no day before
        pytest.skip("nothing to compare with")
    assert (said in notes) is bool(portion > 1 / 3)
    if text == "licenses":
        assert said not in ask(parse(f"licenses by models {words(*TRENDING)}"), history).notes


@pytest.mark.parametrize("moment", [TOP, TRENDING, BOTH, LIKED, OLD])
def test_covered_is_what_has_either_tag(history, real, moment):
    rows = frame(asked_at(real, *moment)).dropna(subset=["license"])
    has = rows.assign(has=rows["license"].isin(["apache-2.0", "mit"])).groupby("id").agg({"has": "any", "downloads": "first"})
    portion, carried = has["has"].mean(), has.loc[has["has"], "downloads"].sum() / has["downloads"].sum()
    headline = ask(parse(f"licenses {words(*moment)}"), history).headline
    assert headline.startswith(f"Apache-2.0 and MIT cover {percent(portion)} of models")
    assert headline.endswith(f"{percent(carried)} of downloads")


MONTHS = ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"]

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
def top30(files):
    """The daily top 30 with the license that the file records, else that among the tags, else none."""
    (path,) = [path for path in files if path.name.startswith("top30_")]
    frame = pd.read_csv(path, keep_default_na=False, dtype={"license_recorded": str})
    if "2026-03-31" not in set(frame.snapshot_date):
        pytest.skip("needs all days of the file")
    tagged = frame.tags.str.extract(r"(?:^|;)license:([^;]+)")[0]
    frame["known"] = frame.license.where(frame.license_recorded.str.lower() != "false", tagged)
    return frame


def license_share(frame, name):
    """Return a license's share of what is recorded, and its least and largest share of all."""
    known = frame.known.notna()
    value = frame.downloads[known & (frame.known == name)].sum()
    total, recorded = frame.downloads.sum(), frame.downloads[known].sum()
    return value / recorded, value / total, (value + total - recorded) / total


def test_april_tells_apache_up_and_mit_down(history, top30):
    license_ = digest(Edition.parse("2026-04"), history).sections[0]
    told = {shift.name: shift.points for shift in license_.shifts}
    if WHOLE:
        assert told["apache-2.0"] == pytest.approx(0.019, abs=0.0015)
        assert told["mit"] == pytest.approx(-0.016, abs=0.0015)
        note = next(note for note in license_.notes if note.startswith("On April 30"))
        assert "adds 20.3 points of coverage by downloads" in note
    before, after = (top30[top30.snapshot_date == day] for day in MONTHS[:2])
    unknown = {*before.model_id[before.known.isna()], *after.model_id[after.known.isna()]}
    names = {"apache-2.0", "mit", "other"}
    assert names <= told.keys() or not WHOLE
    for name in names & told.keys():
        then, now = (license_share(side[~side.model_id.isin(unknown)], name)[0] for side in (before, after))
        assert told[name] == pytest.approx(now - then, abs=1e-9)


@pytest.mark.parametrize(("then", "now"), [*pairwise(MONTHS)])
@pytest.mark.parametrize("name", ["apache-2.0", "mit"])
def test_no_month_tells_a_direction_that_what_is_not_recorded_could_turn_around(history, top30, then, now, name):
    told = {shift.name: shift for shift in digest(Edition.parse(now[:7]), history).sections[0].shifts}
    before, after = (license_share(top30[top30.snapshot_date == day], name) for day in (then, now))
    low, high = after[1] - before[2], after[2] - before[1]
    if low > 0 or high < 0:
        assert told[name].points * low > 0
    else:
        assert name not in told or told[name].basis == "models recorded at both dates"


def test_movers_over_all_files_refuse_mit_and_bound_apache(history):
    told = {shift.name: shift for shift in ask(parse("movers licenses"), history).shifts}
    assert "mit" not in told
    assert 0 < told["apache-2.0"].low < told["apache-2.0"].high


@pytest.mark.parametrize("dimension", [Dimension.CREATOR, Dimension.NAMESPACE, Dimension.COUNTRY, Dimension.KIND, Dimension.TASK])
@pytest.mark.parametrize("by", list(Measure))
def test_what_every_source_records_is_told_as_it_is(history, dimension, by):
    view = View(Query(dimension.plural, by=by, at=Period(2026, 8, 22)), history, dimension)
    then = next(s for s in history.snapshots(ListName.TOP) if s.size == view.now.size and s.taken_on.isoformat() == "2026-08-09")
    compared = shifts.compare(view, then, by)
    assert (compared.coverage.now, compared.coverage.before) == (1.0, 1.0)
    assert {shift.basis for shift in compared.shifts} == {"all recorded models"}


@whole_only
@pytest.mark.parametrize("by", list(Measure))
def test_libraries_of_the_top_30_are_those_of_near_dates(history, by):
    answer = ask(parse(f"libraries by {by} at 2026-07-31"), history)
    assert answer.source.coverages[0].now > 0.9
    assert any("is filled in as recorded from" in note for note in answer.notes)


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


@whole_only
def test_no_picture_of_two_months_draws_what_is_told_by_bounds(history):
    """The license is known for 96.8% of downloads on April 30, and for 91.7% on May 31."""
    answer = ask(parse("compare 2026-04 2026-05"), history)
    drawn = dict(zip(answer.chart.categories, answer.chart.series[0].values, strict=True))
    bounded = [shift for shift in answer.shifts if shift.basis is Basis.BOUNDS]
    assert {shift.name for shift in bounded} >= {"apache-2.0", "mit"}
    assert drawn["Apache-2.0"] is drawn["MIT"] is None
    assert drawn["Sentence Transformers"] is not None


@whole_only
def test_only_what_surely_rose_or_fell_has_a_color(history):
    answer = ask(parse("licenses since 2024-09"), history)
    assert "Apache-2.0" in answer.chart.emphasis
    assert "MIT" in {line.name for line in answer.chart.series} - set(answer.chart.emphasis)
