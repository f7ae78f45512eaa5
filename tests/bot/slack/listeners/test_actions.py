"""Controls under answers, through the real Bolt app: public and ephemeral results."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from slack_app import WAIT, image_of, wait_for_answer

from playground.faults import Fault


def ask(slack, words, channel="general"):
    slack.command(words, channel=channel)
    return wait_for_answer(slack, channel)


def texts(slack, channel="general", viewer="ada", thread=None):
    return [slack.shown_text(m) for m in slack.messages(channel, viewer, thread=thread)]


def now(slack, message, viewer="ada"):
    return next((m for m in slack.messages(message.channel, viewer) if m.ts == message.ts), None)


def wait_until_shown(slack, message, words, viewer="ada"):
    return slack.wait_for(lambda: (m := now(slack, message, viewer)) and words in slack.shown_text(m) and image_of(m) and m, WAIT)


@pytest.mark.parametrize("channel", ["general", "random"])
def test_a_measure_changes_the_message_in_its_place(slack, channel):
    message = ask(slack, "licenses", channel)
    assert slack.press(message, "view:by", user="grace", value="licenses by downloads").ok
    changed = wait_until_shown(slack, message, "Apache-2.0 leads with")
    shown = slack.shown_text(changed)
    assert "asked by" in shown
    assert "changed by" in shown
    users = slack.workspace()
    written = str(changed.blocks)
    assert f"asked by <@{users.user('ada').id}> · changed by <@{users.user('grace').id}>" in written
    assert len(slack.messages(channel, "grace")) == 1
    assert not changed.viewer
    slack.press(changed, "view:by", user="grace", value="licenses by models")
    again = wait_until_shown(slack, message, "licenses by models")
    assert f"asked by <@{users.user('ada').id}>" in str(again.blocks), "who asked is not forgotten"


def test_a_month_leads_there_and_back(http):
    message = ask(http, "creators by downloads")
    http.press(message, "view:since", value="creators by downloads at 2026-07")
    before = wait_until_shown(http, message, "creators by downloads at 2026-07")
    assert "2026-07-" in http.shown_text(before)
    http.press(before, "view:since", value="creators by downloads at 2026-08")
    wait_until_shown(http, message, "creators by downloads at 2026-08")


def only_for(slack, user, words, channel="general", thread=None):
    """Wait for a message that only one person sees."""
    return slack.wait_for(
        lambda: next(
            (m for m in slack.messages(channel, user, thread=thread) if m.viewer and words in slack.shown_text(m)), None
        ),
        WAIT,
    )


@pytest.mark.parametrize("channel", ["general", "random"])
def test_notes_on_the_data_are_for_the_person_who_asks_for_them(slack, channel):
    message = ask(slack, "license apache-2.0", channel)
    assert "counts half for each" not in slack.shown_text(message)
    assert slack.press(message, "About the data", user="grace").ok
    notes = only_for(slack, "grace", "About the data behind “license apache-2.0”", channel)
    assert "counts half for each" in slack.shown_text(notes)
    assert not [m for m in slack.messages(channel, "ada") if m.viewer]


def test_notes_on_an_answer_in_a_direct_message(http):
    message = ask(http, "license apache-2.0", "direct")
    http.press(message, "About the data")
    http.wait_for(lambda: any("counts half for each" in text for text in texts(http, "direct")), WAIT)


def test_a_private_answer_is_broken_down_in_private(http):
    http.command("license apache-2.0 quiet")
    message = wait_for_answer(http, "general")
    http.press(message, "Break down…")
    names = http.wait_for(lambda: next((m for m in http.messages("general", "ada") if m.ts != message.ts), None), WAIT)
    http.press(names, "go:0")
    shown = wait_until_shown(http, names, "creator ")
    assert shown.viewer
    assert http.messages("general", "grace") == []


@pytest.mark.parametrize(
    "action", [("go:inside", "static_select"), ("view:earlier", "button"), ("csv", "button"), ("build", "button")]
)
def test_controls_of_earlier_versions_go_on_working(http, action):
    name, kind = action
    message = ask(http, "licenses by downloads")
    query = {"go:inside": "license mit", "view:earlier": "licenses by downloads at 2026-07"}.get(name, "licenses by downloads")
    element = {"type": kind, "action_id": name}
    option = {"text": {"type": "plain_text", "text": "x"}, "value": query}
    element |= {"text": {"type": "plain_text", "text": "x"}, "value": query} if kind == "button" else {"options": [option]}
    row = {"type": "actions", "block_id": "controls:U0ADA:0123456789abcdef", "elements": [element]}
    message.blocks[-1].clear()
    message.blocks[-1].update(row)
    assert http.press(message, name, value=None if kind == "button" else query).ok
    match name:
        case "go:inside":
            http.wait_for(lambda: [m for m in http.messages("general", thread=message.ts) if m.is_reply and image_of(m)], WAIT)
        case "view:earlier":
            wait_until_shown(http, message, query)
        case "csv":
            http.wait_for(lambda: files_in(http, "general", thread=message.ts), WAIT)
        case "build":
            http.wait_for(http.modal, WAIT)


def test_a_longer_time_is_shown_in_place(http):
    message = ask(http, "licenses by downloads")
    http.press(message, "view:since", value="licenses by downloads since 2026-05")
    wait_until_shown(http, message, "licenses by downloads since 2026-05")


def values_of(message):
    return [element["value"] for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


@pytest.mark.parametrize("channel", ["general", "random"])
def test_license_to_creator_to_model_in_the_thread(slack, channel):
    message = ask(slack, "license apache-2.0", channel)
    slack.press(message, "Break down…", user="grace")
    names = only_for(slack, "grace", "Break down", channel)
    assert values_of(names)[0].startswith("creator ")
    slack.press(names, values_of(names)[0], user="grace")

    def replies(count):
        found = [m for m in slack.messages(channel, thread=message.ts) if m.is_reply and image_of(m)]
        return found if len(found) >= count else None

    reply = slack.wait_for(lambda: replies(1), WAIT)[-1]
    slack.wait_for(lambda: now(slack, names, "grace") is None, WAIT)  # the names disappear once used
    slack.press(reply, "Break down…")
    names = only_for(slack, "ada", "Break down", channel, message.ts)
    assert values_of(names)[0].startswith("model ")
    slack.press(names, values_of(names)[0])
    second = slack.wait_for(lambda: replies(2), WAIT)[-1]
    assert second.thread_ts == message.ts
    assert len([m for m in slack.messages(channel) if not m.is_reply]) == 1, "the channel is not flooded"


@pytest.mark.parametrize("channel", ["general", "random"])
def test_quiet_is_for_me_alone_until_it_is_posted(slack, channel):
    slack.command("quiet licenses by downloads", channel=channel)
    message = wait_for_answer(slack, channel)
    assert message.viewer
    assert slack.messages(channel, "grace") == []
    slack.press(message, "view:by", value="licenses by models")
    changed = wait_until_shown(slack, message, "licenses by models")
    assert changed.viewer
    assert slack.messages(channel, "grace") == []
    slack.press(changed, "Post to channel")
    posted = wait_for_answer(slack, channel, "grace")
    assert f"asked by <@{slack.workspace().user('ada').id}>" in str(posted.blocks)
    slack.wait_for(lambda: not [m for m in slack.messages(channel, "ada") if m.viewer], WAIT)


def test_a_quiet_mistake_and_its_suggestion_stay_with_me(http):
    http.command("licenzes quiet")
    notice = http.wait_for(lambda: http.messages("general", "ada"), WAIT)[-1]
    http.press(notice, "licenses")
    shown = wait_until_shown(http, notice, "Apache-2.0 and MIT cover")
    assert shown.viewer
    assert http.messages("general", "grace") == []


def files_in(slack, channel, viewer="ada", thread=None):
    return [one for m in slack.messages(channel, viewer, thread=thread) for one in m.files]


def test_the_numbers_come_into_the_thread_as_csv(slack):
    message = ask(slack, "licenses by downloads")
    slack.press(message, "CSV in thread")
    file = slack.wait_for(lambda: files_in(slack, "general", thread=message.ts), WAIT)[0]
    stored = slack.workspace().files[file]
    assert stored.name == "hfstats-licenses-by-downloads.csv"
    assert stored.content.decode().splitlines()[0] == "by,rank,license,value,portion"
    assert not files_in(slack, "direct")
    slack.wait_for(lambda: any("CSV file is in the thread" in text for text in texts(slack)), WAIT)
    assert not any("CSV file is in the thread" in text for text in texts(slack, viewer="grace"))


def test_from_a_thread_the_file_comes_without_words_and_from_elsewhere_with_them(http):
    message = ask(http, "license mit", "random")
    http.press(message, "go:0")
    replies = lambda: [m for m in http.messages("random", thread=message.ts) if m.is_reply and image_of(m)]  # noqa: E731
    reply = http.wait_for(replies, WAIT)[-1]
    http.press(reply, "CSV in thread")
    http.wait_for(lambda: files_in(http, "direct"), WAIT)
    told = http.wait_for(lambda: [m for m in http.messages("random", "ada", thread=message.ts) if m.viewer], WAIT)
    assert "direct message" in http.shown_text(told[-1])


def test_a_number_of_models_is_in_the_picture_the_message_and_the_file(http):
    message = ask(http, "models by likes top 20")
    picture = http.workspace().files[image_of(message)["slack_file"]["id"]]
    with Image.open(BytesIO(picture.content)) as opened:
        assert opened.size == (1200, 1225)
    assert sum(line.split()[:1] == [str(rank)] for rank in (1, 9, 20) for line in message.text.splitlines()) == 3
    http.press(message, "CSV in thread")
    file = http.wait_for(lambda: files_in(http, "general", thread=message.ts), WAIT)[0]
    assert len(http.workspace().files[file].content.decode().splitlines()) == 21


def test_where_the_bot_is_not_the_numbers_come_to_me(slack):
    message = ask(slack, "licenses by downloads", "random")
    slack.press(message, "CSV in thread")
    assert slack.wait_for(lambda: files_in(slack, "direct"), WAIT)
    slack.wait_for(lambda: any("I'm not in this channel" in text for text in texts(slack, "random")), WAIT)
    assert not any("I'm not in this channel" in text for text in texts(slack, "random", "grace"))


def test_a_file_that_can_go_nowhere_says_what_to_do(http):
    message = ask(http, "licenses by downloads", "random")
    http.faults.plan("files.getUploadURLExternal", Fault(status=500), times=9)
    http.press(message, "CSV in thread")
    http.wait_for(lambda: any("Invite me with" in text for text in texts(http, "random")), WAIT)
    assert texts(http, "direct") == []


@pytest.mark.parametrize("value", ["birds and bees", "licenses " + "x" * 600, "   ", "license no-such-license-at-all"])
@pytest.mark.parametrize("name", ["view:by", "go:0", "more"])
def test_a_value_that_is_no_question_is_reported_and_leaves_the_answer(http, name, value):
    message = ask(http, "licenses")
    block, element = next(
        (b, e) for b in message.blocks if b["type"] == "actions" for e in b["elements"] if e["action_id"] == name
    )
    match name:
        case "go:0":
            element["value"] = value
        case "more":
            block["block_id"] = f"controls:U0ADA:{value}"
        case _:
            element["options"] = [{"text": {"type": "plain_text", "text": "x"}, "value": value}]
            element.pop("initial_option", None)
    http.press(message, name, value={"go:0": None, "more": "csv"}.get(name, value))
    notice = http.wait_for(lambda: [m for m in http.messages("general", "ada") if m.viewer], WAIT)[-1]
    shown = http.shown_text(notice)
    assert "Something went wrong" not in shown
    assert any(word in shown for word in ("I don't know", "not sure", "characters", "from an older message"))
    assert "Apache-2.0 and MIT cover" in http.shown_text(now(http, message, "grace"))
