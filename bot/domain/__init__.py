"""The bot's values: replies, subscriptions, deliveries, predictions, schedules.

Frozen dataclasses and pure functions: no I/O. It may import analytics' values only.
"""
