"""Pictures that Slack refuses: the digest is posted without them and says so."""

from __future__ import annotations

import pytest
from outbox_kit import edition, images

from bot.domain.outbox import State
from playground.faults import Fault

LEFT_OUT = "The chart is left out"

POSTED = [
    "slack_connect_file_link_sharing_blocked",
    "slack_connect_file_upload_sharing_blocked",
    "slack_connect_canvas_sharing_blocked",
    "slack_connect_clip_sharing_blocked",
    "slack_connect_image_sharing_blocked",  # there is none yet
    "file_not_found",
    "file_deleted",
    "slack_file_not_found",
    "missing_file_data",
    "invalid_slack_file",
    "image_not_processed",
    "not_visible",
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "invalid_arguments",
]
UPLOADED = {
    "missing_scope": ("files.getUploadURLExternal", Fault(error="missing_scope")),
    "file_uploads_disabled": ("files.getUploadURLExternal", Fault(error="file_uploads_disabled")),
    "storage_limit_reached": ("files.getUploadURLExternal", Fault(error="storage_limit_reached")),
    "file_upload_size_restricted": ("files.getUploadURLExternal", Fault(error="file_upload_size_restricted")),
    "slack_connect_file_upload_sharing_blocked": (
        "files.getUploadURLExternal",
        Fault(error="slack_connect_file_upload_sharing_blocked"),
    ),
    "not_allowed_token_type": ("files.getUploadURLExternal", Fault(error="not_allowed_token_type")),
    "an unknown word, five times": ("files.getUploadURLExternal", Fault(error="plan_upgrade_needed")),
    "a proxy's page, five times": ("files.getUploadURLExternal", Fault(body="<html>")),
    "the upload itself": ("upload", Fault(status=500)),
    "file_not_found at its end": ("files.completeUploadExternal", Fault(error="file_not_found")),
    "posting_to_channel_denied": ("files.completeUploadExternal", Fault(error="posting_to_channel_denied")),
    "file_update_failed": ("files.completeUploadExternal", Fault(error="file_update_failed")),
    "no permission to look": ("files.info", Fault(error="missing_scope")),
    "file_deleted while it is processed": ("files.info", Fault(error="file_deleted")),
}


def unpaused(kit, subscription):
    return kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None


@pytest.mark.parametrize("code", POSTED)
def test_a_post_whose_picture_is_refused(kit, code):
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", Fault(error=code))
    assert kit.settle(kit.owe(source=subscription.id, edition=edition(kit))).state is State.SENT
    (shown,) = kit.shown()
    assert images(shown) == []
    assert LEFT_OUT in str(shown.blocks)
    assert unpaused(kit, subscription)
    assert kit.told() == []


def test_a_channel_shared_with_another_organization_says_why(kit):
    kit.slack.faults.plan("chat.postMessage", Fault(error="slack_connect_file_link_sharing_blocked"))
    kit.settle(kit.owe(edition=edition(kit)))
    assert "other organizations" in str(kit.shown()[0].blocks)


@pytest.mark.parametrize(("method", "fault"), UPLOADED.values(), ids=UPLOADED.keys())
def test_an_upload_that_is_refused(kit, method, fault):
    subscription = kit.subscribe()
    kit.slack.faults.plan(method, fault, times=50)
    assert kit.settle(kit.owe(source=subscription.id, edition=edition(kit))).state is State.SENT
    (shown,) = kit.shown()
    assert images(shown) == []
    assert LEFT_OUT in str(shown.blocks)
    assert unpaused(kit, subscription)


def test_a_digest_that_never_had_a_picture_says_nothing_of_one(kit):
    kit.settle(kit.owe(edition=edition(kit, png=None)))
    assert LEFT_OUT not in str(kit.shown()[0].blocks)


def test_the_upload_has_no_alternative_text_and_the_image_block_has_one(kit):
    kit.settle(kit.owe(edition=edition(kit)))
    (asked,) = kit.calls("files.getUploadURLExternal")
    assert "alt_txt" not in asked.arguments
    assert images(kit.shown()[0])[0]["alt_text"] == "Meta leads with 20%"


def test_the_next_channel_still_has_the_picture(kit):
    kit.slack.faults.plan("chat.postMessage", Fault(error="slack_connect_file_link_sharing_blocked"))
    key = edition(kit)
    kit.settle(kit.owe(source=1, edition=key))
    kit.settle(kit.owe("research", source=2, edition=key))
    assert len(images(kit.shown("research")[0])) == 1


def test_while_another_process_uploads_the_picture_the_digest_waits(kit):
    key = edition(kit)
    delivery = kit.owe(edition=key)
    built, workspace = kit.delivery_context.built_digests, kit.workspace().id
    _, digest = built.get(key)
    assert built.claim_upload(workspace, digest)
    kit.deliver(delivery)
    assert kit.shown() == []
    built.release_upload(workspace, digest)
    assert kit.settle(delivery).state is State.SENT
    assert len(images(kit.shown()[0])) == 1
