"""What real lists hardly have, made up: several licenses a model, equal counts, moved models, none downloaded, none liked."""

from __future__ import annotations

import csv
import gzip
import random

import pytest
from truth import listings
from truth.asking import agreement, imported
from truth.cases import MEASURES, SIDE_BY_SIDE, every_name
from truth.reference import DIMENSIONS, Asked, today

from analytics.storage import database
from analytics.storage.sql_history import SqlHistory

DAYS = ("2026-05-31", "2026-06-30", "2026-07-15", "2026-07-31")
IDS = [
    *("bert-base-uncased", "gpt2", "roberta-base", "THUDM/chatglm-6b", "EleutherAI/gpt-j-6B", "CohereForAI/aya-23-8B"),
    *("google/flan-t5-base", "facebook/bart-large", "qwen/lowercase", "Qwen/Qwen3-8B", "nobody/a", "nobody/b", "Nobody/A"),
    *(f"lab-{n % 7}/model-{n}" for n in range(40)),
]
"""The first six move between the second date and the third."""
LICENSES = ("mit", "apache-2.0", "llama3.1", "cc-by-4.0", "other")
COLUMNS = (
    *("snapshot_date", "model_id", "downloads", "likes", "license", "license_recorded", "pipeline_tag", "library_name"),
    *("trending_score", "created_at", "gated", "tags"),
)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A file of four dates, 48 to 52 of the models on each; a fixed seed, so that a failure can be looked at again."""
    chance = random.Random(7)
    path = tmp_path_factory.mktemp("made-up") / "made_up.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(COLUMNS)
        for day in DAYS:
            write.writerows(_row(chance, day, model) for model in chance.sample(IDS, chance.randint(48, 52)))
    return path


def _row(chance, day, model):
    recorded = chance.random() > 0.2
    licenses = chance.sample(LICENSES, chance.choice((0, 1, 1, 2, 3))) if recorded else ()
    filled = {
        "snapshot_date": day,
        "model_id": today(model) if day >= DAYS[2] else model,
        "downloads": chance.choice((0, 5, 5, 1000, 123_457, 98_765_431)),
        "likes": chance.choice((0, 1, 1, 40, 7_001)),
        "license": ";".join(licenses),
        "license_recorded": str(recorded).lower(),
        "pipeline_tag": chance.choice(("", "fill-mask", "text-generation")),
        "library_name": chance.choice(("", "transformers", "timm")),
    }
    return [filled.get(column, "") for column in COLUMNS]


@pytest.fixture(scope="module")
def snapshots(made_up):
    return listings.with_unions(listings.read(made_up, "top"))


@pytest.fixture(scope="module")
def agree(made_up, snapshots, tmp_path_factory):
    store = tmp_path_factory.mktemp("made-up-store") / "hfstats.db"
    return agreement(SqlHistory(database.engine(imported(store, [made_up], "--list", "top"))), listings.filled(snapshots, today))


def test_the_file_has_what_it_is_for(snapshots):
    rows = [row for one in snapshots for row in one.rows]
    assert {len(row.licenses) for row in rows if row.licenses} == {1, 2, 3}
    assert any(row.licenses is None for row in rows)
    assert any(row.downloads == 0 for row in rows)
    assert any(today(row.id) != row.id for row in rows)


@pytest.mark.parametrize("word", DIMENSIONS)
def test_shares_and_movers(agree, word):
    asked = [Asked(word, by=by, at=at, since=since) for by in SIDE_BY_SIDE for at in ("", "2026-06") for since in ("", "2026-05")]
    asked += [Asked("movers", (word,), by=by, since=since) for by in MEASURES for since in ("", "2026-07")]
    if word != "tasks":
        asked += [Asked(word, by=by, task="fill-mask") for by in SIDE_BY_SIDE]
    agree(asked)


@pytest.mark.parametrize("dimension", ["license", "creator", "task", "library"])
def test_every_name(agree, snapshots, dimension):
    found = every_name(snapshots, dimension, "top", "")
    asked = [Asked(dimension, (name,), by=by, since=since) for name in found for by, since in (("", ""), ("likes", "2026-05"))]
    asked += [
        Asked("compare", tuple(found[:8]), by=by, of=dimension, since=since) for by in SIDE_BY_SIDE for since in ("", "2026-05")
    ]
    agree(asked)


def test_single_models_and_likes(agree, snapshots):
    models = {today(row.id) for row in snapshots[-1].rows}
    asked = [Asked("model", (model,), since=since) for model in sorted(models) for since in ("", "2026-05")]
    asked += [Asked("models", by=by, since=since) for by in ("", "likes") for since in ("", "2026-05")]
    asked += [Asked("likes", task=task, at=at) for task in ("", "fill-mask", "none declared") for at in ("", "2026-05")]
    agree(asked)
