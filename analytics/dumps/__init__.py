"""Dumps: every model of the Hub on one day, as the community publishes them, read by record batches and counted as they pass."""
