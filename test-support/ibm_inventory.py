"""Reads the inventory of IBM Cloud Databases, its costs, roles and identities, with IBM's own clients and eight concurrent requests.
Prints a JSON line per row.

    ibm_inventory.py CONFIG [NOW]

CONFIG is the connector's config file. NOW is a time in UTC, which determines the months of usage. The rows follow
docs/reference/icd-api.md, section 4, and not the connector's code. ibm-cloud-databases 0.1.0 has no method for possible
upgrades, so the script requests upgrades by path. It requests allowlists by their older path.
"""
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timezone
from fractions import Fraction

import jwt
from ibm_cloud_databases import CloudDatabasesV5
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import IAMAssumeAuthenticator, IAMAuthenticator
from ibm_platform_services import (
    IamAccessGroupsV2,
    IamIdentityV1,
    IamPolicyManagementV1,
    ResourceControllerV2,
    ResourceManagerV2,
    UsageReportsV4,
    UserManagementV1,
)
from ibm_platform_services.account_management_v4 import AccountManagementV4
from ibm_platform_services.context_based_restrictions_v1 import ContextBasedRestrictionsV1
from ibm_platform_services.global_search_v2 import GlobalSearchV2
from ibm_platform_services.resource_controller_v2 import ResourceInstancesPager

from ibm_access import access_groups, grant_rows, members_of, policies, role_names, team
from ibm_identities import identity_jobs
from ibm_posture import audit_routes, reclamations, restrictions, tags_of_databases
from ibm_usage import billable_rows, months, usage_of_account, usage_of_group
from ibm_values import is_of_databases, picked, text

WORKERS = 8

WITH_REPLICAS = {"postgresql", "enterprisedb"}
WITH_RECOVERY = {"postgresql", "enterprisedb", "mysql", "mongodbee"}


def main():
    config = json.load(open(sys.argv[1]))
    now = sys.argv[2] if len(sys.argv) > 2 else datetime.now(timezone.utc).isoformat()
    platform = config["platform"]
    at = platform["endpoints"]
    key = platform["api_key"]
    profiles = platform.get("trusted_profiles", [])
    assumed = [IAMAssumeAuthenticator(key, iam_profile_crn=crn, url=at["iam"]) for crn in profiles]
    for i, authenticator in enumerate(assumed or [IAMAuthenticator(key, url=at["iam"])]):
        read_account(config, now, authenticator, is_first=i == 0)


