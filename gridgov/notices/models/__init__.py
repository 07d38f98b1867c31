"""What people were told, what still has to leave the database, and by which ways each person is told."""

from gridgov.notices.models.addresses import GroupRobot, Mailbox, PushDevice
from gridgov.notices.models.notice import Notice
from gridgov.notices.models.outbox import Outbox, OutboxState
from gridgov.notices.models.preference import Preference

__all__ = ["GroupRobot", "Mailbox", "Notice", "Outbox", "OutboxState", "Preference", "PushDevice"]
