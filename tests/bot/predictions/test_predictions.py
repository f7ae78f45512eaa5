"""Predictions from placement to settlement, through the real Bolt app and the strict Slack stand-in."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from bot_with_jobs import Bot
from build_once import build_once
from databases import migrated
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from slack_app import WAIT

from analytics.digest.edition import Edition
from analytics.domain import ListName
from analytics.errors import HfStatsError
from analytics.questions.registry import QUESTIONS, ask, parse
from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.process import AnalyticsProcess
from bot.blocks.forms.prediction_form import PLACE, bet_view, mistakes, read_view
from bot.blocks.predictions import SettledQuestion, bet_list, bet_results, digest_bets
from bot.conversation.commands import parse_command
from bot.domain.outbox import Kind, Outcome, State
from bot.domain.prediction import (
    CONFIDENCE,
    LISTS,
    LONGEST_NAME,
    MEASURES,
    RANKED,
    Draft,
    closed_reason,
    open_months,
    parse_bet,
    score_bets,
)
from bot.storage.channels.predictions import MOST, BetStore
from bot.storage.workspaces import forget
from playground import SlackStandIn
from playground.block_kit.blocks import check_blocks, check_view
from playground.faults import Fault

FORMS = [question.form for question in QUESTIONS]
JUNE = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
OVER = datetime(2026, 8, 1, 1, 0, tzinfo=UTC)
"""When July is over."""


def two_months(path):
    """Make a database with every table and two months of history, and return its address."""
    shutil.copy(build_once("two-months.db", _build_two_months), path)
    return f"sqlite:///{path}"


def _build_two_months(path):
    engine = database.engine(migrated(path))
    for day in (date(2026, 6, 30), date(2026, 7, 31)):
        taken = [one for one in simulation.listings(day, months=0) if one.taken_on == day and one.list in LISTS]
        ingest.store(taken, SqlHistory(engine))
    engine.dispose()


class Betting(Bot):
    """The bot with a clock of the test's in every part, and a history of its own that its jobs look at."""

    def __init__(self, slack, pool, entries, simulated):
        super().__init__(slack, pool, entries, simulated, make_database=two_months)
        self.now = JUNE
        self.bets = BetStore(self.engine, self.clock)
        self.services.subscription_service.delivery_context = replace(
            self.services.subscription_service.delivery_context, clock=self.clock, bets=self.bets
        )
        store = SqlHistory(self.engine)
        delivery_context = replace(self.jobs.delivery_context, bets=self.bets)
        self.jobs = replace(self.jobs, delivery_context=delivery_context, numbers=AnalyticsProcess(store))
        ranking = ask(parse("creators by downloads at 2026-07"), store).rankings[0]
        self.first, self.second = ranking.shares[0].name, ranking.shares[1].name
        self.portion = ranking.shares[0].portion

    def here(self, channel="general", team=None):
        return self.bets.in_channel(self.slack.workspace(team).id, self.slack.channel(channel, team=team).id)

    def wait_for_bets(self, many, channel="general"):
        return self.slack.wait_for(lambda: len(found := self.here(channel)) == many and found, WAIT)

    def bet(self, words, user="ada", channel="general"):
        assert self.slack.command(f"predict {words}", user=user, channel=channel).ok
        return self.seen("bets", channel=channel, user=user)

    def settle(self, moment=OVER):
        self.now = moment
        self.jobs.settle()
        return [line for line in self.jobs.delivery_context.outbox.find() if line.kind is Kind.BETS]


@pytest.fixture
def bot(pool, entries, simulated):
    with SlackStandIn(teams=("Acme", "Umbrella")) as slack:
        made = Betting(slack, pool, entries, simulated)
        yield made
        made.close()


def user(bot, name):
    return bot.slack.workspace().user(name).id


