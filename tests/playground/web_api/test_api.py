"""The Web API as slack_sdk's own client meets it: who may do what, what is refused, and with which words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from tinybot import TinyBot, picture

from playground.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tinybot import ManualClock

    from playground import SlackStandIn


def refusal(call: Callable[..., object], **arguments: object) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return dict(caught.value.response.data)


def error(call: Callable[..., object], **arguments: object) -> str:
    return str(refusal(call, **arguments)["error"])


SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}


# Tokens and scopes


def test_a_good_token_says_who_it_is(slack: SlackStandIn, client: WebClient) -> None:
    workspace = slack.workspace()
    answer = client.auth_test()
    assert answer["team_id"] == workspace.id
    assert answer["user_id"] == workspace.bot
    assert answer["bot_id"]


def test_tokens_are_checked(slack: SlackStandIn) -> None:
    assert error(WebClient(base_url=slack.api_url).auth_test) == "not_authed"
    assert error(WebClient(token="xoxb-no", base_url=slack.api_url).auth_test) == "invalid_auth"
    assert error(WebClient(token=slack.app_token, base_url=slack.api_url).auth_test) == "not_allowed_token_type"
    bot = WebClient(token=slack.bot_token(), base_url=slack.api_url)
    assert error(bot.apps_connections_open, app_token=slack.bot_token()) == "not_allowed_token_type"
    slack.revoke()
    assert error(bot.auth_test) == "token_revoked"


def test_a_missing_scope_is_named(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack(scopes={"commands"})
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url)
    answer = refusal(client.chat_postMessage, channel=slack.channel("general").id, text="hello")
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")
    assert error(client.files_info, file="F1") == "missing_scope"


def test_scopes_of_conversations_depend_on_their_sort(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack(scopes={"channels:history"})
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url)
    assert client.conversations_history(channel=slack.channel("general").id)["ok"]
    answer = refusal(client.conversations_history, channel=slack.channel("research").id)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:history")


def test_unknown_methods_and_api_test(client: WebClient) -> None:
    assert error(lambda: client.api_call("chat.sing")) == "unknown_method"
    assert client.api_test()["ok"]
    assert error(client.api_test, error="my_error") == "my_error"


def test_an_installation_exchanges_its_code_once(slack: SlackStandIn) -> None:
    client = WebClient(base_url=slack.api_url)
    code = slack.install_code()
    given = {"client_id": slack.client_id, "client_secret": slack.client_secret}
    assert error(client.oauth_v2_access, client_id=slack.client_id, client_secret="no", code=code) == "bad_client_secret"
    assert client.oauth_v2_access(**given, code=code)["access_token"] == slack.bot_token()
    assert error(client.oauth_v2_access, **given, code=code) == "invalid_code"


def test_workspaces_are_apart(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack(teams=("Acme", "Umbrella"))
    umbrella = WebClient(token=slack.bot_token("Umbrella"), base_url=slack.api_url)
    assert error(umbrella.chat_postMessage, channel=slack.channel("general", team="Acme").id, text="hello") == "channel_not_found"
    umbrella.chat_postMessage(channel=slack.channel("general", team="Umbrella").id, text="hello")
    assert [one.text for one in slack.messages(team="Umbrella")] == ["hello"]
    assert slack.messages(team="Acme") == []


# Posting


def test_posting_needs_a_conversation_that_the_bot_is_in(slack: SlackStandIn, client: WebClient) -> None:
    post = client.chat_postMessage
    assert post(channel=slack.channel("general").id, text="hello")["message"]["bot_id"]
    assert post(channel="#general", text="by name")["ok"]
    assert error(post, channel=slack.channel("random").id, text="hello") == "not_in_channel"
    assert error(post, channel="C0NOWHERE", text="hello") == "channel_not_found"
    slack.channel("general").archived = True
    assert error(post, channel=slack.channel("general").id, text="hello") == "is_archived"
    slack.channel("research").members.discard(slack.workspace().bot)
    assert error(post, channel=slack.channel("research").id, text="hello") == "channel_not_found"


def test_public_posting_is_a_scope(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack(scopes={"chat:write", "chat:write.public"})
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url)
    assert client.chat_postMessage(channel=slack.channel("random").id, text="hello")["ok"]


def test_a_message_says_something_and_not_too_much(slack: SlackStandIn, client: WebClient) -> None:
    general = slack.channel("general").id
    # The client itself warns of this one, so it is sent below its methods.
    assert error(client.api_call, api_method="chat.postMessage", json={"channel": general, "text": ""}) == "no_text"
    text = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    assert error(client.chat_postMessage, channel=general, text="t", blocks=[text] * 5) == "msg_blocks_too_long"
    assert error(client.chat_postMessage, channel=general, text="t", blocks="[{") == "invalid_blocks_format"
    assert slack.messages() == []
    client.chat_postMessage(channel=general, text="x" * 40_001)
    assert [len(message.text) for message in slack.messages()] == [40_000]


def test_the_bot_writes_to_no_bot(slack: SlackStandIn, client: WebClient) -> None:
    assert error(client.chat_postMessage, channel=slack.workspace().bot, text="hello") == "cannot_dm_bot"


def test_bad_blocks_are_reported_where(slack: SlackStandIn, client: WebClient) -> None:
    blocks = [SECTION, {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = refusal(client.chat_postMessage, channel=slack.channel("general").id, text="t", blocks=blocks)
    said = "must be less than 151 characters [json-pointer:/blocks/1/text/text]"
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [said]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {said}"]


def test_threads_hang_under_a_message_that_is_there(slack: SlackStandIn, client: WebClient) -> None:
    general = slack.channel("general").id
    parent = client.chat_postMessage(channel=general, text="parent")["ts"]
    client.chat_postMessage(channel=general, text="reply", thread_ts=parent)
    assert [one["text"] for one in client.conversations_history(channel=general)["messages"]] == ["parent"]
    assert client.conversations_history(channel=general)["messages"][0]["reply_count"] == 1
    assert [one["text"] for one in client.conversations_replies(channel=general, ts=parent)["messages"]] == ["parent", "reply"]
    assert error(client.chat_postMessage, channel=general, text="t", thread_ts="1.000001") == "thread_not_found"


def test_a_thread_is_paged_and_each_page_starts_with_its_parent(slack: SlackStandIn, client: WebClient) -> None:
    general, metadata = slack.channel("general").id, {"event_type": "e", "event_payload": {}}
    parent = client.chat_postMessage(channel=general, text="parent", metadata=metadata)["ts"]
    sent = [client.chat_postMessage(channel=general, text=f"{n}", thread_ts=parent, metadata=metadata)["ts"] for n in range(5)]
    pages, cursor = [], None
    while cursor != "":
        page = client.conversations_replies(channel=general, ts=parent, limit=2, cursor=cursor, oldest=sent[0])
        pages.append([message["text"] for message in page["messages"]])
        cursor = page["response_metadata"]["next_cursor"]
    assert pages == [["parent", "1", "2"], ["parent", "3", "4"]]
    whole = client.conversations_replies(channel=general, ts=parent, include_all_metadata=True)
    assert [message["metadata"] for message in whole["messages"]] == [metadata] * 6
    assert [message["ts"] for message in client.conversations_replies(channel=general, ts=sent[3])["messages"]] == [sent[3]]


def test_a_thread_is_in_its_channel_and_under_a_message_that_all_can_see(slack: SlackStandIn, client: WebClient) -> None:
    general, research = slack.channel("general").id, slack.channel("research").id
    parent = client.chat_postMessage(channel=general, text="parent")["ts"]
    ada = slack.workspace().user("ada").id
    hidden = client.chat_postEphemeral(channel=general, user=ada, text="hidden")["message_ts"]
    for channel, ts in ((research, parent), (general, hidden)):
        assert error(client.chat_postMessage, channel=channel, text="t", thread_ts=ts) == "thread_not_found"
        assert error(client.conversations_replies, channel=channel, ts=ts) == "thread_not_found"
    client.chat_delete(channel=general, ts=parent)
    assert error(client.chat_postMessage, channel=general, text="t", thread_ts=parent) == "thread_not_found"


def test_only_own_messages_are_updated_and_deleted(slack: SlackStandIn, client: WebClient) -> None:
    general = slack.channel("general").id
    ts = client.chat_postMessage(channel=general, text="one", blocks=[SECTION])["ts"]
    assert client.chat_update(channel=general, ts=ts, text="two", blocks=[])["text"] == "two"
    assert error(client.chat_update, channel=general, ts=ts, text="x" * 4001) == "msg_too_long"
    assert error(client.chat_update, channel=general, ts="1.000001", text="two") == "message_not_found"
    slack.say("mine")
    mine = slack.messages()[-1].ts
    assert error(client.chat_update, channel=general, ts=mine, text="two") == "cant_update_message"
    assert error(client.chat_delete, channel=general, ts=mine) == "cant_delete_message"
    client.chat_delete(channel=general, ts=ts)
    assert [one.text for one in slack.messages()] == ["mine"]


def test_ephemeral_messages_are_one_users_and_no_history(slack: SlackStandIn, client: WebClient) -> None:
    general, ada = slack.channel("general").id, slack.workspace().user("ada").id
    ts = client.chat_postEphemeral(channel=general, user=ada, text="psst")["message_ts"]
    assert [one.text for one in slack.messages(viewer="ada")] == ["psst"]
    assert slack.messages(viewer="grace") == []
    assert client.conversations_history(channel=general)["messages"] == []
    assert error(client.chat_update, channel=general, ts=ts, text="two") == "message_not_found"
    assert error(client.chat_postEphemeral, channel=general, user="U0NOBODY", text="t") == "user_not_in_channel"
    assert error(client.chat_postEphemeral, channel=slack.channel("random").id, user=ada, text="t") == "not_in_channel"


def test_metadata_is_kept_and_given_back_on_request(slack: SlackStandIn, client: WebClient) -> None:
    general = slack.channel("general").id
    metadata = {"event_type": "digest", "event_payload": {"month": "2026-08"}}
    client.chat_postMessage(channel=general, text="digest", metadata=metadata)
    assert "metadata" not in client.conversations_history(channel=general)["messages"][0]
    assert client.conversations_history(channel=general, include_all_metadata=True)["messages"][0]["metadata"] == metadata
    assert error(client.chat_postMessage, channel=general, text="t", metadata={"event_type": "x"}) == "invalid_metadata_format"


def test_unfurls_are_for_addresses_in_the_message(slack: SlackStandIn, client: WebClient) -> None:
    slack.say("see <https://hfstats.example/licenses>")
    message = slack.messages()[0]
    unfurls = {"https://hfstats.example/licenses": {"blocks": [SECTION]}}
    client.chat_unfurl(channel=message.channel, ts=message.ts, unfurls=unfurls)
    assert list(slack.messages()[0].unfurls) == ["https://hfstats.example/licenses"]
    other = {"https://hfstats.example/tasks": {"blocks": [SECTION]}}
    assert error(client.chat_unfurl, channel=message.channel, ts=message.ts, unfurls=other) == "cannot_unfurl_url"
    assert error(client.chat_unfurl, channel=message.channel, ts="1.000001", unfurls=unfurls) == "cannot_find_message"


# Conversations and people


def test_conversations_tell_of_themselves(slack: SlackStandIn, client: WebClient) -> None:
    workspace = slack.workspace()
    assert client.conversations_info(channel=slack.channel("random").id)["channel"]["is_member"] is False
    assert client.conversations_info(channel=slack.channel("research").id)["channel"]["is_private"] is True
    assert workspace.bot not in client.conversations_members(channel=slack.channel("random").id)["members"]
    names = [one["name"] for one in client.users_conversations(types="public_channel,private_channel")["channels"]]
    assert names == ["general", "research"]
    assert [one["name"] for one in client.conversations_list()["channels"]] == ["general", "random"]
    assert client.users_info(user=workspace.user("ada").id)["user"]["real_name"] == "Ada Lovelace"
    assert error(client.users_info, user="U0NOBODY") == "user_not_found"


def test_joining_is_for_public_channels(slack: SlackStandIn, client: WebClient) -> None:
    client.conversations_join(channel=slack.channel("random").id)
    assert client.chat_postMessage(channel=slack.channel("random").id, text="hello")["ok"]
    assert error(client.conversations_join, channel=slack.channel("research").id) == "method_not_supported_for_channel_type"


def test_a_direct_conversation_is_opened_once(slack: SlackStandIn, client: WebClient) -> None:
    ada = slack.workspace().user("ada").id
    opened = client.conversations_open(users=ada)["channel"]["id"]
    assert opened == client.conversations_open(users=[ada])["channel"]["id"] == slack.channel("direct", "ada").id
    client.chat_postMessage(channel=ada, text="hello")
    assert [one.text for one in slack.messages("direct", "ada")] == ["hello"]


def test_history_comes_in_pages_newest_first(slack: SlackStandIn, client: WebClient) -> None:
    general = slack.channel("general").id
    stamps = [client.chat_postMessage(channel=general, text=str(number))["ts"] for number in range(5)]
    first = client.conversations_history(channel=general, limit=2)
    assert [one["text"] for one in first["messages"]] == ["4", "3"]
    assert first["has_more"]
    rest = client.conversations_history(channel=general, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [one["text"] for one in rest["messages"]] == ["2", "1", "0"]
    assert rest["response_metadata"]["next_cursor"] == ""
    between = client.conversations_history(channel=general, oldest=stamps[1], latest=stamps[3])
    assert [one["text"] for one in between["messages"]] == ["2"]
    within = client.conversations_history(channel=general, oldest=stamps[1], latest=stamps[3], inclusive=True)
    assert [one["text"] for one in within["messages"]] == ["3", "2", "1"]
    assert error(client.conversations_history, channel=slack.channel("random").id) == "not_in_channel"


# Pictures and files


def image_block(url: str) -> dict[str, str]:
    return {"type": "image", "image_url": url, "alt_text": "a chart"}


def test_a_picture_must_really_be_there(slack: SlackStandIn, bot: TinyBot) -> None:
    bot.pages |= {
        "note.png": (b"not a picture", "image/png"),
        "large.png": (b"\x89PNG\r\n\x1a\n" + bytes(2 * 1024 * 1024), "image/png"),
        "photo.jpg": (picture(form="JPEG"), "image/jpeg"),
    }
    general = slack.channel("general").id
    post = bot.client.chat_postMessage
    for name in ("chart.png", "photo.jpg"):
        assert post(channel=general, text="t", blocks=[image_block(f"{bot.url}/{name}")])["ok"]
    for url in (
        f"{bot.url}/absent.png",
        f"{bot.url}/note.png",
        f"{bot.url}/large.png",
        "http://127.0.0.1:1/a.png",
        "https://example.com/a.png",
    ):
        answer = refusal(post, channel=general, text="t", blocks=[image_block(url)])
        assert answer["errors"] == ["downloading image failed [json-pointer:/blocks/0/image_url]"], url


def upload(client: WebClient, **complete: object) -> str:
    content = picture()
    asked = client.files_getUploadURLExternal(filename="chart.png", length=len(content), alt_txt="bars")
    client._upload_file(url=asked["upload_url"], data=content, logger=client._logger, timeout=5, proxy=None, ssl=None)
    client.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": "Chart"}], **complete)
    return str(asked["file_id"])


def test_a_file_is_ready_only_after_a_while(slack: SlackStandIn, client: WebClient, clock: ManualClock) -> None:
    slack.faults.file_delay = 10
    file = upload(client)
    block = {"type": "image", "slack_file": {"id": file}, "alt_text": "bars"}
    assert client.files_info(file=file)["file"]["filetype"] == ""
    answer = refusal(client.chat_postMessage, channel=slack.channel("general").id, text="t", blocks=[block])
    assert answer["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
    clock.advance(11)
    info = client.files_info(file=file)["file"]
    assert (info["filetype"], info["mimetype"], info["title"]) == ("png", "image/png", "Chart")
    by_address = {"type": "image", "slack_file": {"url": info["permalink"]}, "alt_text": "bars"}
    assert client.chat_postMessage(channel=slack.channel("general").id, text="t", blocks=[block, by_address])["ok"]


def test_a_file_may_never_be_ready(slack: SlackStandIn, client: WebClient, clock: ManualClock) -> None:
    slack.faults.files_never_ready = True
    file = upload(client)
    clock.advance(3600)
    assert client.files_info(file=file)["file"]["filetype"] == ""


def test_a_file_given_to_a_channel_is_posted_there(slack: SlackStandIn, client: WebClient) -> None:
    file = upload(client, channel_id=slack.channel("general").id, initial_comment="The chart")
    assert [(one.text, one.files) for one in slack.messages()] == [("The chart", (file,))]
    assert client.files_info(file=file)["file"]["channels"] == [slack.channel("general").id]
    upload(client)
    assert len(slack.messages()) == 1


def test_uploads_are_checked(slack: SlackStandIn, client: WebClient) -> None:
    long = {"filename": "a.png", "length": 3, "alt_txt": "a" * 1001}
    assert error(client.files_getUploadURLExternal, **long) == "alt_txt_too_large"
    assert error(client.files_completeUploadExternal, files=[{"id": "F0NOTHERE1"}]) == "file_not_found"
    asked = client.files_getUploadURLExternal(filename="a.png", length=3)
    assert error(client.files_completeUploadExternal, files=[{"id": asked["file_id"]}]) == "file_not_found"
    assert error(client.files_info, file=asked["file_id"]) == "file_not_found"
    random = slack.channel("random").id
    content = picture()
    asked = client.files_getUploadURLExternal(filename="chart.png", length=len(content))
    client._upload_file(url=asked["upload_url"], data=content, logger=client._logger, timeout=5, proxy=None, ssl=None)
    named = [{"id": asked["file_id"]}]
    assert error(client.files_completeUploadExternal, files=named, channel_id=random) == "not_in_channel"


# Limits and faults


def test_posts_to_one_channel_are_a_second_apart_when_asked_for(
    slack: SlackStandIn, client: WebClient, clock: ManualClock
) -> None:
    slack.faults.post_interval = 1.0
    general = slack.channel("general").id
    client.chat_postMessage(channel=general, text="one")
    client.chat_postMessage(channel=slack.channel("research").id, text="elsewhere")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=general, text="two")
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert int(caught.value.response.headers["Retry-After"]) >= 1
    clock.advance(1)
    assert client.chat_postMessage(channel=general, text="two")["ok"]


def test_the_sdks_own_retry_waits_as_long_as_slack_asks(slack: SlackStandIn, client: WebClient) -> None:
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    slack.faults.plan("chat.postMessage", Fault(retry_after=1))
    began = time.monotonic()
    client.chat_postMessage(channel=slack.channel("general").id, text="once")
    assert time.monotonic() - began >= 1
    assert [one.text for one in slack.messages()] == ["once"]
    assert [(one.status, one.error) for one in slack.calls] == [(429, "http_429"), (200, None)]


def test_planned_errors_happen_as_often_as_planned(slack: SlackStandIn, client: WebClient) -> None:
    slack.faults.plan("chat.postMessage", Fault(error="fatal_error"), times=2)
    slack.faults.plan("chat.postMessage", Fault(status=500))
    post = {"channel": slack.channel("general").id, "text": "t"}
    assert [error(client.chat_postMessage, **post) for _ in range(2)] == ["fatal_error"] * 2
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(**post)
    assert caught.value.response.status_code == 500
    assert slack.messages() == []
    assert client.chat_postMessage(**post)["ok"]


def test_faults_reach_uploads_and_take_their_time(slack: SlackStandIn, client: WebClient) -> None:
    slack.faults.plan("upload", Fault(status=503))
    with pytest.raises(HTTPError, match="503"):
        upload(client)
    slack.faults.plan("auth.test", Fault(delay=0.2))
    began = time.monotonic()
    client.auth_test()
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(("drop", "posted"), [("before", 0), ("after", 1)])
def test_a_connection_drops_before_or_after_the_effect(slack: SlackStandIn, drop: Any, posted: int) -> None:
    # slack_sdk posts again when a connection drops; without its handler the drop shows as it is.
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url, retry_handlers=[])
    slack.faults.plan("chat.postMessage", Fault(drop=drop))
    with pytest.raises(ConnectionError):
        client.chat_postMessage(channel=slack.channel("general").id, text="t")
    assert len(slack.messages()) == posted


def test_the_sdks_default_retry_makes_a_duplicate(slack: SlackStandIn, client: WebClient) -> None:
    slack.faults.plan("chat.postMessage", Fault(drop="after"))
    client.chat_postMessage(channel=slack.channel("general").id, text="twice")
    assert [one.text for one in slack.messages()] == ["twice", "twice"]


def test_calls_are_written_down_without_tokens(slack: SlackStandIn, client: WebClient) -> None:
    client.chat_postMessage(channel=slack.channel("general").id, text="hello")
    error(client.chat_postMessage, channel="C0NOWHERE", text="hello", token=slack.bot_token())
    assert [(one.method, one.ok, one.error) for one in slack.calls] == [
        ("chat.postMessage", True, None),
        ("chat.postMessage", False, "channel_not_found"),
    ]
    assert slack.bot_token() not in repr([(one, one.arguments) for one in slack.calls])
