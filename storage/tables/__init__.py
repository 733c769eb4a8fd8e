"""All tables. Importing this package fills `Base.metadata`."""

from storage.tables.care import (
    Alert,
    Assessment,
    Case,
    CaseNote,
    CaseReader,
    FollowUp,
    Message,
    Mood,
)
from storage.tables.keys import DataKey
from storage.tables.people import Address, CampusCode, Consent, Invite, Person, Staff, Student
from storage.tables.records import (
    AccessEntry,
    AuditEntry,
    Counter,
    CrisisConfirmation,
    Event,
    OperatorAlert,
)
from storage.tables.traffic import (
    Delivery,
    Inbox,
    InboxSeen,
    LaneLease,
    Outbox,
    Screen,
)

__all__ = [
    "AccessEntry",
    "Address",
    "Alert",
    "Assessment",
    "AuditEntry",
    "CampusCode",
    "Case",
    "CaseNote",
    "CaseReader",
    "Consent",
    "Counter",
    "CrisisConfirmation",
    "DataKey",
    "Delivery",
    "Event",
    "FollowUp",
    "Inbox",
    "InboxSeen",
    "Invite",
    "LaneLease",
    "Message",
    "Mood",
    "OperatorAlert",
    "Outbox",
    "Person",
    "Screen",
    "Staff",
    "Student",
]
