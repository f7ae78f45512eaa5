"""The real listings and API payloads that tests read: all of ``../shared/data``, or without it the extract beside this module.

``HFSTATS_SHARED`` names another folder than ``../shared``; one that does not exist has the tests run on the extract.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from data import made_up_days

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("HFSTATS_SHARED") or HERE.parents[2] / "shared") / "data"
WHOLE = (SHARED / "listings").is_dir()
FOLDER = SHARED if WHOLE else HERE
LISTINGS = FOLDER / "listings"
SAMPLES = FOLDER / "hub_api_samples"


def real_files() -> Sequence[Path]:
    """Return the files of real rows: every date of the sources, or the extract's five."""
    return sorted(LISTINGS.glob("*.csv.gz"))


def complete_files(folder: Path) -> Sequence[Path]:
    """Return a file for each source with all its dates. Those that the extract lacks are made up and written to ``folder``."""
    return real_files() if WHOLE else made_up_days.write(real_files(), folder)
