"""Pictures at an address, fetched as Slack fetches them: once, when a message names them, and kept."""

from __future__ import annotations

import hashlib
import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_BYTES = 2 * 1024 * 1024
_SECONDS = 5.0
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes that are known to be a picture."""

    content: bytes
    mimetype: str


def picture_type(content: bytes) -> tuple[str, str] | None:
    """Tell ``(mimetype, filetype)`` from the first bytes; ``None`` for what is no PNG, JPEG or GIF."""
    return next((found[1:] for found in _SIGNATURES if content.startswith(found[0])), None)


class Pictures:
    """The pictures that messages named. Only loopback addresses can be reached from here."""

    def __init__(self) -> None:
        self._kept: dict[str, Picture] = {}

    def key(self, url: str) -> str:
        """Name the kept copy of a picture."""
        return hashlib.sha256(url.encode()).hexdigest()[:32]

    def get(self, key: str) -> Picture | None:
        """Find a kept picture."""
        return self._kept.get(key)

    def fetch(self, url: str) -> bool:
        """Get the picture at ``url`` and keep it. False when it cannot be had, is too large, or is no picture."""
        key = self.key(url)
        if key in self._kept:
            return True
        content = _read(url)
        kind = picture_type(content) if content is not None else None
        if content is None or kind is None:
            return False
        self._kept[key] = Picture(content, kind[0])
        return True


def _read(url: str) -> bytes | None:
    try:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            return None
        connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=_SECONDS)
        try:
            connection.request("GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
            response = connection.getresponse()
            content = response.read(MOST_BYTES + 1)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return None
    return content if response.status == http.HTTPStatus.OK and len(content) <= MOST_BYTES else None
