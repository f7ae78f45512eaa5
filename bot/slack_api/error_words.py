"""What each of Slack's error words means for the call that it answers: the one table.

Only words that are listed here are lasting. Every other word, and every answer without one, is retried.
``docs/reference/slack-errors.md`` lists the errors of every method that is called, with Slack's own sentence and its source;
a test holds the two together.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.domain.outbox import error_word


class Treatment(StrEnum):
    """What is done about an error. The values are the words that ``docs/reference/slack-errors.md`` uses."""

    RETRY = "retry"
    """Momentary, or unknown: the same call is made again later."""
    CHANNEL = "channel"
    """Lasting: the conversation takes no message of the app's."""
    ACCESS = "access"
    """Lasting: the workspace has taken back the app's access, or is gone."""
    PERSON = "person"
    """Lasting: this person can't be written to."""
    FORM = "form"
    """The blocks are refused: the message is sent in a simpler form."""
    PICTURE = "picture"
    """The picture, or a report's canvas, is refused: the message is sent without it."""
    CALL = "call"
    """The call itself is wrong. A delivery tries a simpler form and then retries, since the next release may mend it."""
    REQUEST = "request"
    """What the call is about is over: an expired trigger, a message that was deleted."""


_TABLE: dict[Treatment, str] = {
    Treatment.CHANNEL: """
        access_denied channel_is_limited_access channel_not_found ekm_access_denied invalid_channel is_archived is_inactive
        method_not_supported_for_channel_type no_permission not_in_channel posting_to_channel_denied restricted_action
        restricted_action_read_only_channel restricted_action_thread_only_channel
    """,
    Treatment.ACCESS: """
        account_inactive enterprise_is_restricted forbidden_team invalid_auth missing_scope not_allowed_token_type not_authed
        team_access_not_granted team_not_found token_revoked
    """,
    Treatment.PERSON: """
        cannot_dm_bot messages_tab_disabled user_disabled user_not_found user_not_in_channel user_not_visible
    """,
    Treatment.FORM: """
        attachment_payload_limit_exceeded block_mismatch invalid_attachments invalid_blocks invalid_blocks_format invalid_payload
        metadata_too_large msg_blocks_too_long msg_too_long only_one_table_allowed too_many_attachments too_many_contact_cards
    """,
    Treatment.PICTURE: """
        alt_txt_too_large canvas_disabled_file_team canvas_disabled_user_team canvas_globally_disabled channel_canvas_deleted
        file_deleted file_not_found file_upload_size_restricted file_uploads_disabled
        free_teams_cannot_create_non_tabbed_canvases missing_file_data not_visible
        slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
        slack_connect_file_upload_sharing_blocked slack_connect_lists_sharing_blocked slack_file_not_found storage_limit_reached
        template_not_visible
    """,
    Treatment.CALL: """
        as_user_not_supported channels_limit_exceeded deprecated_endpoint draft_already_deleted draft_already_sent
        draft_has_conflict draft_not_found duplicate_channel_not_found duplicate_message_not_found insecure_request
        invalid_arg_name invalid_arguments invalid_array_arg invalid_charset invalid_cursor invalid_form_data invalid_limit
        invalid_metadata_filter_keys invalid_metadata_format invalid_metadata_schema invalid_post_type invalid_ts_latest
        invalid_ts_oldest markdown_text_conflict metadata_must_be_sent_from_app method_deprecated missing_args missing_argument
        missing_post_type missing_profile_id no_text not_enabled not_implemented snippet_too_large too_many_users unknown_method
        unknown_snippet_type unknown_subtype view_too_large
    """,
    Treatment.REQUEST: """
        bad_client_secret bad_redirect_uri cannot_auth_user cannot_find_channel cannot_find_message cannot_find_service
        cannot_install_an_org_installed_app cannot_parse_attachment cannot_prompt cannot_reply_to_message cannot_unfurl_message
        cannot_unfurl_url cant_broadcast_message cant_delete_message cant_update_message duplicate_external_id
        edit_window_closed exchanged_trigger_id execution_not_in_running_state expired_trigger_id expired_url
        function_execution_not_found hash_conflict invalid_client_id invalid_code invalid_grant_type invalid_refresh_token
        invalid_source invalid_trigger_id invalid_unfurl_id invalid_unfurls_format invalid_url list_record_comment_fetch_failed
        message_not_found missing_channel missing_source missing_ts missing_unfurl_id missing_unfurls no_active_hooks
        no_dual_broadcast_content_update no_scopes not_found oauth_authorization_url_mismatch parameter_validation_failed
        preview_feature_not_available restricted_action_non_threadable_channel restricted_action_thread_locked thread_not_found
        used_url user_email_unverified
    """,
}
TREATMENTS: dict[str, Treatment] = {word: treatment for treatment, words in _TABLE.items() for word in words.split()}
"""The listed words."""

DELIVERY_ENDS = frozenset({Treatment.CHANNEL, Treatment.ACCESS, Treatment.PERSON})
"""For these a delivery fails at once, and what it belongs to is paused."""

_ABOUT_A_PICTURE = re.compile(r".*(?:file|image|picture|upload).*|slack_connect_.*_blocked")
_MOMENTARY = frozenset({"file_update_failed"})
"""About a file, but an upload that failed on the way."""


def treatment_of(word: str) -> Treatment:
    """Return what is done about an error word; an unknown one is retried, unless it is about a file or an image."""
    listed = TREATMENTS.get(word)
    if listed:
        return listed
    if error_word(word) and word not in _MOMENTARY and _ABOUT_A_PICTURE.fullmatch(word):
        return Treatment.PICTURE
    return Treatment.RETRY
