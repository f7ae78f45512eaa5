"""Unexpected errors: one sentence with a reference ID that is in the log, and a notice to the operator with the cause."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from hub_repositories import Commit
from hub_standin import HubStandIn, some_models, status

from analytics.digest.edition import Edition
from analytics.domain import ListName
from analytics.errors import StoreError
from analytics.storage.sql_history import SqlHistory
from bot import database_setup
from bot.analytics_pool.process import AnalyticsProcess
from bot.cli.main import main
from bot.composition import background
from bot.domain.outbox import RetryAt
from bot.settings import Settings
from bot.storage.messages.outbox import OutboxStore

SENTENCE = re.compile(
    r"^.+ failed unexpectedly: \w+ in [\w./]+:\d+ \S+\. The log has the details under the reference ([0-9a-f]{8})\.$"
)
TYPED = "what somebody typed"


class BrokenError(RuntimeError):
    """Stands for a defect."""


def broken(*_, **__):
    raise BrokenError(TYPED)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'hfstats.db'}"


@pytest.fixture
def moment():
    return [datetime(2026, 8, 12, 12, 7, tzinfo=UTC)]


@pytest.fixture
def hub():
    with HubStandIn(some_models(400)) as standin:
        yield standin


@pytest.fixture
def engine(url):
    opened = database_setup.store(Settings(database_url=url))
    yield opened
    opened.dispose()


@pytest.fixture
def jobs(url, hub, engine, moment):
    settings = Settings(
        database_url=url, hf_endpoint=hub.endpoint, slack_bot_token="xoxb" + "-test", hfstats_operator_channel="C0OPS"
    )
    made = background.jobs(settings, engine, AnalyticsProcess(SqlHistory(engine)))
    context = replace(made.delivery_context, clock=lambda: moment[0], outbox=OutboxStore(engine, lambda: moment[0]))
    return replace(made, delivery_context=context)


def break_statements(engine, pattern):
    """Make the database's driver fail for a reason of its own at some statements."""

    def fail(_connection, _cursor, statement, *_):
        if re.search(pattern, statement):
            broken()

    sa.event.listen(engine, "before_cursor_execute", fail)
    return lambda: sa.event.remove(engine, "before_cursor_execute", fail)


def notices(engine):
    with engine.connect() as connection:
        return [row.content for row in connection.execute(sa.text("SELECT content FROM delivery ORDER BY id"))]


def reported(engine, caplog):
    """Return the reference that the operator was given, which stands in the log with the trace."""
    (notice,) = notices(engine)
    reference = re.search(r"reference ([0-9a-f]{8})\.", notice)[1]
    (record,) = [one for one in caplog.records if one.getMessage().startswith(f"failure {reference}: ")]
    assert record.exc_info[0] is BrokenError
    assert "BrokenError in " in notice
    assert TYPED not in notice
    return reference


ALL_BUT_NOTICES = r"(?s)^(?!.*\b(done|delivery)\b).*\b(FROM|UPDATE|INTO)\b"


@pytest.mark.parametrize("job", ["plan", "snapshot", "watch", "settle", "tidy"])
def test_a_job_that_breaks_is_logged_and_reported_once_a_day(jobs, engine, moment, caplog, job):
    mend = break_statements(engine, ALL_BUT_NOTICES)
    jobs.run(job)
    reported(engine, caplog)
    moment[0] += timedelta(hours=3)
    jobs.run(job)
    assert len(notices(engine)) == 1, "the same cause on the same day"
    moment[0] += timedelta(days=1)
    jobs.run(job)
    assert len(notices(engine)) == 2
    mend()
    jobs.run(job)


def test_a_database_that_is_away_is_no_surprise(jobs, engine, caplog):
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE subscription RENAME TO elsewhere"))
    with pytest.raises(StoreError):
        jobs.run("plan")
    assert notices(engine) == []
    assert "failure" not in caplog.text


@pytest.mark.parametrize(("what", "statement"), [("deliver", r"FROM delivery\s+WHERE delivery\.id = "), ("count", r"\bdump\b")])
def test_a_delivery_and_a_dump_that_break_are_tried_again_and_reported(jobs, engine, caplog, what, statement):
    break_statements(engine, statement)
    again = getattr(jobs, what)(1)
    assert isinstance(again, RetryAt)
    reported(engine, caplog)


