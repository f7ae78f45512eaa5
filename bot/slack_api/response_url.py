"""Post to response URLs: the one place that does, and only to Slack.

A response URL comes with what somebody typed or pressed; it works five times within half an hour. It is called only on
Slack's own hosts over https or, where ``SLACK_API_URL`` points elsewhere, at that very address too. No redirect is followed.
"""

from __future__ import annotations

import json
import logging
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.domain.outbox import error_word
from bot.slack_api.errors import FAILURES, PostResult, classify_answer, classify_error, error_code

if TYPE_CHECKING:
    from urllib.request import OpenerDirector, Request

    from slack_sdk import WebClient

_log = logging.getLogger(__name__)

SLACK = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")
"""How Slack's and GovSlack's response URLs begin."""

_PRINTABLE = re.compile(r"[!-~]+")
_API_HOSTS = frozenset({"slack.com", "www.slack.com", "slack-gov.com", "www.slack-gov.com"})


class ResponseUrlRefusedError(SlackClientError):
    """A response URL does not lead to Slack, so that nothing was sent."""


def is_slacks(url: object, api_url: str) -> bool:
    """Tell whether a response URL leads to Slack or, where ``api_url`` is not Slack's own, to where that leads.

    The whole beginning of the address, scheme, host and port, has to be the same, character by character.
    """
    if not isinstance(url, str) or not _PRINTABLE.fullmatch(url) or "\\" in url:
        return False
    return url.startswith((*SLACK, *_elsewhere(api_url)))


def post(client: WebClient, url: object, body: dict[str, Any]) -> WebhookResponse:
    """Post a message, or what is to become of one, to a response URL. ``client`` knows Slack's address and when to try again.

    Raises:
        ResponseUrlRefusedError: when the address is not Slack's.
        SlackClientError, OSError, HTTPException: when Slack cannot be reached.

    """
    if not isinstance(url, str) or not is_slacks(url, client.base_url):
        raise ResponseUrlRefusedError("not an address of Slack's")
    return _Hook(url, retry_handlers=client.retry_handlers).send_dict(body)


def deliver(client: WebClient, url: object, body: dict[str, Any]) -> PostResult:
    """Post a message to a response URL, once: Bolt's Respond retries after a lost connection, which could post it twice."""
    try:
        answered = post(client, url, body)
    except FAILURES as error:
        _log.warning("response_url: %s", error_code(error))
        return classify_error(error)
    word = error_of(answered.body)
    if answered.status_code == 200 and word is None:
        return PostResult.DELIVERED
    _log.warning("response_url: %s %s", answered.status_code, word)
    return classify_answer(word or "", answered.status_code)


def _elsewhere(api_url: str) -> tuple[str, ...]:
    """Return how response URLs begin where the API is not at Slack's own address: with the playground, and in tests."""
    there = urlsplit(api_url)
    if there.scheme not in {"http", "https"} or not there.hostname or there.hostname in _API_HOSTS:
        return ()
    return (f"{there.scheme}://{there.netloc}/",)


class _NoRedirect(HTTPRedirectHandler):
    """Gives a redirect back as the answer."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - urllib's own arguments
        """Follow none."""


@cache
def _opener(proxy: str | None) -> OpenerDirector:
    """Make what opens addresses, once: with it comes a TLS context, which takes longer than a post."""
    return build_opener(_NoRedirect, *([ProxyHandler({"http": proxy, "https": proxy})] if proxy else []))


class _Hook(WebhookClient):
    """slack_sdk's client, which would follow a redirect to any address."""

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        with _opener(self.proxy).open(req, timeout=self.timeout) as answered:
            body = answered.read().decode(answered.headers.get_content_charset() or "utf-8")
            return WebhookResponse(url=url, status_code=answered.status, body=body, headers=dict(answered.headers.items()))


def error_of(body: str) -> str | None:
    """Return the error that a response URL names, as JSON or bare text; ``""`` for no answer of Slack's, ``None`` for none."""
    text = body.strip()
    if text in {"", "ok"}:
        return None
    try:
        answer = json.loads(text)
    except ValueError:
        return error_word(text)
    if not isinstance(answer, dict):
        return ""
    return None if answer.get("ok") is True else error_word(answer.get("error"))
