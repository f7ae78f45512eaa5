"""Dataset repositories of the stand-in Hub: their history, what is known of a file, and its bytes.

What it knows of the real one: ``/api/datasets/{repo}/commits/{revision}`` gives fifty commits a page, the latest first;
``paths-info`` is asked by POST and leaves out paths that are not there; ``resolve`` answers HEAD and GET with the commit, the
file's etag and its length, and gives a part where a range is asked for; what is missing is a 404 whose ``X-Error-Code`` says
what is, and a repository that is not there is a 401 for those without a token.
"""

from __future__ import annotations

import hashlib
import json
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

    def answer(self, url: str, headers: dict[str, str], body: bytes) -> Part:
        parts = urlsplit(url)
        words = [unquote(word) for word in parts.path.strip("/").split("/")]
        if words[0] == "api":
            _, _, owner, name, what, revision = words
            path = ""
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
        if what == "paths-info":
            asked = parse_qs(body.decode()).get("paths", []) if b"=" in body else json.loads(body)["paths"]
            known = [self._info(one, commit) for one in asked if one in commit.files]
            return Part(200, {"Content-Type": "application/json"}, json.dumps(known).encode())
        return self._resolve(path, commit, headers)

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
        return {"type": "file", "path": path, "size": len(_bytes(commit.files[path])), "oid": "0" * 40, "lastCommit": last}

    @staticmethod
    def _resolve(path: str, commit: Commit, headers: dict[str, str]) -> Part:
        if path not in commit.files:
            return missing("Entry")
        content = _bytes(commit.files[path])
        told = {"X-Repo-Commit": commit.id, "ETag": f'"{hashlib.sha256(content).hexdigest()}"', "Accept-Ranges": "bytes"}
        asked = headers.get("range", "").removeprefix("bytes=")
        if asked:
            start = int(asked.partition("-")[0])
            told["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return Part(206, told, content[start:])
        return Part(200, told, content)


def _said(moment: datetime) -> str:
    return f"{moment:%FT%T}.000Z"


def _bytes(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content
