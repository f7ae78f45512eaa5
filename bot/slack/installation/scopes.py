"""What the app asks of a workspace, and why: the one list. The manifest and the documents are held to it by tests."""

SCOPES = {
    "app_mentions:read": "hearing `@hfstats licenses`",
    "chat:write": "the answer, in conversations that the bot is a member of",
    "commands": "the slash command and the shortcut",
    "files:read": "asking whether Slack has processed the chart, before showing it",
    "files:write": "uploading the chart, and the numbers as CSV",
    "groups:read": "hearing that a private channel has another id, since it was shared with another organization",
    "im:history": "hearing what is written to the bot directly",
    "links:read": "hearing of links to models and organizations",
    "links:write": "showing a card under them",
}
