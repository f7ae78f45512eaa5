"""The page without a browser: what it shows, whom it lets post, and what it tells browsers to forbid."""

from __future__ import annotations

import re
import threading
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
from markupsafe import escape
from slack_sdk import WebClient
from tinybot import TinyBot

from playground import SlackStandIn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

COMPLETIONS = [("licenses", "Share of each license"), ("creators", "Who is used most")]
HOST = "127.0.0.1:8000"
ORIGIN = {"Origin": f"http://{HOST}", "Host": HOST}


@pytest.fixture
def standing() -> Iterator[SlackStandIn]:
    with SlackStandIn(note="Simulated history", completions=COMPLETIONS) as slack:
        yield slack


@pytest.fixture
def browser(standing: SlackStandIn) -> FlaskClient:
    return standing.flask.test_client()


def get(browser: FlaskClient, path: str) -> Any:
    return browser.get(path, headers={"Host": HOST})


def test_the_shell_shows_the_workspace(browser: FlaskClient) -> None:
    page = get(browser, "/").text
    assert "<title>#general · hfstats playground</title>" in page
    assert "Simulated history" in page
    assert page.count("bot added") == 2
    assert page.count("bot not added") == 1
    assert "Ada Lovelace" in page
    assert "Grace Hopper" in page
    assert "/hfstats licenses" in page


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(browser: FlaskClient) -> None:
    response = get(browser, "/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in response.text
    assert "https://" not in response.text
    assert "<script src=" in response.text
    assert response.text.count("<script") == 1


@pytest.mark.parametrize("path", ["/", "/page/state", "/static/page.js", "/static/page.css", "/api/auth.test", "/nowhere"])
def test_every_answer_is_protected(browser: FlaskClient, path: str) -> None:
    with get(browser, path) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.0.1"])
def test_other_names_for_this_machine_are_refused(browser: FlaskClient, host: str) -> None:
    for path in ("/", "/page/state", "/api/auth.test"):
        assert browser.get(path, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_loopback_names_are_answered(browser: FlaskClient, host: str) -> None:
    assert browser.get("/", headers={"Host": host}).status_code == 200


def test_posts_from_other_sites_are_refused(standing: SlackStandIn, browser: FlaskClient) -> None:
    body = {"text": "hello"}
    assert browser.post("/page/send", json=body, headers={"Host": HOST}).status_code == 403
    for origin in ("http://evil.example", "null", "http://127.0.0.1:9000", "https://127.0.0.1:8000"):
        assert browser.post("/page/send", json=body, headers={"Host": HOST, "Origin": origin}).status_code == 403
    assert browser.post("/page/send", data="text=hello", headers=ORIGIN).status_code == 415
    assert standing.messages() == []
    assert browser.post("/page/send", json=body, headers=ORIGIN).status_code == 200
    assert [one.text for one in standing.messages()] == ["hello"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "example.com", ""])
def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        SlackStandIn(host=host)


def test_a_port_that_is_taken_is_an_error_to_catch(standing: SlackStandIn) -> None:
    with pytest.raises(OSError, match="in use"):
        SlackStandIn(port=int(standing.base_url.rpartition(":")[2])).start()


def test_an_app_elsewhere_is_refused(standing: SlackStandIn) -> None:
    with pytest.raises(ValueError, match="must be http on this machine"):
        standing.attach("https://example.com/slack/events")


def test_what_users_type_is_markup_that_cannot_break_out(standing: SlackStandIn, browser: FlaskClient) -> None:
    typed = "<script>alert(1)</script> @hfstats in #random, see https://example.com/?a=1&b=2"
    browser.post("/page/send", json={"text": typed}, headers=ORIGIN)
    workspace = standing.workspace()
    assert standing.messages()[0].text == (
        f"&lt;script&gt;alert(1)&lt;/script&gt; <@{workspace.bot}> in <#{standing.channel('random').id}>, "
        "see <https://example.com/?a=1&amp;b=2>"
    )
    html = get(browser, "/page/state").json["messages"][0]["html"]
    assert "<script>" not in html
    assert '<span class="mention">@hfstats</span>' in html
    assert standing.shown_text(standing.messages()[0]) == typed


def test_one_sees_only_what_is_for_one(standing: SlackStandIn, browser: FlaskClient) -> None:
    standing.attach("http://127.0.0.1:1/slack/events")
    told = browser.post("/page/send", json={"text": "/hfstats help", "as": "ada"}, headers=ORIGIN).json
    assert told == {"ok": False, "error": "dispatch_failed", "reached": False}
    mine = get(browser, "/page/state?as=ada").json["messages"]
    assert "Only visible to you" in mine[0]["html"]
    assert "dispatch_failed" in mine[0]["html"]
    assert get(browser, "/page/state?as=grace").json["messages"] == []


@pytest.mark.parametrize("query", ["as=nobody", "in=nowhere", "team=T0"])
def test_places_that_are_not_there(browser: FlaskClient, query: str) -> None:
    assert get(browser, f"/?{query}").status_code == 404


def test_nobody_is_the_bot(standing: SlackStandIn, browser: FlaskClient) -> None:
    assert get(browser, "/?as=hfstats").status_code == 403
    assert get(browser, f"/?as=ada&in={standing.channel('direct', 'grace').id}").status_code == 403


def test_presses_of_what_is_gone(browser: FlaskClient) -> None:
    body = {"on": "message", "ts": "1.000001", "block": "b", "action": "a"}
    assert browser.post("/page/press", json=body, headers=ORIGIN).status_code == 410
    assert browser.post("/page/press", json={**body, "on": "modal"}, headers=ORIGIN).status_code == 410
    assert browser.post("/page/submit", json={}, headers=ORIGIN).status_code == 410


def test_completions_are_what_was_given(browser: FlaskClient) -> None:
    assert get(browser, "/page/completions").json == [
        {"text": "/hfstats licenses", "hint": "Share of each license"},
        {"text": "/hfstats creators", "hint": "Who is used most"},
    ]


EVERYTHING: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Header"}},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Section*"},
        "fields": [{"type": "mrkdwn", "text": "Field"}],
        "accessory": {"type": "overflow", "options": [{"text": {"type": "plain_text", "text": "Over"}, "value": "o"}]},
    },
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "Context"}]},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "a", "style": "primary", "text": {"type": "plain_text", "text": "Press"}},
            {"type": "button", "action_id": "b", "url": "https://example.com", "text": {"type": "plain_text", "text": "Open"}},
            {"type": "datepicker", "action_id": "c", "initial_date": "2026-08-22"},
            {
                "type": "checkboxes",
                "action_id": "d",
                "options": [{"text": {"type": "mrkdwn", "text": "*Check*"}, "value": "v"}],
            },
        ],
    },
    {"type": "markdown", "text": "**Markdown**"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "Head"}], [{"type": "raw_text", "text": "Cell"}]]},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "Item", "style": {"bold": True}}]}
                ],
            }
        ],
    },
    {
        "type": "data_visualization",
        "title": "Chart",
        "chart": {"type": "pie", "segments": [{"label": "All", "value": 1}]},
    },
]


