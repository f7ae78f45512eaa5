"""The question form, through the real Bolt app: opening, suggestions, validation and the answer."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_app import WAIT, Broken, answers_in, image_of, over_http, wait_for_answer

from analytics.domain import ListName, Measure
from analytics.language import grammar
from analytics.language.grammar import LARGEST_TOP, LONGEST_TEXT
from analytics.query import Option, Period, Query, quoted
from analytics.questions.registry import FORMS, QUESTIONS
from bot.analytics_pool.process import entries as all_entries
from bot.analytics_pool.summarize_store import summarize
from bot.blocks.forms.question_form import ANY, build_view, read_view
from bot.domain.query_form import form_values, mistakes
from playground import SlackStandIn
from playground.block_kit.blocks import check_view
from playground.block_kit.inputs import complaints, state_of
from playground.faults import Fault


@pytest.fixture
def two(pool, entries):
    """Two workspaces, each with the bot, told apart by the token of the second's request."""
    with SlackStandIn(teams=("Acme", "Umbrella")) as slack:
        stop = over_http(slack, pool, entries)
        yield slack
        stop()


def modal(slack, user="ada"):
    return slack.wait_for(lambda: slack.modal(user), WAIT)


def element(view, action):
    return next(b["element"] for b in view.content["blocks"] if b["type"] == "input" and b["element"]["action_id"] == action)


def actions(view):
    return [b["element"]["action_id"] for b in view.content["blocks"] if b["type"] == "input"]


def preview(view):
    return next(b["elements"][0]["text"] for b in view.content["blocks"] if b["block_id"] == "preview")


def channel(slack, name="general"):
    return slack.channel(name).id


def choose(slack, action, value, **others):
    """Choose something in the open form, and wait until the form has followed."""
    before = modal(slack).hash
    held = {f"form:{name}": given for name, given in others.items()}
    assert slack.press(modal(slack), f"form:{action}", value=value, others=held).ok
    return slack.wait_for(lambda: (view := slack.modal()) and view.hash != before and view, WAIT)


def test_the_shortcut_opens_a_form_that_says_what_it_asks(slack):
    assert slack.shortcut("ask").ok
    view = modal(slack)
    assert view.content["title"]["text"] == "Build a question"
    assert preview(view) == "Your question: `licenses`"
    groups = element(view, "form:question")["option_groups"]
    offered = {option["value"] for group in groups for option in group["options"]}
    assert offered == {question.form.word for question in QUESTIONS}
    months = [option["text"]["text"] for option in element(view, "form:at")["options"]]
    assert months == ["Latest snapshot", "August 2026", "July 2026", "June 2026", "May 2026", "April 2026"][: len(months)]
    assert len(months) >= 5


def test_what_is_chosen_is_asked_in_the_conversation_that_is_chosen(slack):
    slack.shortcut("ask")
    modal(slack)
    held = {"form:by": "by downloads", "form:in": "in trending", "form:where": channel(slack)}
    assert slack.submit(held).ok
    assert slack.modal() is None, "it closes at once"
    message = wait_for_answer(slack, viewer="grace")
    assert "licenses by downloads in trending" in slack.shown_text(message)
    assert f"asked by <@{slack.workspace().user('ada').id}>" in str(message.blocks)
    assert image_of(message)
    assert len(answers_in(slack)) == 1


def test_a_conversation_without_the_bot_gets_its_answer_too(http):
    http.shortcut("ask")
    modal(http)
    http.submit({"form:where": channel(http, "random")})
    assert "licenses" in http.shown_text(wait_for_answer(http, "random", "grace"))


def test_without_a_conversation_the_answer_comes_as_a_direct_message(slack):
    slack.shortcut("ask")
    modal(slack)
    assert slack.submit({"form:top": "3"}).ok
    message = wait_for_answer(slack, "direct")
    assert "licenses top 3" in slack.shown_text(message)
    assert slack.messages("general") == []
    assert len(slack.messages("direct")) == 1, "the working message became the answer"


def test_who_wants_it_alone_gets_it_alone(http):
    http.shortcut("ask")
    modal(http)
    http.submit({"form:where": channel(http), "form:quiet": ["quiet"]})
    message = wait_for_answer(http)
    assert message.viewer
    assert http.messages("general", "grace") == []


def test_facts_that_are_not_recorded_can_be_left_out_and_stay_so_when_the_question_is_edited(slack):
    slack.shortcut("ask")
    view = choose(slack, "facts", ["facts"])
    assert preview(view) == "Your question: `licenses as recorded`"
    assert slack.submit({"form:facts": ["facts"], "form:where": channel(slack)}).ok
    message = wait_for_answer(slack)
    assert "licenses as recorded" in slack.shown_text(message)
    assert form_values(grammar.parse("licenses as recorded", FORMS)).text == "licenses as recorded"
    assert slack.press(message, "Edit question").ok
    assert preview(modal(slack)) == "Your question: `licenses as recorded`"


