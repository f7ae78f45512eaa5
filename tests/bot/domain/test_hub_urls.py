"""Addresses: which page of the Hub they lead to, and that nothing else is taken for the Hub."""

from __future__ import annotations

import re
import string
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.hub_urls import ModelPage, OwnerPage, page_of

NAMES = st.from_regex(r"[A-Za-z]([A-Za-z0-9]|[._-][a-z]){0,20}[0-9]{2}", fullmatch=True)


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ("https://huggingface.co/openai-community/gpt2", "openai-community/gpt2"),
        ("https://huggingface.co/openai-community/gpt2/", "openai-community/gpt2"),
        ("https://huggingface.co/openai-community/gpt2/tree/main", "openai-community/gpt2"),
        ("https://huggingface.co/openai-community/gpt2/blob/main/config.json", "openai-community/gpt2"),
        ("https://huggingface.co/openai-community/gpt2/resolve/main/model.safetensors?download=true", "openai-community/gpt2"),
        ("https://huggingface.co/openai-community/gpt2?library=transformers&x=1#usage", "openai-community/gpt2"),
        ("https://huggingface.co/openai-community/gpt%32", "openai-community/gpt2"),
        ("https://hf.co/Qwen/Qwen3-0.6B", "Qwen/Qwen3-0.6B"),
        ("http://www.HuggingFace.co:80/Qwen/Qwen3-0.6B", "Qwen/Qwen3-0.6B"),
        ("https://huggingface.co:443/sentence-transformers/all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"),
        ("https://huggingface.co/gpt2", "gpt2"),
        ("https://huggingface.co/bert-base-uncased/tree/main", "bert-base-uncased"),
        ("https://huggingface.co/some-old-model/blob/main/README.md", "some-old-model"),
    ],
)
def test_a_models_page_and_its_files_are_that_model(address, model):
    assert page_of(address) == ModelPage(model)


@pytest.mark.parametrize(
    "address", ["https://huggingface.co/facebook", "https://hf.co/facebook/", "https://hf.co/facebook?tab=x"]
)
def test_an_owners_page_is_that_owner(address):
    assert page_of(address) == OwnerPage("facebook")


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/models", "/models?license=mit", "/datasets", "/datasets/squad", "/datasets/rajpurkar/squad"),
        *("/spaces/a/b", "/docs/transformers", "/DOCS/hub", "/blog/owner/post", "/papers/2401.00001", "/collections/a/b-1"),
        *("/settings/profile", "/tasks", "/join", "/pricing", "/enterprise", "/posts/a/1", "/learn/nlp-course", "/chat"),
        *("/new", "/api/models/gpt2", "/facebook/models", "/facebook/datasets", "/facebook/activity/all"),
        *("/openai-community/gpt2/discussions/3", "/openai-community/gpt2/settings", "/openai-community/gpt2/edit/main/x"),
        *("//gpt2", "/a//b", "/../gpt2", "/./gpt2", "/a/..", "/a%2Fb", "/%2e%2e/x", "/-a/b", "/a/b-", "/a--b/c", "/a/b c"),
        *("/%ff/x", "/%3Cscript%3E/x", "/a/" + "b" * 97, "/a/b?" + "x" * 2100),
    ],
)
def test_other_pages_of_the_hub_are_none(path):
    assert page_of(f"https://huggingface.co{path}") is None


@pytest.mark.parametrize(
    "address",
    [
        *("https://huggingface.co.evil.example/a/b", "https://evil.example/huggingface.co/a/b", "https://nothuggingface.co/a/b"),
        *("https://huggingface.co@evil.example/a/b", "https://user:pw@huggingface.co/a/b", "https://@huggingface.co/a/b"),
        *("https://huggingface.co:8443/a/b", "https://huggingface.co:80/a/b", "https://huggingface.co:x/a/b"),
        *("https://huggingface.co./a/b", "https://xn--hugingface-l8b.co/a/b", "https://hugg\u0456ngface.co/a/b"),
        *("https://\uff48uggingface.co/a/b", "https://huggingface\u3002co/a/b", "https://huggingface.co\\@evil.example/a/b"),
        *("https://evil.example\\@huggingface.co/a/b", "https://hugging\tface.co/a/b", "https://huggingface.co/a\n/b"),
        *("ftp://huggingface.co/a/b", "javascript://huggingface.co/a/b", "//huggingface.co/a/b", "huggingface.co/a/b"),
        *("https://docs.huggingface.co/a/b", "https://[::1/a/b", "https://evil.example?https://huggingface.co/a/b", "", "x"),
    ],
)
def test_what_only_looks_like_the_hub_is_none(address):
    assert page_of(address) is None


@given(st.text() | st.builds("https://huggingface.co/{}".format, st.text()) | st.builds("https://{}/a/b".format, st.text()))
@example("https://[huggingface.co]/a/b")
@example("https://huggingface.co:99999999999/a/b")
def test_no_text_makes_it_fail_and_what_it_finds_is_a_name(address):
    page = page_of(address)
    if page is not None:
        name = page.id if isinstance(page, ModelPage) else page.namespace
        assert set(name) <= set(string.ascii_letters + string.digits + "-_./")
        assert re.match(r"https?://(www\.)?(huggingface\.co|hf\.co)(:443|:80)?/", address.lower())


@given(st.text(string.ascii_letters + ".@:\\/-", min_size=1, max_size=30).filter(lambda extra: extra[0] not in "/:"))
def test_nothing_added_to_the_host_is_the_hub(extra):
    assert page_of(f"https://huggingface.co{extra}/a/b") is None


@given(NAMES, NAMES, st.sampled_from(["", "/", "?a=b", "#c", "/tree/main"]))
def test_an_address_that_is_made_of_a_name_leads_back_to_it(owner, name, rest):
    assert page_of(f"https://huggingface.co/{quote(owner)}/{quote(name)}{rest}") == ModelPage(f"{owner}/{name}")
