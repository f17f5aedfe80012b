"""API keys: the secret once, revoked for good, the owner alone."""

import re

from stores.models import Store
from tenants.models import ApiKey
from tenants.scope import organization_scope


def issue(client, store, name="chat collector"):
    return client.post("/yunfan/keys/", {"store": store.pk, "name": name})


def keys_of(organization):
    with organization_scope(organization.pk):
        return list(ApiKey.objects.all())


def test_the_secret_is_in_the_answer_and_nowhere_else(client, owner, organization, store):
    client.force_login(owner)
    answer = issue(client, store)
    secret = re.search(r"kfd_[\w-]{43}", answer.text)[0]
    (key,) = keys_of(organization)
    assert (key.digest, key.store_id, key.created_by) == (ApiKey.digest_of(secret), store.pk, owner)
    assert "no-store" in answer.headers["Cache-Control"]
    page = client.get("/yunfan/keys/").text
    assert secret not in page
    assert key.prefix in page


def test_a_revoked_key_opens_nothing_and_keeps_its_first_time(client, owner, organization, store):
    client.force_login(owner)
    issue(client, store)
    (key,) = keys_of(organization)
    assert client.post(f"/yunfan/keys/{key.pk}/revoke/").status_code == 302
    (revoked,) = keys_of(organization)
    client.post(f"/yunfan/keys/{key.pk}/revoke/")
    assert revoked.revoked_at is not None
    assert keys_of(organization)[0].revoked_at == revoked.revoked_at
    with organization_scope(organization.pk):
        assert not ApiKey.objects.usable().exists()


def test_a_key_for_another_organizations_store_is_refused(client, owner, organization, store, other_store):
    client.force_login(owner)
    answer = issue(client, other_store)
    assert answer.status_code == 200
    assert answer.context["form"].errors["store"]
    assert keys_of(organization) == []


def test_another_organizations_key_is_404(client, owner, organization, other_organization, other_store):
    with organization_scope(other_organization.pk):
        theirs, _ = ApiKey.issue(other_organization, other_store.pk, "theirs", None)
    client.force_login(owner)
    assert client.post(f"/yunfan/keys/{theirs.pk}/revoke/").status_code == 404
    assert keys_of(other_organization)[0].revoked_at is None


def test_without_a_store_the_page_says_what_to_do(client, owner, organization):
    client.force_login(owner)
    assert "/yunfan/stores/+/" in client.get("/yunfan/keys/").text
    with organization_scope(organization.pk):
        assert not Store.objects.exists()
