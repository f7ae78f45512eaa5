"""The web process as its operator sees it: health, metrics, headers, requests that were seen before, and the cache."""

from __future__ import annotations

import json
import threading
import time

import pytest
from pydantic import SecretStr
from simulation import TODAY, filled
from waiting import WAIT, until
from web_bot import Bot, Workers

from analytics.errors import StoreError
from analytics.questions.registry import parse
from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.summarize_store import edition
from bot.conversation.answer_cache import AnswerCache
from bot.jobs.prewarm import Prewarmer
from bot.server import replay_guard
from bot.server.health import Health
from bot.server.web import WebContext, create_app
from playground import SlackStandIn
from playground.faults import Fault


@pytest.fixture(scope="module")
def entries():
    from bot.analytics_pool.process import entries

    return entries()


@pytest.fixture
def bot(tmp_path, entries):
    """The web application on a stand-in, with what it needs to sign requests itself."""
    with SlackStandIn() as slack:
        yield Bot(slack, filled(tmp_path / "hfstats.db", months=2), entries)


def test_the_same_request_twice_gets_one_answer(bot):
    sent = bot.command("licenses")
    assert bot.post(sent).status_code == 200
    assert bot.post(sent).status_code == 401
    bot.drained()
    assert len(bot.answers()) == 1


def test_the_same_request_at_two_processes_gets_one_answer(bot, entries):
    other = Bot(bot.slack, bot.settings.database, entries)
    sent = bot.command("licenses")
    assert bot.post(sent).status_code == other.post(sent).status_code == 200
    bot.drained()
    other.drained()
    assert len(bot.answers()) == 1


def test_an_event_that_slack_delivers_again_gets_one_answer(bot):
    workspace = bot.slack.workspace()
    event = {
        "type": "app_mention",
        "user": workspace.user("ada").id,
        "channel": bot.slack.channel("general").id,
        "text": f"<@{workspace.bot}> licenses",
        "ts": "1.2",
    }
    body = {"type": "event_callback", "team_id": workspace.id, "event_id": "Ev1", "api_app_id": "A0PLAYGROUND", "event": event}
    for attempt in range(3):  # signed anew each time, as Slack does
        assert bot.post(bot.signed(json.dumps(body | {"attempt": attempt}), "application/json")).status_code == 200
    bot.drained()
    assert len(bot.answers()) == 1


def test_a_guessed_signature_does_not_stand_in_the_way_of_slacks_request(bot):
    sent = bot.command("licenses")
    for forged in ({**sent, "data": "text=else"}, {**sent, "data": ""}):
        assert bot.post(forged).status_code == 401
    assert bot.post(sent).status_code == 200
    assert bot.post(sent).status_code == 401
    assert bot.metric("hfstats_unverified_requests_total") == 2


def test_as_many_signatures_are_remembered_as_memory_is_given_to(monkeypatch):
    monkeypatch.setattr(replay_guard, "MOST", 3)
    seen = replay_guard.ReplayGuard()
    assert [seen.first(name) for name in ("a", "b", "c", "a", "d")] == [True, True, True, False, True]
    assert seen.first("a"), "the oldest makes room"
    assert len(seen._signatures) == 3


def test_a_signature_is_good_for_five_minutes_and_with_the_right_secret_only(bot):
    assert bot.post(bot.command("licenses", at=time.time() - 301)).status_code == 401
    assert bot.post(bot.command("licenses", secret="another")).status_code == 401
    forged = bot.command("licenses", secret="another")
    assert bot.post(forged).status_code == bot.post(forged).status_code == 401
    good = bot.command("licenses")
    assert bot.http.post("/slack/events", data=good["data"], headers={"Content-Type": "text/plain"}).status_code == 401
    assert bot.post(good).status_code == 200
    bot.drained()
    assert len(bot.answers()) == 1


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        ("/nowhere", "get", 404),
        ("/slack/events", "get", 405),
        ("/charts/forged.name.png", "get", 404),
        ("/healthz", "get", 200),
        ("/slack/events", "post", 401),
    ],
)
def test_every_response_has_the_security_headers(bot, path, method, code):
    response = getattr(bot.http, method)(path)
    assert response.status_code == code
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_a_body_that_is_too_large_is_refused(bot):
    sent = bot.signed("x" * 1_000_001, "application/json")
    assert bot.post(sent).status_code == 413


def test_https_is_remembered_where_the_public_address_has_it(bot, entries):
    secured = Bot(bot.slack, bot.settings.database, entries, hfstats_public_url="https://hfstats.example.org/")
    assert "Strict-Transport-Security" not in bot.http.get("/healthz").headers
    assert "Strict-Transport-Security" in secured.http.get("/healthz").headers


