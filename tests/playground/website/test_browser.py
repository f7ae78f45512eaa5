"""The page in a real browser: complete a command, see it worked on, read and press the answer, become someone else."""

from __future__ import annotations

import re
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from slack_sdk import WebClient
from tinybot import TinyBot
from waiting import WAIT

from playground import SlackStandIn

if TYPE_CHECKING:
    from collections.abc import Iterator

expect.set_options(timeout=1000 * WAIT)  # milliseconds; five seconds are too few beside other work

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COMPLETIONS = [
    ("licenses", "Share of each license"),
    ("licenses by downloads", "Weighed by use"),
    ("creators", "Who is used most"),
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine's path"),
]


def where_buttons(title: str) -> list[dict[str, Any]]:
    elements = [
        {"type": "button", "action_id": f"where:{value}", "text": {"type": "plain_text", "text": f"To {value}"}, "value": value}
        for value in ("edit", "thread", "file")
    ]
    return [{"type": "section", "text": {"type": "mrkdwn", "text": title}}, {"type": "actions", "elements": elements}]


class Waiter:
    """A bot that answers when the test lets it."""

    def __init__(self, bot: TinyBot) -> None:
        self.go = threading.Event()
        bot.app.command("/hfstats")(self.command)
        bot.app.action("by_models")(self.action)
        bot.app.action("subscribe")(self.subscribe)
        bot.app.view("subscribe")(lambda ack: ack())
        bot.app.action(re.compile("^where:"))(self.menu)
        bot.app.event("app_home_opened")(self.home)
        self.url = bot.url

    def command(self, ack: Any, respond: Any) -> None:
        ack()
        self.go.wait(10)
        button = {"type": "button", "action_id": "by_models", "text": {"type": "plain_text", "text": "By models"}, "value": "v"}
        more = {"type": "button", "action_id": "subscribe", "text": {"type": "plain_text", "text": "Subscribe"}}
        image = {"type": "image", "image_url": f"{self.url}/chart.png", "alt_text": "Bars: Apache-2.0 leads"}
        respond(text="t", blocks=[image, {"type": "actions", "elements": [button, more]}])

    def menu(self, ack: Any, client: Any, body: dict[str, Any]) -> None:
        """Answer where the button says: in the message's place, in its thread, or with a file there."""
        ack()
        self.go.wait(10)
        channel, ts = body["channel"]["id"], body["container"]["message_ts"]
        action = body["actions"][0]
        match action.get("value") or action["selected_option"]["value"]:
            case "edit":
                client.chat_update(channel=channel, ts=ts, text="edited", blocks=where_buttons("Edited"))
            case "thread":
                client.chat_postMessage(channel=channel, thread_ts=ts, text="in the thread")
            case "file":
                client.files_upload_v2(content="by,rank\nmodels,1\n", filename="numbers.csv", channel=channel, thread_ts=ts)

    def action(self, ack: Any, respond: Any) -> None:
        ack()
        respond(text="Half of the *models*", response_type="in_channel", replace_original=False)

    def subscribe(self, ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        field = {
            "type": "input",
            "block_id": "q",
            "label": {"type": "plain_text", "text": "Question"},
            "element": {"type": "plain_text_input", "action_id": "q"},
        }
        view = {
            "type": "modal",
            "callback_id": "subscribe",
            "title": {"type": "plain_text", "text": "Subscribe"},
            "submit": {"type": "plain_text", "text": "Save"},
            "blocks": [field],
        }
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def home(self, event: dict[str, Any], client: Any) -> None:
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": "At home"}}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(completions=COMPLETIONS, note="Simulated history") as slack:
        yield slack


@pytest.fixture
def waiter(slack: SlackStandIn) -> Iterator[Waiter]:
    with TinyBot(slack) as bot:
        slack.attach(bot.request_url)
        yield Waiter(bot)


@pytest.fixture(params=[pytest.param((1280, 860), id="desktop"), pytest.param((360, 740), id="phone")])
def page(request: pytest.FixtureRequest, slack: SlackStandIn) -> Iterator[Page]:
    width, height = request.param
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(slack.base_url)
        yield page
        browser.close()
    assert complaints == []


def sidebar(page: Page, name: str) -> None:
    if page.locator("#menu").is_visible():
        page.locator("#menu").click()
    page.locator("#sidebar").get_by_role("link", name=name).click()


def test_from_a_command_to_its_answer(page: Page, waiter: Waiter) -> None:
    box = page.get_by_role("combobox", name="Message #general")
    box.click()
    box.press_sequentially("/hfstats lic")
    offers = page.get_by_role("listbox").get_by_role("option")
    expect(offers).to_have_text([re.compile("/hfstats licenses"), re.compile("/hfstats licenses by downloads")])
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(offers.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("/hfstats licenses by downloads")
    expect(page.get_by_role("listbox")).to_be_hidden()

    box.press("Enter")
    expect(page.locator("#working")).to_contain_text("is working on /hfstats licenses by downloads")
    expect(box).to_have_value("")
    waiter.go.set()
    image = page.get_by_alt_text("Bars: Apache-2.0 leads")
    expect(image).to_be_visible()
    expect(page.locator("#working")).to_be_hidden()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "the page scrolls sideways"
    assert image.evaluate("image => image.getBoundingClientRect().right <= window.innerWidth"), "the picture is cut off"

    page.get_by_role("button", name="By models").click()
    expect(page.locator(".message b", has_text="models")).to_be_visible()
    expect(page.locator("#working")).to_be_hidden()

    sidebar(page, "Grace Hopper")
    expect(page.locator(".message b", has_text="models")).to_be_visible()
    expect(page.get_by_text("Only visible to you")).to_have_count(0)

    sidebar(page, "random")
    expect(page.get_by_text("hfstats isn't a member", exact=True)).to_be_visible()
    expect(page.locator(".message")).to_have_count(0)


def test_a_modal_and_the_home(page: Page, slack: SlackStandIn, waiter: Waiter) -> None:
    waiter.go.set()
    slack.command("help")
    page.get_by_role("button", name="Subscribe").click()
    dialog = page.get_by_role("dialog", name="Subscribe")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("Please complete this required field.")
    dialog.get_by_label("Question").fill("licenses")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()

    page.get_by_role("button", name="Subscribe").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    slack.wait_for(lambda: slack.modal() is None)

    sidebar(page, "hfstats")
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("heading", name="At home")).to_be_visible()


def test_a_failure_is_reported_by_slackbot(page: Page, slack: SlackStandIn) -> None:
    slack.attach("http://127.0.0.1:1/slack/events")
    page.get_by_role("combobox").fill("/hfstats help")
    page.get_by_role("combobox").press("Enter")
    expect(page.locator(".message")).to_contain_text('/hfstats failed with the error "dispatch_failed"')
    expect(page.locator("#working")).to_be_hidden()


@pytest.mark.parametrize("value", ["edit", "thread", "file"])
def test_working_ends_with_an_edit_or_an_answer_in_the_thread(
    page: Page, slack: SlackStandIn, waiter: Waiter, value: str
) -> None:
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url)
    client.chat_postMessage(channel=slack.channel("general").id, text="t", blocks=where_buttons("First"))
    page.get_by_role("button", name=f"To {value}").click()
    expect(page.locator("#working")).to_contain_text(f"is working on To {value}")
    slack.say("something else meanwhile", user="grace")
    expect(page.locator(".message", has_text="something else meanwhile")).to_be_visible()
    expect(page.locator("#working")).to_be_visible()
    waiter.go.set()
    expect(page.locator("#working")).to_be_hidden()
    if value == "edit":
        expect(page.get_by_text("Edited")).to_be_visible()
        return
    page.get_by_role("button", name="1 reply").click()
    if value == "thread":
        expect(page.locator("#thread").get_by_text("in the thread")).to_be_visible()
        return
    with page.expect_download() as download:
        page.locator("#thread").get_by_role("link", name="numbers.csv").click()
    assert download.value.suggested_filename == "numbers.csv"
    assert download.value.path().read_text() == "by,rank\nmodels,1\n"


