"""App Home, through the real Bolt app: its content, and replies to its controls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from slack_app import WAIT, Broken, image_of, over_http, wait_for_answer

from analytics.errors import StoreError
from analytics.questions.registry import parse
from bot.analytics_pool.process import entries as all_entries
from bot.analytics_pool.summarize_store import edition, summarize
from bot.blocks.home import home_view
from bot.conversation.name_index import NameIndex, near
from bot.domain.dump import HistoryProgress
from bot.domain.store_summary import Name
from playground import SlackStandIn
from playground.block_kit.blocks import check_view
from playground.faults import Fault

TODAY = date(2026, 8, 22)
"""The day of the simulated history's last snapshot."""


def written(view):
    blocks = view.content["blocks"] if hasattr(view, "content") else view["blocks"]
    return "\n".join(
        text["text"]
        for block in blocks
        for text in (block.get("text"), *block.get("elements", ()))
        if text and text["type"] in {"mrkdwn", "plain_text"}
    )


def buttons(view):
    blocks = view.content["blocks"] if hasattr(view, "content") else view["blocks"]
    elements = [one for block in blocks for one in (*block.get("elements", ()), block.get("accessory") or {})]
    return [one["text"]["text"] for one in elements if one.get("type") == "button"]


def home(slack, user="ada", team=None):
    assert slack.open_home(user, team).ok
    return slack.wait_for(lambda: slack.home(user, team), WAIT)


def pressed(slack, view, what, **more):
    """Press something on the Home, and wait until the Home has followed."""
    before = view.hash
    assert slack.press(view, what, **more).ok
    return slack.wait_for(lambda: (now := slack.home(more.get("user", "ada"))) and now.hash != before and now, WAIT)


def test_the_home_tells_the_latest_findings_and_how_fresh_they_are(slack):
    view = home(slack)
    shown = written(view)
    assert "Apache-2.0 and MIT cover" in shown
    assert "the most downloads" in shown
    assert "Snapshot from August 22, 2026 (UTC)" in shown
    assert "top list: 300 models" in shown
    assert "simulated data, not real measurements" in shown
    assert {"Build a question", "Refresh", "Help"} <= set(buttons(view))
    assert buttons(view).count("Show the chart") == 5
    for example in ("licenses", "creator meta", "license apache-2.0", "likes", "movers"):
        assert example in buttons(view)


def test_a_finding_is_shown_with_its_chart_in_the_direct_message(slack):
    view = pressed(slack, home(slack), "licenses")
    assert "Asked `licenses`. The answer will be in the *Messages* tab." in written(view)
    message = wait_for_answer(slack, "direct")
    assert image_of(message)
    assert len(slack.messages("direct")) == 1
    assert slack.messages("direct", "grace") == []
    assert slack.messages("general") == []
    slack.press(message, "creators")
    assert "the most downloads" in slack.shown_text(wait_for_answer(slack, "direct", count=2))


@pytest.mark.parametrize("holds", [True, False])
def test_the_home_tells_how_far_past_months_are_while_they_are_fetched(history, holds):
    summary = summarize(history) if holds else replace(summarize(history), holdings=())
    line = "Fetching past months: 14 of the last 24 month ends stored"
    for progress, shown in (
        (HistoryProgress(14, 24, is_fetching=True), True),
        (HistoryProgress(14, 24, is_fetching=False), False),
        (HistoryProgress(24, 24, is_fetching=False), False),
        (None, False),
    ):
        view = home_view(summary, all_entries(), TODAY, progress=progress)
        assert (line in written(view)) == shown
        assert check_view(view) == []


def test_every_example_on_the_home_has_an_answer(pool, history):
    view = home_view(summarize(history), all_entries(), TODAY)
    offered = [
        one["value"] for block in view["blocks"] if block["type"] == "actions" for one in block["elements"] if "value" in one
    ]
    assert len(offered) == 13
    for query in set(offered) - {"help"}:
        assert pool.answer(parse(query))[0].headline


def test_the_word_about_what_was_asked_goes_with_the_next_opening(http):
    view = pressed(http, home(http), "creator meta")
    assert "Asked `creator meta`" in written(view)
    assert "Asked" not in written(pressed(http, view, "Refresh"))


def test_help_comes_as_a_direct_message(http):
    pressed(http, home(http), "Help")
    message = http.wait_for(lambda: http.messages("direct"), WAIT)[-1]
    assert "Narrow any of them" in http.shown_text(message)


def test_the_form_opens_from_the_home_and_answers_in_the_direct_message(slack):
    assert slack.press(home(slack), "Build a question").ok
    slack.wait_for(slack.modal, WAIT)
    slack.submit({"form:by": "by likes"})
    assert "licenses by likes" in slack.shown_text(wait_for_answer(slack, "direct"))


