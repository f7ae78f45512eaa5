"""Dumps of every public model on a day, as the community publishes them, read in batches and rolled up while streaming.

Rollups are stored elsewhere. It may import the other sources, names, domain and errors.
"""
