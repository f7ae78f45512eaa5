"""Dataset repositories of the stand-in Hub: their history, what is known of a file, and its bytes.

What it knows of the real one: ``/api/datasets/{repo}/commits/{revision}`` gives fifty commits a page, the latest first;
``paths-info`` is asked by POST and leaves out paths that are not there; ``revision`` and ``tree`` tell of a commit and of its
files; ``resolve`` answers HEAD and GET with the commit, the
file's etag and its length, and gives a part where a range is asked for; what is missing is a 404 whose ``X-Error-Code`` says
what is, and a repository that is not there is a 401 for those without a token.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    from datetime import datetime

PER_PAGE = 50


@dataclass(frozen=True)
class Commit:
    """A state of a repository: every file in it, as bytes or where they lie on disk."""

    made_at: datetime
    files: dict[str, bytes | Path]

    @property
    def id(self) -> str:
        named = f"{self.made_at.isoformat()} {sorted(self.files)}"
        return hashlib.sha1(named.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Part:
    """An answer, before it is sent."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def missing(what: str) -> Part:
    return Part(404, {"X-Error-Code": f"{what}NotFound", "X-Error-Message": f"{what} not found"}, b"{}")


class Repositories:
    """``repos`` holds the commits of each, the latest first."""

    def __init__(self, endpoint: str, repos: dict[str, list[Commit]], *, private: bool = False) -> None:
        self.endpoint = endpoint
        self.repos = repos
        self.private = private
        self.served: dict[str, int] = {}
        """Bytes of each commit's files that were sent."""
        self.held: set[str] = set()
        """Commits whose files are sent only once :attr:`released` is set."""
        self.released = threading.Event()
        self.asked_of_held: list[str] = []
        """Commits in :attr:`held`, as often as something was asked of their files."""

    def answer(self, url: str, headers: dict[str, str], body: bytes) -> Part:
        parts = urlsplit(url)
        words = [unquote(word) for word in parts.path.strip("/").split("/")]
        if words[0] == "api":
            _, _, owner, name, what, revision, *rest = words
            path = "/".join(rest)
        else:
            _, owner, name, what, revision, *rest = words
            path = "/".join(rest)
        commits = self.repos.get(f"{owner}/{name}")
        if commits is None:
            return Part(401, {"X-Error-Code": "RepoNotFound"}, b'{"error":"Invalid username or password."}')
        commit = next((one for one in commits if revision in ("main", one.id)), None)
        if commit is None:
            return missing("Revision")
        if what == "commits":
            return self._history(f"{owner}/{name}", commits, parse_qs(parts.query))
        if what == "resolve":
            return self._resolve(path, commit, headers)
        told: object = {"id": f"{owner}/{name}", "_id": "0" * 24, "sha": commit.id, "siblings": [], "private": False, "tags": []}
        if what == "tree":
            told = [self._info(one, commit) for one in commit.files if one.rpartition("/")[0] == path]
        elif what == "paths-info":
            asked = parse_qs(body.decode()).get("paths", []) if b"=" in body else json.loads(body)["paths"]
            told = [self._info(one, commit) for one in asked if one in commit.files]
        return Part(200, {"Content-Type": "application/json"}, json.dumps(told).encode())

    def _history(self, repo: str, commits: list[Commit], query: dict[str, list[str]]) -> Part:
        page = int(query.get("p", ["0"])[0])
        shown = [
            {
                "id": one.id,
                "title": "Update",
                "message": "",
                "authors": [{"user": "someone"}],
                "date": f"{one.made_at:%FT%T}.000Z",
            }
            for one in commits[page * PER_PAGE : (page + 1) * PER_PAGE]
        ]
        headers = {"Content-Type": "application/json"}
        if len(commits) > (page + 1) * PER_PAGE:
            more = f"{self.endpoint}/api/datasets/{repo}/commits/main?{urlencode({'p': page + 1})}"
            headers["Link"] = f'<{more}>; rel="next"'
        return Part(200, headers, json.dumps(shown).encode())

    @staticmethod
    def _info(path: str, commit: Commit) -> dict[str, object]:
        last = {"id": commit.id, "title": "Update", "date": _said(commit.made_at)}
        return {"type": "file", "path": path, "size": _size(commit.files[path]), "oid": "0" * 40, "lastCommit": last}

    def _resolve(self, path: str, commit: Commit, headers: dict[str, str]) -> Part:
        if path not in commit.files:
            return missing("Entry")
        content = commit.files[path]
        size = _size(content)
        etag = hashlib.sha256(f"{commit.id} {path}".encode()).hexdigest()
        told = {"X-Repo-Commit": commit.id, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
        asked = headers.get("range", "").removeprefix("bytes=")
        if commit.id in self.held:
            self.asked_of_held.append(commit.id)
            self.released.wait()
        start, _, last = asked.partition("-")
        first, end = int(start or 0), min(int(last) + 1 if last else size, size)
        body = _bytes(content, first, end)
        self.served[commit.id] = self.served.get(commit.id, 0) + len(body)
        if asked:
            told["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
            return Part(206, told, body)
        return Part(200, told, body)


def _said(moment: datetime) -> str:
    return f"{moment:%FT%T}.000Z"


def _size(content: bytes | Path) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


def _bytes(content: bytes | Path, start: int, end: int) -> bytes:
    if isinstance(content, bytes):
        return content[start:end]
    with content.open("rb") as file:
        file.seek(start)
        return file.read(end - start)
