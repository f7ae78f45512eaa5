"""A strict stand-in for Slack on one machine, with a web page.

Knows HTTP and Slack's rules, and imports neither ``bot`` nor ``analytics``.
"""

from playground.server import SlackStandIn

__all__ = ["SlackStandIn"]
