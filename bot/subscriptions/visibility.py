"""What of a workspace's subscriptions, alerts, bets and deliveries one request may see and change.

Only one's own conversation is certain. Of others, public channels are for all members to see; a private one's are neither shown
nor changed nor confirmed to exist, unless Slack says now that the person is in it.
Whether a channel is private, Slack says where the app may ask; else it counts what was known when somebody last spoke of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.access import Access, Permission
from bot.domain.outbox import Kind

if TYPE_CHECKING:
    from bot.delivery.conversation import Conversation
    from bot.domain.outbox import Alert, Delivery, Subscription
    from bot.outbox.delivery import DeliveryContext
    from bot.slack_api.people import People


@dataclass(frozen=True, slots=True)
class Visibility:
    """Decides for one request; ``seat.access`` says who acts and from where."""

    delivery_context: DeliveryContext
    people: People
    conversation: Conversation

    @property
    def access(self) -> Access:
        """Who acts, and from where."""
        return self.conversation.access

    def sees(self, one: Subscription) -> bool:
        """Tell whether a subscription may be listed."""
        return self._may(one.channel, one.created_by, private=one.private, change=False)

    def may_change(self, one: Subscription) -> bool:
        """Tell whether a subscription may be paused, resumed or ended."""
        return self._may(one.channel, one.created_by, private=one.private, change=True)

    def may_change_alert(self, one: Alert) -> bool:
        """Tell whether an alert may be muted or removed: here, or from elsewhere by whoever set it."""
        here = self.access.covers(one.channel, self.conversation.user)
        if not here and one.created_by != self.conversation.user:
            return False
        return self._may(one.channel, one.created_by, private=self._private(one.channel), change=True)

    def may_send_again(self, one: Delivery) -> bool:
        """Tell whether a delivery may be sent again."""
        return self._may(one.channel, self._owner(one), private=self._private(one.channel), change=True)

    def _may(self, channel: str, owner: str | None, *, private: bool, change: bool) -> bool:
        needs = Permission.CHANGE if change else Permission.SEE
        if not self.access.allows(needs):
            return False
        if self.access.covers(channel, self.conversation.user):
            return True
        mine = owner == self.conversation.user
        if channel.startswith("D") or channel == self.conversation.user:
            return mine  # a direct message with the bot has one person in it
        told = self.people.is_private(self.conversation.client, self.conversation.workspace, channel)
        if not (private if told is None else told):
            if self.access.allows(Permission.ELSEWHERE if change else Permission.WORKSPACE):
                return True
            return change and self.access.allows(Permission.WORKSPACE) and (mine or self._is_in(channel, may_post=True))
        return mine and self._is_in(channel, may_post=change)

    def _is_in(self, channel: str, *, may_post: bool) -> bool:
        conversation = self.conversation
        return self.people.is_in(conversation.client, conversation.workspace, channel, conversation.user, may_post=may_post)

    def _private(self, channel: str) -> bool:
        """Tell whether a channel counts as private: unless its subscription says otherwise."""
        found = self.delivery_context.subscriptions.in_channel(self.conversation.workspace, channel)
        return found is None or found.private

    def _owner(self, one: Delivery) -> str | None:
        """Return who asked for what a delivery is of."""
        match one.kind:
            case Kind.DIGEST:
                subscription = self.delivery_context.subscriptions.get(one.workspace, one.source)
                return subscription.created_by if subscription else None
            case Kind.ALERT:
                watch = self.delivery_context.watches.get(one.workspace, one.source)
                return watch.created_by if watch else None
            case Kind.BETS:
                bet = self.delivery_context.bets.get(one.workspace, one.source)
                return bet.person if bet else None
        return one.channel
