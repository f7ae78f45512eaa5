"""Imports past dumps of the whole Hub from the revisions of a dataset repository, each once.

No Slack here. It may import storage, domain and analytics.
"""
