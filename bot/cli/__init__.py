"""The commands of ``hfstats``, one module per group.

Logic that Slack needs too belongs in other packages. It may import all other packages of the bot.
"""