def test_a_bets_whole_life_placed_changed_listed_closed_settled_and_scored(bot):
    slack = bot.slack
    told = bot.bet(f'creators "{bot.second}" 70% by 2026-07')
    assert not told.viewer
    said = f"<@{user(bot, 'ada')}> bets 70% that {bot.second} will lead creators by downloads at the end of July 2026."
    assert said in str(told.blocks)
    assert check_blocks(list(told.blocks)) == []
    assert slack.command(f'predict creators 80% "{bot.first}" at 2026-07').ok
    assert f"The earlier bet was 70% on {bot.second}." in str(bot.seen("bets 80%").blocks)
    (bet,) = bot.wait_for_bets(1)
    assert (bet.name, bet.percent, bet.question, bet.month) == (bot.first, 80, "creators by downloads", "2026-07")
    bot.bet(f'"{bot.second}" creators 95% July 2026', user="grace")
    bot.wait_for_bets(2)

    slack.command("bets")
    shown = bot.seen("#1 ")
    assert shown.viewer
    assert check_blocks(list(shown.blocks)) == []
    assert "Creators by downloads, end of July 2026" in str(shown.blocks)

    bot.now = datetime(2026, 7, 1, tzinfo=UTC)
    slack.command(f'predict creators "{bot.second}" 70% by 2026-07')
    assert bot.seen("Bets on July 2026 closed when the month began. The next month you can bet on is August 2026.").viewer
    slack.command(f"unbet {bet.id}")
    assert bot.seen("can't take back bet").viewer
    assert bot.settle(datetime(2026, 7, 31, 23, 59, tzinfo=UTC)) == []
    assert [one.outcome for one in bot.here()] == [None, None]

    (line,) = bot.settle()
    assert [one.outcome for one in bot.here()] == [Outcome.RIGHT, Outcome.WRONG]
    bot.work(OVER)
    message = bot.seen("Bet results for July 2026")
    shown = str(message.blocks)
    assert check_blocks(list(message.blocks)) == []
    assert f"{bot.first} led with {bot.portion:.1%} on July 31, 2026, in simulated data." in shown
    assert f"<@{user(bot, 'ada')}>: 80% {bot.first}, right: 0.04" in shown
    assert f"<@{user(bot, 'grace')}>: 95% {bot.second}, wrong: 0.9025" in shown
    assert f"*Skill*\\nNot ranked yet: <@{user(bot, 'ada')}> (4 more bets) and <@{user(bot, 'grace')}> (4 more bets)" in shown

    assert [one.id for one in bot.settle(OVER)] == [line.id], "settled once"
    bot.work()
    assert sum("Bet results" in str(m.blocks) for m in slack.messages("general")) == 1, "told once"
    assert bot.jobs.delivery_context.outbox.get(line.id).state is State.SENT
    assert slack.press(message, "All bets").ok
    shown = str(bot.seen("Recently settled").blocks)
    assert f":white_check_mark: <@{user(bot, 'ada')}>: 80% {bot.first}, creators by downloads, July 2026, right" in shown


def test_the_digest_of_a_month_settles_the_channels_bets_and_keeps_its_score(bot):
    slack = bot.slack
    bot.bet(f'creators "{bot.first}" 80% by 2026-07')
    bot.bet(f'creators "{bot.second}" 95% by 2026-07', user="grace")
    bot.bet(f'creators "{bot.second}" 60% by 2026-09', user="grace")
    bot.wait_for_bets(3)
    bot.now = datetime(2026, 7, 20, tzinfo=UTC)
    slack.channel("random").members.add(slack.workspace().bot)
    for channel in ("general", "random"):
        assert slack.command("subscribe monthly at 09:00 UTC", channel=channel).ok
        bot.seen("subscribed this conversation", channel=channel)

    bot.work(datetime(2026, 8, 3, 9, 1, tzinfo=UTC))
    digest = [one for one in slack.messages("general") if "Bets on July 2026" in str(one.blocks)][-1]
    assert "Digest for July 2026" in str(digest.blocks)
    assert check_blocks(list(digest.blocks)) == []
    assert digest.blocks[-1]["text"]["text"] == ":crystal_ball: *Bets on July 2026*: 1 of 2 bets came true."
    assert "Bet results for July 2026" in str(bot.seen("Bet results").blocks)
    elsewhere = [one for one in slack.messages("random") if "Digest for July 2026" in str(one.blocks)]
    assert elsewhere
    assert not [one for one in elsewhere if "Bets on" in str(one.blocks)], "the bets of one channel are no other's"
    assert slack.press(digest, "All bets").ok
    assert "Recently settled" in str(bot.seen("Recently settled").blocks)

    assert slack.command("digest 2026-07", user="grace").ok

    def two_with_bets():
        told = [m for m in slack.messages("general") if "1 of 2 bets came true" in str(m.blocks)]
        return len(told) == 2 and told

    assert all("Digest for July 2026" in str(m.blocks) for m in slack.wait_for(two_with_bets, WAIT))


