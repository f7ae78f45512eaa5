"""A report as one self-contained HTML file: no scripts, and nothing to load."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.documents.document import ABOUT_PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.documents.document import Document


def as_html(document: Document, pictures: Mapping[str, bytes]) -> str:
    """Return a page with the pictures in it; ``pictures``: PNG by key."""
    loader = PackageLoader("bot.documents", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["breakable"] = _breakable
    encoded = {key: b64encode(png).decode() for key, png in pictures.items()}
    return environment.get_template("report.html.j2").render(document=document, pictures=encoded, about_published=ABOUT_PUBLISHED)


def _breakable(text: str) -> Markup:
    """Escape a text and let it wrap after a slash, as in a model's ID."""
    return Markup("/<wbr>").join(map(escape, text.split("/")))
