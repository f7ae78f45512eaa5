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
from bot.blocks.digest import digest_content
from bot.blocks.escape import escape_code, escape_line
from bot.blocks.predictions import digest_bets
from bot.conversation.refusal import refusal
from bot.conversation.router import notice_of
from bot.delivery.responder import Responder
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
from bot.subscriptions.commands import ParsedCommand, permission_for, read, takes
from bot.subscriptions.visibility import Visibility

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from analytics.answer import Answer
    from analytics.digest.values import Digest
    from analytics.query import Form
    from bot.blocks.messages import Block
    from bot.delivery.conversation import Conversation
    from bot.domain.access import Permission
    from bot.domain.outbox import Subscription
    from bot.domain.reply import Picture
    from bot.domain.store_summary import Entry, StoreSummary
    from bot.outbox.delivery import DeliveryContext

    Answered = tuple[Content, bytes | None]

_NOT_HERE = "I am not in this conversation, so I could not post here later. Invite me with “/invite @hfstats” and try again."


_PUBLIC = Notice("A bet is for everybody to see; place it without “quiet”.")
_WORKED_ON = frozenset({"subscribe", "digest", "watch", "predict"})
"""What takes a moment, or is not done where nothing can be posted."""
_POSTS_LATER = frozenset({"subscribe", "watch", "predict"})
_FOR_ALL = frozenset({"unsubscribe", "pause", "resume"})
"""What everybody in a conversation should know of, since it is theirs."""


