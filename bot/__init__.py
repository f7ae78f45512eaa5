"""The bot: Slack, the command line and the playground as doors to :mod:`analytics`."""