def test_the_digest_says_when_bets_were_void(bot):
    bot.bet(f'creators "{bot.first}" 80% by 2026-07')
    (bet,) = bot.wait_for_bets(1)
    (line,) = digest_bets("2026-07", [replace(bet, outcome=Outcome.VOID)])
    assert line["text"]["text"] == ":crystal_ball: *Bets on July 2026*: 1 bet is void because no snapshot could settle it."
    (line,) = digest_bets("2026-07", [replace(bet, outcome=Outcome.VOID)] * 2)
    assert "2 bets are void because no snapshot could settle them." in line["text"]["text"]
    assert digest_bets("2026-07", [bet]) == []
    assert digest_bets("2026-W31", [replace(bet, outcome=Outcome.RIGHT)]) == []


def test_the_digest_and_the_list_rank_who_has_enough_bets(bot):
    bot.bet(f'creators "{bot.first}" 80% by 2026-07')
    (bet,) = bot.wait_for_bets(1)
    right = [replace(bet, person="U01", outcome=Outcome.RIGHT, base_rate=0.5)] * 5
    wrong = [replace(bet, person="U02", outcome=Outcome.WRONG, base_rate=0.5)] * 6
    few = [replace(bet, person="U03", outcome=Outcome.RIGHT, base_rate=0.1)] * 4
    before = [replace(bet, person="U04", outcome=Outcome.RIGHT)] * 9
    """Settled when there were no base rates."""
    (line,) = digest_bets("2026-07", [*right, *wrong, *few, *before])
    assert "Skill, higher is better: 1. <@U01> *+0.42* · 2. <@U02> *\u22120.85*" in line["text"]["text"]
    shown = bet_list([], [*right, *wrong, *few], score_bets([*right, *wrong, *few, *before]), "predict")
    assert "1. <@U01> *+0.42* over 5 bets\\n2. <@U02> *\u22120.85* over 6 bets\\nNot ranked yet: <@U03> (1 more bet)" in str(
        shown
    )
    assert "U04" not in str(shown)
    assert check_blocks(shown.blocks()) == []


def test_bets_of_a_month_that_is_over_say_how_long_they_wait(bot):
    bot.bet("creators meta 70% in trending by 2026-09")
    bot.wait_for_bets(1)
    bot.now = datetime(2026, 9, 30, tzinfo=UTC)
    bot.slack.command("bets")
    assert "waiting" not in str(bot.seen("end of September 2026").blocks)
    assert bot.settle(datetime(2026, 10, 2, tzinfo=UTC)) == []
    bot.slack.command("bets")
    bot.seen("end of September 2026 (waiting until October 10, 2026 for a snapshot that settles them)")


def test_a_month_without_a_snapshot_makes_bets_void_and_they_count_for_nothing(bot):
    bot.bet("licenses mit 99% by 2026-09")
    bot.wait_for_bets(1)
    assert len(bot.settle(datetime(2026, 10, 10, 1, tzinfo=UTC))) == 1
    assert [one.outcome for one in bot.here()] == [Outcome.VOID]
    bot.work()
    message = bot.seen("Bet results for September 2026")
    missing = "there's no snapshot of the top list from September 2026, so this bet is void and doesn't count."
    assert missing in message.blocks[1]["text"]["text"]
    assert "Skill" not in str(message.blocks)


def test_a_list_that_came_in_part_decides_nothing(bot):
    bot.bet(f'creators "{bot.first}" 70% by 2026-08')
    bot.wait_for_bets(1)
    store = SqlHistory(bot.engine)
    day = next(one for one in simulation.listings(date(2026, 7, 31), months=0) if one.list is ListName.TOP)
    whole = replace(day, source="hub", simulated=False, taken_on=date(2026, 8, 29))
    ingest.store([whole], store)
    ingest.store([replace(whole, taken_on=date(2026, 8, 31), models=whole.models[:100])], store)
    bot.settle(datetime(2026, 9, 1, 1, tzinfo=UTC))
    bot.work()
    assert "on August 29, 2026." in str(bot.seen("Bet results for August 2026").blocks)


