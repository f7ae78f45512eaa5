"""The commands of ``hfstats``, a module for each group.

No logic that another way in would need. It may import everything below it.
"""
