"""Where one can go from an answer: every question offered has an answer, in its own words."""

from __future__ import annotations

from dataclasses import replace

import handmade
import pytest
from test_questions import ASKED

from analytics.questions.registry import ask, parse
from analytics.storage.request_cache import RequestCache


def offers(near):
    breakdown = [offer for _, group in near.breakdown for offer in group]
    return [*near.measures, *filter(None, (near.earlier, near.later)), *near.ranges, *breakdown]


@pytest.mark.parametrize("text", ASKED)
def test_whatever_is_offered_has_an_answer(text, answer):
    found = answer(text)
    for offer in offers(found.follow_ups):
        assert str(parse(offer.query)) == offer.query, "a control's words are a query's own"
        assert answer(offer.query).query == offer.query, offer.label
        assert offer.label
    for choice in (found.follow_ups.measures, found.follow_ups.ranges):
        assert len(choice) != 1, "one thing is no choice"
        if choice:
            assert [offer.query for offer in choice].count(found.query) == 1, "where one is stands among them"
            assert len({offer.label for offer in choice}) == len(choice)
            assert len({offer.query for offer in choice}) == len(choice)


def labels(choice):
    return [offer.label for offer in choice]


def test_a_ranking_is_measured_stepped_stretched_and_opened(answer):
    follow_ups = answer("licenses").follow_ups
    assert [(o.label, o.query) for o in follow_ups.measures] == [
        ("Models and downloads", "licenses"),
        ("By models", "licenses by models"),
        ("By downloads", "licenses by downloads"),
        ("By likes", "licenses by likes"),
    ]
    assert (follow_ups.earlier.label, follow_ups.earlier.query) == ("Jul 2026", "licenses at 2026-07")
    assert follow_ups.later is None
    assert [(o.label, o.query) for o in follow_ups.ranges] == [
        ("Now", "licenses"),
        ("Last 3 months", "licenses since 2026-05"),
        ("Last 6 months", "licenses since 2026-02"),
        ("All, since Nov 2025", "licenses since 2025-11"),
    ]
    assert [kind for kind, _ in follow_ups.breakdown] == ["Licenses"]
    assert follow_ups.breakdown[0][1][0].query == "license apache-2.0"


def test_a_month_leads_back_to_the_one_after(answer):
    follow_ups = answer("licenses at 2026-07").follow_ups
    assert (follow_ups.earlier.label, follow_ups.later.label) == ("Jun 2026", "Aug 2026")
    assert follow_ups.later.query == "licenses at 2026-08"
    assert "licenses at 2026-07 since 2026-04" in [o.query for o in follow_ups.ranges]


def test_a_hole_is_stepped_over_to_the_next_month_there_is(answer):
    assert answer("licenses at 2026-05").follow_ups.earlier.label == "Nov 2025"
    assert answer("licenses at 2025-11").follow_ups.earlier is None


def test_a_source_without_likes_or_libraries_offers_neither(answer):
    assert labels(answer("licenses at 2025-11").follow_ups.measures) == ["Models and downloads", "By models", "By downloads"]
    assert answer("licenses by likes at 2026-05").follow_ups.earlier is None
    assert "All, since May 2026" in labels(answer("libraries as recorded").follow_ups.ranges)


def test_a_creator_is_not_offered_for_a_month_without_it(answer):
    assert answer("creator zai-org").follow_ups.earlier is None
    assert answer("model zai-org/GLM-5").follow_ups.earlier is None
    assert answer("creator meta").follow_ups.earlier.query == "creator Meta at 2026-07"


def test_what_compares_with_the_month_before_is_not_offered_for_the_first(answer):
    for word in ("entries", "movers"):
        assert answer(f"{word} at 2026-05").follow_ups.earlier is None
        assert labels(answer(word).follow_ups.ranges)[0] == "Since last month"


def test_what_needs_dates_of_creation_is_not_offered_without_them(tmp_path):
    def without_dates(listing):
        return replace(listing, models=tuple(replace(model, created=None) for model in listing.models))

    listings = [without_dates(one) if one.taken_on.month == 7 else one for one in handmade.listings()]
    store = handmade.stored(listings, tmp_path / "hfstats.db")
    follow_ups = ask(parse("ages"), store).follow_ups
    store._database.dispose()
    assert follow_ups.earlier is None


@pytest.mark.parametrize(
    ("text", "group", "first"),
    [
        ("entries", "Models", "model zai-org/GLM-5"),
        ("concentration licenses", "Licenses", "license apache-2.0"),
        ("concentration models", "Models", "model sentence-transformers/all-MiniLM-L6-v2"),
    ],
)
def test_names_in_an_answer_can_be_opened(text, group, first, answer):
    ((label, offers),) = answer(text).follow_ups.breakdown
    assert (label, offers[0].query) == (group, first)


def test_a_date_of_ones_own_stands_among_the_ranges(answer):
    follow_ups = answer("licenses since 2026-06").follow_ups
    assert labels(follow_ups.ranges)[-1] == "Since Jun 2026"
    assert labels(follow_ups.measures) == ["By models", "By downloads", "By likes"]


def test_what_counts_by_one_measure_offers_no_two(answer):
    assert labels(answer("models").follow_ups.measures) == ["By downloads", "By likes"]
    assert labels(answer("movers").follow_ups.measures) == ["By models", "By downloads", "By likes"]
    assert answer("likes").follow_ups.measures == ()


def test_a_license_leads_to_the_creators_behind_it_and_they_to_their_models(answer):
    found = answer("license apache-2.0")
    inside = dict(found.follow_ups.breakdown)
    assert list(inside) == ["Creators", "Models"]
    assert inside["Creators"][0].query == f"creator {found.creators.shares[0].name}".replace(
        "Sentence Transformers", '"Sentence Transformers"'
    )
    assert inside["Models"][0].query == "model sentence-transformers/all-MiniLM-L6-v2"
    assert [kind for kind, _ in answer("creator meta").follow_ups.breakdown] == ["Models"]


def test_the_creators_behind_a_license_add_up_to_it(answer):
    found = answer("license mit").creators
    values = {share.name: share.value for share in found.shares}
    assert values["Meta"] == 40e6
    assert values["deepset"] == 5.5e6, "half of a model with two licenses"
    assert sum(values.values()) == found.recorded == answer("license mit").rankings[-1].shares[0].value
    assert sum(share.portion for share in found.shares) == pytest.approx(1)
    assert answer("license mit").notes[-1].startswith("Most of MIT's downloads come from Meta (")


def test_a_remembered_history_is_the_history(history):
    from analytics.domain import Dimension, ListName
    from analytics.names.grouping import STORED

    read = RequestCache(history, as_recorded=True)
    ids = [snapshot.id for snapshot in read.snapshots(ListName.TOP)]
    for chosen in (ids[:2], ids, ids[1:3], [999]):
        for dimension in (None, *Dimension):
            if dimension is None or dimension in STORED:
                assert sorted(read.counts(chosen, dimension), key=str) == sorted(history.counts(chosen, dimension), key=str)
    assert read.models(ids[0]) == history.models(ids[0])
