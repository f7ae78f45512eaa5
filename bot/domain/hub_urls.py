"""Recognize URLs of models and owners on the Hugging Face Hub, without fetching them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from analytics.names import renames

if TYPE_CHECKING:
    from urllib.parse import SplitResult

HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co", "www.hf.co"})
LONGEST = 2000
"""Longest URL that is examined, in characters."""

NOT_OWNERS = frozenset(
    {
        # Other kinds of repositories, and lists of what there is.
        *("models", "datasets", "spaces", "buckets", "kernels", "collections", "papers", "posts", "tasks", "languages"),
        *("metrics", "organizations", "users", "trending", "search", "leaderboards", "huggingchat"),
        # Writing and learning.
        *("docs", "blog", "learn", "course", "transformers", "changelog", "brand", "chat", "playground", "assistants"),
        # Joining and paying.
        *("join", "login", "logout", "oauth", "sso", "welcome", "pricing", "enterprise", "pro", "team", "teams", "subscribe"),
        *("billing", "hardware", "support", "contact", "contact-sales", "hub", "inference", "inference-api"),
        *("inference-endpoints", "inference-providers", "endpoints", "jobs", "storage", "startups", "partners"),
        # One's own pages.
        *("settings", "notifications", "new", "new-dataset", "new-space", "new-bucket", "dashboard", "activity", "feed"),
        *("likes", "saved", "bookmarks", "watching", "inbox", "admin", "create"),
        # The law and the company.
        *("terms", "terms-of-service", "privacy", "tos", "about", "careers", "press", "security", "code-of-conduct"),
        *("content-guidelines", "content-policy", "dmca", "legal", "cookies", "status"),
        # What only programs open.
        *("api", "front", "avatars", "static", "assets", "auth", "ws", "mcp", "resolve-cache", "webhooks", "well-known"),
        *("robots.txt", "sitemap.xml", "favicon.ico", "manifest.json", "llms.txt", "ads.txt"),
    }
)
"""First path segments that are the Hub's own pages. A missing one only costs a lookup that finds nothing."""

_OWNERS_PAGES = frozenset(
    {
        *("models", "datasets", "spaces", "buckets", "kernels", "collections", "papers", "posts", "articles"),
        *("activity", "likes", "upvotes", "followers", "following", "members", "community", "feed"),
        *("settings", "storage", "repos", "share", "join"),
    }
)
"""Second path segments that are lists on an owner's page, not models."""
_OF_A_MODEL = frozenset({"tree", "blob", "resolve", "raw", "blame", "commits", "commit"})
"""Third path segments that show a model's files. Discussions and settings don't concern a model's usage."""
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?")
_WEB = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class ModelPage:
    """A model's page, or one of its files."""

    id: str
    """As in the URL: ``owner/name``, or only a name for a model from the Hub's first years."""


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """The page of an organization or a person."""

    namespace: str


def page_of(address: str) -> ModelPage | OwnerPage | None:
    """Return the page that a URL leads to; ``None`` for other sites and pages. Never raises."""
    parts = _parts(address)
    if not parts or parts[0].casefold() in NOT_OWNERS or not all(map(_is_name, parts[:2])):
        return None
    match parts:
        case [name]:
            return ModelPage(name) if renames.successor(name) != name else OwnerPage(name)
        case [name, page, *_] if page in _OF_A_MODEL:
            return ModelPage(name)
        case [owner, name] if name.casefold() not in _OWNERS_PAGES:
            return ModelPage(f"{owner}/{name}")
        case [owner, name, page, *_] if page in _OF_A_MODEL:
            return ModelPage(f"{owner}/{name}")
    return None


_ADDRESS = re.compile(
    r"(?<![\w.@/:-])(?:https?:)?(?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/[^\s<>\"“”]*[^\s<>\"“”.,;:!?)]", re.IGNORECASE
)


def name_addresses(text: str) -> str:
    """Put in the place of each address of the Hub what its page is about; one that stands alone asks about it.

    >>> name_addresses("https://huggingface.co/google")
    'creator google'
    >>> name_addresses("compare hf.co/google and hf.co/facebook")
    'compare google and facebook'
    """
    alone = _ADDRESS.fullmatch(text.strip().rstrip(".,;:!?"))
    page = _page_in(alone[0]) if alone else None
    if page:
        return f"model {page.id}" if isinstance(page, ModelPage) else f"creator {page.namespace}"
    return _ADDRESS.sub(lambda match: _name_in(match[0]), text)


def _page_in(address: str) -> ModelPage | OwnerPage | None:
    path = re.sub(r"^(?:https?:)?(?://)?", "", address, flags=re.IGNORECASE)
    return page_of(f"https://{path.split('?')[0].split('#')[0]}")


def _name_in(address: str) -> str:
    page = _page_in(address)
    return address if page is None else page.id if isinstance(page, ModelPage) else page.namespace


def _parts(address: str) -> list[str]:
    """Return the decoded path segments; ``[]`` unless the URL is clearly the Hub's."""
    # The Hub's URLs contain nothing that browsers strip or reinterpret, such as tabs, backslashes or non-ASCII letters.
    if len(address) > LONGEST or not address.isascii() or not address.isprintable() or set(address) & {" ", "\\"}:
        return []
    try:
        split = urlsplit(address)
        if not _is_hub(split):
            return []
        return [unquote(part, errors="strict") for part in split.path.removeprefix("/").removesuffix("/").split("/")]
    except ValueError:  # malformed brackets, ports and escapes
        return []


def _is_hub(split: SplitResult) -> bool:
    secure = split.scheme in _WEB and split.port in {None, _WEB[split.scheme]}
    return secure and split.hostname in HOSTS and "@" not in split.netloc


def _is_name(part: str) -> bool:
    return bool(_NAME.fullmatch(part)) and "--" not in part and ".." not in part
