"""The same calls to the emulator and to our stand-in: where they answer differently, README.md says so, and who is right."""

from __future__ import annotations

import urllib.request

import pytest
from conftest import channel_named
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground import SlackStandIn

TEXT = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
VIEW = {"type": "home", "blocks": [TEXT]}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [TEXT]}


class Side:
    """One of the two: a client with the bot's token, and the names of what is there."""

    def __init__(self, name, client, *, person, bot_user, member, public, private):
        self.name = name
        self.client = client
        self.person = person
        self.bot_user = bot_user
        self.member = member
        """A channel with the bot."""
        self.public = public
        """One without it."""
        self.private = private
        """A private one without it."""

    def trigger(self):
        raise NotImplementedError

    def error(self, method, arguments):
        try:
            self.client.api_call(method, json=arguments) if method != "files.info" else self.client.files_info(**arguments)
        except SlackApiError as error:
            return error.response["error"]
        return None

    def posted(self):
        return self.client.chat_postMessage(channel=self.member, text="first", blocks=[TEXT])["ts"]

    def uploaded(self, content=b"x,y\n"):
        """A file that is up, and not completed yet."""
        given = self.client.files_getUploadURLExternal(filename="a.csv", length=len(content))
        urllib.request.urlopen(
            urllib.request.Request(given["upload_url"], content, {"Content-Type": "text/csv"}), timeout=5
        ).close()
        return given["file_id"]


class Theirs(Side):
    def trigger(self):
        return self.client.api_call("views.generateTriggerId", json={"user_id": self.person})["trigger_id"]


class StandIn(Side):
    slack: SlackStandIn

    def trigger(self):
        return self.slack.service.trigger(self.slack.workspace().id, self.person)


@pytest.fixture(scope="module")
def sides(ours, ada):
    people = {user["name"]: user["id"] for user in ada.users_list()["members"]}
    theirs = Theirs(
        "emulate",
        ours,
        person=people["ada"],
        bot_user=people["hfstats"],
        member=channel_named(ada, "models"),
        public=channel_named(ada, "random"),
        private=channel_named(ada, "secret"),
    )
    with SlackStandIn() as slack:
        workspace = slack.workspace()
        workspace.channel("research").members.discard(workspace.bot)
        stand_in = StandIn(
            "stand-in",
            WebClient(slack.bot_token(), base_url=slack.api_url),
            person=workspace.user("ada").id,
            bot_user=workspace.bot,
            member=workspace.channel("general").id,
            public=workspace.channel("random").id,
            private=workspace.channel("research").id,
        )
        stand_in.slack = slack
        yield theirs, stand_in


def _twice(side):
    trigger = side.trigger()
    side.client.views_open(trigger_id=trigger, view=MODAL)
    return side.error("views.open", {"trigger_id": trigger, "view": MODAL})


def _completed_twice(side):
    file = side.uploaded()
    side.client.files_completeUploadExternal(files=[{"id": file}])
    return side.error("files.completeUploadExternal", {"files": [{"id": file}]})


def _completed_unsent(side):
    given = side.client.files_getUploadURLExternal(filename="a.csv", length=4)
    return side.error("files.completeUploadExternal", {"files": [{"id": given["file_id"]}]})


def _deleted(side):
    ts = side.posted()
    side.client.chat_delete(channel=side.member, ts=ts)
    return ts


def _text_alone(side):
    """What becomes of the blocks when an update has a text and none."""
    updated = side.client.chat_update(channel=side.member, ts=side.posted(), text="second")
    return "the blocks are gone" if not updated["message"].get("blocks") else "the blocks stay"


def _post(**more):
    return lambda side: side.error("chat.postMessage", {"channel": side.member, **more})


