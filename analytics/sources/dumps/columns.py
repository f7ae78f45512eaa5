"""Map the Hub's fields to a dump's columns, by the names that community dumps use or that the operator gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from analytics.errors import SourceError
from analytics.sources.parquet import IS_COUNT, is_text, is_words
from analytics.sources.validation import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.sources.parquet import Kinds

REQUIRED = ("id", "downloads")
REFUSED = frozenset({*REQUIRED, "tags"})
"""Fields whose column is refused when it has another type; any other such column is not recorded."""
KINDS: Mapping[str, Kinds] = {
    "id": (is_text,),
    "downloads": IS_COUNT,
    "downloadsAllTime": IS_COUNT,
    "likes": IS_COUNT,
    "trendingScore": IS_COUNT,
    "tags": (is_words,),
    "cardData": (is_text,),
    "pipeline_tag": (is_text,),
    "library_name": (is_text,),
    "createdAt": (is_text, pa.types.is_timestamp),
    "gated": (is_text, pa.types.is_boolean),
    "_id": (is_text,),
}
"""The Hub's own names for the fields, which most dumps keep, and what each may hold."""
COUNTED = frozenset(KINDS) - {"_id"}
"""Fields that are read of every model. ``_id`` is read of the leading ones only."""
_OTHER_NAMES = {
    "id": ("modelId", "model_id", "repo_id"),
    "downloadsAllTime": ("downloads_all_time",),
    "trendingScore": ("trending_score",),
    "cardData": ("card_data",),
    "pipeline_tag": ("pipelineTag", "task"),
    "library_name": ("libraryName", "library"),
    "createdAt": ("created_at",),
}
"""What other dumps call them."""


def columns(names: Sequence[str], given: Mapping[str, str], file: str) -> dict[str, str]:
    """Return the file's column for each field that it has; ``given`` are those that an operator named.

    Raises:
        SourceError: for a field or column that is not there.

    """
    for field, column in given.items():
        if field not in KINDS:
            raise SourceError(f"There is no field {shown(field)[1:-1]}; a dump may have {', '.join(KINDS)}.")
        if column not in names:
            raise SourceError(f"{file} lacks the column {shown(column)[1:-1]} (it has {_some(names)}).")
    found = dict(given)
    for field in KINDS:
        if field not in found:
            known = next((name for name in (field, *_OTHER_NAMES.get(field, ())) if name in names), None)
            if known:
                found[field] = known
    missing = next((field for field in REQUIRED if field not in found), None)
    if missing:
        raise SourceError(
            f"{file} lacks the column {missing} (it has {_some(names)}); if it has another name, say --columns {missing}=NAME."
        )
    return found


def _some(names: Sequence[str]) -> str:
    return ", ".join(shown(name)[1:-1] for name in names[:20]) or "none"
