"""Snapshots, listings and rollups in SQLite or PostgreSQL, and the caches before them.

The only package of analytics that imports SQLAlchemy; no share is computed here. It may import names, domain and errors.
"""
