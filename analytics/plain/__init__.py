"""Plain words: "what's Meta's share of downloads this month?" as a Query, by rules about words, dates and names."""

from analytics.plain.names import Directory, directory
from analytics.plain.reading import Reading, read

__all__ = ["Directory", "Reading", "directory", "read"]
