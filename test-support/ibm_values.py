"""Conversions for all rows: empty texts, and times (docs/reference/icd-api.md, section 4)."""
from datetime import datetime, timezone


def picked(row, fields, dates=()):
    return {**{name: text(row.get(name)) for name in fields}, **{name: timestamp(row.get(name)) for name in dates}}


def text(value):
    """An empty text is treated as null."""
    return None if value == "" else value


def timestamp(value):
    """In UTC with milliseconds; more digits are truncated."""
    if not value:
        return None
    return datetime.fromisoformat(value).astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_of_databases(service):
    """Whether the service in a CRN or policy is a database (1.5)."""
    return service.startswith(("databases-for-", "messages-for-"))