CALLS = {
    "a post": _post(text="hello", blocks=[TEXT]),
    "a post with nothing in it": _post(),
    "a post with an empty text": _post(text=""),
    "a post to no channel": lambda side: side.error("chat.postMessage", {"text": "hello"}),
    "a post to a channel that is not there": lambda side: side.error("chat.postMessage", {"channel": "C0NOWHERE", "text": "x"}),
    "a post to a person": lambda side: side.error("chat.postMessage", {"channel": side.person, "text": "hello"}),
    "a post to oneself": lambda side: side.error("chat.postMessage", {"channel": side.bot_user, "text": "hello"}),
    "a post to a public channel without the bot": lambda side: side.error(
        "chat.postMessage", {"channel": side.public, "text": "x"}
    ),
    "a post to a private channel without the bot": lambda side: side.error(
        "chat.postMessage", {"channel": side.private, "text": "x"}
    ),
    "a post with blocks that are no list": _post(text="hello", blocks={"type": "section"}),
    "a post with a block of no kind": _post(text="hello", blocks=[{"type": "nonsense"}]),
    "a post of 40,001 characters": _post(text="x" * 40_001),
    "a post with a header of 151 characters": _post(
        text="x", blocks=[{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    ),
    "an update": lambda side: side.error("chat.update", {"channel": side.member, "ts": side.posted(), "text": "second"}),
    "an update of nothing": lambda side: side.error("chat.update", {"channel": side.member, "ts": "1.000001", "text": "second"}),
    "an update of what was deleted": lambda side: side.error(
        "chat.update", {"channel": side.member, "ts": _deleted(side), "text": "x"}
    ),
    "an update with no content": lambda side: side.error("chat.update", {"channel": side.member, "ts": side.posted()}),
    "an update with a text alone": _text_alone,
    "a deletion": lambda side: side.error("chat.delete", {"channel": side.member, "ts": side.posted()}),
    "a deletion twice": lambda side: side.error("chat.delete", {"channel": side.member, "ts": _deleted(side)}),
    "an aside": lambda side: side.error("chat.postEphemeral", {"channel": side.member, "user": side.person, "text": "hello"}),
    "an aside to nobody": lambda side: side.error("chat.postEphemeral", {"channel": side.member, "text": "hello"}),
    "an aside to somebody who is not there": lambda side: side.error(
        "chat.postEphemeral", {"channel": side.member, "user": "U0NOBODY", "text": "hello"}
    ),
    "an upload without a name": lambda side: side.error("files.getUploadURLExternal", {"length": 4}),
    "an upload of no length": lambda side: side.error("files.getUploadURLExternal", {"filename": "a.csv"}),
    "an upload to no channel": lambda side: side.error("files.completeUploadExternal", {"files": [{"id": side.uploaded()}]}),
    "an upload to a channel": lambda side: side.error(
        "files.completeUploadExternal", {"files": [{"id": side.uploaded()}], "channel_id": side.member}
    ),
    "an upload to a channel that is not there": lambda side: side.error(
        "files.completeUploadExternal", {"files": [{"id": side.uploaded()}], "channel_id": "C0NOWHERE"}
    ),
    "an upload to a public channel without the bot": lambda side: side.error(
        "files.completeUploadExternal", {"files": [{"id": side.uploaded()}], "channel_id": side.public}
    ),
    "an upload of no file": lambda side: side.error("files.completeUploadExternal", {"files": []}),
    "an upload of a file that is not there": lambda side: side.error(
        "files.completeUploadExternal", {"files": [{"id": "F0NOWHERE"}]}
    ),
    "an upload completed before it was sent": _completed_unsent,
    "an upload completed twice": _completed_twice,
    "a file that is not there": lambda side: side.error("files.info", {"file": "F0NOWHERE"}),
    "a Home": lambda side: side.error("views.publish", {"user_id": side.person, "view": VIEW}),
    "a Home for nobody": lambda side: side.error("views.publish", {"user_id": "U0NOBODY", "view": VIEW}),
    "a Home with a title": lambda side: side.error("views.publish", {"user_id": side.person, "view": MODAL}),
    "a Home over a newer one": lambda side: side.error("views.publish", {"user_id": side.person, "view": VIEW, "hash": "1.old"}),
    "a form": lambda side: side.error("views.open", {"trigger_id": side.trigger(), "view": MODAL}),
    "a form with no trigger": lambda side: side.error("views.open", {"view": MODAL}),
    "a form with a made-up trigger": lambda side: side.error("views.open", {"trigger_id": "1.2.three", "view": MODAL}),
    "a form with a used trigger": _twice,
    "a form without a title": lambda side: side.error(
        "views.open", {"trigger_id": side.trigger(), "view": {"type": "modal", "blocks": [TEXT]}}
    ),
    "a change of a form that is not there": lambda side: side.error("views.update", {"view_id": "V0NOWHERE", "view": MODAL}),
    "a method that is not there": lambda side: side.error("chat.shout", {}),
}

DIFFERENT = {
    "a post to no channel": ("channel_not_found", "invalid_arguments"),
    "a post to oneself": ("channel_not_found", "cannot_dm_bot"),
    "a post to a public channel without the bot": (None, "not_in_channel"),
    "a post to a private channel without the bot": ("not_in_channel", "channel_not_found"),
    "a post with a block of no kind": (None, "invalid_blocks"),
    "a post with a header of 151 characters": (None, "invalid_blocks"),
    "an update with a text alone": ("the blocks are gone", "the blocks stay"),
    "an aside to nobody": ("user_not_found", "invalid_arguments"),
    "an aside to somebody who is not there": ("user_not_found", "user_not_in_channel"),
    "an upload of no length": ("invalid_arguments", "missing_length"),
    "an upload to a public channel without the bot": (None, "not_in_channel"),
    "a Home with a title": ("invalid_view", "invalid_arguments"),
    "a form with no trigger": ("invalid_trigger_id", "invalid_arguments"),
    "a form without a title": ("invalid_view", "invalid_arguments"),
    "a method that is not there": (None, "unknown_method"),
}
"""What differs: theirs, ours. README.md says for each what Slack's documentation says."""


@pytest.mark.parametrize("call", CALLS)
def test_both_answer_alike_unless_the_documentation_is_on_our_side(sides, call):
    theirs, ours = (CALLS[call](side) for side in sides)
    assert (theirs, ours) == DIFFERENT.get(call, (ours, ours))
