"""The Web API client: it reads Slack's answers and nothing that somebody on the way to Slack says."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.http_retry import RetryHandler

from bot.domain.outbox import error_word
from bot.slack_api.errors import retry_after

if TYPE_CHECKING:
    from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState

_WORTH_WAITING = timedelta(seconds=30)
_TOO_MANY = 429


class SlackClient(WebClient):
    """A client for which an answer that isn't Slack's JSON is a :class:`SlackApiError` without an error word.

    slack_sdk puts a proxy's page into the error word, and raises ``AttributeError``, ``JSONDecodeError`` or
    ``UnicodeDecodeError`` for lists, half an object, or another encoding.
    """

    @classmethod
    def like(cls, client: WebClient) -> SlackClient:
        """Return a client with the token and the settings of another."""
        return cls(
            client.token,
            base_url=client.base_url,
            timeout=client.timeout,
            ssl=client.ssl,
            proxy=client.proxy,
            headers=client.headers,
            logger=client._logger,  # noqa: SLF001 - it has no other name
            retry_handlers=list(client.retry_handlers),
        )

    def _perform_urllib_http_request(self, *, url: str, args: dict[str, dict[str, Any]]) -> dict[str, Any]:
        try:
            answer = super()._perform_urllib_http_request(url=url, args=args)
        except (KeyError, IndexError):
            raise
        except (UnicodeError, json.JSONDecodeError, LookupError):  # LookupError: an encoding that Python doesn't know
            answer = {"status": 200, "headers": {}, "body": ""}
        if isinstance(answer["body"], str):
            answer["body"] = _checked(answer["body"])
        return answer


def _checked(body: str) -> str:
    """Return an answer as it is where it is Slack's; else one that tells nothing but that it failed."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return '{"ok": false}'
    if found.get("ok") is True:
        return body
    return json.dumps({**found, "ok": False, "error": error_word(found.get("error"))})


class RateLimitWait(RetryHandler):
    """Waits for rate limits of up to half a minute, by ``Retry-After``; longer ones are left to the caller."""

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's own
        request: HttpRequest,  # noqa: ARG002 - the same
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the same
    ) -> bool:
        return response is not None and response.status_code == _TOO_MANY and _wait(response) <= _WORTH_WAITING

    def prepare_for_next_attempt(
        self,
        *,
        state: RetryState,
        request: HttpRequest,  # noqa: ARG002 - the interface's own
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the same
    ) -> None:
        """Sleep as long as Slack asks, and a little more, so that not all come back at once."""
        wait = _wait(response) if response else timedelta(seconds=1)
        time.sleep(wait.total_seconds() + random.random())  # noqa: S311 - no secret
        state.next_attempt_requested = True
        state.increment_current_attempt()


def _wait(response: HttpResponse) -> timedelta:
    return retry_after(response.headers, datetime.now(UTC)) or timedelta(seconds=1)
