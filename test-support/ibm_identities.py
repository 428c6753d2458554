"""Users, service IDs, trusted profiles and API keys, read with IBM's clients (docs/reference/icd-accounts-access.md, 2.15 to 2.18)."""
from urllib.parse import parse_qs, urlparse

from ibm_platform_services.user_management_v1 import UsersPager

from ibm_values import picked, text, timestamp


def identity_jobs(pool, identities, users, account_id):
    """Starts a job in the pool for each stream. Each job returns rows."""
    groups = pool.submit(service_id_groups, identities, account_id)
    return [
        pool.submit(user_rows, users, account_id),
        pool.submit(service_id_rows, identities, account_id, groups),
        pool.submit(profile_rows, identities, account_id),
        pool.submit(api_key_rows, identities, account_id, groups),
    ]


def pages(ask, field, **query):
    """All rows of a list that the client has no pager for."""
    token = None
    while True:
        body = ask(pagesize=100, pagetoken=token, **query).get_result()
        yield from body[field]
        if not body.get("next"):
            return
        [token] = parse_qs(urlparse(body["next"]).query)["pagetoken"]


def of_all_groups(ask, field, groups, **query):
    """The rows of all groups. A request without a group returns the default group's rows, so duplicates are removed."""
    rows = list(pages(ask, field, **query))
    for group in groups.result():
        rows += pages(ask, field, group_id=group, **query)
    return list({row["id"]: row for row in rows}.values())


def service_id_groups(client, account_id):
    return [row["id"] for row in client.list_service_id_group(account_id=account_id).get_result()["serviceid_groups"]]


def activity(row):
    found = row.get("activity") or {}
    return {
        "last_authenticated_at": timestamp(found.get("last_authn")),
        "authentication_count": found.get("authn_count"),
    }


def user_rows(client, account_id):
    def user(row):
        single = client.get_user_profile(account_id, row["iam_id"], include_activity="true").get_result()
        fields = ["account_id", "iam_id", "realm", "user_id", "email", "firstname", "lastname", "state"]
        return {"id": f"{account_id}/{row['iam_id']}", **picked(row, fields, dates=["added_on"]), **activity(single)}

    return "users", [user(row) for row in UsersPager(client=client, account_id=account_id, limit=100).get_all()]


def service_id_rows(client, account_id, groups):
    def service_id(row):
        single = client.get_service_id(row["id"], include_activity=True).get_result()
        fields = ["id", "account_id", "iam_id", "group_id", "name", "description", "locked", "unique_instance_crns"]
        return {**picked(row, fields, dates=["created_at", "modified_at"]), **activity(single)}

    rows = of_all_groups(client.list_service_ids, "serviceids", groups, account_id=account_id, show_group_id="true")
    return "service_ids", [service_id(row) for row in rows]


def profile_rows(client, account_id):
    def profile(row):
        key = row["id"]
        fields = ["id", "account_id", "iam_id", "name", "description", "template_id", "assignment_id"]
        return {
            **picked(row, fields, dates=["created_at", "modified_at"]),
            "identities": client.get_profile_identities(key).get_result()["identities"],
            "links": [link(each) for each in client.list_links(key).get_result()["links"]],
            "rules": [rule(each) for each in client.list_claim_rules(key).get_result()["rules"]],
            **activity(client.get_profile(key, include_activity=True).get_result()),
        }

    return "trusted_profiles", [profile(row) for row in pages(client.list_profiles, "profiles", account_id=account_id)]


def link(row):
    resource = {name: row["link"][name] for name in ("crn", "namespace", "name")}
    return {"cr_type": row["cr_type"], "is_cross_account": row["is_cross_account"], **resource}


def rule(row):
    return {name: row[name] for name in ("name", "type", "realm_name", "expiration", "conditions")}


def api_key_rows(client, account_id, groups):
    def api_key(row, kind):
        fields = ["id", "account_id", "iam_id", "name", "description", "locked", "disabled", "support_sessions"]
        dates = ["created_at", "modified_at", "expires_at"]
        return {**picked(row, [*fields, "action_when_leaked", "created_by"], dates), "type": text(kind)}

    query = {"account_id": account_id, "scope": "account"}
    of_users = pages(client.list_api_keys, "apikeys", type="user", **query)
    of_services = of_all_groups(client.list_api_keys, "apikeys", groups, type="serviceid", **query)
    return "api_keys", [
        *(api_key(row, "user") for row in of_users),
        *(api_key(row, "serviceid") for row in of_services),
    ]
