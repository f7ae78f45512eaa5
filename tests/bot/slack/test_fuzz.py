"""A thousand random texts, actions and events (make test-slow: ten thousand): no errors, and only valid messages."""

from __future__ import annotations

import copy
import json
import logging
import time
from datetime import UTC, datetime
from itertools import count
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from undrawn import AtOnce, Undrawn

from analytics.domain import ListName, Measure
from analytics.query import OPTION_WORDS
from analytics.questions.registry import FORMS, QUESTIONS
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.analytics_pool import process
from bot.conversation.commands import WORDS as SUBSCRIPTION
from bot.domain.prediction import open_months
from bot.server.web import WebContext, create_app
from bot.settings import Settings
from playground import SlackStandIn, payloads
from playground.block_kit.blocks import check_blocks, check_view, elements_of
from playground.delivery import signature

ALL = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)

TENTH = settings().max_examples // 10
pytestmark = pytest.mark.thorough

# What Slack may answer to a body that was damaged on its way: there is no such place, person, message or trigger.
NOWHERE = {
    *("channel_not_found", "user_not_found", "message_not_found", "view_not_found", "not_found", "thread_not_found"),
    *("cannot_parse_attachment", "invalid_trigger_id", "exchanged_trigger_id", "expired_trigger_id", "user_not_in_channel"),
    *("cant_update_message", "invalid_url", "used_url", "expired_url", "not_in_channel", "missing_argument"),
}


