"""Settings: everything that the environment says, read in this one place."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from analytics.errors import HfStatsError
from bot.locations import default_database


class SettingsError(HfStatsError):
    """The environment holds a value that cannot be used. Names the variable, never its value."""


class Settings(BaseSettings):
    """Each field is one environment variable of the same name in capitals; an empty one counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str = Field(
        default="", description="Where snapshots are kept: sqlite:///… (default: a file of yours) or postgresql://…"
    )
    hf_endpoint: str | None = Field(default=None, description="Another address of the Hub, such as a mirror")
    hf_token: SecretStr | None = Field(
        default=None, description="A Hub token; raises the Hub's rate limits, and opens the chat model"
    )
    slack_bot_token: SecretStr | None = Field(
        default=None, description="xoxb-…, from OAuth & Permissions in Slack's app settings"
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="From Basic Information; makes serve listen over HTTP"
    )
    slack_app_token: SecretStr | None = Field(
        default=None, description="xapp-… with connections:write; makes serve use Socket Mode"
    )
    slack_client_id: str | None = Field(default=None, description="With the client secret: lets any workspace install the app")
    slack_client_secret: SecretStr | None = Field(default=None, description="From Basic Information; for OAuth")
    slack_api_url: str = Field(default="https://slack.com/api/", description="Slack's address; the playground sets its own")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=3000, description="Where serve listens over HTTP")
    hfstats_processes: Annotated[int, Field(ge=1, le=64)] = Field(default=1, description="Processes that ask and draw")
    hfstats_answer_seconds: Annotated[float, Field(ge=1, le=600)] = Field(
        default=20, description="Seconds that a question may take; a digest three times that. Then its process is replaced"
    )
    hfstats_threads: Annotated[int, Field(ge=1, le=256)] = Field(
        default=16, description="Requests of Slack's answered at one time"
    )
    hfstats_public_url: str | None = Field(
        default=None, description="https://… under which Slack reaches serve; pictures are then shown by address"
    )
    hfstats_keys: SecretStr | None = Field(
        default=None, description="Fernet keys, newest first, parted by commas: encrypt tokens and sign picture addresses"
    )
    hfstats_per_minute: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=60, description="Questions that one person may ask in a minute"
    )
    hfstats_picture_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=180, description="Days that a picture shown by address is kept"
    )
    hfstats_deliveries: Annotated[int, Field(ge=1, le=256)] = Field(
        default=16, description="Digests and alerts that a worker sends at one time"
    )
    hfstats_with_worker: bool | None = Field(
        default=None, description="Whether serve runs a worker beside it; without it, on SQLite"
    )
    hfstats_operator_channel: str | None = Field(
        default=None, description="Where whoever runs the bot is told of trouble: C…, or T…/C… where it serves many workspaces"
    )
    hfstats_chat_model: str | None = Field(
        default=None,
        description="A chat model that reads what the grammar cannot; what people write to the bot is then sent to it",
    )
    hfstats_chat_url: str | None = Field(
        default=None, description="Where that model is, if not with Hugging Face's providers: http(s)://…/v1, as OpenAI's API"
    )
    hfstats_chat_token: SecretStr | None = Field(
        default=None, description="What opens the chat model; without it and without an address, HF_TOKEN"
    )
    hfstats_metrics_token: SecretStr | None = Field(
        default=None, description="What /metrics asks for as a bearer token; without it, nobody may read it"
    )
    hfstats_log_format: Literal["json", "text"] = Field(default="json", description="json or text")
    hfstats_log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("hfstats_log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        level = value.upper()
        if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("write DEBUG, INFO, WARNING or ERROR")
        return level

    @field_validator("hfstats_public_url", "hfstats_chat_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if value and (parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("write an address such as https://hfstats.example.org")
        return value.rstrip("/") if value else None

    @property
    def keys(self) -> tuple[str, ...]:
        """``HFSTATS_KEYS`` one by one, newest first."""
        return tuple(key.strip() for key in (secret(self.hfstats_keys) or "").split(",") if key.strip())

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """What signs the addresses of pictures: the keys or, for a workspace of one's own, Slack's signing secret."""
        return self.keys or tuple(filter(None, [secret(self.slack_signing_secret)]))

    @property
    def database(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or default_database()

    @classmethod
    def read(cls) -> Settings:
        """Read the environment.

        Raises:
            SettingsError: naming the first variable that cannot be used.

        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            variable = str(first["loc"][0]).upper() if first["loc"] else "The environment"
            message = first["msg"].removeprefix("Value error, ")
            raise SettingsError(f"{variable} cannot be used: {message[:1].lower()}{message[1:]}.") from None


def secret(value: SecretStr | None) -> str | None:
    """Return what a secret holds; ``None`` for one that is not set."""
    return value.get_secret_value() if value else None
