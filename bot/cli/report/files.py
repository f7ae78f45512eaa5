"""Writes files as a whole: a reader never sees half of one, and an error leaves what was there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from analytics.errors import HfStatsError


def write_file(path: Path, content: bytes) -> None:
    """Write a file, replacing an earlier one. A device, such as ``/dev/stdout``, is written to as it is.

    Raises:
        HfStatsError: when the path can't be written.

    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        path = path.resolve()  # what a link leads to is replaced, not the link
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise HfStatsError(f"Can't write {path}: {error.strerror}.") from error


def _umask() -> int:
    """Return the mode bits that new files don't get; reading them means setting them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write files to a folder, which is made if it's missing, in order; other files in it stay.

    Raises:
        HfStatsError: when the folder or a file can't be written.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HfStatsError(f"Can't write {folder}: {error.strerror}.") from error
    for name, content in files.items():
        write_file(folder / name, content)
