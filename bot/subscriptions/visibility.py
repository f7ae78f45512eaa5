"""Which of a workspace's subscriptions, alerts, bets and deliveries a request may see and change.

A request may always see its own conversation's. Those of other public channels are visible to all members. Those of a private
channel are neither shown nor changed, and their existence isn't confirmed, unless Slack confirms that the user is a member.
Whether a channel is private is looked up in Slack; without the scope for it, the last known state counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.domain.access import Access, Permission
from bot.domain.outbox import Alert, Bet, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.delivery.conversation import Conversation
    from bot.domain.outbox import Delivery, Subscription
    from bot.outbox.delivery import DeliveryContext
    from bot.slack_api.people import People

OwnRecord = TypeVar("OwnRecord", Alert, Bet)


@dataclass(frozen=True, slots=True)
class Visibility:
    """Decides for one request, by its conversation's access."""

    delivery_context: DeliveryContext
    people: People
    conversation: Conversation

    @property
    def access(self) -> Access:
        """The actor and origin of the request."""
        return self.conversation.access

    def sees(self, record: Subscription) -> bool:
        """Return whether a subscription may be listed."""
        return self._may(record.channel, record.created_by, private=record.private, change=False)

    def may_change(self, record: Subscription) -> bool:
        """Return whether a subscription may be paused, resumed or ended."""
        return self._may(record.channel, record.created_by, private=record.private, change=True)

    def own_visible(self, own: Sequence[OwnRecord]) -> list[OwnRecord]:
        """Return which of the user's own alerts or bets may be listed outside their channels; asks Slack once per channel."""
        user = self.conversation.user
        visible = {
            channel
            for channel in {record.channel for record in own}
            if self._may(channel, user, private=self._private(channel), change=False)
        }
        return [record for record in own if record.channel in visible]

    def may_change_alert(self, record: Alert) -> bool:
        """Return whether an alert may be muted or removed: in its channel, or elsewhere by its creator."""
        here = self.access.covers(record.channel, self.conversation.user)
        if not here and record.created_by != self.conversation.user:
            return False
        return self._may(record.channel, record.created_by, private=self._private(record.channel), change=True)

    def may_send_again(self, record: Delivery) -> bool:
        """Return whether a delivery may be sent again."""
        owner = record.channel if record.kind is Kind.NOTE else self.delivery_context.requester(record)
        return self._may(record.channel, owner, private=self._private(record.channel), change=True)

    def _may(self, channel: str, owner: str | None, *, private: bool, change: bool) -> bool:
        needs = Permission.CHANGE if change else Permission.SEE
        if not self.access.allows(needs):
            return False
        if self.access.covers(channel, self.conversation.user):
            return True
        mine = owner == self.conversation.user
        if channel.startswith("D") or channel == self.conversation.user:
            return mine  # a direct message with the bot has one person in it
        private_now = self.people.is_private(self.conversation.client, self.conversation.workspace, channel)
        if not (private if private_now is None else private_now):
            if self.access.allows(Permission.ELSEWHERE if change else Permission.WORKSPACE):
                return True
            return change and self.access.allows(Permission.WORKSPACE) and (mine or self._is_in(channel, may_post=True))
        return mine and self._is_in(channel, may_post=change)

    def _is_in(self, channel: str, *, may_post: bool) -> bool:
        conversation = self.conversation
        return self.people.is_in(conversation.client, conversation.workspace, channel, conversation.user, may_post=may_post)

    def _private(self, channel: str) -> bool:
        """Return whether a channel counts as private; ``True`` unless its subscription is known to be public."""
        subscription = self.delivery_context.subscriptions.in_channel(self.conversation.workspace, channel)
        return subscription is None or subscription.private