def test_what_cannot_be_answered_now_is_settled_later_and_keeps_back_no_other_channel(bot):
    bot.bet(f'creators "{bot.first}" 70% by 2026-07')
    bot.bet("licenses mit 70% by 2026-07", channel="research")
    bot.wait_for_bets(1, "research")
    numbers = bot.jobs.numbers

    class Stumbling:
        def answer(self, query):
            if query.word == "licenses":
                raise HfStatsError("not now")
            return numbers.answer(query)

    bot.jobs = replace(bot.jobs, numbers=Stumbling())
    assert len(bot.settle()) == 1
    assert [one.outcome for one in bot.here("research")] == [None]
    bot.jobs = replace(bot.jobs, numbers=numbers)
    assert len(bot.settle()) == 2


def test_one_takes_back_ones_own_bet_where_it_was_placed_and_no_other(bot):
    bot.bet(f'creators "{bot.first}" 70% by 2026-07')
    (bet,) = bot.wait_for_bets(1)
    bot.slack.command(f"unbet {bet.id}", user="grace")
    assert bot.seen(f"You don't have a bet #{bet.id} in this conversation", user="grace").viewer
    bot.slack.command(f"unbet {bet.id}", channel="research")
    bot.seen(f"You don't have a bet #{bet.id} in this conversation", channel="research")
    assert len(bot.here()) == 1
    bot.slack.command(f"unbet {bet.id}")
    assert not bot.seen("took back a bet: 70% that").viewer
    assert bot.here() == []
    assert bot.settle() == []


def test_a_workspace_neither_sees_nor_changes_anothers_bets_and_leaves_none_behind(bot):
    bot.bet(f'creators "{bot.first}" 70% by 2026-07')
    (bet,) = bot.wait_for_bets(1)
    other = bot.slack.workspace("Umbrella").id
    assert other != bet.workspace
    assert bot.bets.in_channel(other, bet.channel) == []
    assert bot.bets.get(other, bet.id) is None
    assert not bot.bets.withdraw(other, bet.id, bet.person)
    said = {"question": bet.question, "month": bet.month, "name": "Google", "percent": 99}
    bot.bets.place(other, bet.channel, bet.person, **said)
    assert bot.bets.get(bet.workspace, bet.id) == bet
    assert len(bot.settle()) == 2, "each is told on its own"
    gone = forget(bot.engine, bet.workspace)
    assert (gone["bet"], gone["delivery"]) == (1, 1)
    assert bot.here() == []
    assert len(bot.bets.in_channel(other, bet.channel)) == 1


def test_who_leaves_before_the_end_is_told_nothing(bot):
    bot.bet(f'creators "{bot.first}" 70% by 2026-07')
    (bet,) = bot.wait_for_bets(1)
    forget(bot.engine, bet.workspace)
    assert bot.settle() == []


def test_a_channel_that_is_gone_leaves_a_notice_to_who_bet_first(bot):
    bot.bet(f'creators "{bot.first}" 70% by 2026-07')
    bot.wait_for_bets(1)
    bot.slack.channel("general").archived = True
    bot.settle()
    bot.work()
    notice_text = bot.seen("The bet results for July 2026 didn't reach", channel="direct")
    bot.slack.channel("general").archived = False
    assert bot.slack.press(notice_text, "Send again").ok
    bot.seen("Sending the bet results for July 2026 to", channel="direct")
    bot.work()
    bot.seen("Bet results for July 2026")