def test_what_is_logged_so_that_the_rest_goes_on_is_told_too(jobs, engine, moment):
    """A digest that can't be built, an alert, a bet, a delivery: each is logged where it happens, and others go on."""
    moment[0] = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    jobs.delivery_context.subscriptions.subscribe(
        "T1",
        "C1",
        schedule="monthly at 09:00 UTC",
        within="top",
        sections=("license",),
        by="U1",
        next_due=moment[0],
        private=False,
    )
    break_statements(engine, "FROM snapshot")
    jobs.run("plan")
    (notice,) = notices(engine)
    assert re.search(r"The digest .* could not be built: BrokenError in .*\. The log has the details under the reference", notice)


def test_a_snapshot_that_breaks_names_the_defect_and_not_the_hub(jobs, engine, moment, caplog, monkeypatch):
    monkeypatch.setattr("analytics.sources.hub.paginate", broken)
    assert jobs.snapshot() is False
    reference = reported(engine, caplog)
    moment[0] = moment[0].replace(hour=22)
    assert jobs.snapshot() is False
    last = notices(engine)[-1]
    assert "There is still no snapshot for 2026-08-12. The snapshot for 2026-08-12 failed" in last
    assert "cannot be reached" not in last
    assert reference


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (lambda hub: hub.rewrite(lambda _, rows: [rows[0] | {"downloads": None}, *rows[1:]]), "row 1 (page 1) of the top list"),
        (lambda hub: hub.rewrite(lambda _, rows: [*rows[:9], rows[8], *rows[10:]]), "repeats"),
        (lambda hub: hub.rewrite(lambda _, rows: rows[::-1]), "so the list is not sorted"),
        (lambda hub: hub.models.__delitem__(slice(200, None)), "gave 200 of 300 models"),
        (lambda hub: hub.fail_next(status(404), times=99), "answered 404"),
        (lambda hub: hub.fail_next(status(403), times=99), "answered 403"),
    ],
    ids=["no count", "a repeat", "no order", "short", "404", "403"],
)
def test_the_operator_reads_why_there_is_no_snapshot(jobs, hub, engine, spoil, cause):
    spoil(hub)
    jobs = replace(jobs, delivery_context=replace(jobs.delivery_context, clock=lambda: datetime(2026, 8, 12, 22, 7, tzinfo=UTC)))
    assert jobs.snapshot() is False
    (notice,) = notices(engine)
    assert cause in notice
    assert "cannot be reached" not in notice


def test_the_operator_reads_that_the_hub_cannot_be_reached(jobs, hub, engine, moment):
    moment[0] = moment[0].replace(hour=22)
    hub.__exit__(None, None, None)
    assert jobs.snapshot() is False
    (notice,) = notices(engine)
    assert "cannot be reached" in notice


def test_a_day_counts_as_missed_until_it_has_a_snapshot(jobs, hub, moment):
    hub.fail_next(status(404), times=1)
    moment[0] = moment[0].replace(hour=22)
    assert jobs.snapshot() is False
    assert jobs.missed(Edition.parse("2026-08")) == [date(2026, 8, 12)]
    assert jobs.missed(Edition.parse("2026-07")) == []
    assert jobs.snapshot() is True
    assert jobs.missed(Edition.parse("2026-08")) == []


def test_odd_rows_are_stored_shown_and_exported(jobs, hub, engine, moment):
    hub.rewrite(lambda _, rows: [row | ({"gated": "perhaps"} if rank < 4 else {}) for rank, row in enumerate(rows)])
    assert jobs.snapshot() is True
    assert SqlHistory(engine).snapshots(ListName.TOP)[-1].odd_rows == 4
    from bot.observability.metrics import Metrics
    from bot.processes.status import lines

    said = [text for name, text in lines(jobs.delivery_context, engine, moment[0]) if name == "Odd rows"]
    assert said == ["4 rows of it had a field that couldn't be read, or stood twice. The log has examples."] * 2
    metrics = Metrics()
    metrics.snapshots(SqlHistory(engine).latest)
    assert b'hfstats_snapshot_odd_rows{list="top"} 4.0' in metrics.text()


# Commands


COMMANDS = [
    ("snapshot",),
    ("ask", "licenses"),
    ("digest",),
    ("import", "listing.csv"),
    ("import", "--list", "hub", "2026-08-31.parquet"),
    ("backfill", "--since", "2026-04", "--later"),
    ("status",),
    ("deliveries",),
    ("db", "upgrade"),
    ("keys", "rotate"),
]


