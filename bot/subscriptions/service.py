"""The clerk: does what somebody wants of it for their conversation, and says so there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from analytics.domain import ListName
from analytics.errors import NoDataError, QueryError
from analytics.formatting.phrases import day, plural
from bot.blocks import notices
from bot.blocks import subscriptions as said
from bot.blocks.digest import content
from bot.blocks.escape import escape_code, escape_line
from bot.blocks.predictions import under_a_digest
from bot.conversation.refusal import refusal
from bot.conversation.router import notice_of
from bot.delivery.responder import Courier
from bot.domain.content import Content
from bot.domain.outbox import Kind, State
from bot.domain.reply import Notice
from bot.domain.schedule import next_due, parse_schedule, said_moment
from bot.domain.schedule import said as when_said
from bot.predictions import service
from bot.slack_api.people import People
from bot.storage.heartbeats import describe
from bot.subscriptions import posting
from bot.subscriptions.alert_rules import figure as figure_of
from bot.subscriptions.alert_rules import read_rule
from bot.subscriptions.alerts import figure_said
from bot.subscriptions.commands import Wish, permission_for, read, takes
from bot.subscriptions.visibility import Visibility

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from analytics.answer import Answer
    from analytics.digest.values import Digest
    from analytics.query import Form
    from bot.blocks.messages import Block
    from bot.delivery.conversation import Seat
    from bot.domain.access import Permission
    from bot.domain.outbox import Subscription
    from bot.domain.reply import Picture
    from bot.domain.store_summary import Entry, Overview
    from bot.outbox.delivery import Office

    Answered = tuple[Content, bytes | None]

_NOT_HERE = "I am not in this conversation, so I could not post here later. Invite me with “/invite @hfstats” and try again."


_PUBLIC = Notice("A bet is for everybody to see; place it without “quiet”.")
_WORKED_ON = frozenset({"subscribe", "digest", "watch", "predict"})
"""What takes a moment, or is not done where nothing can be posted."""
_POSTS_LATER = frozenset({"subscribe", "watch", "predict"})
_FOR_ALL = frozenset({"unsubscribe", "pause", "resume"})
"""What everybody in a conversation should know of, since it is theirs."""


class Numbers(Protocol):
    """Whatever answers questions and builds digests: the pool of processes, or one analyst in this process."""

    def answer(self, text: str) -> tuple[Answer, Picture]:
        """Answer a question."""
        ...

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build a digest."""
        ...

    def overview(self, known: str) -> Overview | None:
        """Look the store over."""
        ...

    def entries(self) -> tuple[Entry, ...]:
        """Return what can be asked."""
        ...


