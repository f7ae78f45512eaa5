"""Settings from environment variables. Nothing else reads the environment."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from analytics.errors import HfStatsError
from bot.locations import default_database


class SettingsError(HfStatsError):
    """An environment variable has an invalid value. The message names the variable, never its value."""


class Settings(BaseSettings):
    """One field per environment variable, which has the same name in capitals; an empty variable counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str = Field(
        default="", description="The database's URL: sqlite:///… or postgresql://… Default: a SQLite file in your data folder"
    )
    hf_endpoint: str | None = Field(default=None, description="Another URL for the Hub, such as a mirror")
    hf_token: SecretStr | None = Field(
        default=None, description="A Hub token; raises the Hub's rate limits and gives access to the chat model"
    )
    hfstats_history_months: Annotated[int, Field(ge=0, le=120)] = Field(
        default=24, description="Past month ends whose lists a worker fetches from a dataset of dumps; 0 turns it off"
    )
    hfstats_dump_dataset: str = Field(
        default="cfahlgren1/hub-stats", description="The dataset on the Hub whose revisions are dumps of all public models"
    )
    hfstats_dump_file: str = Field(default="models.parquet", description="The path of the dump in that dataset")
    slack_bot_token: SecretStr | None = Field(
        default=None, description="xoxb-…, from OAuth & Permissions in Slack's app settings"
    )
    slack_signing_secret: SecretStr | None = Field(default=None, description="From Basic Information; makes serve use HTTP")
    slack_app_token: SecretStr | None = Field(
        default=None, description="xapp-… with connections:write; makes serve use Socket Mode"
    )
    slack_client_id: str | None = Field(default=None, description="With the client secret, lets any workspace install the app")
    slack_client_secret: SecretStr | None = Field(default=None, description="From Basic Information; for OAuth")
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="The URL of Slack's API; the playground sets its own"
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=3000, description="The port that serve listens on over HTTP")
    hfstats_processes: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="Processes that compute answers and draw charts"
    )
    hfstats_answer_seconds: Annotated[float, Field(ge=1, le=600)] = Field(
        default=20,
        description="Seconds a question may take before its process is replaced; a digest may take three times as long",
    )
    hfstats_threads: Annotated[int, Field(ge=1, le=256)] = Field(
        default=16, description="Slack requests handled at the same time"
    )
    hfstats_public_url: str | None = Field(
        default=None, description="The public URL of serve, https://…; charts are then shown by URL instead of uploaded"
    )
    hfstats_keys: SecretStr | None = Field(
        default=None, description="Fernet keys, newest first, separated by commas; they encrypt tokens and sign chart URLs"
    )
    hfstats_per_minute: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=60, description="Questions one person may ask per minute"
    )
    hfstats_picture_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=180, description="Days to keep charts that are shown by URL"
    )
    hfstats_deliveries: Annotated[int, Field(ge=1, le=256)] = Field(
        default=16, description="Digests and alerts a worker sends at the same time"
    )
    hfstats_with_worker: bool | None = Field(
        default=None, description="Whether serve also runs a worker. Default: yes with SQLite, no with PostgreSQL"
    )
    hfstats_operator_channel: str | None = Field(
        default=None, description="The channel for messages to the operator: C…, or T…/C… with several workspaces"
    )
    hfstats_chat_model: str | None = Field(
        default=None,
        description="A chat model for questions the grammar can't read; people's messages to the bot are then sent to it",
    )
    hfstats_chat_url: str | None = Field(
        default=None,
        description="The URL of an OpenAI-compatible API, http(s)://…/v1. Default: Hugging Face's inference providers",
    )
    hfstats_chat_token: SecretStr | None = Field(
        default=None, description="The chat model's API token. Default: HF_TOKEN, if HFSTATS_CHAT_URL is not set"
    )
    hfstats_metrics_token: SecretStr | None = Field(
        default=None, description="The bearer token for /metrics; if it isn't set, /metrics is off"
    )
    hfstats_log_format: Literal["json", "text"] = Field(default="json", description="json or text")
    hfstats_log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("hfstats_log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        level = value.upper()
        if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return level

    @field_validator("hfstats_dump_dataset")
    @classmethod
    def _dataset(cls, value: str) -> str:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", value):
            raise ValueError("use the name of a dataset on the Hub, such as cfahlgren1/hub-stats")
        return value

    @field_validator("hfstats_public_url", "hfstats_chat_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if value and (parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("use a URL such as https://hfstats.example.org")
        return value.rstrip("/") if value else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in ``HFSTATS_KEYS``, newest first."""
        return tuple(key.strip() for key in (secret(self.hfstats_keys) or "").split(",") if key.strip())

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """Keys that sign chart URLs: ``HFSTATS_KEYS`` or, with a single workspace, Slack's signing secret."""
        return self.keys or tuple(filter(None, [secret(self.slack_signing_secret)]))

    @property
    def database(self) -> str:
        """The database's URL, including the default."""
        return self.database_url or default_database()

    @classmethod
    def read(cls) -> Settings:
        """Read the environment.

        Raises:
            SettingsError: naming the first invalid variable.

        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            variable = str(first["loc"][0]).upper() if first["loc"] else "An environment variable"
            message = first["msg"].removeprefix("Value error, ")
            raise SettingsError(f"{variable} is invalid: {message[:1].lower()}{message[1:]}.") from None


def secret(value: SecretStr | None) -> str | None:
    """Return a secret's value; ``None`` if it isn't set."""
    return value.get_secret_value() if value else None
