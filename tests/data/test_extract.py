"""The extract stays what it may be: five dates, at most 300 models each, their facts as the sources have them."""

from __future__ import annotations

from collections import defaultdict

import pytest
from data import made_up_days
from data.real_listings import HERE, complete_files

pytestmark = pytest.mark.shared

FACTS = tuple(column for column in made_up_days.COLUMNS if column not in {"gated", "tags"})
EXTRACT = sorted((HERE / "listings").glob("*.csv.gz"))


def facts(path):
    return {tuple(row[column] for column in FACTS) for row in made_up_days.read(path)}


def test_it_has_five_dates_of_at_most_300_models_and_fits_a_megabyte():
    dates = defaultdict(set)
    for row in (row for path in EXTRACT for row in made_up_days.read(path)):
        dates[row["snapshot_date"]].add(row["model_id"])
    assert len(dates) == 5
    assert max(map(len, dates.values())) <= 300
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < 1_000_000


def test_its_rows_are_those_of_the_files_that_tests_read(tmp_path):
    files = {path.name: path for path in complete_files(tmp_path)}
    for path in EXTRACT:
        assert facts(path) <= facts(files[path.name]), path.name


def test_its_readme_names_each_file():
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    names = [path.name.removesuffix(".csv.gz") for path in EXTRACT] + [path.name for path in (HERE / "hub_api_samples").iterdir()]
    assert [name for name in names if f"`{name}`" not in readme] == []
