"""Answers without analytics processes and without drawing, for tests with many requests."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from functools import cache

from analytics.charts.drawing import draw
from analytics.digest.basis import basis
from analytics.digest.builder import DIMENSIONS, digest, latest
from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName
from analytics.questions.registry import ask, parse
from bot.analytics_pool import summarize_store
from bot.domain.reply import Picture


class AtOnce(Executor):
    """Runs what it is given before it returns, so that each example ends with its answer."""

    def submit(self, function, /, *arguments, **named):
        future = Future()
        future.set_result(function(*arguments, **named))
        return future


class Undrawn:
    """Analytics without drawing: real answers, with the same real picture for all."""

    def __init__(self, history):
        self._history = history
        self._png = draw(ask(parse("licenses"), history).chart)
        self._ask = cache(lambda query: ask(query, history))
        self._digest = cache(lambda named, list_, of: digest(named, history, within=list_, dimensions=of))

    def answer(self, query):
        found = self._ask(query)
        return found, Picture(self._png, found.chart.alt, "hfstats.png")

    def basis(self, edition, within):
        return basis(Edition.parse(edition), self._history, ListName(within))

    def digest(self, edition, within, sections=()):
        list_ = ListName(within)
        named = Edition.parse(edition) if edition else latest(self._history, list_)
        built = self._digest(named, list_, tuple(Dimension(one) for one in sections) or DIMENSIONS)
        return built, Picture(self._png, built.chart.alt, "digest.png")

    def summarize_store(self, known=""):
        return None if known else summarize_store.summarize(self._history)
