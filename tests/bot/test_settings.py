"""The environment, read once: what is wrong is said by the variable's name, never with its value."""

from __future__ import annotations

import pytest

from bot.settings import Settings, SettingsError, secret


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_an_empty_environment_is_enough(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = Settings.read()
    assert settings.database == f"sqlite:///{tmp_path}/hfstats/hfstats.db"
    assert settings.slack_bot_token is None
    assert secret(settings.hf_token) is None


def test_an_empty_value_counts_as_unset(monkeypatch):
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("DATABASE_URL", "")
    assert Settings.read().port == 3000
    assert Settings.read().database.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "seventy"), ("PORT", "70000"), ("HFSTATS_PROCESSES", "0"), ("HFSTATS_LOG_LEVEL", "loud")]
)
def test_a_wrong_value_is_named_by_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings.read()
    assert name in str(caught.value)
    assert value not in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_secrets_do_not_show(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-very-secret")
    settings = Settings.read()
    assert "very-secret" not in repr(settings)
    assert secret(settings.slack_bot_token) == "xoxb-very-secret"