def test_an_overflow_menu_by_keyboard_and_by_hand(page: Page, slack: SlackStandIn, waiter: Waiter) -> None:
    waiter.go.set()
    options = [{"text": {"type": "plain_text", "text": f"To {value}"}, "value": value} for value in ("edit", "thread")]
    menus = [{"type": "overflow", "action_id": f"where:{place}", "options": options} for place in ("left", "right")]
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url)
    client.chat_postMessage(channel=slack.channel("general").id, text="t", blocks=[{"type": "actions", "elements": menus}])

    first, second = (page.get_by_label("More").nth(place) for place in range(2))
    items = page.get_by_role("menuitem").filter(visible=True)
    first.press("Enter")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(items.nth(1)).to_be_focused()
    box = items.nth(1).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.evaluate("innerWidth")
    page.keyboard.press("Escape")
    expect(items).to_have_count(0)
    expect(first).to_be_focused()

    first.click()
    second.click()
    expect(items).to_have_count(2)  # one menu at a time
    page.locator("h1").click()
    expect(items).to_have_count(0)

    second.press("Enter")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Edited")).to_be_visible()


def test_the_bot_is_invited_where_it_is_not(page: Page, waiter: Waiter) -> None:
    waiter.go.set()
    sidebar(page, "random")
    expect(page.get_by_text("isn't a member of this channel")).to_be_visible()
    page.get_by_role("combobox").fill("/invite @hfstats")
    page.get_by_role("combobox").press("Enter")
    expect(page.locator("body[data-bot-is-in]")).to_be_attached()
    expect(page.get_by_text("@ada added @hfstats to this channel.")).to_be_visible()
    expect(page.locator("#working")).to_be_hidden()
    expect(page.get_by_text("isn't a member of this channel")).to_have_count(0)
