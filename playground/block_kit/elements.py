"""Rules for text objects, options and interactive elements."""

from __future__ import annotations

from playground.block_kit.json_checks import Check, array, boolean, by_type, either, number, one_of, shape, string

URL = string(3000, pattern=r"https?://[^\s/]+")
"""Only http and https addresses."""

ACTION_ID = string(255)


def plain(most: int) -> Check:
    """Require a ``plain_text`` object."""
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean})})


def text(most: int) -> Check:
    """Require a text object, ``plain_text`` or ``mrkdwn``."""
    return by_type(
        {
            "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
            "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
        }
    )


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
RICH_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
OVERFLOW_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
OPTION_GROUP = shape({"label": plain(75), "options": array(OPTION, 100)})
SLACK_FILE = either("id", "url", shape({}, {"id": string(255, pattern=r"^F[A-Z0-9]{8,}$"), "url": URL}))

_COMMON = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_HINTED = {**_COMMON, "placeholder": plain(150)}
_MANY = {"max_selected_items": number(1)}
_TYPED = {
    **_HINTED,
    "dispatch_action_config": shape({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}),
}

BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": ACTION_ID,
        "url": URL,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
IMAGE = either("image_url", "slack_file", shape({"alt_text": string(2000)}, {"image_url": URL, "slack_file": SLACK_FILE}))


def _choice(option: Check, most: int, extra: dict[str, Check]) -> Check:
    return shape({"options": array(option, most)}, {**_COMMON, **extra})


_LISTED = {"options": array(OPTION, 100), "option_groups": array(OPTION_GROUP, 100)}

SELECTS: dict[str, Check] = {
    "static_select": either("options", "option_groups", shape({}, {**_HINTED, **_LISTED, "initial_option": OPTION})),
    "external_select": shape({}, {**_HINTED, "initial_option": OPTION, "min_query_length": number(0)}),
    "users_select": shape({}, {**_HINTED, "initial_user": string(255)}),
    "conversations_select": shape(
        {},
        {
            **_HINTED,
            "initial_conversation": string(255),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": shape(
                {},
                {
                    "include": array(one_of("im", "mpim", "private", "public"), 4),
                    "exclude_external_shared_channels": boolean,
                    "exclude_bot_users": boolean,
                },
            ),
        },
    ),
    "channels_select": shape({}, {**_HINTED, "initial_channel": string(255), "response_url_enabled": boolean}),
}
MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": either(
        "options", "option_groups", shape({}, {**_HINTED, **_LISTED, **_MANY, "initial_options": array(OPTION, 100)})
    ),
    "multi_external_select": shape(
        {}, {**_HINTED, **_MANY, "initial_options": array(OPTION, 100), "min_query_length": number(0)}
    ),
}
CHOICES: dict[str, Check] = {
    "datepicker": shape({}, {**_HINTED, "initial_date": string(10, pattern=r"^\d{4}-\d{2}-\d{2}$")}),
    "timepicker": shape({}, {**_HINTED, "initial_time": string(5, pattern=r"^\d{2}:\d{2}$"), "timezone": string(255)}),
    "radio_buttons": _choice(RICH_OPTION, 10, {"initial_option": RICH_OPTION}),
    "checkboxes": _choice(RICH_OPTION, 10, {"initial_options": array(RICH_OPTION, 10)}),
}
FIELDS: dict[str, Check] = {
    "plain_text_input": shape(
        {},
        {
            **_TYPED,
            "initial_value": string(3000, least=0),
            "multiline": boolean,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": string(255), "min_value": string(255), "max_value": string(255)},
    ),
    "email_text_input": shape({}, {**_TYPED, "initial_value": string(255)}),
    "url_text_input": shape({}, {**_TYPED, "initial_value": string(3000)}),
}
OVERFLOW: dict[str, Check] = {"overflow": _choice(OVERFLOW_OPTION, 5, {})}

IN_ACTIONS: dict[str, Check] = {"button": BUTTON, **SELECTS, **OVERFLOW, **CHOICES}
IN_SECTION: dict[str, Check] = {**IN_ACTIONS, **MULTI_SELECTS, "image": IMAGE}
IN_INPUT: dict[str, Check] = {**FIELDS, **SELECTS, **MULTI_SELECTS, **CHOICES}