def test_a_form_that_slack_refuses_is_reported_in_the_direct_message(http):
    http.faults.plan("views.open", Fault(error="expired_trigger_id"))
    http.press(home(http), "Build a question")
    message = http.wait_for(lambda: http.messages("direct"), WAIT)[-1]
    assert "I was too slow to open the form" in http.shown_text(message)


def test_the_messages_tab_needs_no_home(http):
    assert http.open_home(tab="messages").ok
    assert home(http, "grace")
    assert http.home("ada") is None


def test_without_a_snapshot_the_home_says_who_has_to_do_what(empty_pool, entries):
    with SlackStandIn() as slack:
        stop = over_http(slack, empty_pool, entries)
        view = home(slack)
        assert "There's no snapshot yet" in written(view)
        assert "hfstats snapshot" in written(view)
        assert buttons(view) == ["Refresh", "Help"]
        stop()


def test_a_defect_shows_a_reference_and_the_way_to_try_again(entries, caplog):
    with SlackStandIn() as slack:
        stop = over_http(slack, Broken(), entries)
        view = home(slack)
        reference = written(view).split("reference ")[1][:8]
        assert reference in caplog.text
        assert buttons(view) == ["Refresh", "Help"]
        stop()


class Away:
    """A database that comes back: the first look fails, the next ones are the pool's."""

    def __init__(self, pool):
        self.pool, self.looks = pool, []

    def summarize_store(self, known):
        self.looks.append(known)
        if len(self.looks) == 1:
            raise StoreError("The database cannot be reached.")
        return self.pool.summarize_store(known)


def test_a_database_that_comes_back_is_seen_at_the_next_refresh(pool, entries):
    with SlackStandIn() as slack:
        stop = over_http(slack, Away(pool), entries)
        view = home(slack)
        assert "I can't reach my database right now." in written(view)
        assert "Latest findings" in written(pressed(slack, view, "Refresh"))
        stop()


def test_many_openings_cost_one_look_at_the_store(pool, entries):
    answers = Away(pool)
    answers.looks.append("the failing one")
    with SlackStandIn() as slack:
        stop = over_http(slack, answers, entries)
        for user in ("ada", "grace", "ada"):
            home(slack, user)
        assert len(answers.looks) == 2
        stop()


def test_slack_refusing_the_home_harms_nothing_else(http):
    http.faults.plan("views.publish", Fault(status=500))
    assert http.open_home().ok
    http.wait_for(lambda: [call for call in http.calls if call.method == "views.publish"], WAIT)
    assert "Latest findings" in written(home(http))


# The catalog and the blocks behind it


def test_the_summary_is_refreshed_only_after_a_change(history):
    asked = []

    class Store:
        def summarize_store(self, known):
            asked.append(known)
            return None if known == edition(history) else summarize(history)

    name_index = NameIndex(Store())
    first = name_index.current()
    name_index._again = 0.0
    assert name_index.current() is first
    assert asked == ["", edition(history)]


def test_names_that_begin_so_come_before_those_that_hold_it_and_those_alike():
    names = (Name("sentence-transformers"), Name("transformers"), Name("Meta", ("facebook",)), Name("transfomers-old"))
    assert near(names, "transf", 9)[:2] == ["transformers", "transfomers-old"]
    assert near(names, "Face Book", 9) == ["Meta"]
    assert near(names, "trnasformers", 9)[0] in {"transformers", "sentence-transformers"}
    assert near(names, "", 2) == ["sentence-transformers", "transformers"]
    assert near(names, "zzz", 9) == []


@pytest.mark.parametrize(("age", "said"), [(0, "today"), (1, "1 day old"), (12, "12 days old")])
def test_the_age_of_the_data_is_reported_and_an_old_snapshot_warned_of(history, age, said):
    view = home_view(summarize(history), all_entries(), TODAY + timedelta(days=age))
    assert said in written(view)
    assert (":warning:" in written(view)) is (age >= 3)
    assert check_view(view) == []


def test_sections_of_other_parts_have_their_place(history):
    more = [{"type": "header", "text": {"type": "plain_text", "text": "Subscriptions"}}]
    view = home_view(summarize(history), all_entries(), TODAY, sections=(more,))
    shown = written(view)
    assert shown.index("Latest findings") < shown.index("Subscriptions") < shown.index("Ask a question")


def test_a_list_of_another_day_says_so(history):
    summary = summarize(history)
    first, *others = summary.holdings
    older = replace(first, taken_on=TODAY - timedelta(days=40))
    view = home_view(replace(summary, holdings=(older, *others)), all_entries(), TODAY)
    assert "top list: 300 models from July 13, 2026" in written(view)
