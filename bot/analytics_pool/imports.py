"""Imported first in an analytics process, to keep pandas from loading pyarrow.

pyarrow takes 34 MB per process, and only Parquet imports use it, in other processes.
"""

import sys

# Python treats a module that is None as missing.
sys.modules["pyarrow"] = None  # type: ignore[assignment]
