"""What an alert is about: nothing that isn't declared or known, and no models that a source may leave out."""

import pytest

from analytics.domain import ListName, Measure
from analytics.errors import QueryError
from analytics.query import Query
from analytics.questions.registry import FORMS
from bot.domain.alert_rule import Figure, Rule, read_rule


@pytest.mark.parametrize("on_rank", [True, False])
@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("was", [True, False])
def test_it_is_never_beyond_a_line(on_rank, below, was):
    for word, name in (("license", "none declared"), ("task", "none declared"), ("country", "not known")):
        query = Query(word, (name,), by=Measure.DOWNLOADS, within=ListName.TOP)
        rule = Rule(query, on_rank, below, 3 if on_rank else 0.25)
        for share in (0.0, 0.1, 0.9):
            assert not rule.beyond(Figure(share, None, name), was=was)


def test_a_name_that_left_the_list_still_is():
    query = Query("license", ("mit",), by=Measure.DOWNLOADS, within=ListName.TOP)
    for on_rank, line in ((True, 3), (False, 0.25)):
        rule = Rule(query, on_rank=on_rank, below=True, line=line)
        assert rule.beyond(Figure(0.0, None, "mit"), was=False)


def test_an_alert_can_be_narrowed_by_what_is_known_of_every_model():
    rule = read_rule("license mit creator google not country china below 10%", FORMS)
    assert str(rule) == "license mit creator google not country china by downloads below 10%"
    assert rule.said() == "MIT falls below 10% of downloads among models by google, not from China"
    assert read_rule(str(rule), FORMS) == rule


@pytest.mark.parametrize("dimension", ["license", "family", "library", "access", "derivation"])
def test_an_alert_is_not_narrowed_by_what_a_source_may_leave_out(dimension):
    with pytest.raises(QueryError, match=f"not by {dimension}, which isn't recorded of every model"):
        read_rule(f"creator meta {dimension} x below 10%", FORMS)