def test_another_question_changes_the_fields_and_keeps_what_fits(slack):
    slack.shortcut("ask")
    view = choose(slack, "by", "by downloads", **{"in": "in trending"})
    assert preview(view) == "Your question: `licenses by downloads in trending`"
    view = choose(slack, "question", "creator", by="by downloads", **{"in": "in trending"})
    assert "form:names" in actions(view)
    assert "“creator” needs a name" in preview(view)
    view = choose(slack, "question", "likes", by="by downloads", **{"in": "in trending"})
    fields = ("question", "filters", "in", "task", "at", "facts", "where", "quiet")
    assert actions(view) == [f"form:{field}" for field in fields]
    assert preview(view) == "Your question: `likes in trending`"


def test_names_are_suggested_from_the_data_and_asked(slack):
    slack.shortcut("ask")
    view = choose(slack, "question", "creator")
    leading = [option["value"] for option in slack.suggest(view, "form:names", "")]
    assert len(leading) == 30
    for typed in ("met", "facebook", "metta"):
        assert "Meta" in [option["value"] for option in slack.suggest(view, "form:names", typed)], typed
    view = choose(slack, "names", "Meta", question="creator")
    assert preview(view) == "Your question: `creator Meta`"
    assert slack.submit({"form:question": "creator", "form:names": "Meta"}).ok
    assert "Meta has" in slack.shown_text(wait_for_answer(slack, "direct"))


def test_names_of_every_kind_are_compared(http):
    http.shortcut("ask")
    view = choose(http, "question", "compare")
    offered = [option["value"] for option in http.suggest(view, "form:names", "")]
    assert {"apache-2.0", "Meta", "text-generation", "transformers"} <= set(offered)
    assert len(offered) == len(set(offered))
    http.suggest(view, "form:names", "a")
    choose(http, "names", ["apache-2.0"], question="compare")
    assert http.submit({"form:names": ["apache-2.0"]}).ok
    view = modal(http)
    assert "at least 2 names" in view.errors["names:compare"]
    view = modal(http)
    http.suggest(view, "form:names", "m")
    found = [option["value"] for option in http.suggest(view, "form:names", "mit")]
    assert "mit" in found
    http.suggest(view, "form:names", "")
    assert http.submit({"form:names": ["apache-2.0", "mit"]}).ok
    assert "compare apache-2.0 mit" in http.shown_text(wait_for_answer(http, "direct"))


@pytest.mark.parametrize("word", ["movers", "concentration", "forecast"])
def test_rankings_are_suggested_where_one_is_named(http, word):
    http.shortcut("ask")
    view = choose(http, "question", word)
    offered = [option["value"] for option in http.suggest(view, "form:names", "")]
    assert {"licenses", "creators", "tasks"} <= set(offered)


def test_tasks_are_suggested_and_can_be_taken_back(http):
    http.shortcut("ask")
    offered = http.suggest(modal(http), "form:task", "")
    assert offered[0]["text"]["text"] == "All tasks"
    offered = http.suggest(modal(http), "form:task", "text gen")
    assert [option["value"] for option in offered][:2] == [ANY, "task text-generation"]
    view = choose(http, "task", "task text-generation")
    assert preview(view) == "Your question: `licenses task text-generation`"
    http.suggest(view, "form:task", "")
    assert preview(choose(http, "task", ANY)) == "Your question: `licenses`"


@pytest.mark.parametrize(("typed", "said"), [("0", "1 to 1000"), ("1001", "1 to 1000"), ("2.5", "1 to 1000")])
def test_a_wrong_number_is_reported_beside_its_field(slack, typed, said):
    slack.shortcut("ask")
    modal(slack)
    assert slack.submit({"form:top": typed}).ok
    assert said in modal(slack).errors["top"]
    assert slack.messages("direct") == []


def test_a_time_that_ends_before_it_begins_is_reported_beside_its_field(http):
    http.shortcut("ask")
    modal(http)
    http.submit({"form:at": "at 2026-05", "form:since": "since 2026-08"})
    assert modal(http).errors == {"since": "“since 2026-08” is later than “at 2026-05”. Leave one of them out."}
    assert http.submit({"form:at": ANY, "form:since": "since 2026-05"}).ok
    assert "licenses since 2026-05" in http.shown_text(wait_for_answer(http, "direct"))


def test_a_name_is_asked_for_before_anything_is_sent(http):
    http.command("build creator meta")
    view = modal(http)
    assert preview(view) == "Your question: `creator meta`"
    http.submit({"form:names": None})
    assert modal(http).errors == {"names:creator": "Please complete this required field."}


