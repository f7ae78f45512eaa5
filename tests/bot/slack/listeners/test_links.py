"""Unfurled links to the Hub: which links get a card, and its content."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_app import TRANSPORTS, WAIT, Broken, image_of, over_http, wait_for_answer

from analytics.domain import Listing, ListName, Model
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.pool import Pool
from bot.analytics_pool.process import entries as all_entries
from bot.blocks.figures.sparkline import FEWEST, MOST, Point, absent_since, trend
from playground import SlackStandIn
from playground.faults import Fault

DAYS = (date(2026, 3, 31), date(2026, 4, 30), date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 22))
"""There is no snapshot of May."""
AGE = "The newest snapshot is {} days old."
MILLIONS = {
    Model("meta-llama/Llama-3.1-8B", 0, licenses=("llama3.1",), task="text-generation"): (50, 60, 70, 80, 90),
    Model("google-bert/bert-base-uncased", 0, licenses=("apache-2.0",), task="fill-mask"): (40, 42, 44, 46, 48),
    Model("openai-community/gpt2", 0, licenses=("mit",), task="text-generation"): (10, 20, 30, 40, 60),
    Model("facebook/opt-125m", 0, licenses=()): (5, 5, 5, 5, 5),
    Model("lab/newcomer", 0, licenses=("<!channel> & co",), task="fill-mask"): (None, None, None, None, 3),
    Model("old/leaver", 0, licenses=("mit",), task="fill-mask"): (4, 4, 4, 4, None),
}
GPT2 = "https://huggingface.co/openai-community/gpt2"


def filled(folder, days, source="community list"):
    url = f"sqlite:///{folder / 'hub.db'}"
    engine = database.engine(url)
    database.upgrade(engine)
    for day in days:
        downloads = {model: found[DAYS.index(day)] for model, found in MILLIONS.items()}
        present = ((model, number) for model, number in downloads.items() if number is not None)
        models = [Model(m.id, number * 1_000_000, licenses=m.licenses, task=m.task) for m, number in present]
        ranked = tuple(sorted(models, key=lambda model: -model.downloads))
        ingest.store([Listing(day, ListName.TOP, source, ranked)], SqlHistory(engine))
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    pool = Pool(filled(tmp_path_factory.mktemp("hub"), DAYS))
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def one_day(tmp_path_factory):
    pool = Pool(filled(tmp_path_factory.mktemp("one-day"), DAYS[-1:]))
    yield pool
    pool.close()


class Room:
    """A channel with the bot in it; :meth:`leave` waits for what it still does."""

    def __init__(self, answers, transport=over_http):
        self.slack = SlackStandIn(unfurl_domains=("huggingface.co", "hf.co", "evil.example")).start()
        self._stop = transport(self.slack, answers, all_entries())

    def card(self, text, channel="general"):
        """Write a message and wait for its first card, as a reader sees it."""
        self.slack.say(text, channel=channel)
        written = self.slack.messages(channel)[-1]
        return self.slack.shown_text(self.seen(channel, written.ts)).partition("\n")[2].replace("\N{NO-BREAK SPACE}", " ")

    def seen(self, channel, ts):
        def with_cards():
            return next((one for one in self.slack.messages(channel) if one.ts == ts and one.unfurls), None)

        return self.slack.wait_for(with_cards, WAIT)

    def leave(self):
        if self._stop:
            self._stop()
            self._stop = None

    def unfurled(self):
        """What was unfurled when all work is done."""
        self.leave()
        return [call for call in self.slack.calls if call.method == "chat.unfurl"]


@pytest.fixture(params=TRANSPORTS)
def everywhere(request, hub):
    room = Room(hub, TRANSPORTS[request.param])
    yield room
    room.leave()
    room.slack.stop()


@pytest.fixture
def room(hub):
    room = Room(hub)
    yield room
    room.leave()
    room.slack.stop()


def test_a_link_to_a_model_gets_a_card(everywhere):
    shown = everywhere.card(f"look at <{GPT2}/tree/main?x=1&amp;y=2>")
    assert shown.splitlines() == [
        "openai-community/gpt2",
        "See more",
        "60M downloads in 30 days · 2nd of 5 (▲ 1 since Jul 2026)",
        "MIT · text-generation",
        "Downloads since Mar 2026: 10M ▁▂\N{EN SPACE}▄▅█ 60M",
        AGE.format((datetime.now(UTC).date() - DAYS[-1]).days),
        "5 models of the top list · 2026-08-22 (UTC) · from community list",
    ]


def test_a_former_name_gets_the_card_of_the_model_and_a_fallen_rank_says_so(room):
    shown = room.card("<https://hf.co/bert-base-uncased>")
    assert "google-bert/bert-base-uncased" in shown
    assert "3rd of 5 (▼ 1 since Jul 2026)" in shown


def test_a_model_that_is_new_in_the_list_is_called_new_and_what_it_declares_is_text(room):
    shown = room.card("<https://huggingface.co/lab/newcomer>")
    assert "5th of 5 (new since Jul 2026)" in shown
    assert "<!channel> & co · fill-mask" in shown
    assert "Downloads 3M" not in shown
    assert "<!channel>" not in str(room.slack.messages()[0].unfurls)


def test_a_link_to_an_organization_gets_a_card_of_its_share(everywhere):
    shown = everywhere.card("<https://huggingface.co/meta-llama>")
    assert shown.splitlines() == [
        "Meta",
        "See more",
        "46.1% of downloads · 1st among creators (unchanged since Jul 2026)",
        "40.0% of models · 1st among creators (unchanged since Jul 2026)",
        "Top models: Llama-3.1-8B (90M), opt-125m (5M)",
        "Share of downloads since Mar 2026: 50.5% █▇\N{EN SPACE}▆▅▁ 46.1%",
        AGE.format((datetime.now(UTC).date() - DAYS[-1]).days),
        "Without meta-llama/Llama-3.1-8B, Meta would have 4.3% of downloads instead of 46.1%.",
        "5 models of the top list · 2026-08-22 (UTC) · from community list",
    ]


def test_a_card_says_when_its_list_came_short(tmp_path):
    pool = Pool(filled(tmp_path, DAYS[-1:], source="hub"))
    room = Room(pool)
    try:
        assert "the Hub returned 5 models instead of 300." in room.card(f"<{GPT2}>")
    finally:
        room.leave()
        room.slack.stop()
        pool.close()


def test_an_owner_that_is_new_in_the_list_is_called_new(room):
    shown = room.card("<https://huggingface.co/lab>")
    assert "1.5% of downloads · 4th among creators (new since Jul 2026)" in shown
    assert "20.0% of models · 2nd among creators (new since Jul 2026)" in shown


def test_the_button_asks_about_the_model_in_the_channel(room):
    room.card(f"<{GPT2}>")
    assert room.slack.press(room.slack.messages()[0], "See more", user="grace").ok
    answer = wait_for_answer(room.slack)
    assert image_of(answer)
    assert "openai-community/gpt2 ranks 2nd of 5" in room.slack.shown_text(answer)
    assert room.slack.messages()[0].unfurls


def test_a_link_that_is_still_being_written_has_its_card_already(everywhere):
    everywhere.slack.compose(f"<{GPT2}>")
    draft = everywhere.slack.wait_for(lambda: [one for one in everywhere.slack.drafts() if one.unfurls], WAIT)[0]
    assert "60M downloads" in everywhere.slack.shown_text(draft)
    assert everywhere.slack.messages() == []


def test_a_workspace_whose_events_have_no_unfurl_id_gets_cards_too(room):
    room.slack.say("hello")
    written = room.slack.messages()[0]
    room.slack.workspace().put(type(written)(written.ts, written.channel, written.author, f"<{GPT2}>"))
    told = {"type": "link_shared", "channel": written.channel, "message_ts": written.ts, "user": written.author}
    links = {"is_bot_user_member": True, "links": [{"url": GPT2, "domain": "huggingface.co"}]}
    room.slack._of(None).event("link_shared", told | links)
    assert "60M downloads" in room.slack.shown_text(room.seen("general", written.ts))


@pytest.mark.parametrize(
    "link",
    [
        *("https://huggingface.co/nobody/nothing", "https://huggingface.co/nobody", "https://huggingface.co/datasets/a/b"),
        *("https://huggingface.co/models", "https://huggingface.co/openai.community/gpt-2", "https://huggingface.co/meta"),
        *("https://evil.example/openai-community/gpt2", "https://huggingface.co@evil.example/openai-community/gpt2"),
    ],
)
def test_a_link_of_which_nothing_is_known_is_met_with_silence(room, link):
    room.slack.say(f"<{link}>")
    assert room.unfurled() == []
    assert len(room.slack.messages(viewer="ada")) == 1


def test_a_conversation_that_the_bot_is_not_in_is_left_alone(room):
    room.slack.say(f"<{GPT2}>", channel="random")
    assert room.unfurled() == []


def test_each_page_has_one_card_and_a_message_five_at_most(room):
    others = ["meta-llama/Llama-3.1-8B", "google-bert/bert-base-uncased", "facebook/opt-125m", "lab/newcomer", "lab", "facebook"]
    room.card(" ".join([f"<{GPT2}> <{GPT2}/tree/main>", *(f"<https://huggingface.co/{name}>" for name in others)]))
    assert list(room.slack.messages()[0].unfurls) == [GPT2, *(f"https://huggingface.co/{name}" for name in others[:4])]


def test_what_is_known_is_shown_beside_what_is_not(room):
    room.card(f"<https://huggingface.co/nobody/nothing> <{GPT2}>")
    assert list(room.slack.messages()[0].unfurls) == [GPT2]


def test_an_event_that_comes_again_brings_no_second_card(room):
    room.card(f"<{GPT2}>")
    room.slack._outbox.send_event(room.slack.deliveries[-1].payload)
    assert len(room.unfurled()) == 1


def test_a_refusal_of_slack_is_nobodys_business(room):
    room.slack.faults.plan("chat.unfurl", Fault(error="cannot_unfurl_url"))
    room.slack.say(f"<{GPT2}>")
    assert [call.error for call in room.unfurled()] == ["cannot_unfurl_url"]
    assert len(room.slack.messages(viewer="ada")) == 1


def test_a_crash_is_in_the_log_and_not_in_the_channel(caplog):
    room = Room(Broken())
    room.slack.say(f"<{GPT2}>")
    assert room.unfurled() == []
    assert len(room.slack.messages(viewer="ada")) == 1
    assert "ZeroDivisionError" in caplog.text
    room.slack.stop()


def test_an_event_that_is_not_as_slack_describes_it_is_met_with_silence(room, caplog):
    room.slack.say("hello")
    message = room.slack.messages()[0]
    told = {"type": "link_shared", "channel": message.channel, "user": message.author, "is_bot_user_member": True}
    for links in (None, [None], [{}], [{"url": GPT2}], [{"url": 5}]):
        room.slack._of(None).event("link_shared", told | {"links": links})
    assert room.unfurled() == []
    assert len(room.slack.messages(viewer="ada")) == 1
    assert caplog.text.count("failure ") == 5


def test_who_shares_more_links_than_questions_are_allowed_gets_no_further_card(hub, monkeypatch):
    monkeypatch.setenv("HFSTATS_PER_MINUTE", "1")
    room = Room(hub)
    room.card(f"<{GPT2}>")
    room.slack.say(f"<{GPT2}>")
    room.slack.say(f"<{GPT2}>", user="grace")
    assert len(room.unfurled()) == 2
    assert [bool(one.unfurls) for one in room.slack.messages()] == [True, False, True]
    room.slack.stop()


def test_a_store_with_one_snapshot_shows_what_it_has(one_day):
    room = Room(one_day)
    assert room.card(f"<{GPT2}>").splitlines()[1:4] == [
        "See more",
        "60M downloads in 30 days · 2nd of 5",
        "MIT · text-generation",
    ]
    room.leave()
    room.slack.stop()


def months(*values):
    return [Point(date(2025 + place // 12, place % 12 + 1, 28), value) for place, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ((1.0, 2.0, 3.0), "▁▅█"),
        ((3.0, None, 1.0, 2.0), "█\N{EN SPACE}▁▅"),
        ((None, 5.0, 5.0, 5.0, None), "▄▄▄"),
        (tuple(range(40)), "▁▂▂▃▄▄▅▅▆▇▇█"),
    ],
)
def test_the_line_shows_the_course_and_its_holes(values, bars):
    assert trend(months(*values)).bars == bars


def test_the_last_day_of_a_month_stands_for_it():
    days = [*months(1.0, 2.0), Point(date(2025, 3, 1), 9.0), Point(date(2025, 3, 30), 1.0)]
    assert trend(days).bars == "▁█▁"


@pytest.mark.parametrize("values", [(), (1.0,), (1.0, 2.0), (None, None, None), (1.0, None, 2.0)])
def test_two_moments_are_no_course(values):
    assert trend(months(*values)) is None


def test_new_is_what_was_absent_the_month_before():
    assert absent_since(months(None, 1.0)) == date(2025, 1, 28)
    assert absent_since(months(1.0, 2.0)) is None
    assert absent_since(months(1.0)) is None


@given(st.lists(st.none() | st.floats(0, 1e12), max_size=60))
def test_a_line_is_as_long_as_its_months_and_ends_on_values(values):
    found = trend(months(*values))
    places = [place for place, value in enumerate(values) if value is not None]
    recent = [place for place in places if place > places[-1] - MOST]
    assert (found is None) == (len(recent) < FEWEST)
    if found:
        assert len(found.bars) == min(MOST, places[-1] - places[0] + 1)
        assert found.last.value == values[places[-1]]
        assert found.first.value == values[recent[0]]
        assert found.bars.count("\N{EN SPACE}") == len(found.bars) - len(recent)
