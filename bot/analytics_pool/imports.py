"""Imported first in an analytics process: keeps pandas, which forecasts bring, from loading pyarrow, which nothing there uses.

It costs 34 MB a process. Whoever imports Parquet files does so elsewhere.
"""

import sys

# How Python says that there is no such module.
sys.modules["pyarrow"] = None  # type: ignore[assignment]
