"""Backfill: the whole Hub's past, from the revisions of a dump's repository, each counted once by whoever comes first."""
