"""The clerk: what a channel keeps with the bot. Subscriptions, watches, digests on request, and how things stand."""