def test_a_person_has_no_more_than_so_many_open_bets(bot):
    workspace, channel, ada = bot.slack.workspace().id, bot.slack.channel("general").id, user(bot, "ada")
    for at in range(MOST):
        bot.bets.place(workspace, channel, ada, question=f"question {at}", month="2026-12", name="Meta", percent=70)
    bot.slack.command(f'predict creators "{bot.first}" 70% by 2026-07')
    bot.seen(f"You have {MOST} open bets")
    changed, before = bot.bets.place(workspace, channel, ada, question="question 3", month="2026-12", name="Meta", percent=90)
    assert (changed.percent, before.percent) == (90, 70), "to change one takes no room"
    bot.bet(f'creators "{bot.first}" 70% by 2026-07', user="grace")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("predict creators metta 70% by 2026-12", "I don't know the creator “metta”"),
        (
            "predict meta 70% by 2026-12",
            "Name the ranking that you're betting on: creators, licenses, tasks, libraries or families.",
        ),
        ("predict creators meta 100% by 2026-12", "“100%” isn't a valid percentage. Use a whole number from 1% to 99%."),
        ("predict creators meta 0.5% by 2026-12", "a whole number from 1% to 99%"),
        ("predict creators meta 70% 80% by 2026-12", "Give only one percentage"),
        ("predict creators meta 70% by 2026-12 or 2027-01", "Name only one month"),
        ("predict creators meta 70% by 2026-13", "“2026-13” isn't a month"),
        ("predict creators meta 70% by 2026-06", "Bets on June 2026 closed when the month began"),
        ("predict creators meta 70% by 2027-07", "at most 12 months ahead, through June 2027"),
        ("predict creators meta 70% by likes by 2026-12", "a ranking by “likes”. Use downloads or models."),
        ("predict creators meta in both 70% by 2026-12", "the list “both”. Use top or trending."),
        ("predict creators by models by downloads meta 70% by 2026-12", "“by” appears twice"),
        ('predict creators "meta 70% by 2026-12', "A quotation mark isn't closed"),
        (f"predict creators {'x' * 101} 70% by 2026-12", "This name has 101 characters. The limit is 100."),
        (f"predict {'x ' * 250}", "The limit is 400."),
        ("predict creators meta 70% by 2026-12 quiet", "Predictions are public"),
        ("bets please", "takes no further words"),
        ("unbet", "“unbet” needs a number; “bets” shows them."),
        ("unbet 99", "You don't have a bet #99"),
    ],
)
def test_mistakes_are_told_to_who_made_them_and_nothing_is_kept(bot, typed, says):
    assert bot.slack.command(typed).ok
    assert bot.seen(says).viewer
    assert bot.slack.wait_for(lambda: [m for m in bot.slack.messages("general") if not m.viewer] == [], WAIT)
    assert bot.here() == []


def test_a_name_that_is_misspelled_or_not_in_the_list_can_be_bet_on_by_a_button(bot):
    bot.slack.command("predict creators <!channel> 60% by 2026-12")
    told = bot.seen("To bet on somebody who isn't in the list yet, type “newcomer” before the name")
    bot.slack.press(told, 'predict creators by downloads newcomer "<!channel>" 60% at 2026-12')
    said = bot.seen("bets 60%")
    assert "that &lt;!channel&gt; will lead" in str(said.blocks)
    assert "<!channel>" not in str(said.blocks[0])
    bot.slack.command("predict creators metta 60% by 2026-11")
    bot.slack.press(bot.seen("Did you mean Meta"), 'predict creators by downloads "Meta" 60% at 2026-11')
    bot.seen("that Meta will lead creators by downloads at the end of November 2026")


def test_the_bot_bets_only_where_it_can_tell_the_end(bot):
    bot.slack.command("predict creators meta 70% by 2026-12", channel="random")
    assert bot.seen("/invite @hfstats", channel="random").viewer
    assert bot.here("random") == []


def test_by_mention_in_words_and_by_a_button_where_no_form_can_open(bot):
    bot.slack.mention("predict creators meta 70% by 2026-12")
    bot.seen("bets 70% that Meta will lead")
    bot.slack.dm("predict tasks by models")
    told = bot.seen("Select Place a bet to fill in a form", channel="direct")
    assert bot.slack.press(told, "Place a bet").ok
    view = modal(bot.slack)
    assert chosen(view, "of", "by") == ["tasks", "models"]
    bot.slack.dm("predict licenses Apache 2 55% in trending until the end of December 2026")
    bot.seen("bets 55% that Apache-2.0 will lead licenses by downloads in the trending list", channel="direct")


# The form


def modal(slack, user="ada"):
    return slack.wait_for(lambda: slack.modal(user), WAIT)


def element(view, field):
    blocks = view.content["blocks"] if hasattr(view, "content") else view["blocks"]
    return next(b["element"] for b in blocks if b["type"] == "input" and b["element"]["action_id"] == f"wager:{field}")


def chosen(view, *fields):
    return [(element(view, field).get("initial_option") or {}).get("value") for field in fields]