@pytest.fixture
def broken_database(tmp_path, monkeypatch):
    """A folder with files to import, and a database whose driver is broken."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "listing.csv").write_text("snapshot_date,model_id,downloads\n2026-08-22,a/b,1\n", encoding="utf-8")
    pq.write_table(pa.table({"id": ["a/b"], "downloads": [1]}), tmp_path / "2026-08-31.parquet")
    monkeypatch.setattr(sa.Engine, "connect", broken)
    monkeypatch.setattr(sa.Engine, "begin", broken)


@pytest.mark.usefixtures("broken_database")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_that_breaks_ends_in_one_sentence(url, hub, caplog, words):
    result = CliRunner().invoke(
        main,
        list(words),
        env={"DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint, "SLACK_CLIENT_ID": "1.2", "HFSTATS_OPERATOR_CHANNEL": "C0OPS"},
    )
    (sentence,) = result.stderr.strip().splitlines()
    assert result.exit_code == 1
    assert sentence.startswith(f"hfstats: hfstats {words[0]} failed unexpectedly: BrokenError in ")
    reference = SENTENCE.match(sentence)[1]
    assert f"failure {reference}: hfstats {words[0]}" in caplog.text
    assert "Traceback" not in result.output
    assert TYPED not in result.output


def test_a_process_writes_its_log_line_and_no_traceback(url, hub, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sqlalchemy\ndef broken(*_, **__): raise RuntimeError('what somebody typed')\nsqlalchemy.Engine.connect = broken",
        encoding="utf-8",
    )
    env = {**environment(url, hub, tmp_path), "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-m", "bot", "status"], check=False, capture_output=True, text=True, env=env)
    log, sentence = ended.stderr.strip().splitlines()
    assert ended.returncode == 1
    assert f"failure {SENTENCE.match(sentence)[1]}: hfstats status" in log
    assert "Traceback" not in ended.stderr
    assert TYPED not in ended.stderr


def test_the_operator_is_notified_of_a_command(url, hub, engine, monkeypatch):
    monkeypatch.setattr("analytics.sources.hub.paginate", broken)
    env = {"DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint, "HFSTATS_OPERATOR_CHANNEL": "C0OPS"}
    result = CliRunner().invoke(main, ["snapshot"], env=env)
    assert result.exit_code == 1
    (notice,) = notices(engine)
    assert "hfstats snapshot failed unexpectedly: BrokenError in " in notice
    assert SENTENCE.match(result.stderr.strip().splitlines()[-1])[1] in notice


@pytest.mark.parametrize(("words", "code"), [(("--help",), 0), (("asdf",), 2), (("ask", "--csv"), 2), (("ask", "asdf"), 2)])
def test_what_is_foreseen_is_said_as_before(url, words, code):
    result = CliRunner().invoke(main, list(words), env={"DATABASE_URL": url})
    assert result.exit_code == code
    assert "unexpectedly" not in result.output


# Dumps that are counted in a process of their own

BREAKS_THERE = """
import sys
if "--multiprocessing-fork" in sys.orig_argv:
    import pyarrow.parquet
    class BrokenError(RuntimeError): pass
    def broken(*_, **__): raise BrokenError("what somebody typed")
    pyarrow.parquet.read_metadata = broken
"""


def test_counting_that_breaks_is_given_up_with_its_cause(url, tmp_path, monkeypatch):
    path = tmp_path / "models.parquet"
    pq.write_table(pa.table({"id": ["a/b"], "downloads": [1]}), path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text(BREAKS_THERE, encoding="utf-8")
    commit = Commit(datetime(2026, 8, 28, 5, tzinfo=UTC), {"models.parquet": path})
    with HubStandIn(datasets={"cfahlgren1/hub-stats": [commit]}) as hub:
        settings = Settings(
            database_url=url, hf_endpoint=hub.endpoint, slack_bot_token="xoxb" + "-test", hfstats_operator_channel="C0OPS"
        )
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
        later = [sys.executable, "-m", "bot", "backfill", "--since", "2026-04", "--later"]
        subprocess.run(later, check=True, capture_output=True, env=environment(url, hub, tmp_path))
        engine = database_setup.store(settings)
        jobs = background.jobs(settings, engine, AnalyticsProcess(SqlHistory(engine)))
        assert jobs.count(1) is None
        (dump,) = jobs.backfill.dumps.find()
        assert dump.state == "failed"
        assert re.search(
            r"counting failed unexpectedly, BrokenError in .*; the log has it under the reference [0-9a-f]{8}", dump.error
        )
        (notice,) = notices(engine)
        assert f"The dump of {date(2026, 8, 28)} from cfahlgren1/hub-stats couldn't be counted" in notice
        engine.dispose()


def environment(url, hub, tmp_path):
    return {**os.environ, "DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint, "XDG_CACHE_HOME": str(tmp_path / "cache")}
