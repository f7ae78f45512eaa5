"""Reports of months that lack something, and of simulated ones."""

from __future__ import annotations

from dataclasses import replace

import handmade
import pytest

from analytics.digest.edition import Edition
from analytics.domain import ListName, Measure
from analytics.errors import NoDataError, QueryError
from analytics.export.report_json import check_report, report_as_json, report_schema
from analytics.query import Period, Query
from analytics.questions.registry import ask, parse
from analytics.report.builder import report


def last_month(history):
    return Edition.month(history.snapshots(ListName.TOP)[-1].taken_on)


def test_a_week_has_no_report(history):
    with pytest.raises(QueryError, match="covers a month"):
        report(Edition.parse("2026-W30"), history)


def test_a_month_without_a_snapshot_is_refused_in_one_sentence_with_the_nearest_months(history):
    with pytest.raises(NoDataError) as refused:
        report(Edition.parse("2001-01"), history)
    assert "no snapshot from January 2001" in str(refused.value)
    assert refused.value.suggestions == (f"report {history.snapshots(ListName.TOP)[0].taken_on:%Y-%m}",)


def test_a_month_in_the_future_is_refused(history):
    with pytest.raises(NoDataError, match="is in the future"):
        report(Edition.parse("2999-01"), history)


def test_a_list_without_data_is_refused_with_those_that_have_some(history):
    with pytest.raises(NoDataError, match="“hub” list has no snapshots yet"):
        report(last_month(history), history, within=ListName.HUB)


def test_its_numbers_are_those_of_the_same_questions(history):
    told = report(last_month(history), history)
    for section in told.sections:
        for answer in section.answers:
            assert ask(parse(answer.query), history) == answer


def test_it_compares_with_the_last_snapshot_before_the_month(history):
    told = report(last_month(history), history)
    before = [s.taken_on for s in history.snapshots(ListName.TOP) if s.taken_on < told.edition.first]
    assert told.previous == told.source.since == before[-1]
    assert any(section.change for section in told.sections)


def test_the_first_report_has_no_changes(history):
    first = history.snapshots(ListName.TOP)[0].taken_on
    told = report(Edition.month(first), history)
    assert told.previous is None
    assert not any(section.change for section in told.sections)
    assert "This is the first report, so there's no earlier snapshot to compare with." in told.notes


def test_a_short_history_has_no_forecast_and_says_what_it_needs(history):
    told = report(last_month(history), history)
    assert told.question.startswith("Who will lead next? A forecast needs 6 months of snapshots")
    assert told.forecast is None
    assert told.bet == "creators by downloads"


def test_a_long_history_has_a_forecast_that_later_months_do_not_change(long_history, tmp_path):
    listings = list(handmade.long_listings())
    days = sorted({listing.taken_on for listing in listings})
    earlier = handmade.stored([listing for listing in listings if listing.taken_on <= days[-2]], tmp_path / "earlier.db")
    edition = Edition.month(days[-2])
    told, then = report(edition, long_history), report(edition, earlier)
    assert told.forecast
    assert told.question.startswith("Who will lead next? ")
    assert (told.question, told.forecast) == (then.question, then.forecast)
    earlier._database.dispose()


def test_the_pictures_have_short_titles_and_tell_the_finding_in_their_alternative_text(history):
    for section in report(last_month(history), history).sections:
        if section.chart:
            assert section.chart.title not in section.finding
            assert len(section.chart.title) < 50
            assert section.chart.alt


def test_published_figures_stand_beside_the_present_ones_only_where_asked(history):
    told = report(last_month(history), history, with_published=True)
    assert report(last_month(history), history).then_and_now == ()
    now = {figure.key: figure.now for figure in told.then_and_now}
    by_downloads = ask(replace_by(Query("creators", at=month_of(told)), Measure.DOWNLOADS), history).rankings[0]
    meta = next((share.portion for share in by_downloads.shares if share.name == "Meta"), 0.0)
    assert now["meta_downloads"] == meta


def replace_by(query, by):
    return replace(query, by=by)


def month_of(told):
    return Period(told.edition.first.year, told.edition.first.month)


def test_the_json_of_a_report_has_its_schema(history):
    data = report_as_json(report(last_month(history), history, with_published=True))
    check_report(data)
    schema = report_schema()
    assert data.keys() <= schema["properties"].keys()
    assert set(schema["required"]) <= data.keys()
    with pytest.raises(ValueError, match="month"):
        check_report({key: value for key, value in data.items() if key != "month"})
    with pytest.raises(ValueError, match="Extra"):
        check_report(data | {"another": 1})