def read_account(config, now, authenticator, is_first):
    platform = config["platform"]
    at = platform["endpoints"]

    def client(kind, url):
        service = kind(authenticator=authenticator)
        service.set_service_url(url)
        return service

    # Request the token before starting threads, because a thread that waits for another thread's token sleeps for half a second.
    claims = jwt.decode(authenticator.token_manager.get_token(), options={"verify_signature": False})
    account_id = claims["account"]["bss"]

    def emit(stream, rows):
        # Types and regions are the same for every account.
        account = {"account_id": None if stream in ("databases", "datacenters") else account_id}
        for row in rows:
            sys.stdout.write(json.dumps({"stream": stream, "data": {**account, **row}}) + "\n")

    controller = client(ResourceControllerV2, at["resource_controller"])
    manager = client(ResourceManagerV2, at["resource_controller"])
    accounts = client(AccountManagementV4, at["accounts"])
    usage = client(UsageReportsV4, at["billing"])
    access = client(IamAccessGroupsV2, at["iam"])
    grants = client(IamPolicyManagementV1, at["iam"])
    search = client(GlobalSearchV2, at["search"])
    rules = client(ContextBasedRestrictionsV1, at["cbr"])
    routing = client(ResourceControllerV2, at["atracker"])
    identities = client(IamIdentityV1, at["iam"])
    users = client(UserManagementV1, at["users"])

    with ThreadPoolExecutor(WORKERS) as pool:
        account = pool.submit(account_rows, accounts, account_id)
        groups = pool.submit(resource_groups, manager, account_id)
        teams = pool.submit(access_groups, access, account_id)
        granted = pool.submit(policies, grants, account_id)
        roles = pool.submit(role_names, grants, account_id)
        tags = pool.submit(tags_of_databases, search, account_id)
        instances = ResourceInstancesPager(client=controller, type="service_instance", limit=100).get_all()
        backups = [row for row in instances if is_backup(row)]
        deployments = [row for row in instances if is_database(row) and not is_backup(row)]
        gen2 = [row for row in deployments if is_gen2(row)]
        gen1 = [row for row in deployments if not is_gen2(row)]
        asked = [row for row in gen1 if region_of(row["crn"]) is not None]
        # Requests that don't concern a deployment go to the alphabetically first region.
        regions = sorted({region_of(row["crn"]) for row in asked} or {"us-south"})
        databases = {region: client(CloudDatabasesV5, at["databases"].replace("{region}", region)) for region in regions}
        names = {row["id"]: row["name"] for row in groups.result()}

        jobs = [
            account,
            pool.submit(audit_routes, routing, account_id),
            pool.submit(reclamations, controller, account_id),
            pool.submit(restrictions, rules, account_id, deployments),
            *(identity_jobs(pool, identities, users, account_id) if platform.get("access_review") else []),
        ]
        if is_first:
            jobs.append(pool.submit(database_rows, databases[regions[0]]))
            jobs.append(pool.submit(datacenter_rows, databases[regions[0]]))
        for row in asked:
            here = databases[region_of(row["crn"])]
            jobs.append(pool.submit(asked_deployment, here, row, names, tags))
            jobs.extend(pool.submit(report, here, row["crn"]) for report in reports_of(row))

        members = {row["id"]: pool.submit(members_of, access, row["id"]) for row in teams.result()}
        used = {}
        for month in months(config.get("start_date"), now):
            if platform.get("billing") == "resource_groups":
                used[month] = [pool.submit(usage_of_group, usage, account_id, month, group) for group in names]
            else:
                used[month] = [pool.submit(usage_of_account, usage, account_id, month)]

        emit("resource_groups", [resource_group(row) for row in groups.result()])
        unasked = gen2 + [row for row in gen1 if row not in asked]
        emit("deployments", [{**deployment(row, names), **tags.result()[row["crn"]]} for row in unasked])
        emit("deployments_backups", [gen2_backup(row) for row in backups])
        emit("deployments_scalings", [scaling for row in gen2 for scaling in gen2_scalings(row)])
        for job in as_completed(jobs):
            emit(*job.result())
        for month, parts in used.items():
            emit("billables", billable_rows(month, [row for part in parts for row in part.result()]))
        emit("teams", [team(row, members[row["id"]].result()) for row in teams.result()])
        for stream, subject in (("deployments_roles", "iam_id"), ("deployments_team_roles", "access_group_id")):
            emit(stream, grant_rows(granted.result(), roles.result(), deployments, subject))


# Kinds of instances (1.5 and 1.7).


def service_of(crn):
    return crn.split(":")[4]


def region_of(crn):
    """The region in a CRN, or None if the CRN is invalid or its region isn't valid in a host name."""
    segments = crn.split(":")
    return segments[5] if len(segments) == 10 and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", segments[5]) else None


def is_database(row):
    return is_of_databases(service_of(row["crn"]))


def is_backup(row):
    service = service_of(row["crn"])
    by_name = service == "databases-independent-backups" or (is_database(row) and service.endswith("-backup"))
    return by_name or "backup" in dataservices(row)


def is_gen2(row):
    by_plan = re.search(r"-gen2($|-.+)", row["resource_plan_id"], re.IGNORECASE)
    return bool(by_plan or dataservices(row)) or service_of(row["crn"]) == "databases-for-valkey"


def dataservices(row):
    return (row.get("extensions") or {}).get("dataservices") or {}


def type_of(row):
    """The database type as the databases API names it, from service and plan."""
    name = re.sub("^(databases|messages)-for-", "", service_of(row["crn"]))
    plan = row["resource_plan_id"]
    if name == "mongodb" and "enterprise-sharding" in plan:
        return "mongodbees"
    if name == "mongodb" and "enterprise" in plan:
        return "mongodbee"
    if name == "elasticsearch" and "platinum" in plan:
        return "elasticsearchpl"
    return name