def test_every_block_is_shown(standing: SlackStandIn, browser: FlaskClient) -> None:
    with TinyBot(standing) as bot:
        image = {"type": "image", "image_url": f"{bot.url}/chart.png", "alt_text": "Alt"}
        bot.client.chat_postMessage(channel=standing.channel("general").id, text="t", blocks=[*EVERYTHING, image])
        html = get(browser, "/page/state").json["messages"][0]["html"]
        source = html.partition('src="/picture/')[2].partition('"')[0]
        assert get(browser, f"/picture/{source}").data == bot.pages["chart.png"][0]
    for piece in (
        '<h3 class="header">Header</h3>',
        "<b>Section</b>",
        ">Field<",
        ">Over<",
        "<hr>",
        ">Context<",
        'class="btn primary"',
        'href="https://example.com"',
        'value="2026-08-22"',
        "<b>Check</b>",
        "<b>Markdown</b>",
        "Head</th>",
        "Cell</td>",
        "<ol><li><b>Item</b></li></ol>",
        'aria-label="Chart: All 1"',
        'alt="Alt"',
        ">APP<",
    ):
        assert piece in html, piece
    assert standing.shown_text(standing.messages()[0]).splitlines() == [
        "Header",
        "Section",
        "Field",
        "Over",
        "Context",
        "Press",
        "Open",
        "Check",
        "Markdown",
        "Head",
        "Cell",
        "Item",
        "[pie chart: Chart]",
        "[image: Alt]",
    ]


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_charts_with_axes_are_drawn(standing: SlackStandIn, browser: FlaskClient, kind: str) -> None:
    runs = [{"name": name, "data": [{"label": "Jul", "value": -1}, {"label": "Aug", "value": 2e6}]} for name in ("A", "B")]
    block = {
        "type": "data_visualization",
        "title": "Chart",
        "chart": {"type": kind, "series": runs, "axis_config": {"categories": ["Jul", "Aug"]}},
    }
    with TinyBot(standing) as bot:
        bot.client.chat_postMessage(channel=standing.channel("general").id, text="t", blocks=[block])
    html = get(browser, "/page/state").json["messages"][0]["html"]
    assert 'aria-label="Chart. A: Jul -1, Aug 2e+06; B: Jul -1, Aug 2e+06"' in html
    assert "series-1" in html
    assert ">2M<" in html


