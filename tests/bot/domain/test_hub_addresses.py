"""Addresses of the Hub in what people type stand for the model or the creator that they lead to."""

from __future__ import annotations

import pytest

from bot.domain.hub_urls import name_addresses


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("https://huggingface.co/google", "creator google"),
        ("huggingface.co/openai/whisper-large-v3", "model openai/whisper-large-v3"),
        ("//huggingface.co/google", "creator google"),
        ("HTTPS://HuggingFace.co/google/", "creator google"),
        ("https://huggingface.co/google?x=1#y", "creator google"),
        ("https://hf.co/google.", "creator google"),
        ("https://huggingface.co/meta-llama/Llama-3.1-8B/tree/main", "model meta-llama/Llama-3.1-8B"),
        ("model https://huggingface.co/openai/whisper", "model openai/whisper"),
        ("compare https://huggingface.co/google, https://huggingface.co/facebook", "compare google, facebook"),
        ("how is https://huggingface.co/google doing?", "how is google doing?"),
        ("https://huggingface.co/models", "https://huggingface.co/models"),
        ("https://huggingface.co/datasets/a/b", "https://huggingface.co/datasets/a/b"),
        ("https://example.com/huggingface.co/google", "https://example.com/huggingface.co/google"),
        ("nothuggingface.co/google", "nothuggingface.co/google"),
        ("a@huggingface.co/google", "a@huggingface.co/google"),
        ("licenses", "licenses"),
    ],
)
def test_an_address_stands_for_what_it_names(typed, read):
    assert name_addresses(typed) == read
