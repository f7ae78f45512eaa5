"""``hfstats snapshot`` against a Hub on loopback, through the real huggingface_hub: once a day, all or nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from hub_standin import HubStandIn, half, html, some_models, status

from analytics.storage import database
from bot.cli.main import main


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'hfstats.db'}"


def take(url, hub, **environment):
    return CliRunner().invoke(main, ["snapshot"], env={"DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint, **environment})


def stored(url):
    engine = database.engine(url)
    if database.revision(engine) is None:
        return []
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT list, taken_on, source, size FROM snapshot ORDER BY list"))
        return [(row.list, str(row.taken_on), row.source, row.size) for row in found]


def test_a_snapshot_is_taken_once_a_day(url):
    with HubStandIn(some_models(700)) as hub:
        first = take(url, hub)
        today = str(datetime.now(UTC).date())
        assert first.exit_code == 0, first.output
        assert first.stdout.splitlines() == [
            f"Stored 300 models from the top list for {today}.",
            f"Stored 300 models from the trending list for {today}.",
        ]
        before = stored(url)
        assert [row[0] for row in before] == ["both", "top", "trending"]
        second = take(url, hub)
        assert second.exit_code == 0
        assert "already exists. Nothing changed." in second.stdout
        assert stored(url) == before
    answer = CliRunner().invoke(main, ["ask", "licenses", "--json"], env={"DATABASE_URL": url})
    assert answer.exit_code == 0, answer.output
    assert '"origin": "hub"' in answer.stdout


@pytest.mark.parametrize(
    ("fault", "which"),
    [(status(400), 0), (html(), 1), (status(500), 1), (half(some_models(5)), 0)],
    ids=["400 for top", "HTML for trending", "500 for trending", "half a page for top"],
)
def test_a_hub_that_fails_on_either_list_is_one_sentence_and_leaves_nothing(url, fault, which):
    with HubStandIn(some_models(700)) as hub:
        hub.fail_next(fault, times=99, after=which)
        result = take(url, hub)
    assert result.exit_code == 1
    lines = result.stderr.strip().splitlines()
    assert [line for line in lines if line.startswith("hfstats: ")] == lines
    assert "page 1" in result.stderr
    assert stored(url) == []


def test_a_token_is_sent_and_never_shown(url):
    with HubStandIn(some_models(400), token="hf_right") as hub:
        refused = take(url, hub, HF_TOKEN="hf_wrong_and_secret")
        assert refused.exit_code == 1
        assert "hf_wrong" not in refused.output
        assert take(url, hub, HF_TOKEN="hf_right").exit_code == 0
