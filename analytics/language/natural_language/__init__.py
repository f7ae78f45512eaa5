"""Natural language: "what's Meta's share of downloads this month?" as a query, by rules about words, dates and names.

No language model is called and no snapshot read here. It may import query, names, domain and errors.
"""

from analytics.language.natural_language.names import Directory, directory
from analytics.language.natural_language.reading import Reading, read

__all__ = ["Directory", "Reading", "directory", "read"]
