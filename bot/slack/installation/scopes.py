"""The OAuth scopes and what they're for. Tests compare the manifest and the docs with these lists."""

SCOPES = {
    "app_mentions:read": "receive mentions such as `@hfstats licenses`",
    "chat:write": "post answers in conversations that hfstats is a member of",
    "commands": "add the slash command and the shortcut",
    "files:read": "check that Slack has processed a chart before showing it",
    "files:write": "upload charts and CSV files",
    "groups:read": "learn that a private channel has a new ID because it was shared with another organization",
    "im:history": "receive direct messages to hfstats",
    "links:read": "receive links to models and organizations on the Hub",
    "links:write": "show a card under those links",
}

OPTIONAL_SCOPES = {
    "canvases:write": "create a canvas with the whole report",
}
"""Scopes of the manifest that whoever installs the app may decline. Everything else works without them."""