class Heard(logging.Handler):
    """What the bot logs while one example runs."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []

    def emit(self, record):
        self.records.append(record)

    def crashes(self):
        """Failures of ours, with their traces: those that found a reference, and those that Bolt swallowed."""
        return [
            (record.getMessage(), record.exc_info and repr(record.exc_info[1]))
            for record in self.records
            if record.exc_info or "Failed to run" in record.getMessage()
        ]


class Bench:
    """The bot and the stand-in, with nothing between a request and everything that comes of it."""

    def __init__(self, slack, answers, database_url, heard):
        self.slack = slack
        self.heard = heard
        self.numbers = count()
        made = Settings(
            slack_bot_token=SecretStr(slack.bot_token()),
            slack_signing_secret=SecretStr(slack.signing_secret),
            slack_api_url=slack.api_url,
            database_url=database_url,
            hfstats_per_minute=10_000,
        )
        app = composition.bolt(
            made, composition.services(made, answers, process.entries(), composition.store(made)), over_http=True
        )
        app.listener_runner.lazy_listener_runner.executor = AtOnce()
        self.http = create_app(WebContext(app)).test_client()

    def post(self, body, content_type):
        stamp = str(int(time.time()))
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(self.slack.signing_secret, stamp, body)}
        self.heard.records.clear()
        self.slack.service.calls.clear()
        # To the end, as a server does: the work begins when the acknowledgement is out.
        response = self.http.post("/slack/events", data=body, headers=headers, content_type=content_type, buffered=True)
        assert response.status_code < 500, (response.status_code, body)
        return response

    def form(self, fields):
        return self.post(urlencode(fields, errors="surrogatepass").encode(), "application/x-www-form-urlencoded")

    def interaction(self, payload):
        return self.form({"payload": json.dumps({**payload, "sent": next(self.numbers)})})  # no two alike: those would be replays

    def event(self, payload):
        return self.post(json.dumps({**payload, "sent": next(self.numbers)}).encode(), "application/json")

    def shown(self, response, also=()):
        """Return what the acknowledgement shows; what Slack would refuse of that or of any call fails the example."""
        refused = [(call.method, call.error, call.arguments) for call in self.slack.service.calls if not call.ok]
        # A message that a suggestion was taken from may be gone by the second press.
        assert [one for one in refused if one[1] not in {*NOWHERE, *also} and not one[2].get("delete_original")] == []
        body = response.get_json(silent=True)
        if isinstance(body, dict) and "blocks" in body:
            assert check_blocks(body["blocks"]) == []
        if isinstance(body, dict) and "view" in body:
            assert check_view(body["view"]) == []
        return body

    @property
    def methods(self):
        return [call.method for call in self.slack.service.calls]


@pytest.fixture(scope="module")
def bench(simulated, tmp_path_factory):
    heard = Heard()
    logging.getLogger().addHandler(heard)
    with SlackStandIn() as slack:
        began = time.time()
        slack.service.clock = lambda: began  # nothing expires, however long the examples take
        url = f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'bot.db'}"
        yield Bench(slack, Undrawn(SqlHistory(database.engine(simulated))), url, heard)
    logging.getLogger().removeHandler(heard)


# Command texts: real words, words nearly right, and what no one would type.

EXAMPLES = sorted({text for question in QUESTIONS for text in question.examples})
KEPT = [
    *("subscribe weekly friday at 9am Europe/Berlin licenses", "subscribe last-day", "subscriptions", "pause", "resume 1"),
    "unsubscribe",
    *(
        "digest now",
        "digest 2026-07",
        "digest 2026-W30",
        "watch creator meta below 10%",
        "watch license mit rank above 2",
        "watches",
    ),
    *("mute 1", "unmute 1", "unwatch 1", "again 1", "status"),
    *(
        "predict",
        "bets",
        "unbet 1",
        f"predict creators meta 70% by {open_months(datetime.now(UTC))[5]}",
        f"predict licenses newcomer <!here> 99% by {open_months(datetime.now(UTC))[0]}",
    ),
]
NAMES = ["apache-2.0", "mit", "Meta", "google", "qwen", "text-generation", "transformers", "openai-community/gpt2", "meta ai"]
REAL = sorted(
    {word for form in FORMS for word in (form.word, *form.aliases)}
    | {*OPTION_WORDS, *Measure, *ListName, *NAMES, "quiet", "quietly", "help", "vs", "and"}
    | {*SUBSCRIPTION, "monthly", "weekly", "friday", "last-day", "9am", "25:00", "Europe/Berlin", "CST"}
    | {"newcomer", "70%", "by 2027-03", "December 2026", "families"}
    | {"below", "above", "rank", "10%", "now"}
    | {"5", "10", "0", "-1", "1001", "9" * 30, "2026-08", "2026-05-22", "2019-01", "2026-13", "9999-12", "0000-00", "2026-02-30"}
)
HOSTILE = [
    *(
        "<!channel>",
        "<!here>",
        "<@U0PLAY00001>",
        "<https://evil.example|click>",
        "*bold*",
        "_x_",
        "~x~",
        "`code`",
        "```",
        ">quote",
    ),
    *(
        "&amp;",
        "&lt;!channel&gt;",
        "&",
        "<",
        ">",
        '"',
        "“",
        "\\",
        "'; drop table models; --",
        "{{7*7}}",
        "%s%n",
        "../../etc/passwd",
    ),
    *("\x00", "\x1b[31m", "\r\n", "\u2028", "\u202e", "\u200b", "\ufeff", "\U0001f680", "模型", "e\u0301" * 20, "\u0130", "ﬁ"),
    *("A" * 3000, "licenses " * 400, "<" * 1000, "&" * 501, ":rocket:", "null", "None", "nan", "1e309"),
]
words = st.sampled_from(REAL)


@st.composite
def misspelled(draw):
    word = draw(words)
    at = draw(st.integers(0, len(word)))
    other = draw(st.sampled_from(["", "x", "s", " ", "-", "é", '"', "<"]))
    return word[:at] + other + word[at + draw(st.integers(0, 2)) :]


grammatical = st.builds(
    lambda start, options: " ".join([start, *options]),
    st.sampled_from([*EXAMPLES, *KEPT, *(form.word for form in FORMS)]),
    st.lists(
        st.one_of(
            st.sampled_from([f"by {measure}" for measure in Measure]),
            st.sampled_from([f"in {within}" for within in ListName]),
            st.sampled_from(
                ["task text-generation", "task fill-mask", "top 3", "top 50", "at 2026-08", "since 2026-06", "quiet"]
            ),
        ),
        max_size=3,
        unique=True,
    ),
)
texts = st.one_of(
    grammatical,
    st.lists(st.one_of(words, words, misspelled(), st.sampled_from(HOSTILE)), max_size=7).map(" ".join),
    st.text(max_size=60),
    st.builds(lambda word, junk: f"{word} {junk}", words, st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))),
)
CHANNELS = ["general", "random", "research", "direct"]


def command(slack, text, channel="general"):
    workspace, user = slack.workspace(), slack.workspace().user("ada")
    actor = payloads.Actor(slack.service, workspace, user)
    return payloads.slash_command(actor, slack.channel(channel), "/hfstats", text.strip())


@settings(ALL, max_examples=TENTH * 35)
@given(texts, st.sampled_from(CHANNELS))
@example("", "general")
@example("\x00", "direct")
@example("licenses\u2028by downloads", "random")
def test_whatever_is_typed_gets_an_answer_that_slack_can_show(bench, text, channel):
    response = bench.form(command(bench.slack, text, channel))
    assert response.status_code == 200
    body = bench.shown(response)
    assert bench.heard.crashes() == []
    assert body or bench.methods, "nothing was said"
    assert not any(call.error for call in bench.slack.service.calls if call.method in {"response_url", "views.open"})


PLACES = ["C0NOWHERE", "D0NOWHERE"]

# Presses: real messages and views whose controls hold something else than they were given.

UNKNOWN = [
    "",
    "nothing",
    "ask",
    "view",
    "view:",
    "go:inside:x",
    "controls",
    "x" * 255,
    "\x00",
    "build::",
    "form:",
    "home",
    "*",
    "more",
    "name:0",
    "about",
]
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2**63, 10**40, 1.5, [], {}, [None], [[[]]], {"id": None}, {"value": {"value": None}}, "", "null"]),
    st.sampled_from(HOSTILE),
    st.text(max_size=20),
)


@pytest.fixture(scope="module")
def surfaces(bench):
    """What people see of the bot and may press on: answers, a notice, a quiet answer, the form and the Home."""
    slack = bench.slack
    bet = f"predict creators meta 70% at {open_months(datetime.now(UTC))[-1]}"
    for text in ("licenses", "creators by downloads", "license mit", "licenzes", "help", "licenses quiet", bet, "bets"):
        bench.form(command(slack, text))
    bench.event(payloads.event_callback(slack.service, slack.workspace(), home_opened(slack)))
    views = []
    for text in (
        "build licenses by models",
        "build compare meta google",
        "build license mit",
        "build movers",
        "predict creators meta 70%",
    ):
        bench.form(command(slack, text))
        views.append(slack.modal())
        slack.close()
    found = [message for message in slack.messages("general", "ada") if any(map(elements_of, message.blocks))]
    assert {message.viewer is None for message in found} == {True, False}
    assert len(views) == 5
    return found, copy.deepcopy([*views, slack.home()])


@pytest.fixture(scope="module")
def places(surfaces):
    """What may be pressed, with what it had on it at first: messages change, and what is drawn must not depend on that."""
    messages, (*_, home) = surfaces
    return [(where, copy.deepcopy(controls_of(where))) for where in (*messages, home)]


@pytest.fixture(scope="module")
def pressed(bench, places):
    """What Slack sends of a press on each message, without the action, and the messages."""
    messages = places[:-1]
    return [payloads.message_action(actor(bench.slack), message, {}, {}) for message, _ in messages], messages


def home_opened(slack):
    return payloads.home_event(slack.service, slack.workspace(), slack.workspace().user("ada"), "home")


def actor(slack):
    return payloads.Actor(slack.service, slack.workspace(), slack.workspace().user("ada"))


def controls_of(where):
    blocks = where.content["blocks"] if hasattr(where, "content") else where.blocks
    return [(block["block_id"], element) for block in blocks for element in elements_of(block)]


@st.composite
def presses(draw, places):
    """Something on one of ``places``, with whatever a message of long ago may hold in it; which place, by its number."""
    number = draw(st.integers(0, len(places) - 1))
    block_id, element = draw(st.sampled_from(places[number][1]))
    action = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id, "action_ts": "1.1"}
    if draw(st.integers(0, 9)) == 0:
        action["action_id"] = draw(st.one_of(st.sampled_from(UNKNOWN), st.text(max_size=20)))
    if draw(st.integers(0, 4)) == 0:
        action["block_id"] = draw(st.text(max_size=20))
    value = draw(st.one_of(st.just(element.get("value")), st.sampled_from(EXAMPLES), texts))
    if element["type"] == "button":
        action |= {} if value is None else {"value": value}
    else:
        action["selected_option"] = option(value)
    return number, action


def option(value):
    return value and {"text": {"type": "plain_text", "text": "x"}, "value": value}


@settings(ALL, max_examples=TENTH * 20)
@given(data=st.data())
def test_whatever_is_pressed_gets_an_answer_that_slack_can_show(bench, places, data):
    number, action = data.draw(presses(places))
    where, _ = places[number]
    build = payloads.message_action if hasattr(where, "blocks") else payloads.view_action
    response = bench.interaction(build(actor(bench.slack), where, action, {}))
    assert response.status_code in {200, 404}
    bench.shown(response)
    assert bench.heard.crashes() == []


@st.composite
def filled(draw, view):
    """What the inputs of a view hold: of fixed options one, of names whatever was ever offered or typed."""
    state = {}
    for block_id, element in controls_of(view):
        kind = element["type"]
        fixed = [*element.get("options", ()), *(one for group in element.get("option_groups", ()) for one in group["options"])]
        chosen = draw(st.sampled_from([None, *fixed])) if fixed else option(draw(st.one_of(st.none(), words, texts)))
        typed = chosen and chosen["value"][:500]
        several = draw(st.lists(st.sampled_from([one for one in (chosen, option("mit"), option("Meta")) if one]), max_size=8))
        held = {
            "plain_text_input": {"value": typed},
            "number_input": {"value": draw(st.sampled_from([None, "1", "50", "1000", "007"]))},
            "checkboxes": {"selected_options": [chosen] if chosen else []},
            "multi_external_select": {"selected_options": several},
            "conversations_select": {"selected_conversation": draw(st.sampled_from([None, *PLACES]))},
        }.get(kind, {"selected_option": chosen})
        state.setdefault(block_id, {})[element["action_id"]] = {"type": kind, **held}
    return state


@settings(ALL, max_examples=TENTH * 10)
@given(data=st.data())
def test_whatever_is_filled_in_gets_an_answer_that_slack_can_show(bench, surfaces, data):
    view = data.draw(st.sampled_from(surfaces[1][:-1]))
    state = data.draw(filled(view))
    match data.draw(st.sampled_from(["submit", "change", "type", "close"])):
        case "submit":
            response = bench.interaction(payloads.view_submission(actor(bench.slack), view, state))
        case "change":
            block_id, element = data.draw(st.sampled_from(controls_of(view)))
            action = {
                "action_id": element["action_id"],
                "block_id": block_id,
                "action_ts": "1.1",
                **state[block_id][element["action_id"]],
            }
            response = bench.interaction(payloads.view_action(actor(bench.slack), view, action, state))
        case "type":
            block_id, element = data.draw(st.sampled_from(controls_of(view)))
            where = {"container": {"type": "view", "view_id": view.id}}
            payload = payloads.suggestion(actor(bench.slack), element, block_id, data.draw(texts), where)
            response = bench.interaction(payload)
        case _:
            response = bench.interaction(payloads.view_closed(actor(bench.slack), view, is_cleared=True))
    assert response.status_code in {200, 404}
    bench.shown(response)
    assert bench.heard.crashes() == []


# Bodies with something missing or of the wrong kind: Slack would not send them, but what is out there may change.


@st.composite
def damaged(draw, payload):
    payload = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 3))):
        at, path = payload, []
        while isinstance(at, dict | list) and at and (not path or draw(st.integers(0, 3))):
            key = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
            path.append((at, key))
            at = at[key]
        if not path:
            break
        holder, key = path[-1]
        if draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = copy.deepcopy(draw(odd))
    return payload


@pytest.fixture(scope="module")
def heard_of(bench, surfaces):
    """An event of each kind that the app listens for, and some that it does not."""
    slack = bench.slack
    service, workspace = slack.service, slack.workspace()
    spoken = payloads.message_event(service, workspace, surfaces[0][0], "app_mention")
    mentioned = {name: value for name, value in spoken.items() if name not in {"bot_id", "blocks"}} | {
        "user": actor(slack).user.id
    }
    direct = {"type": "message", "channel_type": "im", "channel": slack.channel("direct").id}
    link = {"url": "https://huggingface.co/openai-community/gpt2", "domain": "huggingface.co"}
    shared = {"type": "link_shared", "channel": mentioned["channel"], "message_ts": mentioned["ts"], "links": [link]}
    step = {"callback_id": "hub_statistics", "type": "app", "input_parameters": []}
    return [
        mentioned,
        mentioned | direct,
        home_opened(slack),
        shared | {"user": actor(slack).user.id, "source": "conversations_history", "unfurl_id": "made-up"},
        {"type": "function_executed", "function": step, "inputs": {"question": "licenses"}, "function_execution_id": "Fx1"},
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": ["U2"]}},
        {"type": "message", "subtype": "message_changed", "channel": "C1", "message": {"text": "licenses"}},
        {"type": "unheard_of"},
    ]


@settings(ALL, max_examples=TENTH * 25)
@given(data=st.data())
def test_bodies_with_something_missing_or_wrong_are_no_crash(bench, surfaces, pressed, heard_of, data):
    (_, views), (sent, places) = surfaces, pressed
    slack = bench.slack
    match data.draw(st.sampled_from(["event", "event", "command", "press", "view", "shortcut"])):
        case "event":
            event = {**data.draw(st.sampled_from(heard_of)), "text": data.draw(texts)}
            response = bench.event(data.draw(damaged(payloads.event_callback(slack.service, slack.workspace(), event))))
        case "command":
            response = bench.form({k: str(v) for k, v in data.draw(damaged(command(slack, data.draw(texts)))).items()})
        case "press":
            number, action = data.draw(presses(places))
            response = bench.interaction(data.draw(damaged({**sent[number], "actions": [action]})))
        case "view":
            view = data.draw(st.sampled_from(views))
            submission = payloads.view_submission(actor(slack), view, data.draw(filled(view)))
            response = bench.interaction(data.draw(damaged(submission)))
        case _:
            response = bench.interaction(data.draw(damaged(payloads.shortcut(actor(slack), "ask"))))
    assert response.status_code in {200, 400, 401, 404}
    bench.shown(response, also={"invalid_arguments"})  # an empty trigger, channel or person
    swallowed = [record.getMessage() for record in bench.heard.records if "Failed to run" in record.getMessage()]
    assert swallowed == []


@settings(ALL, max_examples=TENTH * 10)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(odd, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "event", "team"]), inner)).map(
            lambda value: json.dumps(value).encode()
        ),
        st.builds(lambda name, value: urlencode({name: str(value)}).encode(), st.sampled_from(["payload", "command"]), odd),
        st.sampled_from([b"{", b"[", b"[]", b"1", b"null", b'"x"', b"[" * 100_000, b"\xff\xfe"]),
        st.sampled_from([b"payload", b"payload=", b"payload=[]", b"payload=1", b"payload=%7B", b"command=/hfstats"]),
    ),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]),
    st.booleans(),
)
def test_bytes_that_are_no_request_are_no_crash(bench, body, content_type, signed):
    if signed:
        response = bench.post(body, content_type)
    else:
        response = bench.http.post("/slack/events", data=body, content_type=content_type)
        assert response.status_code in {400, 401}
    assert response.status_code < 500
    assert [record for record in bench.heard.records if "Failed to run" in record.getMessage()] == []
