"""The Slack bot, the command line and the processes around :mod:`analytics`.

No ranking is computed here. Inside, outer packages import inner ones: cli, processes, composition, server and jobs, slack,
subscriptions, conversation and outbox, delivery, blocks, storage, domain.
"""