def test_a_failure_of_the_web_application_shows_a_reference(bot, caplog):
    class Broken:
        def find(self, _name):
            raise ZeroDivisionError("what somebody typed")

    response = create_app(WebContext(bot.web_context.app, picture_store=Broken())).test_client().get("/charts/a.b.png")
    assert response.status_code == 500
    reference = response.text.split("reference ")[1].strip(" .\n")
    assert reference in caplog.text
    assert "typed" not in response.text


@pytest.fixture
def probing(bot):
    """Serve the health of some parts; what looks at them stops at the end."""
    stops = []

    def start(every=0.05, stale=WAIT, **parts):
        health = Health(parts, interval=every, stale=stale)
        stops.append(health.start())
        return create_app(WebContext(bot.web_context.app, health=health, metrics_token="let me in")).test_client()

    yield start
    for stop in stops:
        stop()


def test_ready_tells_which_part_is_not_and_the_reason_to_readers_of_metrics(bot, probing):
    none_looked = {"database": "not ready", "analytics": "not ready", "worker": "unknown"}
    assert bot.http.get("/healthz/ready").json["parts"] == none_looked
    stop = bot.web_context.health.start()
    until(lambda: bot.http.get("/healthz/ready").status_code == 200)
    assert bot.http.get("/healthz/ready").json["parts"] == {"database": "ok", "analytics": "ok", "worker": "unknown"}
    stop()
    broken = [StoreError("no database at db.internal:5432"), ZeroDivisionError("what somebody typed")]

    def database():
        if broken:
            raise broken[0]

    client = probing(database=database, analytics=lambda: None)
    until(lambda: client.get("/healthz/ready").json["parts"]["analytics"] == "ok")
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json == {"status": "not ready", "parts": {"database": "not ready", "analytics": "ok"}}
    trusted = {"Authorization": "Bearer let me in"}
    reasons = client.get("/healthz/ready", headers=trusted).json["reasons"]
    assert reasons == {"database": "no database at db.internal:5432"}
    assert "reasons" not in client.get("/healthz/ready", headers={"Authorization": "Bearer let me out"}).json
    del broken[0]
    until(lambda: client.get("/healthz/ready", headers=trusted).json["reasons"] == {"database": "ZeroDivisionError"})
    assert client.get("/healthz/live").status_code == 200
    broken.clear()
    until(lambda: client.get("/healthz/ready").status_code == 200)


def test_a_part_that_hangs_is_not_ready_and_keeps_nobody_waiting(probing):
    hangs, go_on, hung = threading.Event(), threading.Event(), threading.Event()

    def database():
        if hangs.is_set():
            hung.set()
            go_on.wait(WAIT)

    looked = []
    client = probing(stale=0.5, database=database, analytics=lambda: looked.append(1))
    until(lambda: client.get("/healthz/ready").status_code == 200)
    hangs.set()
    assert hung.wait(WAIT)
    trusted = {"Authorization": "Bearer let me in"}
    reason = until(lambda: client.get("/healthz/ready", headers=trusted).json.get("reasons", {}).get("database"))
    assert reason.startswith("No response for")
    before = len(looked)
    until(lambda: len(looked) > before)  # the other part is still looked at
    before = threading.active_count()
    assert {client.get("/healthz/ready").status_code for _ in range(50)} == {503}
    assert threading.active_count() <= before, "a probe starts nothing"
    hangs.clear()
    go_on.set()
    until(lambda: client.get("/healthz/ready").status_code == 200)


def test_metrics_count_what_came_and_what_came_of_it(bot):
    bot.post(bot.command("licenses"))
    bot.post(bot.command("creator nobody-of-that-name"))
    bot.slack.faults.plan("chat.update", Fault(error="is_archived"), 1)
    bot.post(bot.command("tasks"))
    bot.drained()
    assert bot.metric("hfstats_requests_total", entry_point="command") == 3
    assert bot.metric("hfstats_replies_total", outcome="answer") == 2
    assert bot.metric("hfstats_replies_total", outcome="notice") == 1
    assert bot.metric("hfstats_ack_seconds_count") == 3
    assert bot.metric("hfstats_answer_seconds_count", entry_point="command") == 3
    assert bot.metric("hfstats_slack_errors_total", code="is_archived") == 1
    assert bot.metric("hfstats_queue_depth") == 0
    assert bot.metric("hfstats_deliveries", state="failed") == 0
    days = (time.time() - time.mktime(TODAY.timetuple())) / 86400
    assert bot.metric("hfstats_snapshot_age_seconds", list="top") / 86400 == pytest.approx(days, abs=2)
    text = bot.web_context.metrics.text().decode()
    assert 'hfstats_requests_total{entry_point="command"} 3.0' in text


