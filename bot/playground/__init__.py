"""A strict stand-in for Slack on one machine, with a web page. It knows HTTP and Slack's rules, and nothing of the bot."""

from bot.playground.server import SlackStandIn

__all__ = ["SlackStandIn"]
