"""Who may open the pages of stores, rules, rates and keys: owners; and never another organization's."""

import pytest

from stores.models import Store
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import make_store

GET = ["stores/", "stores/+/", "stores/tb1/", "stores/tb1/replies/proposed/", "rates/", "keys/"]
POST = [
    "stores/+/",
    "stores/tb1/",
    "stores/tb1/replies/",
    "stores/tb1/replies/add/",
    "stores/tb1/rules/",
    "rates/",
    "keys/",
    "keys/1/revoke/",
]
POST += ["rates/1/delete/"]


@pytest.mark.parametrize("path", GET)
def test_an_owner_may_look(client, owner, store, path):
    client.force_login(owner)
    assert client.get(f"/yunfan/{path}").status_code == 200


@pytest.mark.parametrize("path", GET)
def test_others_may_not_look(client, supervisor, agent_member, outsider, store, path):
    for user, status in ((supervisor, 403), (agent_member, 403), (outsider, 404)):
        client.force_login(user)
        assert client.get(f"/yunfan/{path}").status_code == status
    client.logout()
    assert client.get(f"/yunfan/{path}").headers["Location"].startswith("/login/")


@pytest.mark.parametrize("path", POST)
def test_others_may_not_change(client, supervisor, agent_member, outsider, store, path):
    for user, status in ((supervisor, 403), (agent_member, 403), (outsider, 404)):
        client.force_login(user)
        assert client.post(f"/yunfan/{path}").status_code == status


@pytest.mark.parametrize(
    "path", ["stores/tb1/replies/", "stores/tb1/rules/", "keys/1/revoke/", "rates/1/delete/"]
)
def test_what_changes_is_not_asked_for_by_get(client, owner, store, path):
    client.force_login(owner)
    assert client.get(f"/yunfan/{path}").status_code == 405


def test_another_organizations_store_is_404(client, owner, organization, other_organization):
    make_store(other_organization, "theirs")
    client.force_login(owner)
    for path in ("stores/theirs/", "stores/theirs/replies/", "stores/theirs/rules/"):
        assert client.post(f"/yunfan/{path}").status_code == 404
    assert client.get("/yunfan/stores/theirs/").status_code == 404


def test_an_owner_of_some_stores_sees_only_these(client, owner, organization, store):
    make_store(organization, "tb2")
    with organization_scope(organization.pk):
        Membership.objects.filter(user=owner).update(store_ids=[store.pk])
        assert Store.objects.count() == 2
    client.force_login(owner)
    assert [one.code for one in client.get("/yunfan/stores/").context["stores"]] == ["tb1"]
    assert client.get("/yunfan/stores/tb2/").status_code == 404