def test_who_has_the_token_reads_the_metrics(bot, entries):
    guarded = Bot(bot.slack, bot.settings.database, entries, hfstats_metrics_token=SecretStr("let me in"))
    for wrong in ("", "let me in", "Bearer let me ín", "Bearer let me i", "Bearer let me in,Bearer let me in", "Basic let me in"):
        assert guarded.http.get("/metrics", headers={"Authorization": wrong}).status_code == 404
    page = guarded.http.get("/metrics", headers={"Authorization": "Bearer let me in"})
    assert page.status_code == 200
    assert "hfstats_unverified_requests_total 0.0" in page.text


def test_what_many_ask_at_one_moment_is_computed_once(simulated, entries):
    workers = Workers(simulated, entries)
    begun, go = threading.Event(), threading.Event()
    answer = workers.answer

    def slow(text):
        begun.set()
        go.wait(WAIT)
        return answer(text)

    workers.answer = slow
    history = SqlHistory(database.engine(simulated))
    answer_cache = AnswerCache(workers, history.version)
    found = []
    threads = [
        threading.Thread(target=lambda w=words: found.append(answer_cache.answer(parse(w))))
        for words in ("licenses", "LICENSES ", "license")
    ]
    threads[0].start()
    begun.wait(WAIT)
    for thread in threads[1:2]:
        thread.start()
    go.set()
    for thread in threads[:2]:
        thread.join()
    assert workers.asked == ["licenses"]
    assert found[0] == found[1]


def test_a_new_snapshot_gives_a_new_answer_and_errors_are_not_kept(tmp_path, entries):
    url = filled(tmp_path / "hfstats.db", months=2)
    workers = Workers(url, entries)
    history = SqlHistory(database.engine(url))
    answer_cache = AnswerCache(workers, history.version, most=2)
    before = answer_cache.answer(parse("licenses"))[0]
    assert answer_cache.answer(parse("licenses"))[0] is before
    for _ in range(2):
        with pytest.raises(Exception, match="nobody"):
            answer_cache.answer(parse("creator nobody-of-that-name"))
    listings = [one for one in simulation.listings(TODAY.replace(day=23), months=1) if one.taken_on == TODAY.replace(day=23)]
    known = edition(history)
    ingest.store(listings, history)
    assert edition(history) != known
    after = answer_cache.answer(parse("licenses"))[0]
    assert after is not before
    assert after.source.snapshot == TODAY.replace(day=23)
    answer_cache.answer(parse("creators"))
    answer_cache.answer(parse("tasks"))
    answer_cache.answer(parse("licenses"))
    assert workers.asked.count("licenses") == 3, "the oldest of three was to make room"


def test_the_common_charts_are_at_hand_when_a_snapshot_comes(tmp_path, entries):
    url = filled(tmp_path / "hfstats.db", months=2)
    workers = Workers(url, entries)
    history = SqlHistory(database.engine(url))
    answer_cache = AnswerCache(workers, history.version)
    warm = Prewarmer(answer_cache, [parse(text) for text in ("licenses", "creators", "creator nobody-of-that-name")])
    assert warm.look() == 2
    assert warm.look() == 0, "nothing is new"
    answer_cache.answer(parse("creators"))
    assert workers.asked.count("creators") == 1, "it was to be at hand"
    day = TODAY.replace(day=23)
    ingest.store([one for one in simulation.listings(day, months=1) if one.taken_on == day], history)
    assert warm.look() == 2
    assert answer_cache.answer(parse("licenses"))[0].source.snapshot == day
    assert workers.asked.count("licenses") == 2


def test_prewarming_outlives_a_question_that_fails_and_asks_again(simulated, entries, caplog):
    workers = Workers(simulated, entries)
    answer, said = workers.answer, []

    def failing(text):
        said.append(text)
        if len(said) == 1:
            raise ZeroDivisionError
        return answer(text)

    workers.answer = failing
    answer_cache = AnswerCache(workers, SqlHistory(database.engine(simulated)).version)
    warm = Prewarmer(answer_cache, [parse(text) for text in ("licenses",)])
    stop = warm.start()
    until(lambda: "could not prewarm" in caplog.text)
    stop()
    assert warm.look() == 1
