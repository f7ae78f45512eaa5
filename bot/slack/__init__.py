"""What is said between Slack and the bot: whether a request is Slack's, how it is let in, and where an answer may be sent.

Nothing here knows questions, answers or what is in a message; it may import ``slack_bolt``, ``slack_sdk`` and ``flask``, and no
other part of the bot.
"""
