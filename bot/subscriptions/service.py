"""Run the bot's commands: check access, call the command's function, deliver its reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import home
from bot.conversation.failures import notice_of
from bot.conversation.refusal import refusal
from bot.delivery.responder import Responder
from bot.domain.reply import Notice
from bot.predictions import commands as predictions
from bot.slack_api.people import People
from bot.subscriptions import alert_commands, digest_commands, posting, report_commands, status_commands
from bot.subscriptions.command_context import CommandContext

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.query import Form
    from bot.blocks.messages import Block
    from bot.conversation.router import Analytics
    from bot.delivery.conversation import Conversation
    from bot.domain.access import Permission
    from bot.domain.request import Command
    from bot.outbox.delivery import DeliveryContext
    from bot.subscriptions.command_context import CommandReply

_NOT_HERE = "I'm not in this conversation, so I can't post here later. Invite me with “/invite @hfstats” and try again."
_NOT_QUIET = Notice("Predictions are public. Place yours without “quiet”.")
_NO_QUIET_REPORT = Notice("Reports are posted for everyone in the conversation. For one of your own, ask me in a direct message.")
_WORKED_ON = frozenset({"subscribe", "digest", "report", "watch", "predict"})
"""Commands that start with a working message, since they take a moment or need a conversation where the bot can post."""
_POSTS_LATER = frozenset({"subscribe", "report", "watch", "predict"})
_PUBLIC = frozenset({"unsubscribe", "pause", "resume"})
"""Commands whose reply is public if they change the conversation's own subscription."""

_COMMANDS: dict[str, Callable[[CommandContext, Command], CommandReply]] = {
    "subscribe": digest_commands.subscribe,
    "unsubscribe": digest_commands.unsubscribe,
    "pause": digest_commands.pause,
    "resume": digest_commands.resume,
    "subscriptions": digest_commands.subscriptions,
    "digest": digest_commands.digest,
    "report": report_commands.report,
    "watch": alert_commands.watch,
    "unwatch": alert_commands.unwatch,
    "mute": alert_commands.mute,
    "unmute": alert_commands.unmute,
    "watches": alert_commands.watches,
    "predict": predictions.predict,
    "bets": predictions.bets,
    "unbet": predictions.unbet,
    "again": status_commands.again,
    "status": status_commands.status,
}


class SubscriptionService:
    """Runs commands, typed or from buttons."""

    def __init__(
        self, delivery_context: DeliveryContext, analytics: Analytics, forms: Sequence[Form], people: People | None = None
    ) -> None:
        """``people`` looks up guests and channel members in Slack."""
        self.delivery_context = delivery_context
        self.people = people or People()
        self._analytics = analytics
        self._forms = forms

    def serve(self, conversation: Conversation, command: Command) -> bool:
        """Run a command if access allows it, and reply in the conversation; returns whether the reply was delivered.

        Never raises.
        """
        try:
            context = self._verified(conversation)
            if not _is_allowed(conversation, command.permission):
                return Responder.tell(conversation, refusal(conversation.access.actor.kind))
            self._update_privacy(conversation)
            command = digest_commands.completed(context, command)
            worked_on = command.word in _WORKED_ON and (command.bet is None or command.bet.complete)
            if (command.bet or command.word == "report") and worked_on and conversation.quiet:
                return Responder.tell(conversation, _NOT_QUIET if command.bet else _NO_QUIET_REPORT)
            if worked_on:
                conversation.start(command.text, in_place=command.word in _POSTS_LATER)
            if worked_on and command.word in _POSTS_LATER and not (conversation.working or conversation.quiet):
                return Responder.tell(conversation, Notice(_NOT_HERE, suggestions=(command.text,)))
            return self._run(context, command, is_public=worked_on)
        except Exception as error:  # noqa: BLE001 - logged with the reference ID that the user sees
            return Responder.tell(conversation, notice_of(error, command.text, command.word))

    def home_sections(self, conversation: Conversation) -> list[list[Block]]:
        """Render what App Home shows of the workspace's subscriptions and of the user's alerts and bets."""
        context = self._verified(conversation)
        return [
            home.subscriptions_section(digest_commands.subscription_rows(context, home.SUBSCRIPTIONS)),
            home.alerts_section(alert_commands.own_alert_rows(context, home.ALERTS)),
            home.bets_section(predictions.own_bets(context, home.BETS)),
        ]

    def _run(self, context: CommandContext, command: Command, *, is_public: bool) -> bool:
        content, png = _COMMANDS[command.word](context, command)
        is_report = command.word == "report"  # posted as a message of its own; the reply tells where
        changes_own = command.word == "unbet" or (command.word in _PUBLIC and command.number is None)
        everyone = (is_public and not is_report) or changes_own
        delivered = posting.show(self.delivery_context, context.conversation, content, png, everyone=everyone)
        if is_report:
            report_commands.post_sections(context, command)
        return delivered

    def _verified(self, conversation: Conversation) -> CommandContext:
        """Return the command context, with the user's access verified in Slack."""
        conversation.access = self.people.verified(conversation.client, conversation.workspace, conversation.access)
        return CommandContext(self.delivery_context, self._analytics, self._forms, self.people, conversation)

    def _update_privacy(self, conversation: Conversation) -> None:
        """Update a subscription whose channel became private or public."""
        if not conversation.access.origin.named:
            return
        subscriptions = self.delivery_context.subscriptions
        subscription = subscriptions.in_channel(conversation.workspace, conversation.channel)
        if subscription and subscription.private is conversation.public:
            subscriptions.set_private(conversation.workspace, conversation.channel, private=not conversation.public)


def _is_allowed(conversation: Conversation, permission: Permission) -> bool:
    """Return whether the request has a permission in its own conversation."""
    return conversation.access.covers(conversation.channel, conversation.user) and conversation.access.allows(permission)