def reports_of(row):
    reports = [tasks, backups_of, scalings, autoscalings, allowlist, versions]
    if type_of(row) in WITH_REPLICAS:
        reports.append(replicas)
    if type_of(row) in WITH_RECOVERY:
        reports.append(recovery_window)
    return reports


# Lists of the account.


def resource_groups(manager, account_id):
    return manager.list_resource_groups(account_id=account_id).get_result()["resources"]


def resource_group(row):
    fields = ["id", "crn", "account_id", "name", "state", "default", "quota_id"]
    return picked(row, fields, dates=["created_at", "updated_at"])


def account_rows(accounts, account_id):
    try:
        row = accounts.get_account(account_id).get_result()
    except ApiException as refusal:
        if refusal.status_code not in (403, 404):
            raise
        row = {"id": account_id}
    return "accounts", [{**picked(row, ["id", "name", "type", "status"]), "owner_iam_id": row.get("owner_iamid")}]


def database_rows(databases):
    def version(kind, row):
        known = ["version", "status", "is_preferred", "transitions"]
        return {**{name: row[name] for name in known}, "application": kind, "preferred": row["is_preferred"]}

    kinds = databases.list_deployables().get_result()["deployables"]
    return "databases", [
        {
            "type": kind["type"],
            "generation": "gen1",
            "versions": [version(kind["type"], row) for row in kind["versions"]],
        }
        for kind in kinds
    ]


def datacenter_rows(databases):
    regions = databases.list_regions().get_result()["regions"]
    return "datacenters", [{"slug": f"ibm:{region}", "provider": "ibm", "region": region} for region in regions]


# Lists of a generation 1 deployment. A 404 or 422 means that the deployment lacks the list.


def answer(ask, field):
    try:
        return ask().get_result()[field]
    except ApiException as refusal:
        if refusal.status_code in (404, 422):
            return None
        raise


def of_deployment(deployment_id, generation="gen1"):
    return {"deployment_id": deployment_id, "generation": generation}


def asked_deployment(databases, row, groups, tags):
    try:
        detail = databases.get_deployment_info(row["crn"]).get_result()["deployment"]
    except ApiException as refusal:
        if refusal.status_code not in (403, 404, 422):
            raise
        detail = {}
    return "deployments", [{**deployment(row, groups, detail), **tags.result()[row["crn"]]}]


def tasks(databases, crn):
    rows = answer(lambda: databases.list_deployment_tasks(crn), "tasks") or []
    return "deployments_recipes", [
        {
            **of_deployment(crn),
            **picked(row, ["id", "status", "progress_percent"], dates=["created_at"]),
            "account_id": crn.split(":")[6].removeprefix("a/"),
            "name": text(row.get("description")),
            "template": text(row.get("resource_type")),
        }
        for row in rows
    ]


def backups_of(databases, crn):
    rows = answer(lambda: databases.list_deployment_backups(crn), "backups") or []
    fields = ["id", "type", "status", "is_downloadable", "is_restorable"]
    only_gen2 = dict.fromkeys(["name", "updated_at", "size_gb", "version", "can_be_deleted_after"])
    return "deployments_backups", [
        {**of_deployment(crn), **picked(row, fields, dates=["created_at"]), **only_gen2} for row in rows
    ]


def scalings(databases, crn):
    rows = answer(lambda: databases.list_deployment_scaling_groups(crn), "groups") or []
    return "deployments_scalings", [gen1_scaling(crn, row) for row in rows]


def gen1_scaling(crn, row):
    """The sizes of a scaling group. Allocations are totals of the group, and zero CPUs mean that it shares its host's CPUs."""
    members = row["members"]["allocation_count"]
    flavor = row.get("host_flavor") or {}
    data = {
        **of_deployment(crn),
        "id": f"{crn}/{row['id']}",
        "group_id": row["id"],
        "members": members,
        "members_min": row["members"]["minimum_count"],
        "members_max": row["members"]["maximum_count"],
        "members_step": row["members"]["step_size_count"],
        "host_flavor_id": text(flavor.get("id")),
        "host_flavor_name": text(flavor.get("name")),
        "shards": None,
    }
    for name, part, unit in (("cpu_count", "cpu", "count"), ("memory_mb", "memory", "mb"), ("disk_mb", "disk", "mb")):
        total = row[part][f"allocation_{unit}"]
        if part == "cpu" and total == 0:
            total = None
        data[f"{name}_total"] = total
        data[f"{name}_per_member"] = None if total is None else number(Fraction(total, members))
        data[f"{name}_min"] = row[part][f"minimum_{unit}"]
        data[f"{name}_max"] = row[part][f"maximum_{unit}"]
        data[f"{name}_step"] = row[part][f"step_size_{unit}"]
    return data


