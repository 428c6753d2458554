"""Reads the monthly costs of databases with IBM's client for usage reports (docs/reference/icd-api.md, 2.5 and 4.9)."""
from calendar import monthrange
from collections import Counter

from ibm_platform_services.usage_reports_v4 import GetResourceUsageAccountPager, GetResourceUsageResourceGroupPager

from ibm_values import is_of_databases, picked, text

# The number of months before the current month, unless a start is specified.
MONTHS_BACK = 12


def months(start, now):
    """The months from `start` to `now`, which are times in UTC. Each month has the form 2026-10."""
    year, month = [int(part) for part in now[:7].split("-")]
    last = year * 12 + month - 1
    first = last - MONTHS_BACK
    if start:
        year, month = [int(part) for part in start[:7].split("-")]
        first = year * 12 + month - 1
    return [f"{count // 12:04d}-{count % 12 + 1:02d}" for count in range(first, last + 1)]


def usage_of_account(client, account_id, month):
    return GetResourceUsageAccountPager(
        client=client, account_id=account_id, billingmonth=month, names=True, limit=200
    ).get_all()


def usage_of_group(client, account_id, month, group_id):
    return GetResourceUsageResourceGroupPager(
        client=client, account_id=account_id, resource_group_id=group_id, billingmonth=month, names=True, limit=200
    ).get_all()


def billable_rows(month, instances):
    """One row per metric of each database. Rows that differ only in their amounts are numbered."""
    seen = Counter()
    rows = []
    for instance in instances:
        if not is_database_or_backup(instance["resource_instance_id"].split(":")[4]):
            continue
        for metric in instance["usage"]:
            parts = [
                month,
                instance["resource_instance_id"],
                instance["plan_id"],
                metric["metric"],
                instance.get("region"),
                instance["pricing_country"],
            ]
            key = "/".join(part for part in parts if part)
            seen[key] += 1
            rows.append(
                {"id": key if seen[key] == 1 else f"{key}/{seen[key]}", **billable(month, instance, metric)}
            )
    return rows


def is_database_or_backup(service):
    return is_of_databases(service) or service == "databases-independent-backups"


def billable(month, instance, metric):
    year, number = [int(part) for part in month.split("-")]
    of_instance = ["account_id", "currency_code", "currency_rate", "plan_name", "region", "pricing_country", "billable"]
    of_instance += ["pending", "resource_instance_name", "resource_group_id", "resource_group_name", "tags"]
    of_instance += ["service_tags"]
    of_metric = ["metric", "unit", "rateable_quantity", "rated_cost", "discounts", "volume_discount", "volume_cost"]
    of_metric += ["non_chargeable"]
    return {
        **picked(instance, of_instance),
        **picked(metric, of_metric),
        "month": month,
        "deployment_id": instance["resource_instance_id"],
        "amount": metric["cost"],
        "start_at": f"{month}-01T00:00:00.000Z",
        "end_at": f"{month}-{monthrange(year, number)[1]}T23:59:59.000Z",
        "description": text(metric.get("metric_name")) or text(instance.get("resource_name")),
        "identifier": instance["resource_instance_id"],
        "resource_identifier": text(instance.get("resource_id")),
        "sku": instance["plan_id"],
        "units": metric["quantity"],
    }
