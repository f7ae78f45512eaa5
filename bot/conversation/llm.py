"""Translate natural-language questions with a chat model. Its output counts only if the grammar accepts it. Off by default."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError
from analytics.language import grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form, Query
    from bot.domain.store_summary import Entry

_log = logging.getLogger(__name__)

WAIT = 4.0
"""Seconds to wait for the model, because a user is waiting."""
LONGEST = 400
"""Maximum length of a question in characters."""
_TOKENS = 60
_NOTHING = "none"
_NOBODY = "unset"
_RULES = """You translate what a person asks into one command of hfstats, a tool about the most used models of
the Hugging Face Hub.
Commands, each with examples:
{commands}
After a command may stand: by models|downloads|likes, in top|trending|liked|both, task NAME, top N, at YYYY-MM, since YYYY-MM,
each only where an example of that command or of a ranking has it.
Answer with one command alone, in one line, without any other word. Use no name and no date that the person did not mean.
Answer "none" where no command answers what is asked."""


class LanguageModel:
    """Asks a model of an inference provider, or at an OpenAI-compatible URL, for the query that a text means."""

    def __init__(
        self, entries: Sequence[Entry], *, model: str, token: str | None = None, url: str | None = None, wait: float = WAIT
    ) -> None:
        """``url`` is an OpenAI-compatible endpoint to use instead of Hugging Face's providers. Doesn't connect yet."""
        self._forms: list[Form] = [entry.form for entry in entries]
        lines = (f"- {entry.summary}: {'; '.join(entry.examples)}" for entry in entries)
        self._rules = _RULES.format(commands="\n".join(lines))
        self._model, self._url, self._wait = model, url, wait
        # Without a token, the client would send the Hub's token from the environment to the other endpoint.
        self._token = token or (_NOBODY if url else None)

    def read(self, text: str) -> Query | None:
        """Return the query that a text means; ``None`` if there is none or the model is unavailable. Never raises."""
        if not text.strip() or len(text) > LONGEST:
            return None
        answer = self._ask(text)
        line = answer.strip().strip("`").partition("\n")[0].strip().strip("`").removeprefix("/hfstats ")
        if not line or line.casefold().rstrip(".") == _NOTHING:
            return None
        try:
            return grammar.parse(line, self._forms)
        except HfStatsError:
            _log.info("the chat model's answer is not a valid query", extra={"characters": len(line)})
            return None

    def _ask(self, text: str) -> str:
        from httpx2 import HTTPError, InvalidURL  # noqa: PLC0415 - only where a model is set up
        from huggingface_hub import InferenceClient  # noqa: PLC0415
        from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError  # noqa: PLC0415

        messages = [{"role": "system", "content": self._rules}, {"role": "user", "content": text}]
        try:
            with InferenceClient(self._url or self._model, token=self._token, timeout=self._wait) as client:
                answer = client.chat_completion(messages, model=self._model, max_tokens=_TOKENS, temperature=0)
            return str(answer.choices[0].message.content or "")
        except (HfHubHTTPError, InferenceTimeoutError, HTTPError, InvalidURL, OSError) as error:
            _log.warning("could not reach the chat model", extra={"error": type(error).__name__})
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            _log.warning("could not read the chat model's answer", extra={"error": type(error).__name__})
        return ""
