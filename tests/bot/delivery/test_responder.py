"""Failed deliveries in each type of conversation, through the real Bolt app: what the user sees."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from databases import migrated
from pydantic import SecretStr
from werkzeug.serving import make_server

from analytics.questions.registry import parse
from bot import composition
from bot.delivery import formats
from bot.server.web import WebContext, create_app
from bot.settings import Settings
from bot.slack_api import upload
from playground import SlackStandIn
from playground.faults import Fault
from playground.server import SCOPES

WAIT = 30.0
HEADLINE = "Apache-2.0 leads with"
QUESTION = "licenses by downloads"

OWN_SCOPES = set(json.loads(Path("manifest.json").read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"])
"""What the bot asks for when it is installed."""

CHANNELS = {
    "public": "general",
    "private": "research",
    "direct message": "direct",
    "public without the bot": "random",
    "private without the bot": "secrets",
}
MEMBER = ["public", "private", "direct message"]
STRANGER = ["public without the bot", "private without the bot"]
EVERYWHERE = list(CHANNELS)


@pytest.fixture
def bot(pool, tmp_path):
    """Start a bot for a workspace; takes scopes of its token and settings of the bot."""
    running = []

    def start(scopes=SCOPES, **settings):
        slack = SlackStandIn(scopes=scopes).start()
        server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)  # the port comes before the settings
        url = f"http://127.0.0.1:{server.server_port}"
        chosen = {name: url + value if name == "hfstats_public_url" else value for name, value in settings.items()}
        found = Settings(
            slack_bot_token=SecretStr(slack.bot_token()),
            slack_signing_secret=SecretStr(slack.signing_secret),
            slack_api_url=slack.api_url,
            database_url=migrated(tmp_path / "bot.db"),
            **chosen,
        )
        engine = composition.store(found)
        services = composition.services(found, pool, pool.entries(), engine)
        app = composition.bolt(found, services, over_http=True)
        server.app = create_app(WebContext(app, picture_store=composition.picture_store(found, engine)))
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        slack.attach(f"{url}/slack/events")
        workspace = slack.workspace()
        research = workspace.channel("research")
        secret = type(research)("C0SECRETS", "secrets", research.kind, research.members - {workspace.bot}, "")
        workspace.channels[secret.id] = secret
        executor = app.listener_runner.listener_executor
        running.append((slack, server, thread, executor, engine))
        at = SimpleNamespace(slack=slack, executor=executor, engine=engine, url=url, begun=0, ended=0)
        submit = executor.submit

        def counted(*given):
            future = submit(*given)
            at.begun += 1
            return future

        executor.submit = counted
        return at

    yield start
    for slack, server, thread, executor, engine in running:
        server.shutdown()
        thread.join()
        server.server_close()
        executor.shutdown(wait=True)
        slack.stop()
        engine.dispose()


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(upload, "_LOOK_EVERY", 0.05)
    monkeypatch.setattr(upload, "PROCESSED_WITHIN", 0.4)


def ask(at, channel, *, entry_point="command"):
    """Ask, and wait until the bot has nothing left to do."""
    if entry_point == "command":
        assert at.slack.command(QUESTION, channel=channel).ok
    elif channel == "direct":
        at.slack.dm(QUESTION)
    else:
        at.slack.mention(QUESTION, channel=channel)
    idle(at)


def idle(at):
    """Wait until what was asked last has begun, which it does after its acknowledgement, and has ended."""
    until = time.monotonic() + WAIT
    while at.begun == at.ended or at.executor.depth:
        assert time.monotonic() < until, "the bot is still busy"
        time.sleep(0.01)
    at.ended = at.begun


def seen(at, channel, viewer="ada"):
    """What the bot shows to a person, in the conversation and directly."""
    rooms = dict.fromkeys([channel, "direct"])
    return [m for room in rooms for m in at.slack.messages(room, viewer) if m.author == at.slack.workspace().bot]


def the_answer(at, channel):
    """Return the one answer, having looked that nothing but it is left."""
    shown = seen(at, channel)
    answers = [m for m in shown if HEADLINE in at.slack.shown_text(m)]
    assert len(answers) == 1, [at.slack.shown_text(m) for m in shown]
    assert not [m for m in shown if "Working on" in at.slack.shown_text(m)], "a working message is stuck"
    return answers[0]


def form(message):
    kinds = {block["type"] for block in message.blocks}
    if not kinds:
        return "words"
    named = {"image": "picture", "data_visualization": "native", "table": "table"}
    return next((name for kind, name in named.items() if kind in kinds), "text")


def plan(at, *methods, times=1, **fault):
    for method in methods:
        at.slack.faults.plan(method, Fault(**fault), times)


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_everywhere_there_is_one_answer_with_its_picture(bot, kind):
    at = bot()
    ask(at, CHANNELS[kind])
    message = the_answer(at, CHANNELS[kind])
    assert form(message) == "picture"
    assert message.viewer is None
    assert len(seen(at, CHANNELS[kind])) == 1


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize(("refusals", "format_"), list(enumerate(["picture", "native", "table", "text", "words"])))
def test_refused_blocks_fall_back_to_the_next_format(bot, kind, refusals, format_):
    at = bot()
    plan(at, "chat.update", "response_url", error="invalid_blocks", times=refusals)
    ask(at, CHANNELS[kind])
    message = the_answer(at, CHANNELS[kind])
    assert form(message) == format_
    assert message.viewer is None
    assert "64.8%" in at.slack.shown_text(message) or format_ == "native"


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_picture_that_is_not_ready_in_time_is_drawn_by_slack(bot, kind):
    at = bot()
    at.slack.faults.files_never_ready = True
    ask(at, CHANNELS[kind])
    assert form(the_answer(at, CHANNELS[kind])) == "native"
    at.slack.faults.files_never_ready = False
    before = len([call for call in at.slack.calls if call.method.startswith("files.")])
    at.slack.command("creators", channel=CHANNELS[kind])
    idle(at)
    assert len([call for call in at.slack.calls if call.method.startswith("files.")]) == before, "the next answer waits again"


def test_a_format_is_tried_again_after_its_cooldown(bot, monkeypatch):
    monkeypatch.setattr(formats, "COOLDOWN", 0.0)
    at = bot()
    at.slack.faults.files_never_ready = True
    ask(at, "general")
    at.slack.faults.files_never_ready = False
    at.slack.command("creators by downloads", channel="random")
    idle(at)
    assert form(seen(at, "random")[-1]) == "picture"


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_without_the_scope_for_files_slack_draws_the_chart(bot, kind):
    at = bot(scopes=SCOPES - {"files:write"})
    ask(at, CHANNELS[kind])
    assert form(the_answer(at, CHANNELS[kind])) == "native"


def test_what_slack_cannot_draw_is_a_table(bot):
    at = bot(scopes=SCOPES - {"files:write"})
    at.slack.command("likes")
    idle(at)
    (message,) = seen(at, "general")
    assert form(message) == "table"
    assert "Spearman" in at.slack.shown_text(message)


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "response_url", "files.completeUploadExternal"])
def test_a_rate_limit_is_waited_out(bot, kind, method):
    at = bot()
    plan(at, method, retry_after=0)
    ask(at, CHANNELS[kind])
    assert form(the_answer(at, CHANNELS[kind])) == "picture"


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "response_url", "files.info"])
def test_a_momentary_failure_of_slack_costs_nothing(bot, kind, method):
    at = bot()
    plan(at, method, status=500)
    ask(at, CHANNELS[kind])
    message = the_answer(at, CHANNELS[kind])
    assert form(message) == "picture"
    assert message.viewer is None


@pytest.mark.parametrize("kind", MEMBER)
@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "restricted_action", "token_revoked"])
def test_a_channel_that_takes_no_post_is_answered_through_the_response_url(bot, kind, error):
    at = bot()
    plan(at, "chat.postMessage", "chat.update", "chat.postEphemeral", error=error, times=9)
    ask(at, CHANNELS[kind])
    message = the_answer(at, CHANNELS[kind])
    assert (form(message), message.viewer) == ("picture", None)
    assert len([call for call in at.slack.calls if call.method == "response_url"]) == 1
    assert len([call for call in at.slack.calls if call.method.startswith("chat.")]) == 1, (
        "the same refusal is not asked for twice"
    )


@pytest.mark.parametrize("kind", MEMBER)
@pytest.mark.parametrize(
    "error", ["message_not_found", "cant_update_message", "edit_window_closed", "is_archived", "ratelimited"]
)
def test_a_working_message_that_cannot_be_replaced_is_withdrawn(bot, kind, error):
    at = bot()
    plan(at, "chat.update", error=error, times=9)
    ask(at, CHANNELS[kind])
    assert form(the_answer(at, CHANNELS[kind])) == "picture"


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_token_that_was_revoked_leaves_the_response_url(bot, kind):
    at = bot()
    ask(at, "general")
    at.slack.service.tokens[at.slack.bot_token()].revoked = True
    at.slack.command("creators", channel=CHANNELS[kind])
    idle(at)
    message = seen(at, CHANNELS[kind])[-1]
    assert "the most downloads" in at.slack.shown_text(message)
    assert form(message) == "native"


@pytest.mark.parametrize("error", ["is_archived", "not_in_channel", "channel_not_found"])
def test_a_mention_that_cannot_be_answered_in_its_channel_is_answered_to_the_person(bot, error):
    at = bot()
    plan(at, "chat.postMessage", error=error)
    plan(at, "chat.postEphemeral", error=error)
    ask(at, "general", entry_point="mention")
    message = the_answer(at, "general")
    assert message.channel == at.slack.channel("direct").id
    assert form(message) == "picture"
    assert "You asked this in" in at.slack.shown_text(message)
    assert not seen(at, "general", "grace")


def test_a_mention_in_a_channel_that_was_archived_meanwhile_is_answered_to_the_person_alone(bot):
    at = bot()
    plan(at, "chat.postMessage", error="is_archived")
    ask(at, "general", entry_point="mention")
    message = the_answer(at, "general")
    assert message.viewer
    assert not seen(at, "general", "grace")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_a_connection_that_breaks_leaves_one_answer(bot, kind, method, when):
    at = bot()
    plan(at, method, drop=when)
    ask(at, CHANNELS[kind])
    message = the_answer(at, CHANNELS[kind])
    assert form(message) == "picture"
    assert len(seen(at, CHANNELS[kind])) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("channel", ["general", "direct"])
def test_a_connection_that_breaks_at_a_mention_leaves_one_answer(bot, channel, when):
    at = bot()
    plan(at, "chat.postMessage", drop=when)
    ask(at, channel, entry_point="mention")
    assert form(the_answer(at, channel)) == "picture"


def test_a_working_message_whose_post_was_lost_is_found_in_a_direct_message_with_the_bots_own_scopes(bot):
    at = bot(scopes=OWN_SCOPES)
    plan(at, "chat.postMessage", drop="after")
    ask(at, "direct", entry_point="mention")
    assert form(the_answer(at, "direct")) == "picture"


@pytest.mark.parametrize(("when", "left"), [("after", 1), ("before", 0)])
@pytest.mark.parametrize("entry_point", ["command", "mention"])
def test_where_the_bot_may_not_look_the_answer_explains_what_may_be_left_over(bot, entry_point, when, left):
    at = bot(scopes=OWN_SCOPES)
    plan(at, "chat.postMessage", drop=when)
    ask(at, "general", entry_point=entry_point)
    *others, message = seen(at, "general")
    assert HEADLINE in at.slack.shown_text(message)
    assert "You can ignore a “Working on” message above" in at.slack.shown_text(message)
    assert ["Working on" in at.slack.shown_text(m) for m in others] == [True] * left


@pytest.mark.parametrize(("when", "answers"), [("after", 1), ("before", 0)])
@pytest.mark.parametrize("kind", STRANGER)
def test_a_response_url_that_broke_is_not_used_twice_and_the_person_is_notified(bot, kind, when, answers):
    at = bot()
    plan(at, "response_url", drop=when)
    ask(at, CHANNELS[kind])
    *found, note = seen(at, CHANNELS[kind])
    assert len([m for m in found if HEADLINE in at.slack.shown_text(m)]) == len(found) == answers
    assert note.viewer
    assert "If it didn't, ask again" in at.slack.shown_text(note)
    at.slack.press(note, QUESTION)
    idle(at)
    assert form(seen(at, CHANNELS[kind])[-1]) == "picture"


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("entry_point", ["command", "mention"])
def test_without_the_bots_own_tables_there_is_the_answer_all_the_same(bot, kind, entry_point):
    if entry_point == "mention" and kind in STRANGER:
        pytest.skip("nobody can mention the bot where it is not")
    at = bot(hfstats_public_url="")
    with at.engine.begin() as connection:
        for table in ("link", "picture", "unfinished", "seen"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
    ask(at, CHANNELS[kind], entry_point=entry_point)
    message = the_answer(at, CHANNELS[kind])
    assert form(message) == "picture"
    assert "slack_file" in str(message.blocks)


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_with_a_public_address_nothing_is_uploaded(bot, kind):
    at = bot(hfstats_public_url="")
    ask(at, CHANNELS[kind])
    message = the_answer(at, CHANNELS[kind])
    image = next(block for block in message.blocks if block["type"] == "image")
    assert image["image_url"].startswith(f"{at.url}/charts/")
    assert image["alt_text"].startswith(HEADLINE)
    assert not [call for call in at.slack.calls if call.method.startswith("files.")]


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_an_address_that_slack_cannot_reach_is_followed_by_an_upload_and_left_out_for_a_while(bot, kind):
    at = bot(hfstats_public_url="/not/here")
    ask(at, CHANNELS[kind])
    assert "slack_file" in str(the_answer(at, CHANNELS[kind]).blocks)
    at.slack.command("creators", channel=CHANNELS[kind])
    idle(at)
    assert "slack_file" in str(seen(at, CHANNELS[kind])[-1].blocks)
    assert len([call for call in at.slack.calls if call.error == "invalid_blocks"]) == 1


def test_over_socket_mode_no_address_is_shown(pool, tmp_path):
    settings = Settings(
        slack_app_token=SecretStr("xapp-1"),
        slack_signing_secret=SecretStr("s"),
        hfstats_public_url="https://hfstats.example.org",
        database_url=f"sqlite:///{tmp_path}/bot.db",
    )
    engine = composition.store(settings)
    responder = composition.services(settings, pool, pool.entries(), engine).responder
    assert responder.image_url("T1", pool.answer(parse(QUESTION))[1]) is None
    engine.dispose()


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize(
    "fault", [{}, {"error": "invalid_blocks"}, {"error": "used_url"}, {"status": 500}, {"retry_after": 0}], ids=str
)
def test_a_quiet_answer_is_for_one_person_whatever_fails(bot, kind, fault):
    at = bot()
    if fault:
        plan(at, "response_url", **fault)
    at.slack.command(f"{QUESTION} quiet", channel=CHANNELS[kind])
    idle(at)
    message = the_answer(at, CHANNELS[kind])
    assert message.viewer or message.channel == at.slack.channel("direct").id
    assert not [m for m in at.slack.messages(CHANNELS[kind], "grace") if HEADLINE in at.slack.shown_text(m)]


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("method", ["", "chat.update", "response_url"])
def test_another_view_takes_the_place_of_the_answer(bot, kind, method):
    at = bot()
    ask(at, CHANNELS[kind])
    first = the_answer(at, CHANNELS[kind])
    if method:
        plan(at, method, error="internal_error")
    at.slack.press(first, "view:by", value="licenses by likes")
    idle(at)
    (message,) = seen(at, CHANNELS[kind])
    assert "of likes" in at.slack.shown_text(message)
    assert message.ts == first.ts or method


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_another_view_of_a_quiet_answer_takes_its_place_and_stays_quiet(bot, kind):
    at = bot()
    at.slack.command(f"{QUESTION} quiet", channel=CHANNELS[kind])
    idle(at)
    first = the_answer(at, CHANNELS[kind])
    at.slack.press(first, "view:by", value="licenses by likes")
    idle(at)
    (message,) = seen(at, CHANNELS[kind])
    assert (message.ts, message.viewer) == (first.ts, first.viewer)
    assert "of likes" in at.slack.shown_text(message)


def test_what_goes_on_from_an_answer_in_a_channel_without_the_bot_stays_in_its_thread(bot):
    at = bot()
    ask(at, "random")
    first = the_answer(at, "random")
    at.slack.press(first, "go:0")
    idle(at)
    replies = [m for m in at.slack.messages("random", thread=first.ts) if m.is_reply]
    assert [form(m) for m in replies] == ["picture"]


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_notice_whose_blocks_are_refused_is_shown_as_text(bot, kind):
    at = bot()
    plan(at, "response_url", error="invalid_blocks")
    at.slack.command("creator metta", channel=CHANNELS[kind])
    idle(at)
    (message,) = seen(at, CHANNELS[kind])
    assert message.viewer
    assert "I don't know the creator “metta”" in at.slack.shown_text(message)
    assert not message.blocks


@pytest.mark.parametrize("kind", MEMBER)
def test_a_notice_that_no_channel_takes_reaches_the_person_directly(bot, kind):
    at = bot()
    plan(at, "response_url", error="used_url", times=9)
    plan(at, "chat.postEphemeral", error="user_not_in_channel", times=9)
    at.slack.command("creator metta", channel=CHANNELS[kind])
    idle(at)
    (message,) = seen(at, CHANNELS[kind])
    assert message.channel == at.slack.channel("direct").id
    assert "I don't know the creator “metta”" in at.slack.shown_text(message)
    assert kind == "direct message" or "You asked this in" in at.slack.shown_text(message)


@pytest.mark.parametrize("kind", MEMBER)
def test_where_nothing_at_all_can_be_said_no_working_message_is_left(bot, kind):
    at = bot()
    plan(at, "response_url", error="used_url", times=9)
    plan(at, "chat.update", error="cant_update_message", times=9)
    plan(at, "chat.postEphemeral", error="restricted_action", times=9)
    at.slack.faults.plan("chat.postMessage", Fault())  # the working message
    plan(at, "chat.postMessage", error="restricted_action", times=9)
    ask(at, CHANNELS[kind])
    assert seen(at, CHANNELS[kind]) == []
