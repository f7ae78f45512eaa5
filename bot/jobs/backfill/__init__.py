"""Backfill: the whole Hub's past, from the revisions of a dump's repository, each counted once.

No Slack here. It may import storage, domain and analytics.
"""
