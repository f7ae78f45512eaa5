"""The bot's tables on SQLite and PostgreSQL: pictures, received events, pending replies, installations, and deletion."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from bot_tables import installed, rows
from cryptography.fernet import Fernet
from databases import BOTH_DATABASES, migrated
from slack_sdk import WebClient

from analytics.errors import HfStatsError, StoreError
from analytics.storage import database
from bot.domain.content import Content
from bot.domain.dump import DumpRequest
from bot.domain.outbox import Kind, Outcome, PlannedDelivery
from bot.domain.pending_reply import PendingReply
from bot.domain.request import SourceMessage
from bot.slack.installation.tokens import Tokens
from bot.storage.channels.alerts import AlertStore
from bot.storage.channels.predictions import BetStore
from bot.storage.channels.subscriptions import SubscriptionStore
from bot.storage.dumps import DumpStore
from bot.storage.heartbeats import HeartbeatStore
from bot.storage.installations import SECRETS, Cipher, Installations, InstallationTables
from bot.storage.job_slots import JobSlots
from bot.storage.messages.answered_messages import AnsweredMessages
from bot.storage.messages.built_digests import BuiltDigests
from bot.storage.messages.outbox import OutboxStore
from bot.storage.messages.pending_replies import PendingReplies
from bot.storage.messages.pictures import PictureStore
from bot.storage.messages.received_events import ReceivedEvents
from bot.storage.migration_state import TABLES
from bot.storage.schema import METADATA, UNFINISHED
from bot.storage.token_leases import TokenLeases
from bot.storage.workspaces import forget, forget_users
from playground import SlackStandIn

LONG_AGO = timedelta(seconds=-60)
"""Older than that is everything."""
CLIENT = "1000.2000"


@pytest.fixture(params=BOTH_DATABASES)
def empty_url(request, tmp_path):
    return f"sqlite:///{tmp_path / 'bot.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture(params=BOTH_DATABASES)
def url(request, tmp_path):
    return migrated(tmp_path / "bot.db") if request.param == "sqlite" else request.getfixturevalue("migrated_postgres_url")


@pytest.fixture
def engine(url):
    made = database.engine(url)
    yield made
    made.dispose()


@pytest.fixture
def cipher():
    return Cipher([Fernet.generate_key().decode()])


def together(many, work):
    """Call ``work`` in so many threads at the same moment; returns what each said."""
    said, ready = [], threading.Barrier(many)

    def run(place):
        ready.wait()
        said.append(work(place))

    threads = [threading.Thread(target=run, args=(place,)) for place in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_the_migrations_make_what_the_code_expects(engine):
    inspector = sa.inspect(engine)
    wanted = sa.MetaData()
    InstallationTables.build_bots_table(wanted, "slack_bots")
    InstallationTables.build_installations_table(wanted, "slack_installations")
    for table in [*METADATA.sorted_tables, *wanted.sorted_tables]:
        there = {column["name"]: column for column in inspector.get_columns(table.name)}
        assert set(there) == set(table.c.keys()), table.name
        for name in SECRETS:
            if name in there:
                assert isinstance(there[name]["type"], sa.Text), f"{table.name}.{name} may be too short for a ciphertext"
                assert getattr(there[name]["type"], "length", None) is None


def at_version(url, version):
    """Make a new database as an earlier version left it."""
    engine = database.engine(url)
    config = Config()
    config.set_main_option("script_location", str(TABLES.folder))
    config.attributes["version_table"] = TABLES.version_table
    with database.writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    return engine


def test_a_store_of_version_0005_opens(empty_url):
    """Before installations kept no states, requests were kept until their end, and workers had heartbeats."""
    engine = at_version(empty_url, "0005")
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO slack_oauth_states (state, expire_at) VALUES ('left', '2026-01-01 00:00:00')"))
        connection.execute(
            sa.text(
                "INSERT INTO unfinished (workspace, channel, ts, query, started_at) "
                "VALUES ('T1', 'C1', '1.2', 'licenses', '2026-01-01 00:00:00')"
            )
        )
    assert database.upgrade(engine, TABLES) == ("0005", TABLES.head)
    database.check_current(engine, TABLES)
    assert "slack_oauth_states" not in sa.inspect(engine).get_table_names()
    (work,) = PendingReplies(engine).take_over(timedelta(minutes=3))
    assert (work.workspace, work.channel, work.ts, work.query) == ("T1", "C1", "1.2", "licenses")
    HeartbeatStore(engine).beat()
    engine.dispose()


def test_a_picture_keeps_its_name_and_is_stored_once_for_all_workspaces(engine):
    picture_store = PictureStore(engine, ["new", "old"])
    one = picture_store.save("T1", b"png")
    assert picture_store.save("T1", b"png") == one
    other = picture_store.save("T2", b"png")
    assert other != one
    assert picture_store.find(one) == picture_store.find(other) == b"png"
    assert rows(engine)["picture"] == 1
    assert PictureStore(engine, ["newer", "new"]).find(one) == b"png"
    assert PictureStore(engine, ["another"]).find(one) is None


def test_a_name_that_was_not_signed_here_shows_nothing(engine):
    picture_store = PictureStore(engine, ["key"])
    name = picture_store.save("T1", b"png")
    for forged in ("", ".", name[1:], name[:-1], name.partition(".")[0], f"x{name}", "ä", "a.b.c"):
        assert picture_store.find(forged) is None


def test_old_pictures_go_and_those_that_another_workspace_shows_stay(engine):
    picture_store = PictureStore(engine, ["key"])
    name = picture_store.save("T1", b"png")
    assert picture_store.prune(timedelta(days=1)) == 0
    assert picture_store.find(name) == b"png"
    assert picture_store.prune(LONG_AGO) == 1
    assert picture_store.find(name) is None
    assert rows(engine)["picture"] == 0


def test_the_same_picture_at_one_moment_has_one_name(engine):
    assert len(set(together(8, lambda _: PictureStore(engine, ["key"]).save("T1", b"png")))) == 1


def test_of_many_at_one_moment_one_is_the_first(engine):
    seen = ReceivedEvents(engine)
    assert sorted(together(8, lambda _: seen.first("event Ev1"))) == [False] * 7 + [True]
    assert seen.first("event Ev2")
    assert seen.prune(timedelta(days=1)) == 0
    assert seen.prune(LONG_AGO) == 2
    assert seen.first("event Ev1")


def test_unfinished_work_is_handed_out_once(engine):
    pending_replies = PendingReplies(engine)
    left, done = PendingReply("T1", "C1", "1.1", "licenses"), PendingReply("T1", "C1", "1.2", "tasks")
    pending_replies.begin(left)
    pending_replies.begin(done)
    pending_replies.end(done)
    assert pending_replies.take_over(timedelta(minutes=5)) == []
    with engine.begin() as connection:  # as if minutes had gone by
        connection.execute(UNFINISHED.update().values(started_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - as stored
    found = together(4, lambda _: pending_replies.take_over(timedelta(minutes=5)))
    assert [work for works in found for work in works] == [left]


def test_no_token_stands_in_the_database_in_clear(engine, cipher):
    kept = Installations(engine, CLIENT, cipher)
    secrets = {name: f"secret-{name}" for name in SECRETS}
    kept.save(installed(token=secrets["bot_token"], **{name: one for name, one in secrets.items() if name != "bot_token"}))
    with engine.connect() as connection:
        held = [
            str(cell)
            for table in ("slack_bots", "slack_installations")
            for row in connection.execute(sa.text(f"SELECT * FROM {table}"))
            for cell in row
        ]
    assert not [cell for cell in held if "secret-" in cell]
    found = kept.find_installation(enterprise_id=None, team_id="T1")
    assert {name: getattr(found, name) for name in SECRETS} == secrets
    assert kept.find_bot(enterprise_id=None, team_id="T1").bot_token == secrets["bot_token"]
    assert kept.token(None, "T1").token == secrets["bot_token"]
    assert kept.token(None, "T2") is None
    assert Installations(engine, "another app", cipher).token(None, "T1") is None


def test_the_last_installation_counts(engine, cipher):
    kept = Installations(engine, CLIENT, cipher)
    kept.save(installed(token="first", installed_at=datetime(2026, 1, 1, tzinfo=UTC)))
    kept.save(installed(token="second", user="U2", installed_at=datetime(2026, 1, 2, tzinfo=UTC)))
    assert kept.token(None, "T1").token == "second"


def test_an_org_wide_installation_serves_each_of_its_workspaces(engine, cipher):
    kept = Installations(engine, CLIENT, cipher)
    kept.save(installed(team=None, enterprise_id="E1", token="wide", is_enterprise_install=True))
    assert kept.token("E1", "T7").token == "wide"
    assert kept.token("E1", None).workspace == "E1"
    assert kept.token("E2", "T7") is None
    assert kept.token(None, "T7") is None
    kept.save(installed(team="T7", enterprise_id="E1", token="own"))
    assert kept.token("E1", "T7").token == "own"


def test_keys_are_rotated_and_one_that_is_missing_is_reported_without_the_token(engine):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    Installations(engine, CLIENT, Cipher([old])).save(installed(token="the token"))
    both = Installations(engine, CLIENT, Cipher([new, old]))
    assert both.token(None, "T1").token == "the token"
    assert both.reencrypt() == 2
    assert Installations(engine, CLIENT, Cipher([new])).token(None, "T1").token == "the token"
    with pytest.raises(StoreError, match="with any key in HFSTATS_KEYS") as refused:
        Installations(engine, CLIENT, Cipher([old])).token(None, "T1")
    assert "the token" not in str(refused.value)


@pytest.mark.parametrize(
    ("keys", "said"), [([], "HFSTATS_KEYS is not set"), (["short"], "Key 1 in HFSTATS_KEYS isn't a Fernet key")]
)
def test_without_a_good_key_there_is_one_clear_sentence(keys, said):
    with pytest.raises(HfStatsError, match=said) as refused:
        Cipher(keys)
    assert "short" not in str(refused.value)


def test_one_of_many_has_the_lease_until_it_ends(engine):
    leases = TokenLeases(engine)
    assert sorted(together(8, lambda _: leases.take("T1", timedelta(minutes=1)))) == [False] * 7 + [True]
    assert leases.take("T2", timedelta(seconds=-1))
    assert leases.take("T2", timedelta(minutes=1)), "a lease whose holder died must end by itself"
    leases.release("T1")
    assert leases.take("T1", timedelta(minutes=1))


@pytest.mark.parametrize("left", [timedelta(minutes=90), timedelta(seconds=-1)], ids=["still good", "over"])
def test_twenty_threads_of_two_processes_refresh_a_token_once(url, engine, cipher, left):
    with SlackStandIn() as slack:
        slack.service.token_lifetime = 43_200
        team = slack.workspace().id
        slack.service.refresh_tokens["again"] = team
        kept = Installations(engine, slack.client_id, cipher)
        kept.save(
            installed(
                team=team,
                token=slack.bot_token(),
                bot_refresh_token="again",
                bot_token_expires_at=datetime.now(UTC) + left,
            )
        )
        engines = [database.engine(url) for _ in range(2)]
        processes = [
            Tokens(
                Installations(one, slack.client_id, cipher),
                TokenLeases(one),
                WebClient(base_url=slack.api_url),
                slack.client_id,
                slack.client_secret,
            )
            for one in engines
        ]
        given = together(20, lambda place: processes[place % 2].of(None, team).token)
        asked = [call for call in slack.calls if call.method == "oauth.v2.access"]
        assert [call.ok for call in asked] == [True]
        for token in set(given):
            assert WebClient(token, base_url=slack.api_url).auth_test()["ok"]
        fresh = kept.token(None, team)
        assert fresh.refresh_token != "again"
        assert fresh.expires_at > datetime.now(UTC) + timedelta(hours=11)
        assert {one.of(None, team).token for one in processes} == {fresh.token} or left > timedelta(0)
        for one in engines:
            one.dispose()


def test_a_refresh_that_slack_refuses_leaves_the_token_that_is_still_good(engine, cipher, caplog):
    with SlackStandIn() as slack:
        ends = datetime.now(UTC) + timedelta(minutes=5)
        kept = Installations(engine, slack.client_id, cipher)
        kept.save(installed(token="still good", bot_refresh_token="unknown", bot_token_expires_at=ends))
        client = WebClient(base_url=slack.api_url)
        tokens = Tokens(kept, TokenLeases(engine), client, slack.client_id, slack.client_secret)
        assert [tokens.of(None, "T1").token for _ in range(3)] == ["still good"] * 3
        assert len(slack.calls) == 1, "everybody tried"
        assert "invalid_refresh_token" in caplog.text
        assert "still good" not in caplog.text


def test_of_many_who_bet_and_settle_at_once_each_bet_is_there_and_settled_once(engine):
    bets = BetStore(engine)
    said = {"question": "creators by downloads", "month": "2026-12", "name": "Meta"}
    together(6, lambda at: bets.place("T1", "C1", "U1", **said, percent=60 + at))
    (bet,) = bets.in_channel("T1", "C1")
    assert bet.percent in range(60, 66)
    assert (bets.over("2026-12"), bets.over("2027-01")) == ([], [bet])

    def settle(_):
        with database.writing(engine) as connection:
            return bets.settle(connection, bet, Outcome.RIGHT)

    assert sum(together(6, settle)) == 1
    assert bets.over("2027-01") == []
    assert not bets.withdraw("T1", bet.id, "U1")
    assert bets.place("T1", "C1", "U1", **said, percent=99)[0].percent == bet.percent, "what is settled stays as it was"


KEPT = {
    "seen": "digests of events and signatures, of no one's, gone after a day",
    "edition": "what digests said: public figures, the same for every workspace, and no workspace's words",
    "done": "which jobs were done when",
    "dump": "which dumps of the Hub are to be counted",
    "worker_heartbeat": "when each worker was last heard from",
}
"""Tables of which nothing goes with a workspace, and why."""


def fill(engine, cipher, team):
    """Put at least one row of a workspace into every table that has such rows."""
    PictureStore(engine, ["key"]).save(team, f"png of {team}".encode())
    PictureStore(engine, ["key"]).save(team, b"shown by both")
    PendingReplies(engine).begin(PendingReply(team, "C1", "1.1", "licenses"))
    AnsweredMessages(engine).claim(SourceMessage(team, "C1", "1.1"), "1.1", "licenses")
    TokenLeases(engine).take(team, timedelta(minutes=1))
    Installations(engine, CLIENT, cipher).save(installed(team=team))
    ReceivedEvents(engine).first(f"event of {team}")
    now = datetime.now(UTC)
    SubscriptionStore(engine).subscribe(
        team, "C1", schedule="monthly", within="top", sections=("license",), by="U1", next_due=now, private=False
    )
    AlertStore(engine).add(team, "C1", "creator meta below 10%", "U1", crossed=False, looked_at=None)
    BetStore(engine).place(team, "C1", "U1", question="creators by downloads", month="2026-12", name="Meta", percent=70)
    OutboxStore(engine).plan([PlannedDelivery(team, "C1", Kind.DIGEST, {"T1": 1, "T2": 2}[team], "2026-07", now, "key")])
    OutboxStore(engine).pause_workspace(team, now)
    BuiltDigests(engine).save("key", Content("text", []), None)
    BuiltDigests(engine).claim_upload(team, b"digest")
    JobSlots(engine).first("snapshot", team)
    DumpStore(engine).plan([DumpRequest("someone/dumps", "models.parquet", "main", date(2026, 7, 31))])


def test_who_leaves_leaves_nothing_and_takes_nothing_of_others_along(engine, cipher):
    fill(engine, cipher, "T1")
    alone = rows(engine)
    assert all(many for name, many in alone.items() if name not in KEPT), f"a table is not tried: {alone}"
    fill(engine, cipher, "T2")
    gone = forget(engine, "T2")
    for table in ("subscription", "watch", "bet", "delivery", "pace", "upload"):
        assert gone[table] == 1, table
    assert gone["link"] == 2
    assert gone["slack_bots"] == gone["slack_installations"] == gone["unfinished"] == gone["rotation"] == 1
    after = rows(engine)
    assert {name: many for name, many in after.items() if name not in KEPT} == {
        name: many for name, many in alone.items() if name not in KEPT
    }
    assert set(KEPT) <= set(after)
    forget(engine, "T1")
    assert not any(many for name, many in rows(engine).items() if name not in KEPT)


def test_a_person_who_takes_back_a_grant_takes_no_bot_along(engine, cipher):
    kept = Installations(engine, CLIENT, cipher)
    kept.save(installed(user="U1", user_token="of one"))
    kept.save(installed(team="T2", user="U1", user_token="of another workspace"))
    assert forget_users(engine, "T1", ["U1"]) == 1
    assert kept.find_installation(enterprise_id=None, team_id="T1", user_id="U1").user_token is None
    assert kept.find_installation(enterprise_id=None, team_id="T2", user_id="U1").user_token == "of another workspace"
    assert kept.token(None, "T1") is not None


def test_a_workspace_reaches_nothing_of_another(engine, cipher):
    picture_store, pending_replies, kept = (
        PictureStore(engine, ["key"]),
        PendingReplies(engine),
        Installations(engine, CLIENT, cipher),
    )
    fill(engine, cipher, "T1")
    before = rows(engine)
    pending_replies.end(PendingReply("T2", "C1", "1.1", "licenses"))
    TokenLeases(engine).release("T2")
    assert kept.token(None, "T2") is None
    assert kept.token("T1", "T2") is None
    subscriptions, watches, outbox = SubscriptionStore(engine), AlertStore(engine), OutboxStore(engine)
    (mine,) = subscriptions.of("T1")
    (watch,) = watches.in_channel("T1", "C1")
    (line,) = outbox.find()
    assert subscriptions.unsubscribe("T2", "C1") is None
    assert subscriptions.get("T2", mine.id) is None
    assert subscriptions.in_channel("T2", "C1") is None
    assert watches.remove("T2", watch.id) is None
    assert watches.get("T2", watch.id) is None
    assert not watches.unmute("T2", watch.id)
    bets = BetStore(engine)
    (bet,) = bets.in_channel("T1", "C1")
    assert bets.in_channel("T2", "C1") == []
    assert bets.get("T2", bet.id) is None
    assert not bets.withdraw("T2", bet.id, "U1")
    assert not outbox.retry(line.id, "T2")
    assert not any(forget(engine, "T2").values())
    assert forget_users(engine, "T2", ["U1"]) == 0
    assert rows(engine) == before
    assert picture_store.save("T2", b"shown by both") != picture_store.save("T1", b"shown by both")