def test_the_form_opens_offers_and_places_a_bet_that_others_can_join(bot):
    bot.services.name_index.current()  # what is typed into a form does not wait for it
    slack = bot.slack
    assert slack.command("predict").ok
    view = modal(slack)
    assert chosen(view, "of", "by", "in", "month", "who", "sure") == ["creators", "downloads", "top", "2027-06", None, None]
    assert [one["value"] for one in element(view, "sure")["options"]] == [str(one) for one in CONFIDENCE]
    months = [one["value"] for one in element(view, "month")["options"]]
    assert (months[0], months[-1], len(months)) == ("2026-07", "2027-06", 12)
    leading = [one["value"] for one in slack.suggest(view, "wager:who", "")]
    assert f"={bot.first}" in leading
    assert slack.suggest(view, "wager:who", "some lab")[-1]["text"]["text"] == "some lab (not in the list yet)"
    assert slack.suggest(view, "wager:who", "metta")[0]["value"] == "=Meta"
    held = {"wager:who": "=Meta", "wager:sure": "90", "wager:month": "2026-07", "wager:where": slack.channel("general").id}
    assert slack.submit(held).ok
    assert slack.modal() is None
    told = bot.seen("bets 90% that Meta will lead creators by downloads at the end of July 2026")

    assert slack.press(told, "Place your bet", user="grace").ok
    view = modal(slack, "grace")
    assert chosen(view, "of", "by", "in", "month", "who", "sure") == ["creators", "downloads", "top", "2026-07", None, None]
    slack.suggest(view, "wager:who", "goo", user="grace")
    held = {"wager:who": "=Google", "wager:sure": "60", "wager:where": slack.channel("general").id}
    assert slack.submit(held, user="grace").ok
    bot.seen("bets 60% that Google will lead", user="grace")
    assert [one.percent for one in bot.wait_for_bets(2)] == [90, 60]


def test_another_ranking_forgets_the_name_and_offers_its_own(bot):
    bot.services.name_index.current()  # what is typed into a form does not wait for it
    slack = bot.slack
    slack.command("predict creators meta 55%")
    view = modal(slack)
    assert chosen(view, "who", "sure") == ["=meta", "55"]
    before = view.hash
    assert slack.press(view, "wager:of", value="families", others={"wager:sure": "90"}).ok
    view = slack.wait_for(lambda: (now := slack.modal()) and now.hash != before and now, WAIT)
    assert chosen(view, "of", "who", "sure") == ["families", None, "90"]
    assert slack.suggest(view, "wager:who", "perm")[0]["text"]["text"] == "Permissive"


def test_what_is_missing_is_reported_beside_its_field(bot):
    bot.slack.command("predict")
    modal(bot.slack)
    assert bot.slack.submit({"wager:where": bot.slack.channel("general").id}).ok is False
    assert set(modal(bot.slack).errors) == {"who:creator", "sure"}


def test_a_form_that_was_open_when_its_month_began_says_so_beside_the_month(bot):
    bot.services.name_index.current()  # what is typed into a form does not wait for it
    slack = bot.slack
    slack.command("predict creators by 2026-07")
    view = modal(slack)
    slack.suggest(view, "wager:who", "met")
    bot.now = datetime(2026, 7, 1, tzinfo=UTC)
    slack.submit({"wager:who": "=Meta", "wager:sure": "90", "wager:where": slack.channel("general").id})
    assert "Bets on July 2026 closed" in modal(slack).errors["month"]
    assert bot.here() == []


def test_a_button_of_a_closed_question_says_so(bot):
    told = bot.bet(f'creators "{bot.first}" 70% by 2026-07')
    bot.now = datetime(2026, 7, 2, tzinfo=UTC)
    assert bot.slack.press(told, "Place your bet", user="grace").ok
    refusal = bot.seen("Bets on July 2026 closed when the month began", user="grace")
    assert bot.slack.modal("grace") is None
    assert bot.slack.press(refusal, "help predict", user="grace").ok
    bot.seen("predict:", user="grace")


def test_the_home_opens_the_form_and_a_conversation_is_chosen_there(bot):
    bot.services.name_index.current()  # what is typed into a form does not wait for it
    slack = bot.slack
    slack.open_home()
    view = slack.wait_for(slack.home, WAIT)
    assert slack.press(view, "Place a bet").ok
    form = modal(slack)
    slack.suggest(form, "wager:who", "met")
    slack.submit({"wager:who": "=Meta", "wager:sure": "90", "wager:where": slack.channel("general").id})
    bot.seen("bets 90% that Meta will lead")


def test_a_form_that_slack_refuses_leaves_words_to_type(bot):
    slack = bot.slack
    slack.faults.plan("views.open", Fault(error="expired_trigger_id"))
    slack.command("predict creators meta")
    told = bot.seen("Slack didn't let me open the form (expired_trigger_id). Type a bet, for example:")
    typed = slack.shown_text(told).split("/hfstats ", 1)[1].strip()
    assert parse_command(typed, FORMS).bet.complete