def test_uploads_that_are_no_pictures_are_downloads(standing: SlackStandIn, browser: FlaskClient) -> None:
    with TinyBot(standing) as bot:
        client = bot.client
        asked = client.files_getUploadURLExternal(filename="page.html", length=8)
        client._upload_file(url=asked["upload_url"], data=b"<script>", logger=client._logger, timeout=5, proxy=None, ssl=None)
    response = get(browser, f"/page/file/{standing.workspace().id}/{asked['file_id']}")
    assert response.mimetype == "text/plain"
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_live_changes_arrive_and_stopping_ends_them() -> None:
    slack = SlackStandIn().start()
    connection = HTTPConnection("127.0.0.1", int(slack.base_url.rpartition(":")[2]), timeout=5)
    connection.request("GET", "/page/live")
    response = connection.getresponse()
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.readline() == b"data: 0\n"
    response.readline()
    slack.say("hello")
    assert response.readline() == b"data: 1\n"
    response.readline()
    stopper = threading.Thread(target=slack.stop)
    stopper.start()
    assert b"data" not in response.read()
    stopper.join(5)
    assert not stopper.is_alive()
    connection.close()


def upload(slack: SlackStandIn, name: str, content: bytes, channel: str = "general") -> None:
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url)
    client.files_upload_v2(content=content, filename=name, channel=slack.channel(channel).id)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("hfstats-licenses.csv", b"by,rank\nmodels,1\n", "text/csv"),
        ('Größe "<b>.CSV', b"a,b\n", "text/csv"),
        ("page.html", b"<script>alert(1)</script>", "text/plain"),
        ("fake.csv", b"<html><script>alert(1)</script>", "text/csv"),
    ],
)
def test_a_file_is_a_download_with_its_own_name_and_type(
    standing: SlackStandIn, browser: FlaskClient, name: str, content: bytes, kind: str
) -> None:
    upload(standing, name, content)
    html = get(browser, "/page/state").json["messages"][0]["html"]
    assert f'download="{escape(name)}"' in html
    path = re.search(r'href="(/page/file/[^"]+)"', html)
    assert path
    response = get(browser, path[1])
    assert response.data == content
    assert response.mimetype == kind
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_welcome_suggests_different_things() -> None:
    by_two_words = [("licenses", "Licenses"), ("licenses by downloads", "Licenses"), ("creators", "Creators"), ("help", "Help")]
    with SlackStandIn(completions=by_two_words) as slack:
        page = get(slack.flask.test_client(), "/").text
        assert re.findall(r'data-fill="/hfstats ([^"]+)"', page) == ["licenses", "creators", "help"]
    with SlackStandIn(completions=by_two_words, starters=("licenses by downloads", "help")) as slack:
        page = get(slack.flask.test_client(), "/").text
        assert re.findall(r'data-fill="/hfstats ([^"]+)"', page) == ["licenses by downloads", "help"]


def test_an_edit_and_a_reply_of_the_bot_are_its_changes_and_those_of_a_person_are_not(
    standing: SlackStandIn, browser: FlaskClient
) -> None:
    def row() -> dict[str, Any]:
        row: dict[str, Any] = get(browser, "/page/state").json["messages"][0]
        return row

    client = WebClient(token=standing.bot_token(), base_url=standing.api_url)
    channel = standing.channel("general").id
    standing.say("hello")
    message = standing.messages()[0]
    asked = row()
    client.chat_postMessage(channel=channel, text="an answer", thread_ts=message.ts)
    answered = row()
    assert (asked["app"], answered["app"]) == (False, True)
    assert asked["rev"] != answered["rev"]
    standing.say("thanks", thread=message.ts)
    assert row()["app"] is False


@pytest.mark.parametrize("typed", ["/invite @hfstats", "/invite hfstats", "/invite  @HFstats "])
def test_invite_adds_the_bot_for_everybody_to_see(standing: SlackStandIn, browser: FlaskClient, typed: str) -> None:
    state = "/page/state?as=grace&in=random"
    assert get(browser, state).json["bot_is_in"] is False
    told = browser.post("/page/send", json={"text": typed, "in": "random"}, headers=ORIGIN).json
    assert told["ok"]
    assert get(browser, state).json["bot_is_in"] is True
    (message,) = standing.messages("random", "grace")
    assert standing.shown_text(message) == "@ada added @hfstats to this channel."


@pytest.mark.parametrize(
    ("typed", "place", "says"),
    [
        ("/invite", "random", "can only add the app"),
        ("/invite @grace", "random", "can only add the app"),
        ("/invite @hfstats @grace", "random", "can only add the app"),
        ("/invite @hfstats", "general", "already in this channel"),
        ("/invite @hfstats", "direct", "direct message"),
        ("/invites @hfstats", "random", "is not a valid command"),
    ],
)
def test_other_invitations_are_answered_by_slackbot_for_one(browser: FlaskClient, typed: str, place: str, says: str) -> None:
    browser.post("/page/send", json={"text": typed, "in": place}, headers=ORIGIN)
    shown = get(browser, f"/page/state?in={place}").json["messages"]
    assert says in shown[0]["html"]
    assert "Only visible to you" in shown[0]["html"]
    assert get(browser, "/page/state?in=random").json["bot_is_in"] is False
