"""Questions about the whole Hub: what small lists answer, from rollups alone, and no more told than is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

import dump_files
import pytest
from test_follow_ups import offers

from analytics.answer import Cause
from analytics.charts.drawing import draw
from analytics.domain import EVERYONE_ELSE, Dimension, ListName, Measure
from analytics.errors import NoDataError, QueryError
from analytics.export.serialization import as_csv, as_json
from analytics.names.grouping import UNRANKED, weights_of
from analytics.questions.registry import ask, parse
from analytics.sources.dumps import reader, streaming_rollup
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

DAYS = (date(2026, 7, 31), date(2026, 8, 31))


def month(place):
    """A thousand models, then two hundred more; one of them grew to lead."""
    models = dump_files.some_models(1_000 + 200 * place, creators=400)
    if place:
        models = [
            replace(model, downloads=model.downloads * 3 if at % 5 == 0 else model.downloads) for at, model in enumerate(models)
        ]
    return [replace(models[0], id="openai/whisper", downloads=5_000_000 + 9_000_000 * place), *models[1:]]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hub")
    engine = database.engine(f"sqlite:///{folder / 'hub.db'}")
    database.upgrade(engine)
    found = SqlHistory(engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming_rollup, "KEPT", 30)
        patch.setattr(reader, "KEPT_ROWS", 50)
        for place, day in enumerate(DAYS):
            path = dump_files.written(folder / f"{day}.parquet", dump_files.table(month(place)))
            ingest.store_whole(*reader.read_dump(path, day, "dump"), found)
    yield found
    engine.dispose()


@pytest.fixture(scope="module")
def answer(history):
    return lru_cache(maxsize=None)(lambda text: ask(parse(text), history))


ASKED = [
    *(
        f"{words} in hub{more}"
        for words in ("licenses", "tasks", "libraries", "families", "access", "derivatives", "kinds")
        for more in ("", " since 2026-07")
    ),
    *(
        "creators in hub",
        "creators by models in hub",
        "creators in hub since 2026-07",
        "namespaces in hub",
        "countries by likes in hub",
    ),
    *(
        "creator openai in hub",
        "creator org-23 in hub",
        "license mit in hub",
        "license mit in hub since 2026-07",
        "task fill-mask in hub",
    ),
    *("creators in hub task fill-mask", "licenses in hub task text-generation", "models in hub", "models by likes in hub top 5"),
    *(
        "model openai/whisper in hub",
        "model openai/whisper in hub since 2026-07",
        "movers in hub",
        "movers licenses in hub",
        "movers tasks by models in hub",
    ),
    *(
        "compare mit apache-2.0 in hub",
        "compare 2026-07 2026-08 in hub",
        "concentration licenses in hub",
        "compare openai org-23 in hub since 2026-07",
    ),
]


@pytest.mark.parametrize("text", ASKED)
def test_the_whole_hub_answers_and_what_it_offers_has_an_answer(text, answer):
    found = answer(text)
    assert found.source.list is ListName.HUB
    assert draw(found.chart).startswith(b"\x89PNG")
    assert EVERYONE_ELSE not in found.headline
    assert as_csv(found)
    assert as_json(found)["source"]["models"] > 0
    for offered in (*found.next, *(offer.query for offer in offers(found.follow_ups))):
        assert answer(offered).headline, offered


@pytest.mark.parametrize(
    "dimension", [Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK, Dimension.LIBRARY, Dimension.FAMILY, Dimension.NAMESPACE]
)
def test_shares_are_those_of_all_models(dimension, answer):
    models = month(1)
    for by in Measure:
        (ranking,) = answer(f"{dimension.plural} by {by} in hub").rankings
        exact, whole = {}, 0.0
        for model in models:
            value = {Measure.MODELS: 1.0, Measure.DOWNLOADS: model.downloads, Measure.LIKES: model.likes or 0}[by]
            for name, weight in weights_of(model, dimension).items():
                exact[name] = exact.get(name, 0.0) + weight * value
                whole += weight * value
        assert ranking.recorded == pytest.approx(whole)
        assert sum(share.value for share in ranking.shares) + ranking.rest == pytest.approx(whole)
        for share in ranking.shares:
            assert share.value == pytest.approx(exact[share.name])
        best = max(value for name, value in exact.items() if name not in UNRANKED)
        assert ranking.shares[0].value == pytest.approx(best)
        assert (ranking.rest > 0) == (dimension in {Dimension.CREATOR, Dimension.NAMESPACE})


def test_the_picture_takes_the_small_ones_together(answer):
    chart = answer("creators by downloads in hub").chart
    assert chart.categories[-1] == "all others"
    assert sum(chart.series[0].values) == pytest.approx(1.0)


def test_reasons_name_the_leading_models_and_add_up_with_all_others(answer):
    found = answer("movers in hub")
    first = next(shift for shift in found.shifts if shift.name == "OpenAI")
    assert first.reasons[0].model == "openai/whisper"
    for shift in found.shifts[:5]:
        assert sum(reason.points for reason in shift.reasons) == pytest.approx(shift.points, abs=1e-12)
        assert [reason.cause for reason in shift.reasons].count(Cause.TOGETHER) == 1
        assert {Cause.ENTERED, Cause.LEFT}.isdisjoint({reason.cause for reason in shift.reasons})
    models = {model.id: model for model in month(1)}
    total = sum(model.downloads for model in models.values())
    before = {model.id: model for model in month(0)}
    was = before["openai/whisper"].downloads / sum(model.downloads for model in before.values())
    assert first.reasons[0].points == pytest.approx(models["openai/whisper"].downloads / total - was)


def test_a_rank_is_reported_only_where_it_is_known(answer):
    assert answer("model openai/whisper in hub").facts["rank"] == 1
    last = min(month(1), key=lambda model: (model.downloads, -(model.likes or 0)))
    with pytest.raises(QueryError, match=r"the whole Hub's .* most-downloaded models"):
        answer(f"model {last.id} in hub")


@pytest.mark.parametrize(
    "text",
    [
        "ages in hub",
        "likes in hub",
        "entries in hub",
        "concentration in hub",
        "concentration models in hub",
        "models in hub since 2026-07",
    ],
)
def test_what_rows_would_have_to_tell_is_refused_with_what_can_be_asked(text, history):
    with pytest.raises((QueryError, NoDataError)) as raised:
        ask(parse(text), history)
    assert "whole Hub" in str(raised.value)


def test_a_creator_too_small_to_be_kept_is_reported_so(history):
    with pytest.raises(QueryError, match="aren't stored by name"):
        ask(parse("creator a-very-small-lab in hub"), history)


def test_a_dump_that_is_stored_stays_as_it_is(history, tmp_path):
    path = dump_files.written(tmp_path / "dump.parquet", dump_files.table(month(0)))
    assert ingest.store_whole(*reader.read_dump(path, DAYS[0], "dump"), history) == []
    assert [one.size for one in history.snapshots(ListName.HUB)] == [1_000, 1_200]
