"""Conversions of values in all rows (docs/reference/icd-api.md, section 4)."""
from datetime import datetime, timezone


def picked(row, fields, dates=()):
    return {**{name: text(row.get(name)) for name in fields}, **{name: timestamp(row.get(name)) for name in dates}}


def text(value):
    """The text, or None if it is empty."""
    return None if value == "" else value


def timestamp(value):
    """The time in UTC with milliseconds. Additional digits are truncated."""
    if not value:
        return None
    return datetime.fromisoformat(value).astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_of_databases(service):
    """Whether the service in a CRN or policy is a database service (1.5)."""
    return service.startswith(("databases-for-", "messages-for-"))