def autoscalings(databases, crn):
    resources = answer(lambda: databases.get_autoscaling_conditions(crn, "member"), "autoscaling") or {}
    return "deployments_autoscalings", [autoscaling(crn, name, resource) for name, resource in resources.items()]


def autoscaling(crn, name, resource):
    capacity = resource["scalers"].get("capacity") or {}
    io = resource["scalers"].get("io_utilization") or {}
    rate = resource["rate"]
    return {
        **of_deployment(crn),
        "id": f"{crn}/member/{name}",
        "group_id": "member",
        "resource": name,
        "capacity_enabled": capacity.get("enabled"),
        "capacity_free_space_less_than_percent": capacity.get("free_space_less_than_percent"),
        "io_enabled": io.get("enabled"),
        "io_over_period": io.get("over_period"),
        "io_above_percent": io.get("above_percent"),
        "rate_increase_percent": rate.get("increase_percent"),
        "rate_period_seconds": rate.get("period_seconds"),
        "rate_limit_mb_per_member": rate.get("limit_mb_per_member"),
        "rate_limit_count_per_member": rate.get("limit_count_per_member"),
        "rate_units": rate.get("units"),
    }


def allowlist(databases, crn):
    rows = answer(lambda: databases.get_allowlist(crn), "ip_addresses") or []
    return "deployments_allowlists", [
        {**of_deployment(crn), "id": f"{crn}/{row['address']}", **picked(row, ["address", "description"])} for row in rows
    ]


def versions(databases, crn):
    def ask():
        [path] = databases.encode_path_vars(crn)
        headers = {"Accept": "application/json"}
        request = databases.prepare_request("GET", f"/deployments/{path}/capability/versions", headers=headers)
        return databases.send(request)

    capability = answer(ask, "capability") or {"versions": []}
    return "deployments_versions", [
        {
            **of_deployment(crn),
            "id": "/".join([crn, change["from_version"], change["to_version"], change["method"]]),
            **picked(version, ["status", "is_preferred"]),
            **picked(change, ["application", "method", "from_version", "to_version", "skip_backup_supported"]),
        }
        for version in capability["versions"]
        for change in version["transitions"]
    ]


def replicas(databases, crn):
    remotes = answer(lambda: databases.list_remotes(crn), "remotes")
    rows = [] if remotes is None else [remotes]
    return "deployments_replicas", [{**of_deployment(crn), **picked(row, ["leader", "replicas"])} for row in rows]


def recovery_window(databases, crn):
    window = answer(lambda: databases.get_pit_rdata(crn), "point_in_time_recovery_data")
    rows = [] if window is None else [window]
    dates = ["earliest_point_in_time_recovery_time"]
    return "deployments_recovery_windows", [{**of_deployment(crn), **picked(row, [], dates)} for row in rows]


# Streams whose rows are built from the inventory.


def deployment(row, groups, detail=None):
    gen2 = is_gen2(row)
    detail = detail or {}
    sizes = engine(row) if gen2 else {}
    operation = row.get("last_operation") or {}
    fields = ["id", "guid", "account_id", "name", "resource_group_id", "state", "created_by", "updated_by", "locked"]
    asked = ["platform", "enable_public_endpoints", "enable_private_endpoints", "admin_usernames"]
    return {
        **picked(row, [*fields, "target_crn"], dates=["created_at", "updated_at", "deleted_at"]),
        "type": detail.get("type") or type_of(row),
        "service": service_of(row["crn"]),
        "generation": "gen2" if gen2 else "gen1",
        "version": sizes.get("version") if gen2 else detail.get("version"),
        "plan_id": row["resource_plan_id"],
        "region": row["region_id"],
        "resource_group_name": groups.get(row["resource_group_id"]),
        "last_operation_type": operation.get("type"),
        "last_operation_state": operation.get("state"),
        "last_operation_description": operation.get("description"),
        **picked(detail, asked),
        "members": sizes.get("members"),
        "shards": sizes.get("shards"),
        "host_flavor": sizes.get("host_flavor"),
        "cpu_count_per_member": sizes.get("cpu_count"),
        "memory_gb_per_member": sizes.get("memory_gb"),
        "storage_gb_per_member": sizes.get("storage_gb"),
        **gen2_settings(row),
        "onetime_credentials": row["onetime_credentials"],
    }


