"""Reads all roles with IBM's clients for access groups and policies (docs/reference/icd-api.md, 2.6, 2.7 and 4.10 to 4.12)."""
from ibm_platform_services.iam_access_groups_v2 import AccessGroupMembersPager, AccessGroupsPager
from ibm_platform_services.iam_policy_management_v1 import V2PoliciesPager

from ibm_values import is_of_databases, picked, text


def access_groups(client, account_id):
    return AccessGroupsPager(client=client, account_id=account_id, limit=100, show_federated=True).get_all()


def members_of(client, group_id):
    return AccessGroupMembersPager(
        client=client, access_group_id=group_id, membership_type="all", verbose=True, limit=100
    ).get_all()


def team(group, members):
    """An access group with its members' documented fields."""
    fields = ["id", "account_id", "name", "description", "is_federated", "created_by_id", "last_modified_by_id"]
    row = picked(group, fields, dates=["created_at", "last_modified_at"])
    return {"key": f'{row["account_id"]}/{row["id"]}', **row, "members": [member(each) for each in members]}


def member(row):
    fields = ["iam_id", "type", "membership_type", "name", "email", "description", "created_at", "created_by_id"]
    return {field: row[field] for field in fields if field in row}


def policies(client, account_id):
    """All access policies, because policies without a service also cover databases, and the API filters by only one service."""
    return V2PoliciesPager(client=client, account_id=account_id, type="access").get_all()


def role_names(client, account_id):
    """The display name of each role, by CRN."""
    roles = client.list_roles(account_id=account_id).get_result()
    lists = [roles.get(name) or [] for name in ("system_roles", "service_roles", "custom_roles")]
    return {role["crn"]: role["display_name"] for each in lists for role in each}


def grant_rows(all_policies, names, deployments, subject):
    """One row per role and subject (`iam_id` or `access_group_id`) in policies that cover databases."""
    crns = {row["guid"]: row["id"] for row in deployments}
    return [
        grant(policy, role["role_id"], names, crns, subject, value)
        for policy in all_policies
        if opens_databases(policy)
        for role in policy["control"]["grant"]["roles"]
        for value in values(policy["subject"], subject)
    ]


def opens_databases(policy):
    """Whether the policy covers a database service, or any service."""
    services = values(policy["resource"], "serviceName")
    if services:
        return any(is_of_databases(service) for service in services)
    return values(policy["resource"], "serviceType") in ([], ["service"])


def grant(policy, role_id, names, crns, subject, value):
    role = role_id.split(":")[-1]
    instance = covered(policy, "serviceInstance")
    group = covered(policy, "resourceGroupId")
    service = covered(policy, "serviceName")
    fields = ["state", "description", "created_by_id", "last_modified_by_id"]
    return {
        "id": f"{policy['id']}/{role}/{value}",
        "policy_id": policy["id"],
        subject: value,
        "subject_type": "access_group" if subject == "access_group_id" else subject_type(value),
        "name": names.get(role_id, role),
        "role": role,
        "role_id": role_id,
        "scope": "instance" if instance else "resource_group" if group else "service" if service else "account",
        "deployment_id": crns.get(instance),
        "service_instance": instance,
        "service_name": service,
        "resource_group_id": group,
        "region": covered(policy, "region"),
        "resource_tags": policy["resource"].get("tags"),
        "time_condition": text(policy.get("pattern")),
        "rule": policy.get("rule"),
        **picked(policy, fields, dates=["created_at", "last_modified_at"]),
    }


def subject_type(iam_id):
    """The type of a subject, from the prefix of its id."""
    if iam_id.startswith("iam-ServiceId-"):
        return "service_id"
    return "profile" if iam_id.startswith("iam-Profile-") else "user"


def covered(policy, key):
    found = values(policy["resource"], key)
    return found[0] if found else None


def values(part, key):
    """The values of an attribute, which has a single value or a list."""
    found = []
    for attribute in part["attributes"]:
        if attribute["key"] == key:
            value = attribute["value"]
            found += value if isinstance(value, list) else [value]
    return found
