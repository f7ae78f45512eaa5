"""Handle failed deliveries: pause the subscription or alert, and notify the user who created it.

If that user can't be reached, the notice goes to the channel, then to the app's installer, then to the operator.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import notices
from bot.domain.content import Content
from bot.domain.outbox import Kind, PlannedDelivery, State
from bot.slack_api.error_words import Treatment, treatment_of
from bot.slack_api.errors import is_answer

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from bot.domain.outbox import Delivery
    from bot.outbox.delivery import DeliveryContext

_log = logging.getLogger(__name__)

NO_INSTALLATION = "no_installation"
"""Our own error code for a workspace that uninstalled the app."""
_CHANNEL, _INSTALLER, _OPERATOR = 1, 2, 3
"""Recipients of an undeliverable notice, in order. The notice's period ends with the number."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery that failed or is unconfirmed."""

    context: DeliveryContext
    delivery: Delivery
    owner: str
    """The owner of the row's lease."""

    def fail_permanently(self, error: str) -> None:
        """Fail the delivery after a permanent error, pause its subscription or alert, and notify its creator.

        A reply fails without notice: its parent was posted, and the next delivery to the channel meets the same error.
        """
        if self.delivery.kind is Kind.REPLY:
            self.context.outbox.settle(self.delivery.id, self.owner, State.FAILED, error)
            _log.warning("reply %s to delivery %s failed: %s", self.delivery.id, self.delivery.source, error)
            return
        delivery, person, escalation = self.delivery, self.context.requester(self.delivery), self._escalation()

        def in_transaction(connection: sa.Connection) -> None:
            paused = self._pause(error, connection)
            if escalation:
                self.context.outbox.plan([escalation], connection)
            elif error == NO_INSTALLATION or treatment_of(error) is Treatment.ACCESS:  # nobody in the workspace can be notified
                self._notify_operator(error, f"lost {delivery.workspace} {self.context.clock().date()}", connection)
            elif person and delivery.kind in {Kind.BETS, Kind.REPORT}:
                self._notify(person, notices.undelivered_notice(delivery, error), "failed", connection)
            elif person and paused:
                self._notify(person, notices.paused_notice(delivery, error), "paused", connection)

        self.context.outbox.settle(delivery.id, self.owner, State.FAILED, error, in_transaction)
        _log.warning("delivery %s failed: %s", delivery.id, error)

    def give_up(self, error: str) -> None:
        """Fail the delivery after more than a day of retries; pause only if Slack answered at all."""
        delivery, person, escalation = self.delivery, self.context.requester(self.delivery), self._escalation()

        def in_transaction(connection: sa.Connection) -> None:
            if escalation:
                self.context.outbox.plan([escalation], connection)
            self._notify_operator(error, f"given up {delivery.id}", connection)
            if person and is_answer(error) and self._pause(error, connection):
                self._notify(person, notices.paused_notice(delivery, error, after_a_day=True), "paused", connection)
            elif person:
                self._notify(person, notices.retries_exhausted_notice(delivery), "failed", connection)

        self.context.outbox.settle(delivery.id, self.owner, State.FAILED, error, in_transaction)
        _log.error("gave up on delivery %s: %s", delivery.id, error)

    def mark_unsure(self, error: str) -> None:
        """Mark the delivery as unconfirmed, and let its creator decide whether to send it again."""
        person = self.context.requester(self.delivery)

        def in_transaction(connection: sa.Connection) -> None:
            if person:
                self._notify(person, notices.unsure_notice(self.delivery), "unsure", connection)

        self.context.outbox.settle(self.delivery.id, self.owner, State.UNSURE, error, in_transaction)
        _log.warning("delivery %s is unconfirmed", self.delivery.id)

    def warn_operator(self, error: str) -> None:
        """Tell the operator that deliveries have been failing for an hour; once a day per workspace and error."""
        if self.context.operator and self.delivery.kind is not Kind.NOTE:
            workspace, now = self.delivery.workspace, self.context.clock()
            slot = f"failing {workspace} {error} {now.date()}"
            notice = notices.refused_for_an_hour(workspace, error)
            self.context.outbox.plan([operator_notice(self.context.operator, notice, slot, now)])

    def _notify_operator(self, error: str, slot: str, connection: sa.Connection) -> None:
        if self.context.operator and self.delivery.kind is not Kind.NOTE:
            notice = notices.failed_for_operator(self.delivery, error)
            self.context.outbox.plan([operator_notice(self.context.operator, notice, slot, self.context.clock())], connection)

    def _notify(self, person: str, notice: Content, what: str, connection: sa.Connection) -> None:
        self.context.outbox.plan([self._notice(self.delivery, person, notice, f"{what}:{self.owner}")], connection)

    def _notice(self, about: Delivery, channel: str, notice: Content, period: str) -> PlannedDelivery:
        now, content = self.context.clock(), notice.as_json()
        return PlannedDelivery(about.workspace, channel, Kind.NOTE, about.id, period, now, content=content)

    def _escalation(self) -> PlannedDelivery | None:
        """Return an undeliverable notice for the next recipient; ``None`` if there is none."""
        notice = self.delivery
        about = self.context.outbox.get(notice.source) if notice.kind is Kind.NOTE else None
        if about is None:
            return None
        text, person = Content.from_json(notice.content or "{}"), self.context.requester(about) or notice.channel
        period, _, number = notice.period.partition("+")
        stage = int(number or 0)
        if stage < _CHANNEL and about.channel != notice.channel:
            return self._notice(about, about.channel, notices.for_channel(text, person), f"{period}+{_CHANNEL}")
        installer = self.context.installer_of(about.workspace)
        if stage < _INSTALLER and installer and installer != person:
            return self._notice(about, installer, notices.for_installer(text, person), f"{period}+{_INSTALLER}")
        if stage < _OPERATOR and self.context.operator:
            slot, now = f"{about.id} {period}+{_OPERATOR}", self.context.clock()
            return operator_notice(self.context.operator, notices.for_operator(text, about), slot, now)
        return None

    def _pause(self, error: str, connection: sa.Connection) -> bool:
        match self.delivery.kind:
            case Kind.DIGEST:
                return self.context.subscriptions.pause(self.delivery.source, error, connection)
            case Kind.ALERT:
                return self.context.watches.mute(self.delivery.source, error, connection)
        return False


def operator_notice(operator: str, notice: Content, slot: str, now: datetime) -> PlannedDelivery:
    """Return a message to the operator's channel, ``workspace/channel``; sent once per ``slot``."""
    workspace, _, channel = operator.rpartition("/")
    period = hashlib.sha256(slot.encode()).hexdigest()[:24]
    return PlannedDelivery(workspace, channel, Kind.NOTE, 0, period, now, content=notice.as_json())