def gen2_settings(row):
    """Settings for backups, encryption and network of a generation 2 deployment (2.4.1)."""
    services = dataservices(row)
    encryption = services.get("encryption") or {}
    backups = services.get("backups") or {}
    automatic = backups.get("automatic_backups") or {}
    retention = backups.get("retention_days") or backups.get("retention")
    authorizations = services.get("authorizations") or {}
    granted = [authorizations.get(name) for name in ("independent_backups", "resource_group")]
    outside = (row.get("extensions") or {}).get("virtual_private_endpoints")
    network = outside or services.get("virtual_private_endpoints") or {}
    return {
        "disk_encryption_key_crn": encryption.get("disk"),
        "backup_encryption_key_crn": encryption.get("backup"),
        "automatic_backups_enabled": automatic.get("enabled"),
        "backup_window_start": (automatic.get("window") or {}).get("start_time"),
        "backup_retention_days": retention and int(str(retention).removesuffix("d")),
        "backups_preserved": backups.get("preserve"),
        "pitr_retention_days": (backups.get("point_in_time_recovery") or {}).get("retention_days"),
        "independent_backups_authorized": all(value in (True, "true") for value in granted) if services else None,
        "endpoints": services.get("endpoints"),
        "vpe_dns_domain": network.get("dns_domain"),
        "vpe_ip_addresses": network and [endpoint["ip_address"] for endpoint in network["endpoints"]] or None,
    }


def engine(row):
    """The sizes and version of a generation 2 deployment, from either shape of the row (2.4.1)."""
    services = dataservices(row)
    if "resources" in services:
        return {**services["resources"]["database"], "version": services.get("version")}
    name = type_of(row)
    return services.get(name) or services.get(re.sub("pl$|ees?$", "", name)) or {}


def gen2_scalings(row):
    if not dataservices(row):
        return []
    sizes = engine(row)
    members = sizes.get("members")
    per_member = {
        "cpu_count": sizes.get("cpu_count"),
        "memory_mb": in_mb(sizes.get("memory_gb")),
        "disk_mb": in_mb(sizes.get("storage_gb")),
    }
    data = {
        **of_deployment(row["crn"], "gen2"),
        "id": f"{row['crn']}/member",
        "group_id": "member",
        "members": members,
        **dict.fromkeys(["members_min", "members_max", "members_step"]),
        "host_flavor_id": sizes.get("host_flavor"),
        "host_flavor_name": None,
        "shards": sizes.get("shards"),
    }
    for name, value in per_member.items():
        data[f"{name}_per_member"] = value
        data[f"{name}_total"] = None if None in (value, members) else value * members
        data.update(dict.fromkeys([f"{name}_min", f"{name}_max", f"{name}_step"]))
    return [data]


def gen2_backup(row):
    backup = dataservices(row)["backup"]
    return {
        **of_deployment(backup["source_data_service_crn"], "gen2"),
        **picked(row, ["id", "name"], dates=["created_at", "updated_at"]),
        "type": backup.get("type"),
        "status": row["state"],
        "is_downloadable": False,
        "is_restorable": row["state"] == "active",
        **picked(backup, ["size_gb", "version"], dates=["can_be_deleted_after"]),
    }


# Conversions of values.


def in_mb(gigabytes):
    return None if gigabytes is None else gigabytes * 1024


def number(fraction):
    return int(fraction) if fraction.denominator == 1 else float(fraction)


if __name__ == "__main__":
    main()
