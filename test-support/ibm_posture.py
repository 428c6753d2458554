"""Reads tags, network rules, audit event routes and reclamations with IBM's clients (docs/reference/icd-accounts-access.md, 2.22 to 2.25).

ibm-platform-services has no client for audit event routing, so the script requests routes by path.
"""
from ibm_values import is_of_databases, picked, text

QUERY = "family:resource_controller AND (service_name:databases-for-* OR service_name:messages-for-*)"


def tags_of_databases(search, account_id):
    """The tags by CRN. Only an empty page ends the list."""
    found = {}
    asked = {"query": QUERY, "fields": ["crn", "tags", "access_tags"]}
    while True:
        page = search.search(**asked, account_id=account_id, limit=100).get_result()
        for item in page["items"]:
            found[item["crn"]] = {name: item.get(name, []) for name in ("tags", "access_tags")}
        if not page["items"]:
            return found
        asked = {"search_cursor": page["search_cursor"]}


def reclamations(controller, account_id):
    rows = controller.list_reclamations(account_id=account_id).get_result()["resources"]
    fields = ["id", "resource_group_id", "state", "created_by", "updated_by"]
    dates = ["target_time", "created_at", "updated_at"]
    return "deployments_reclamations", [
        {**picked(row, fields, dates=dates), "deployment_id": row["entity_crn"]}
        for row in rows
        if is_of_databases(row["entity_crn"].split(":")[4]) or ":databases-independent-backups:" in row["entity_crn"]
    ]


def restrictions(rules, account_id, deployments):
    """One row per rule and resource that covers databases, with the addresses of the rule's zones."""
    crns = {row["guid"]: row["id"] for row in deployments}
    all_rules = rules.list_rules(account_id=account_id).get_result()["rules"]
    settings = rules.get_account_settings(account_id).get_result()
    if settings["current_rule_count"] > len(all_rules):
        raise RuntimeError("some rules are hidden")
    zones = {}
    rows = []
    for rule in all_rules:
        contexts = [context for row in rule["contexts"] for context in contexts_of(row)]
        for position, resource in enumerate(rule["resources"], start=1):
            covered = by_name(resource)
            if not opens_databases(covered):
                continue
            used = list(dict.fromkeys(zone for zone, _, _ in contexts if zone))
            for zone in used:
                if zone not in zones:
                    zones[zone] = rules.get_zone(zone).get_result()
            rows.append(restriction(rule, position, resource, covered, contexts, [zones[zone] for zone in used], crns))
    return "deployments_restrictions", rows


def restriction(rule, position, resource, covered, contexts, zones, crns):
    fields = ["description", "enforcement_mode", "created_by_id", "last_modified_by_id"]
    names = {zone["id"]: zone["name"] for zone in zones}
    return {
        "id": f"{rule['id']}/{position}",
        "rule_id": rule["id"],
        **picked(rule, fields, dates=["created_at", "last_modified_at"]),
        "service_name": covered.get("serviceName"),
        "service_instance": covered.get("serviceInstance"),
        "deployment_id": crns.get(covered.get("serviceInstance")),
        "region": covered.get("region"),
        "resource_group_id": covered.get("resourceGroupId"),
        "resource_tags": resource.get("tags"),
        "contexts": [
            {"zone_id": zone, "endpoint_type": endpoint, "mfa": mfa, "zone_name": names.get(zone)}
            for zone, endpoint, mfa in contexts
        ],
        "addresses": [address(each) for zone in zones for each in zone["addresses"]],
        "excluded_addresses": [address(each) for zone in zones for each in zone["excluded"]],
        "api_types": [each["api_type_id"] for each in rule["operations"]["api_types"]],
    }


def by_name(part):
    return {each["name"]: each["value"] for each in part["attributes"]}


def contexts_of(row):
    """A context per zone. A single value can name several zones."""
    values = by_name(row)
    zones = values["networkZoneId"].split(", ") if "networkZoneId" in values else [None]
    return [(zone, values.get("endpointType"), values.get("mfa")) for zone in zones]


def opens_databases(covered):
    """Whether the rule covers a database service, or any service."""
    if "serviceName" in covered:
        return is_of_databases(covered["serviceName"])
    return "service_group_id" not in covered and covered.get("serviceType", "service") == "service"


def address(row):
    ref = row.get("ref") or {}
    names = ("service_type", "service_name", "service_instance", "location")
    parts = [row.get("value"), *(ref.get(name) for name in names)]
    return f"{row['type']}:{'/'.join(part for part in parts if part)}"


def audit_routes(service, account_id):
    def ask(path):
        return service.send(service.prepare_request("GET", path)).get_result()

    routes, targets, settings = (ask(f"/api/v2/{what}") for what in ("routes", "targets", "settings"))
    known = {target["id"]: target for target in targets["targets"]}
    rows = [
        {**common, "rule_number": number, "location": location, "target_id": target, "is_default_target": False}
        for route in routes["routes"]
        for common in [{"route_id": route["id"], "route_name": route["name"], "managed_by": route["managed_by"]}]
        for number, rule in enumerate(route["rules"], start=1)
        for location in rule["locations"]
        for target in rule["target_ids"] or [None]
    ]
    nothing = dict.fromkeys(["route_id", "route_name", "managed_by", "rule_number", "location"])
    rows += [{**nothing, "target_id": target, "is_default_target": True} for target in settings["default_targets"]]
    return "audit_routes", [routed(account_id, row, known.get(row["target_id"]) or {}) for row in rows]


def routed(account_id, row, target):
    parts = [account_id, row["route_id"], row["rule_number"], row["location"], row["target_id"]]
    endpoint = next((value for name, value in target.items() if name.endswith("_endpoint")), {})
    status = target.get("write_status") or {}
    return {
        "id": "/".join("" if part is None else str(part) for part in parts),
        **row,
        "target_name": target.get("name"),
        "target_type": target.get("target_type"),
        "target_crn": endpoint.get("target_crn"),
        "bucket": text(endpoint.get("bucket")),
        "write_status": status.get("status"),
        **picked({"last_failure_at": status.get("last_failure")}, [], dates=["last_failure_at"]),
        "last_failure_reason": status.get("reason_for_last_failure"),
    }
