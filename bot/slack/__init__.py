"""What stands between Slack and the bot: whether a request is Slack's, who acts and what they may do, where an answer may go.

Nothing here knows questions, answers or what is in a message; it may import ``slack_bolt``, ``slack_sdk``, ``flask`` and
``bot.delivery.failures``, and no other part of the bot.
"""