class Analytics(Protocol):
    """Whatever answers questions and builds digests: the pool of processes, or one analyst in this process."""

    def answer(self, text: str) -> tuple[Answer, Picture]:
        """Answer a question."""
        ...

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build a digest."""
        ...

    def overview(self, known: str) -> StoreSummary | None:
        """Look the store over."""
        ...

    def entries(self) -> tuple[Entry, ...]:
        """Return what can be asked."""
        ...


class SubscriptionService:
    """Takes wishes from every door, in words or by a button whose value is the same words."""

    def __init__(
        self, delivery_context: DeliveryContext, numbers: Analytics, forms: Sequence[Form], people: People | None = None
    ) -> None:
        """Keep what channels want in the office's tables; ``people`` tells guests from members, and who is in a channel."""
        self.delivery_context = delivery_context
        self.people = people or People()
        self._numbers = numbers
        self._forms = forms
        self._does: dict[str, Callable[[Conversation, ParsedCommand], Answered]] = {
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

    def serve(self, conversation: Conversation, text: str) -> bool:
        """Do what a line says and answer in its seat, if the seat's access allows it; tell whether the answer was delivered.

        Never raises.
        """
        try:
            conversation.access = self.people.verified(conversation.client, conversation.workspace, conversation.access)
            if not self._allowed(conversation, permission_for(text)):
                return Responder.tell(conversation, refusal(conversation.access.actor.kind))
            self._note_privacy(conversation)
            command = read(text, self._forms, self._zone(conversation))
            worked_on = command.word in _WORKED_ON and (command.bet is None or command.bet.complete)
            if command.bet and worked_on and conversation.quiet:
                return Responder.tell(conversation, _PUBLIC)
            if worked_on:
                conversation.start(text)
            if worked_on and command.word in _POSTS_LATER and not (conversation.working or conversation.quiet):
                return Responder.tell(conversation, Notice(_NOT_HERE, suggestions=(text,)))
            digest_content, png = self._does[command.word](conversation, command)
            everyone = worked_on or command.word == "unbet" or (command.word in _FOR_ALL and command.number is None)
            return posting.show(self.delivery_context, conversation, digest_content, png, everyone=everyone)
        except Exception as error:  # noqa: BLE001 - logged with its trace under the reference that the person sees
            return Responder.tell(conversation, notice_of(error, text))

    # Subscriptions

    def _subscribe(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        if command.schedule is None:
            raise QueryError("When?")
        channel = conversation.working[0] if conversation.working else conversation.channel
        sections = tuple(one.value for one in command.sections)
        digest, picture = self._numbers.digest("", command.within.value, sections)
        before = self.delivery_context.subscriptions.in_channel(conversation.workspace, channel)
        due = next_due(command.schedule, self.delivery_context.clock())
        subscription = self.delivery_context.subscriptions.subscribe(
            conversation.workspace,
            channel,
            schedule=str(command.schedule),
            within=command.within.value,
            sections=sections,
            by=conversation.user,
            next_due=due.at,
            private=not conversation.public,
        )
        sample = self._kept(
            digest, picture, f"{digest.edition} in {command.within}: {','.join(sections)} · {digest.source.snapshot}"
        )
        first = said_moment(due.at, command.schedule.zone)
        above = said.subscription_confirmation(
            subscription, when_said(command.schedule), first, by=conversation.user, changed=before is not None
        )
        return replace(sample, above=[*above, *sample.above]), picture.png

    def _unsubscribe(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        mine = self._mine(conversation, command)
        self.delivery_context.subscriptions.unsubscribe(mine.workspace, mine.channel)
        text = f":no_bell: <@{conversation.user}> ended the digest for <#{mine.channel}>."
        again = said.button("Subscribe again", f"subscribe {mine.schedule}") if mine.channel == conversation.channel else None
        return said.message(text, *([again] if again else [])), None

    def _pause(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        mine = self._mine(conversation, command)
        if not self.delivery_context.subscriptions.pause(mine.id):
            return said.message("It is paused already.", said.button("Resume", f"resume {mine.id}")), None
        text = f":double_vertical_bar: <@{conversation.user}> paused the digest for <#{mine.channel}>."
        return said.message(text, said.button("Resume", f"resume {mine.id}")), None

    def _resume(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        mine = self._mine(conversation, command)
        schedule = parse_schedule(mine.schedule)
        due = next_due(schedule, self.delivery_context.clock())
        if not self.delivery_context.subscriptions.resume(mine.id, due.at):
            return said.message(f"It runs already; the next one comes {said_moment(mine.next_due, schedule.zone)}."), None
        following = f"{said_moment(due.at, schedule.zone)} ({schedule.zone})"
        text = f":bell: <@{conversation.user}> resumed the digest for <#{mine.channel}>; the next one comes {following}."
        return said.message(text, said.button("Pause", f"pause {mine.id}")), None

    @staticmethod
    def _allowed(conversation: Conversation, permission: Permission) -> bool:
        """Tell whether the policy grants it in the conversation that this is about: the one that the request came from."""
        return conversation.access.covers(conversation.channel, conversation.user) and conversation.access.allows(permission)

    def _note_privacy(self, conversation: Conversation) -> None:
        """Keep up with a channel that became private, or public, since it was subscribed."""
        found = (
            self.delivery_context.subscriptions.in_channel(conversation.workspace, conversation.channel)
            if conversation.access.origin.named
            else None
        )
        if found and found.private is conversation.public:
            self.delivery_context.subscriptions.set_private(
                conversation.workspace, conversation.channel, private=not conversation.public
            )

    def _visibility(self, conversation: Conversation) -> Visibility:
        return Visibility(self.delivery_context, self.people, conversation)

    def _subscriptions(self, conversation: Conversation, _: ParsedCommand) -> Answered:
        blocks = self.rows(conversation)
        if not blocks:
            example = "“/hfstats subscribe” in a channel brings it the digest on the first working day of each month."
            return said.message(f"There are no subscriptions that I can show you here. {example}"), None
        return Content("The subscriptions that you can see here", blocks), None

    def rows(self, conversation: Conversation, many: int = 15) -> list[Block]:
        """Show the subscriptions that somebody may see from where they are; nothing tells that there are others."""
        conversation.access = self.people.verified(conversation.client, conversation.workspace, conversation.access)
        visibility = self._visibility(conversation)
        seen = [one for one in self.delivery_context.subscriptions.of(conversation.workspace) if visibility.sees(one)]
        last = {one.id: line for one in seen for line in self.delivery_context.outbox.of(Kind.DIGEST, one.id, limit=1)}
        rows = []
        for one in seen:
            schedule = parse_schedule(one.schedule)
            rows.append((one, when_said(schedule), said_moment(one.next_due, schedule.zone)))
        return said.subscription_rows(rows, last, many=many)

    def _mine(self, conversation: Conversation, command: ParsedCommand) -> Subscription:
        """Find the subscription that is meant: by its number, or the conversation's own."""
        if command.number is None:
            found = self.delivery_context.subscriptions.in_channel(conversation.workspace, conversation.channel)
            if found is None:
                raise QueryError("This conversation is not subscribed.", ("subscribe", "subscriptions"))
            return found
        found = self.delivery_context.subscriptions.get(conversation.workspace, command.number)
        if found is None or not self._visibility(conversation).may_change(found):
            raise QueryError(
                f"There is no subscription {command.number} that you can change from here. It may have ended. "
                "A private channel's subscription is changed in that channel.",
                ("subscriptions",),
            )
        return found

    def _zone(self, conversation: Conversation) -> str:
        """Return the zone to take where none is named: the conversation's own, else the latest of the workspace."""
        every = self.delivery_context.subscriptions.of(conversation.workspace)
        mine = [one for one in every if one.channel == conversation.channel] or [one for one in every if not one.private]
        return parse_schedule(mine[-1].schedule).zone if mine else "UTC"

    # Digests

    def _digest(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        mine = self.delivery_context.subscriptions.in_channel(conversation.workspace, conversation.channel)
        within, sections = (mine.within, mine.sections) if mine else (ListName.TOP.value, ())
        edition = str(command.edition) if command.edition else ""
        digest, picture = self._numbers.digest(edition, within, tuple(sections))
        named = ",".join(section.dimension for section in digest.sections)
        kept = self._kept(digest, picture, f"{digest.edition} in {within}: {named}")
        bets = self.delivery_context.bets.in_channel(conversation.workspace, conversation.channel)
        return kept.followed_by(digest_bets(str(digest.edition), bets)), picture.png

    def _kept(self, digest: Digest, picture: Picture, key: str) -> Content:
        """Keep a digest that is shown on request, so that its buttons find it."""
        named = f"{key} · {digest.source.snapshot}"  # the edition's own is built when it is due, maybe on a later snapshot
        made = digest_content(digest, named, sample=True)
        self.delivery_context.built_digests.save(named, made, picture.png)
        return made

    # Watches

    def _watch(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        if command.rule is None:
            raise QueryError("What?")
        answer, _ = self._numbers.answer(str(command.rule.query))
        now = figure_of(command.rule, answer)
        rule = replace(command.rule, query=command.rule.query.but(names=(now.name,)))
        crossed = rule.beyond(now, was=False)
        taken: date = answer.source.snapshot
        watch = self.delivery_context.watches.add(
            conversation.workspace, conversation.channel, str(rule), conversation.user, crossed=crossed, looked_at=taken
        )
        state = "which is so already, so I tell of the next time" if crossed else "and I look at every new snapshot"
        found = f"{escape_line(figure_said(rule, now))} on {day(taken)}"
        text = f":eyes: I tell this conversation once when *{escape_line(rule.said())}*: {found}, {state}."
        return said.message(text, said.button("Mute", f"mute {watch.id}"), said.button("All watches", "watches")), None

    def _watches(self, conversation: Conversation, _: ParsedCommand) -> Answered:
        found = self.delivery_context.watches.in_channel(conversation.workspace, conversation.channel)
        if not found:
            return said.message("Nothing is watched here. For example: `/hfstats watch creator meta below 10%`"), None
        rows = [(one, read_rule(one.rule, self._forms).said()) for one in found]
        return Content(f"{plural(len(found), 'watch')} here", said.alert_rows(rows)), None

    def _unwatch(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        self._watched(conversation, command)
        gone = self.delivery_context.watches.remove(conversation.workspace, command.number or 0)
        return said.message(f":no_bell: Not watched any more: `{escape_code(gone.rule if gone else '')}`"), None

    def _mute(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        rule = self._watched(conversation, command)
        self.delivery_context.watches.mute(command.number or 0)
        return said.message(
            f":no_bell: <@{conversation.user}> muted `{escape_code(rule)}`.", said.button("Unmute", f"unmute {command.number}")
        ), None

    def _unmute(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        rule = self._watched(conversation, command)
        self.delivery_context.watches.unmute(conversation.workspace, command.number or 0)
        return said.message(
            f":bell: <@{conversation.user}> unmuted `{escape_code(rule)}`.", said.button("Mute", f"mute {command.number}")
        ), None

    def _watched(self, conversation: Conversation, command: ParsedCommand) -> str:
        found = self.delivery_context.watches.get(conversation.workspace, command.number or 0)
        if found is None or not self._visibility(conversation).may_change_watch(found):
            raise QueryError(f"There is no watch {command.number} that you can change from here.", ("watches",))
        return found.rule

    # Bets

    def _predict(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        return service.predict(self.delivery_context, self._numbers, self._forms, conversation, command)

    def _bets(self, conversation: Conversation, _: ParsedCommand) -> Answered:
        return service.bets(self.delivery_context, conversation)

    def _unbet(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        return service.unbet(self.delivery_context, conversation, command)

    # How things stand

    def _again(self, conversation: Conversation, command: ParsedCommand) -> Answered:
        line = self.delivery_context.outbox.get(command.number or 0)
        if line is None or line.workspace != conversation.workspace or not self._visibility(conversation).may_send_again(line):
            raise QueryError(f"There is no delivery {command.number} that you can send again from here.", ("status",))
        what = f"{notices.delivery_name(line)} for <#{line.channel}>"
        if not self.delivery_context.outbox.retry(line.id, conversation.workspace):
            return said.message(f"Nothing to send again: {what} is {line.state}."), None
        return said.message(f":arrows_counterclockwise: On its way again: {what}."), None

    def _status(self, conversation: Conversation, _: ParsedCommand) -> Answered:
        visibility = self._visibility(conversation)
        subscriptions = [one for one in self.delivery_context.subscriptions.of(conversation.workspace) if visibility.sees(one)]
        paused = sum(one.paused is not None for one in subscriptions)
        every = self.delivery_context.outbox.in_workspace(
            conversation.workspace, self.delivery_context.clock() - timedelta(days=31)
        )
        here = {conversation.channel, *(one.channel for one in subscriptions)}
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
        if self.delivery_context.heartbeats:
            told.append(
                ("Workers", describe(self.delivery_context.heartbeats.find(), self.delivery_context.clock(), names=False))
            )
        return said.status_message(told, failed), None

    def _freshness(self) -> str:
        try:
            overview = self._numbers.overview("")
        except NoDataError as error:
            return str(error)
        if overview is None or not overview.holdings:
            return "no snapshot yet"
        newest = max(one.taken_on for one in overview.holdings)
        age = (self.delivery_context.clock().date() - newest).days
        simulated = ", simulated" if overview.simulated else ""
        fresh = f"snapshot of {day(newest)}, {'of today' if age <= 0 else plural(age, 'day') + ' old'}{simulated}"
        return ". ".join((fresh, *(doubt.rstrip(".") for doubt in overview.doubts)))


__all__ = ["Analytics", "SubscriptionService"]