@pytest.mark.parametrize("words", ["build", "ask", "BUILD", "build licenses"])
def test_a_word_after_the_command_opens_it(slack, words):
    assert slack.command(words).ok
    assert preview(modal(slack)) == "Your question: `licenses`"
    assert slack.messages("general") == []


def test_words_that_make_no_question_are_reported_in_the_form(http):
    http.command("build creator meta by size")
    view = modal(http)
    assert "“size” isn't a measure" in preview(view)
    assert preview(view).startswith("Not complete yet.")


def test_a_button_in_help_opens_it(slack):
    slack.command("")
    message = slack.wait_for(lambda: slack.messages("general"), WAIT)[-1]
    assert slack.press(message, "Build a question").ok
    assert preview(modal(slack)) == "Your question: `licenses`"


def test_an_answer_can_be_edited_into_another_question(slack):
    slack.command("creators by downloads top 5", channel="random")
    message = wait_for_answer(slack, "random")
    assert slack.press(message, "Edit question", user="grace").ok
    assert preview(modal(slack, "grace")) == "Your question: `creators by downloads top 5`"
    held = {"form:by": "by models", "form:where": channel(slack, "random")}
    assert slack.submit(held, user="grace").ok
    assert "creators by models top 5" in slack.shown_text(wait_for_answer(slack, "random", count=2))


def test_a_mention_gets_the_button_that_opens_it(http):
    http.mention("build licenses by likes")
    message = http.wait_for(lambda: [m for m in http.messages("general") if m.viewer], WAIT)[-1]
    http.press(message, "Build a question")
    assert preview(modal(http)) == "Your question: `licenses by likes`"


@pytest.mark.parametrize("error", ["expired_trigger_id", "invalid_arguments", "ratelimited"])
def test_a_form_that_slack_refuses_leaves_a_word_and_a_way_to_try_again(http, error):
    http.faults.plan("views.open", Fault(error=error))
    http.command("build licenses by downloads")
    message = http.wait_for(lambda: [m for m in http.messages("general") if m.viewer], WAIT)[-1]
    shown = http.shown_text(message)
    assert "I was too slow to open the form" in shown if error == "expired_trigger_id" else error in shown
    assert "/hfstats licenses" in shown
    http.press(message, "Build a question")
    assert preview(modal(http)) == "Your question: `licenses by downloads`"


@pytest.mark.parametrize("fault", [Fault(error="expired_trigger_id"), Fault(status=500), Fault(drop="before")])
def test_a_shortcut_that_came_to_nothing_is_reported_in_a_direct_message(http, fault):
    http.faults.plan("views.open", fault)
    http.shortcut("ask")
    message = http.wait_for(lambda: http.messages("direct"), WAIT)[-1]
    assert "Press the button to try again" in http.shown_text(message)
    http.press(message, "Build a question")
    assert preview(modal(http)) == "Your question: `licenses`"


def test_a_form_closed_meanwhile_harms_nothing(http):
    http.shortcut("ask")
    view = modal(http)
    http.close()
    assert http.press(view, "form:by", value="by downloads").ok
    http.command("licenses")
    assert wait_for_answer(http)


def test_a_conversation_where_the_bot_may_not_post_sends_the_answer_home(http):
    http.shortcut("ask")
    modal(http)
    http.faults.plan("response_url", Fault(status=404), times=5)
    http.submit({"form:where": channel(http, "random")})
    message = wait_for_answer(http, "direct")
    assert "licenses" in http.shown_text(message)
    assert "You asked this in" in http.shown_text(message)


def test_a_name_that_the_data_lost_is_told_to_the_person_alone(http):
    http.command("build creator metta")
    assert preview(modal(http)) == "Your question: `creator metta`"
    http.submit({"form:where": channel(http)})
    message = http.wait_for(lambda: [m for m in http.messages("general") if m.viewer], WAIT)[-1]
    assert "Did you mean Meta" in http.shown_text(message)
    http.wait_for(lambda: http.messages("general", "grace") == [], WAIT)


def test_every_workspace_gets_its_own_form_and_answer(two):
    two.shortcut("ask")
    modal(two)
    two.submit({"form:where": two.channel("general").id})
    wait_for_answer(two)
    assert two.messages("general", team="Umbrella") == []


@pytest.mark.parametrize("answers", ["broken", "empty"])
def test_without_data_the_form_still_opens_and_suggests_nothing(answers, empty_pool, entries):
    with SlackStandIn() as slack:
        stop = over_http(slack, Broken() if answers == "broken" else empty_pool, entries)
        slack.command("build creator meta")
        view = modal(slack)
        assert preview(view) == "Your question: `creator meta`"
        assert slack.suggest(view, "form:names", "goo") == []
        assert slack.submit({"form:where": channel(slack)}).ok
        message = slack.wait_for(lambda: [m for m in slack.messages("general") if m.viewer], WAIT)[-1]
        said = slack.shown_text(message)
        assert "Something went wrong on my side" in said if answers == "broken" else "There's no data yet" in said
        stop()