class Clerk:
    """Takes wishes from every door, in words or by a button whose value is the same words."""

    def __init__(self, office: Office, numbers: Numbers, forms: Sequence[Form], people: People | None = None) -> None:
        """Keep what channels want in the office's tables; ``people`` tells guests from members, and who is in a channel."""
        self.office = office
        self.people = people or People()
        self._numbers = numbers
        self._forms = forms
        self._does: dict[str, Callable[[Seat, Wish], Answered]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "pause": self._pause,
            "resume": self._resume,
            "subscriptions": self._subscriptions,
            "digest": self._digest,
            "watch": self._watch,
            "unwatch": self._unwatch,
            "mute": self._mute,
            "unmute": self._unmute,
            "watches": self._watches,
            "predict": self._predict,
            "bets": self._bets,
            "unbet": self._unbet,
            "again": self._again,
            "status": self._status,
        }

    def check(self, text: str) -> bool:
        """Tell whether a line is the clerk's.

        Raises:
            QueryError: for one that is, and cannot be understood.

        """
        if not takes(text):
            return False
        read(text, self._forms)
        return True

    def serve(self, seat: Seat, text: str) -> bool:
        """Do what a line says and answer in its seat, if the seat's access allows it; tell whether the answer was delivered.

        Never raises.
        """
        try:
            seat.access = self.people.verified(seat.client, seat.workspace, seat.access)
            if not self._allowed(seat, permission_for(text)):
                return Courier.tell(seat, refusal(seat.access.actor.kind))
            self._note_privacy(seat)
            wish = read(text, self._forms, self._zone(seat))
            worked_on = wish.word in _WORKED_ON and (wish.bet is None or wish.bet.complete)
            if wish.bet and worked_on and seat.quiet:
                return Courier.tell(seat, _PUBLIC)
            if worked_on:
                seat.start(text)
            if worked_on and wish.word in _POSTS_LATER and not (seat.working or seat.quiet):
                return Courier.tell(seat, Notice(_NOT_HERE, suggestions=(text,)))
            content, png = self._does[wish.word](seat, wish)
            everyone = worked_on or wish.word == "unbet" or (wish.word in _FOR_ALL and wish.number is None)
            return posting.show(self.office, seat, content, png, everyone=everyone)
        except Exception as error:  # noqa: BLE001 - logged with its trace under the reference that the person sees
            return Courier.tell(seat, notice_of(error, text))

    # Subscriptions

    def _subscribe(self, seat: Seat, wish: Wish) -> Answered:
        if wish.schedule is None:
            raise QueryError("When?")
        channel = seat.working[0] if seat.working else seat.channel
        sections = tuple(one.value for one in wish.sections)
        digest, picture = self._numbers.digest("", wish.within.value, sections)
        before = self.office.subscriptions.in_channel(seat.workspace, channel)
        due = next_due(wish.schedule, self.office.clock())
        subscription = self.office.subscriptions.subscribe(
            seat.workspace,
            channel,
            schedule=str(wish.schedule),
            within=wish.within.value,
            sections=sections,
            by=seat.user,
            next_due=due.at,
            private=not seat.public,
        )
        sample = self._kept(
            digest, picture, f"{digest.edition} in {wish.within}: {','.join(sections)} · {digest.source.snapshot}"
        )
        first = said_moment(due.at, wish.schedule.zone)
        above = said.subscribed(subscription, when_said(wish.schedule), first, by=seat.user, changed=before is not None)
        return replace(sample, above=[*above, *sample.above]), picture.png

    def _unsubscribe(self, seat: Seat, wish: Wish) -> Answered:
        mine = self._mine(seat, wish)
        self.office.subscriptions.unsubscribe(mine.workspace, mine.channel)
        text = f":no_bell: <@{seat.user}> ended the digest for <#{mine.channel}>."
        again = said.button("Subscribe again", f"subscribe {mine.schedule}") if mine.channel == seat.channel else None
        return said.told(text, *([again] if again else [])), None

    def _pause(self, seat: Seat, wish: Wish) -> Answered:
        mine = self._mine(seat, wish)
        if not self.office.subscriptions.pause(mine.id):
            return said.told("It is paused already.", said.button("Resume", f"resume {mine.id}")), None
        text = f":double_vertical_bar: <@{seat.user}> paused the digest for <#{mine.channel}>."
        return said.told(text, said.button("Resume", f"resume {mine.id}")), None

    def _resume(self, seat: Seat, wish: Wish) -> Answered:
        mine = self._mine(seat, wish)
        schedule = parse_schedule(mine.schedule)
        due = next_due(schedule, self.office.clock())
        if not self.office.subscriptions.resume(mine.id, due.at):
            return said.told(f"It runs already; the next one comes {said_moment(mine.next_due, schedule.zone)}."), None
        following = f"{said_moment(due.at, schedule.zone)} ({schedule.zone})"
        text = f":bell: <@{seat.user}> resumed the digest for <#{mine.channel}>; the next one comes {following}."
        return said.told(text, said.button("Pause", f"pause {mine.id}")), None

    @staticmethod
    def _allowed(seat: Seat, permission: Permission) -> bool:
        """Tell whether the policy grants it in the conversation that this is about: the one that the request came from."""
        return seat.access.covers(seat.channel, seat.user) and seat.access.allows(permission)

    def _note_privacy(self, seat: Seat) -> None:
        """Keep up with a channel that became private, or public, since it was subscribed."""
        found = self.office.subscriptions.in_channel(seat.workspace, seat.channel) if seat.access.origin.named else None
        if found and found.private is seat.public:
            self.office.subscriptions.now_private(seat.workspace, seat.channel, private=not seat.public)

    def _visibility(self, seat: Seat) -> Visibility:
        return Visibility(self.office, self.people, seat)

    def _subscriptions(self, seat: Seat, _: Wish) -> Answered:
        blocks = self.rows(seat)
        if not blocks:
            example = "“/hfstats subscribe” in a channel brings it the digest on the first working day of each month."
            return said.told(f"There are no subscriptions that I can show you here. {example}"), None
        return Content("The subscriptions that you can see here", blocks), None

    def rows(self, seat: Seat, many: int = 15) -> list[Block]:
        """Show the subscriptions that somebody may see from where they are; nothing tells that there are others."""
        seat.access = self.people.verified(seat.client, seat.workspace, seat.access)
        visibility = self._visibility(seat)
        seen = [one for one in self.office.subscriptions.of(seat.workspace) if visibility.sees(one)]
        last = {one.id: line for one in seen for line in self.office.ledger.of(Kind.DIGEST, one.id, limit=1)}
        rows = []
        for one in seen:
            schedule = parse_schedule(one.schedule)
            rows.append((one, when_said(schedule), said_moment(one.next_due, schedule.zone)))
        return said.subscription_rows(rows, last, many=many)

    def _mine(self, seat: Seat, wish: Wish) -> Subscription:
        """Find the subscription that is meant: by its number, or the conversation's own."""
        if wish.number is None:
            found = self.office.subscriptions.in_channel(seat.workspace, seat.channel)
            if found is None:
                raise QueryError("This conversation is not subscribed.", ("subscribe", "subscriptions"))
            return found
        found = self.office.subscriptions.get(seat.workspace, wish.number)
        if found is None or not self._visibility(seat).may_change(found):
            raise QueryError(
                f"There is no subscription {wish.number} that you can change from here. It may have ended. A private channel's "
                "subscription is changed in that channel.",
                ("subscriptions",),
            )
        return found

    def _zone(self, seat: Seat) -> str:
        """Return the zone to take where none is named: the conversation's own, else the latest of the workspace."""
        every = self.office.subscriptions.of(seat.workspace)
        mine = [one for one in every if one.channel == seat.channel] or [one for one in every if not one.private]
        return parse_schedule(mine[-1].schedule).zone if mine else "UTC"

    # Digests

    def _digest(self, seat: Seat, wish: Wish) -> Answered:
        mine = self.office.subscriptions.in_channel(seat.workspace, seat.channel)
        within, sections = (mine.within, mine.sections) if mine else (ListName.TOP.value, ())
        edition = str(wish.edition) if wish.edition else ""
        digest, picture = self._numbers.digest(edition, within, tuple(sections))
        named = ",".join(section.dimension for section in digest.sections)
        kept = self._kept(digest, picture, f"{digest.edition} in {within}: {named}")
        bets = self.office.bets.in_channel(seat.workspace, seat.channel)
        return kept.followed_by(under_a_digest(str(digest.edition), bets)), picture.png

    def _kept(self, digest: Digest, picture: Picture, key: str) -> Content:
        """Keep a digest that is shown on request, so that its buttons find it."""
        named = f"{key} · {digest.source.snapshot}"  # the edition's own is built when it is due, maybe on a later snapshot
        made = content(digest, named, sample=True)
        self.office.editions.keep(named, made, picture.png)
        return made

    # Watches

    def _watch(self, seat: Seat, wish: Wish) -> Answered:
        if wish.rule is None:
            raise QueryError("What?")
        answer, _ = self._numbers.answer(str(wish.rule.query))
        now = figure_of(wish.rule, answer)
        rule = replace(wish.rule, query=wish.rule.query.but(names=(now.name,)))
        crossed = rule.beyond(now, was=False)
        taken: date = answer.source.snapshot
        watch = self.office.watches.add(seat.workspace, seat.channel, str(rule), seat.user, crossed=crossed, looked_at=taken)
        state = "which is so already, so I tell of the next time" if crossed else "and I look at every new snapshot"
        found = f"{escape_line(figure_said(rule, now))} on {day(taken)}"
        text = f":eyes: I tell this conversation once when *{escape_line(rule.said())}*: {found}, {state}."
        return said.told(text, said.button("Mute", f"mute {watch.id}"), said.button("All watches", "watches")), None

    def _watches(self, seat: Seat, _: Wish) -> Answered:
        found = self.office.watches.in_channel(seat.workspace, seat.channel)
        if not found:
            return said.told("Nothing is watched here. For example: `/hfstats watch creator meta below 10%`"), None
        rows = [(one, read_rule(one.rule, self._forms).said()) for one in found]
        return Content(f"{plural(len(found), 'watch')} here", said.watch_rows(rows)), None

    def _unwatch(self, seat: Seat, wish: Wish) -> Answered:
        self._watched(seat, wish)
        gone = self.office.watches.remove(seat.workspace, wish.number or 0)
        return said.told(f":no_bell: Not watched any more: `{escape_code(gone.rule if gone else '')}`"), None

    def _mute(self, seat: Seat, wish: Wish) -> Answered:
        rule = self._watched(seat, wish)
        self.office.watches.mute(wish.number or 0)
        return said.told(
            f":no_bell: <@{seat.user}> muted `{escape_code(rule)}`.", said.button("Unmute", f"unmute {wish.number}")
        ), None

    def _unmute(self, seat: Seat, wish: Wish) -> Answered:
        rule = self._watched(seat, wish)
        self.office.watches.unmute(seat.workspace, wish.number or 0)
        return said.told(
            f":bell: <@{seat.user}> unmuted `{escape_code(rule)}`.", said.button("Mute", f"mute {wish.number}")
        ), None

    def _watched(self, seat: Seat, wish: Wish) -> str:
        found = self.office.watches.get(seat.workspace, wish.number or 0)
        if found is None or not self._visibility(seat).may_change_watch(found):
            raise QueryError(f"There is no watch {wish.number} that you can change from here.", ("watches",))
        return found.rule

    # Bets

    def _predict(self, seat: Seat, wish: Wish) -> Answered:
        return service.predict(self.office, self._numbers, self._forms, seat, wish)

    def _bets(self, seat: Seat, _: Wish) -> Answered:
        return service.bets(self.office, seat)

    def _unbet(self, seat: Seat, wish: Wish) -> Answered:
        return service.unbet(self.office, seat, wish)

    # How things stand

    def _again(self, seat: Seat, wish: Wish) -> Answered:
        line = self.office.ledger.get(wish.number or 0)
        if line is None or line.workspace != seat.workspace or not self._visibility(seat).may_send_again(line):
            raise QueryError(f"There is no delivery {wish.number} that you can send again from here.", ("status",))
        what = f"{notices.named(line)} for <#{line.channel}>"
        if not self.office.ledger.once_more(line.id, seat.workspace):
            return said.told(f"Nothing to send again: {what} is {line.state}."), None
        return said.told(f":arrows_counterclockwise: On its way again: {what}."), None

    def _status(self, seat: Seat, _: Wish) -> Answered:
        visibility = self._visibility(seat)
        subscriptions = [one for one in self.office.subscriptions.of(seat.workspace) if visibility.sees(one)]
        paused = sum(one.paused is not None for one in subscriptions)
        every = self.office.ledger.in_workspace(seat.workspace, self.office.clock() - timedelta(days=31))
        here = {seat.channel, *(one.channel for one in subscriptions)}
        lines = [line for line in every if line.channel in here]
        states = {state: sum(line.state is state for line in lines) for state in State}
        waiting = states[State.PLANNED] + states[State.SENDING]
        failed = [line for line in lines if line.state in {State.FAILED, State.UNSURE}]
        counted = (
            f"{states[State.SENT]} arrived, {waiting} on their way, {states[State.FAILED]} failed, {states[State.UNSURE]} unsure"
        )
        told = [
            ("Data", self._freshness()),
            ("Subscriptions", f"{len(subscriptions) - paused} running, {paused} paused"),
            ("Deliveries of the last month", counted),
        ]
        if self.office.heartbeats:
            told.append(("Workers", describe(self.office.heartbeats.find(), self.office.clock(), names=False)))
        return said.standing(told, failed), None

    def _freshness(self) -> str:
        try:
            overview = self._numbers.overview("")
        except NoDataError as error:
            return str(error)
        if overview is None or not overview.holdings:
            return "no snapshot yet"
        newest = max(one.taken_on for one in overview.holdings)
        age = (self.office.clock().date() - newest).days
        simulated = ", simulated" if overview.simulated else ""
        fresh = f"snapshot of {day(newest)}, {'of today' if age <= 0 else plural(age, 'day') + ' old'}{simulated}"
        return ". ".join((fresh, *(doubt.rstrip(".") for doubt in overview.doubts)))


__all__ = ["Clerk", "Numbers"]
