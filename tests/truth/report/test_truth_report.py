"""Every figure of the report of 2026-08 agrees with the second computation, and each of the article's findings is in it."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from fractions import Fraction

import pytest
from truth import reference
from truth.agreement import differences
from truth.listings import NONE, asked_at, comparable
from truth.reference import NAMES, Asked

from analytics.digest.edition import Edition
from analytics.domain import ListName
from analytics.export.report_json import check_report, report_as_json
from analytics.report.builder import report

pytestmark = pytest.mark.shared

MONTH = "2026-08"
PAIR = {"apache-2.0", "mit"}
TABLES = [tomllib.loads((NAMES / name).read_text(encoding="utf-8")) for name in ("licenses.toml", "task_groups.toml")]
FAMILY = {entry["tag"]: entry["family"] for entry in TABLES[0]["license"] if "family" in entry}
GROUP = {task: entry["name"] for entry in TABLES[1]["group"] for task in entry["tasks"]}
KEYS = ["licenses", "license_families", "creators_by_models", "creators_by_downloads", "tasks", "likes", "trending"]


@pytest.fixture(scope="module")
def told(history):
    return report(Edition.parse(MONTH), history, with_published=True)


@pytest.fixture(scope="module")
def section(told):
    return {each.key: each for each in told.sections}.__getitem__


@pytest.fixture(scope="module")
def rows(real):
    return {within: asked_at(real, within, MONTH).rows for within in ("top", "trending")}


def percent(portion):
    return f"{float(portion):.1%}"


def shares(rows, dimension, by):
    return reference.ranking(rows, dimension, by)["shares"]


def named(entries):
    return [entry for entry in entries if entry["name"] != NONE]


def portion(entries, name):
    return next((entry["portion"] for entry in entries if entry["name"] == name), Fraction(0))


def covered(rows, by):
    """The part of the models under Apache-2.0 or MIT, each counted once, of those whose license is recorded."""
    known = [(row, reference.names(row, "license")) for row in rows if row.licenses is not None]
    whole = sum(reference.amount(row, by) for row, _ in known)
    return sum(reference.amount(row, by) for row, under in known if PAIR & set(under)) / whole


def in_families(rows, by):
    values = defaultdict(Fraction)
    for _, tag, value in reference.parts(rows, "license", by):
        values[NONE if tag == NONE else FAMILY.get(tag, "other")] += value
    return {name: value / sum(values.values()) for name, value in values.items()}


def test_it_has_a_chapter_on_each_finding_of_the_article(told):
    assert [each.key for each in told.sections] == KEYS
    assert [each.number for each in told.sections] == list(range(1, 8))
    for each in told.sections:
        assert each.finding.endswith(".")
        assert each.definition
        assert each.answers
        assert each.chart
    assert len(told.conclusions) >= 4
    check_report(report_as_json(told))


def test_the_answers_behind_it_agree(told, real):
    data = report_as_json(told)
    asked = {
        "licenses": [Asked("licenses", at=MONTH)],
        "creators_by_models": [Asked("creators", by="models", at=MONTH)],
        "creators_by_downloads": [Asked("creators", by="downloads", at=MONTH)],
        "tasks": [Asked("tasks", by="downloads", at=MONTH)],
        "likes": [Asked("likes", at=MONTH)],
        "trending": [Asked(word, within="trending", at=MONTH) for word in ("tasks", "creators", "licenses")],
    }
    leader = named(shares(asked_at(real, "top", MONTH).rows, "creator", "downloads"))[0]["name"]
    asked["creators_by_downloads"].append(Asked("creator", (leader,), by="downloads", at=MONTH))
    for each in data["sections"]:
        for question, got in zip(asked.get(each["key"], ()), each["answers"], strict=False):
            assert got["query"] == str(question)
            assert list(differences(reference.answer(question, real), got)) == []


def test_most_models_and_more_downloads_are_under_apache_or_mit(section, rows):
    models, downloads = (covered(rows["top"], by) for by in ("models", "downloads"))
    word = "and" if abs(models - downloads) < 0.05 else "but" if downloads > models else "but only"
    assert section("licenses").finding == (
        f"Apache-2.0 and MIT cover {percent(models)} of models {word} {percent(downloads)} of downloads."
    )
    apache, mit = (
        {by: portion(shares(rows["top"], "license", by), name) for by in ("models", "downloads")} for name in sorted(PAIR)
    )
    text = " ".join(section("licenses").sentences)
    assert f"Apache-2.0 alone has {percent(apache['downloads'])} of downloads and {percent(apache['models'])} of models" in text
    assert f"MIT follows with {percent(mit['downloads'])} of downloads and {percent(mit['models'])} of models" in text
    bare = [percent(portion(shares(rows["top"], "license", by), NONE)) for by in ("models", "downloads")]
    assert f"declare no license are {bare[0]} of models and {bare[1]} of downloads" in text


def test_apache_has_several_times_what_mit_has(section, rows):
    text = " ".join(section("licenses").sentences)
    for by in ("models", "downloads"):
        entries = shares(rows["top"], "license", by)
        assert f"{float(portion(entries, 'apache-2.0') / portion(entries, 'mit')):.1f} times as many {by}" in text


def test_the_families_are_sums_of_licenses(section, rows):
    models, downloads = (in_families(rows["top"], by) for by in ("models", "downloads"))
    chapter = section("license_families")
    for by, wanted in (("models", models), ("downloads", downloads)):
        ranking = next(ranking for ranking in chapter.answers[0].rankings if ranking.by == by)
        assert {share.name: share.portion for share in ranking.shares} == pytest.approx(
            {name: float(value) for name, value in wanted.items()}, abs=1e-9
        )
    assert f"{percent(models['permissive'])} of models" in chapter.finding
    assert f"{percent(downloads['permissive'])} of downloads" in chapter.finding
    text = " ".join(chapter.sentences)
    for name in ("model-specific", "non-commercial", "responsible AI"):
        if name in downloads:
            assert f"have {percent(downloads[name])} of downloads and {percent(models[name])} of models" in text


def test_the_creators_with_most_models_are_not_those_with_most_downloads(told, section, rows):
    many, much = (named(shares(rows["top"], "creator", by)) for by in ("models", "downloads"))
    assert section("creators_by_models").finding.startswith(
        f"{many[0]['name']} leads with {percent(many[0]['portion'])} of models"
    )
    assert section("creators_by_downloads").finding.startswith(
        f"{much[0]['name']} leads with {percent(much[0]['portion'])} of downloads, ahead of {much[1]['name']} "
        f"({percent(much[1]['portion'])})"
    )
    assert many[0]["name"] != much[0]["name"]
    assert any(
        f"{many[0]['name']} leads by models, but {much[0]['name']} leads by downloads" in each for each in told.conclusions
    )
    both = [each["name"] for each in many[:5] if each["name"] in {other["name"] for other in much[:5]}]
    words = ("None", "Only one", "Only two", "Three", "Four", "The five")
    assert any(text.startswith(words[len(both)]) for text in section("creators_by_models").sentences)
    place, own = next((place, each) for place, each in enumerate(many) if each["name"] == much[0]["name"])
    assert own["rank"] <= place + 1
    assert f"with {percent(own['portion'])} of models." in " ".join(section("creators_by_models").sentences)


def test_few_models_drive_the_leader(section, rows):
    leader = named(shares(rows["top"], "creator", "downloads"))[0]
    own = sorted(
        (row for row in rows["top"] if reference.names(row, "creator") == (leader["name"],)), key=lambda row: -row.downloads
    )
    whole = sum(row.downloads for row in rows["top"])
    text = " ".join(section("creators_by_downloads").sentences)
    assert f"makes up {percent(Fraction(own[0].downloads, sum(row.downloads for row in own)))} of its downloads" in text
    for row in own[:3]:
        assert f"{row.id} ({percent(Fraction(row.downloads, whole))})" in text
    without = Fraction(sum(row.downloads for row in own[1:]), whole - own[0].downloads)
    assert f"would have {percent(without)} of downloads instead of {percent(leader['portion'])}" in text
    portions = [entry["portion"] for entry in shares(rows["top"], "creator", "downloads")]
    assert f"The top 3 creators have {percent(sum(portions[:3]))} of downloads" in text
    assert f"as concentrated as {float(1 / sum(each**2 for each in portions)):.1f} equal-sized creators" in text


def test_tasks_by_downloads_and_what_they_are_for(section, rows):
    entries = named(shares(rows["top"], "task", "downloads"))
    chapter = section("tasks")
    first, second = entries[:2]
    assert chapter.finding == (
        f"{first['name']} leads with {percent(first['portion'])} of downloads, "
        f"ahead of {second['name']} ({percent(second['portion'])})."
    )
    text = " ".join(chapter.sentences)
    for entry in entries[2:5]:
        assert f"{entry['name']} ({percent(entry['portion'])})" in text
    values = defaultdict(Fraction)
    for entry in entries:
        values[GROUP.get(entry["name"], "other tasks")] += entry["value"]
    wanted = {name: float(value / sum(values.values())) for name, value in values.items() if value}
    assert dict(chapter.groups) == pytest.approx(wanted, abs=1e-9)
    largest = max(wanted, key=wanted.get)
    assert f"{largest} leads with {percent(wanted[largest])} of downloads with a declared task" in text


def test_likes_say_little_about_downloads(told, section, rows):
    wanted = reference.statistics(rows["top"])
    assert f"R² = {wanted['r2']:.2f}" in section("likes").finding
    assert f"rank correlation {wanted['spearman']:.2f}" in section("likes").finding
    assert f"account for {wanted['r2']:.0%} of the differences" in " ".join(section("likes").sentences)
    assert any("Likes are a poor guide" in sentence for sentence in told.conclusions)


def test_what_trends_differs_from_what_is_used(section, rows):
    hot, used = ({reference.today(row.id) for row in rows[within]} for within in ("trending", "top"))
    both = len(hot & used)
    chapter = section("trending")
    assert chapter.finding == (
        f"{both} of the {len(hot)} trending models ({percent(Fraction(both, len(hot)))}) are also among the {len(used)} "
        "most-downloaded models."
    )
    text = " ".join(chapter.sentences)
    models, downloads = (covered(rows["trending"], by) for by in ("models", "downloads"))
    assert f"Apache-2.0 and MIT cover {percent(models)} of models" in text
    assert f"{percent(downloads)} of downloads" in text
    ours, others = ({e["name"]: e["portion"] for e in named(shares(rows[w], "task", "models"))} for w in ("trending", "top"))
    gaps = {name: ours.get(name, 0) - others.get(name, 0) for name in ours | others}
    more, less = max(gaps, key=gaps.get), min(gaps, key=gaps.get)
    assert f"{more} makes up {percent(ours[more])} of trending models and {percent(others.get(more, 0))} of the top list" in text
    few = f"makes up only {percent(ours[less])} of trending models" if ours.get(less) else "has no trending model"
    assert f"{less} {few} but {percent(others[less])} of the top list" in text
    first = named(shares(rows["trending"], "creator", "models"))[0]
    assert f"{first['name']} has the most trending models ({percent(first['portion'])})" in text


@pytest.mark.parametrize(
    "chapter",
    [
        ("licenses", "license", "downloads"),
        ("creators_by_models", "creator", "models"),
        ("creators_by_downloads", "creator", "downloads"),
        ("tasks", "task", "downloads"),
    ],
    ids=lambda chapter: chapter[0],
)
def test_changes_are_those_since_the_last_comparable_list(told, section, real, chapter):
    key, dimension, by = chapter
    now = asked_at(real, "top", MONTH)
    then = [one for one in comparable(real, now)[:-1] if one.day < f"{MONTH}-01"][-1]
    assert told.previous.isoformat() == then.day
    change = section(key).change
    _, moved, _ = reference.told([then.rows, now.rows], dimension, by)
    if not moved:
        assert "Too little is known" in change
        return
    told_by = {shift["name"]: shift for shift in moved if shift["name"] not in reference.UNRANKED}
    label = change.split(" rose ")[0].split(" fell ")[0].split(" (")[0]
    shift = next(shift for name, shift in told_by.items() if name.casefold() == label.casefold())
    if " passed " in change:
        assert f"({percent(shift['after'])} of downloads)" in change
    elif "low" in shift and shift["basis"] == "all recorded models, with bounds":
        assert f"{abs(float(shift['low'])) * 100:.1f}" in change
    else:
        assert f"from {percent(shift['before'])} to {percent(shift['after'])} of {by}" in change


def test_then_and_now_has_the_published_figures_beside_the_present_ones(told, rows):
    figures = {figure.key: figure for figure in told.then_and_now}
    assert {key: figure.published for key, figure in figures.items()} == {
        "permissive_models": 0.76,
        "permissive_downloads": 0.92,
        "meta_downloads": 0.30,
        "likes_r2": 0.06,
    }
    wanted = {
        "permissive_models": covered(rows["top"], "models"),
        "permissive_downloads": covered(rows["top"], "downloads"),
        "meta_downloads": portion(shares(rows["top"], "creator", "downloads"), "Meta"),
        "likes_r2": reference.statistics(rows["top"])["r2"],
    }
    assert {key: figure.now for key, figure in figures.items()} == pytest.approx(
        {k: float(v) for k, v in wanted.items()}, abs=1e-9
    )


@pytest.mark.parametrize("within", [ListName.TRENDING, ListName.BOTH])
def test_the_other_lists_have_reports_with_their_own_figures(history, real, within):
    told = report(Edition.parse(MONTH), history, within=within)
    chapters = {each.key: each for each in told.sections}
    listed = asked_at(real, within.value, MONTH).rows
    models, downloads = (covered(listed, by) for by in ("models", "downloads"))
    assert f"{percent(models)} of models" in chapters["licenses"].finding
    assert f"{percent(downloads)} of downloads" in chapters["licenses"].finding
    leader = named(shares(listed, "creator", "downloads"))[0]
    assert f"{leader['name']} leads with {percent(leader['portion'])} of downloads" in chapters["creators_by_downloads"].finding
    assert told.bet == ("creators by downloads in trending" if within is ListName.TRENDING else "creators by downloads")


def test_a_list_without_a_trending_list_of_its_month_says_so(history):
    told = report(Edition.parse("2026-06"), history)
    last = told.sections[-1]
    assert last.finding == "The trending list of June 2026 isn't recorded, so there's nothing to compare."
    assert (last.answers, last.chart) == ((), None)
