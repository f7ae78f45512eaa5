"""No alert crosses a line about what isn't declared or known."""

import pytest

from analytics.domain import ListName, Measure
from analytics.query import Query
from bot.domain.alert_rule import Figure, Rule


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