# Words and blocks


names = st.text(max_size=LONGEST_NAME) | st.sampled_from(
    ["Meta AI", "creators", "by", "70%", "2026-12", "newcomer", "that", 'say "x"', "back\\slash", "<!here>", "\x00"]
)
drafts = st.builds(
    Draft,
    st.sampled_from(RANKED),
    st.sampled_from(MEASURES),
    st.sampled_from(LISTS),
    names,
    percent=st.none() | st.integers(1, 99),
    month=st.none() | st.dates(date(2000, 1, 1)).map(Edition.month),
)


@given(drafts, st.booleans())
def test_every_bet_is_read_back_from_its_words(draft, newcomer):
    draft = replace(draft, newcomer=newcomer and bool(draft.name))
    assert parse_command(str(draft), FORMS).bet == draft


@given(st.permutations(["creators", '"Meta AI"', "70%", "by 2026-12", "by models", "in trending", "that"]))
def test_the_order_of_the_words_does_not_matter(words):
    found = parse_bet(" ".join(words), FORMS)
    assert str(found) == 'predict creators by models in trending "Meta AI" 70% at 2026-12'


PIECES = [
    "creators",
    "by",
    "at",
    "in",
    "70%",
    "%",
    "70",
    "2026-12",
    "May",
    "2027",
    "the",
    "end",
    "of",
    '"',
    '"a b"',
    "newcomer",
    "²%",
]


@hypothesis(max_examples=500)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=9).map(" ".join))
def test_whatever_is_typed_is_a_bet_or_a_sentence(text):
    draft, said = attempt(text)
    assert said.endswith(".") if draft is None else parse_bet(str(draft).partition(" ")[2], FORMS) == draft


def attempt(text):
    try:
        return parse_bet(text, FORMS), ""
    except HfStatsError as error:
        return None, str(error)


@given(drafts, st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_every_form_is_valid_and_is_read_back_as_it_was_filled_in(draft, today):
    now = datetime(today.year, today.month, today.day, tzinfo=UTC)
    months = open_months(now)
    assert all(closed_reason(month, now) == "" for month in months)
    assert closed_reason(months[0].before, now)
    assert closed_reason(months[-1].after, now)
    draft = replace(draft, month=months[3])
    view = bet_view(draft, months, "C123")
    assert check_view(view) == []
    assert view["callback_id"] == PLACE
    state = {}
    for block in view["blocks"][:-1]:
        held = block["element"].get("initial_option")
        state[block["block_id"]] = {block["element"]["action_id"]: {"selected_option": held}}
    found, _ = read_view({"state": {"values": state}})
    assert found == draft
    assert set(mistakes(found, "")) == {*([] if draft.name else [f"who:{draft.of}"]), *([] if draft.percent else ["sure"])}


def test_as_many_bets_as_there_can_be_are_valid_blocks(bot):
    workspace, channel = bot.slack.workspace().id, bot.slack.channel("general").id
    for by in MEASURES:
        for of in RANKED:
            for within in LISTS:
                for person in range(12 if of in RANKED[:2] else 1):
                    question = Draft(of, by, within).question
                    said = {"question": question, "month": "2026-07", "name": "&" * LONGEST_NAME, "percent": 99}
                    bot.bets.place(workspace, channel, f"U0{person}", **said)
    shown = bet_list(bot.here(), [], (), "predict")
    assert check_blocks(shown.blocks()) == []
    bot.settle()
    bot.work()
    message = bot.seen("Bet results for July 2026")
    assert check_blocks(list(message.blocks)) == []
    assert len(message.blocks) > 20
    bot.slack.command("bets")
    assert check_blocks(list(bot.seen("Recently settled").blocks)) == []


def test_leaders_that_are_equal_are_all_named(bot):
    bot.bet(f'creators "{bot.first}" 70% by 2026-07')
    (bet,) = bot.wait_for_bets(1)
    decided = SettledQuestion(bet.question, ((bet, 0.09),), ("Meta", "Google", "Alibaba", "BAAI"), 0.25, date(2026, 7, 31))
    said = str(bet_results(Edition.parse("2026-07"), [decided], ()).blocks())
    assert "Meta, Google, Alibaba and 1 more tied for first, each with 25.0% on July 31, 2026." in said
