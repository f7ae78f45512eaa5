"""A dump on the Hub that is read in ranges, so that only the columns and row groups that are needed are fetched."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
from huggingface_hub import HfFileSystem, constants
from huggingface_hub.errors import HfHubHTTPError

from analytics.errors import OutOfReachError, SourceError
from analytics.sources.dumps.repository import raise_fetch_error
from analytics.sources.hub_session import Address

if TYPE_CHECKING:
    from typing import IO

    from analytics.sources.dumps.repository import HubFile

_FAILURES = (HfHubHTTPError, httpx2.HTTPError, OSError, RuntimeError, ValueError)


@dataclass(slots=True)
class RemoteFile:
    """A file in a repository on the Hub; see :class:`analytics.sources.parquet.RemoteFile`."""

    file: HubFile
    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)
    fetched: int = 0
    """Bytes of the file that were fetched so far."""
    size: int = 0
    """Bytes of the whole file, once it was opened."""
    _stream: Any = None

    @property
    def name(self) -> str:
        """The name for messages."""
        return str(self.file)

    def open(self) -> IO[bytes]:
        """Return a new stream from the file's beginning.

        Raises:
            OutOfReachError: if a later attempt may succeed.
            SourceError: for a permanent error.

        """
        address = Address.of(self.endpoint, self.token)
        if constants.is_offline_mode():
            raise SourceError("HF_HUB_OFFLINE is set, so the Hub is not asked; unset it.")
        if self._stream is None:
            try:
                hub = HfFileSystem(endpoint=address.url, token=address.token or False, skip_instance_cache=True)
                path = f"{self.file.kind}s/{self.file.repo}/{self.file.path}"
                # Without fsspec's cache, which would fetch more than Arrow asks for.
                self._stream = hub.open(path, "rb", revision=self.file.revision, cache_type="none")
            except _FAILURES as error:
                raise_fetch_error(error, self.file, address)
            self.size = self._stream.size
        return _Ranges(self, address)  # type: ignore[return-value]

    def read(self, start: int, end: int, address: Address) -> bytes:
        """Fetch a range of the file's bytes."""
        try:
            self._stream.seek(start)
            data: bytes = self._stream.read(end - start)
        except _FAILURES as error:
            raise_fetch_error(error, self.file, address)
        if len(data) != end - start:
            raise OutOfReachError(f"{address} gave {self.file} in part only; try again later.")
        self.fetched += len(data)
        return data


class _Ranges(io.RawIOBase):
    """A stream of a remote file. Arrow reads from it under a lock."""

    def __init__(self, remote: RemoteFile, address: Address) -> None:
        super().__init__()
        self._remote, self._address, self._at = remote, address, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._remote.size}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._remote.size if size < 0 else min(self._at + size, self._remote.size)
        if end <= self._at:
            return b""
        data = self._remote.read(self._at, end, self._address)
        self._at = end
        return data
