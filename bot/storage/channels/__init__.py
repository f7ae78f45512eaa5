"""Tables of subscriptions, alerts and bets.

Tables and statements only. It may import storage one level up and domain.
"""