def test_suggestions_do_not_wait_for_a_pool_that_hangs(entries, pool):
    free = threading.Event()

    class Hanging:
        def summarize_store(self, known):
            free.wait(60)
            return pool.summarize_store(known)

    with SlackStandIn() as slack:
        stop = over_http(slack, Hanging(), entries)
        assert slack.command("build creator meta").ok
        view = modal(slack)
        assert slack.suggest(view, "form:names", "goo") == []
        assert all(delivery.ack.ok for delivery in slack.deliveries)
        free.set()
        stop()


# Whatever can be asked can be built


NAMES = st.text(max_size=40) | st.sampled_from(["Meta AI", "by", "a, b", 'say "x"', "back\\slash", "", "x" * 200, "any", ANY])


@st.composite
def queries(draw):
    form = draw(st.sampled_from(FORMS))
    months = st.dates().map(lambda day: Period(day.year, day.month)) | st.dates().map(lambda d: Period(d.year, d.month, d.day))
    has = form.options
    at = draw(st.none() | months) if Option.AT in has else None
    since = draw(st.none() | months) if Option.SINCE in has else None
    if at and since and since.start > at.end:
        since = None
    query = Query(
        form.word,
        tuple(draw(st.lists(NAMES, min_size=form.fewest, max_size=form.most))),
        by=draw(st.none() | st.sampled_from(Measure)) if Option.BY in has else None,
        within=draw(st.sampled_from(ListName)) if Option.IN in has else ListName.TOP,
        task=draw(st.none() | NAMES) if Option.TASK in has else None,
        top=draw(st.none() | st.integers(1, LARGEST_TOP)) if Option.TOP in has else None,
        at=at,
        since=since,
    )
    return query if len(str(query)) <= LONGEST_TEXT else query.but(names=("x",) * form.fewest, task=None)


@pytest.fixture(scope="module")
def summary(history):
    found = summarize(history)
    return lambda: found  # a short name in Hypothesis's reports


def submitted(view):
    """What Slack sends when a form is submitted as it was opened."""
    assert check_view(view) == []
    assert complaints(view["blocks"], {}) == {}
    return read_view({**view, "state": {"values": state_of(view["blocks"], {}, {})}})


@settings(max_examples=300, deadline=None)
@given(query=queries(), known=st.booleans())
def test_a_form_filled_from_a_question_asks_that_question(query, known, summary):
    view = build_view(form_values(query), all_entries(), summary() if known else None, {})
    form = submitted(view)
    assert mistakes(form, FORMS) == {}
    assert grammar.parse(form.text, FORMS) == query
    again = submitted(build_view(form, all_entries(), summary(), {}))
    assert again == form, "an update changes nothing that was filled in"


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_chosen_is_a_question_or_is_wrong_beside_a_field_that_is_there(data, summary):
    word = data.draw(st.sampled_from([form.word for form in FORMS]))
    view = build_view(
        submitted(build_view(form_values(Query("licenses")), all_entries(), summary(), {})), all_entries(), summary(), {}
    )
    held = {"form:question": word}
    form = read_view({**view, "state": {"values": state_of(view["blocks"], held, {})}})
    view = build_view(form, all_entries(), summary(), mistakes(form, FORMS))
    assert check_view(view) == []
    held = {}
    for block in view["blocks"]:
        if block["type"] == "input" and block["block_id"] not in {"question", "where", "quiet"}:
            inside = block["element"]
            if inside["type"] == "static_select":
                held[inside["action_id"]] = data.draw(st.sampled_from([option["value"] for option in inside["options"]]))
            elif inside["type"] == "number_input":
                held[inside["action_id"]] = data.draw(st.none() | st.integers(-2, 1100).map(str))
    names = data.draw(st.lists(st.sampled_from([one.name for one in summary().names["creator"]]), max_size=9).map(tuple))
    offered = [{"text": {"type": "plain_text", "text": n}, "value": quoted(n)} for n in names]
    many = any(b["block_id"] == "names:compare" for b in view["blocks"])
    held["form:names"] = [o["value"] for o in offered] if many else next((o["value"] for o in offered), None)
    state = state_of(view["blocks"], held, {"form:names": offered})
    form = read_view({**view, "state": {"values": state}})
    wrong = mistakes(form, FORMS)
    if wrong:
        assert {f"names:{word}" if field == "names" else field for field in wrong} <= set(state)
    else:
        query = grammar.parse(form.text, FORMS)
        assert grammar.parse(str(query), FORMS) == query
