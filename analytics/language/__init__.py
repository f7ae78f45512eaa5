"""From words to a query: the strict grammar, and natural language on top of it.

No snapshot is read here; what depends on data (which names exist) is passed in. It may import query, names, domain and
errors.
"""
