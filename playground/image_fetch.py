"""Fetch images by URL like Slack's image proxy: once, when they appear in a message, and then from a cache."""

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
    """A fetched image."""

    content: bytes
    mimetype: str


def picture_type(content: bytes) -> tuple[str, str] | None:
    """Return ``(mimetype, filetype)`` by the first bytes; ``None`` unless it's a PNG, JPEG or GIF."""
    return next((entry[1:] for entry in _SIGNATURES if content.startswith(entry[0])), None)


class Pictures:
    """The cache of images in messages. Only loopback URLs are fetched."""

    def __init__(self) -> None:
        self._kept: dict[str, Picture] = {}

    def key(self, url: str) -> str:
        """Return the cache key of a URL."""
        return hashlib.sha256(url.encode()).hexdigest()[:32]

    def get(self, key: str) -> Picture | None:
        """Return a cached image."""
        return self._kept.get(key)

    def fetch(self, url: str) -> bool:
        """Fetch and cache an image; ``False`` if it can't be fetched, is too large or isn't an image."""
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
