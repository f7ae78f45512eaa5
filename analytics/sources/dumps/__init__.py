"""Dumps: every public model on one day, as the community publishes them, read by record batches and rolled up while streaming.

Nothing is stored here. It may import the other sources, names, domain and errors.
"""
