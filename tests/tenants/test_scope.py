"""The door to an organization's rows: opened for one transaction, closed whatever happens in it."""

import threading

import pytest
from django.db import DatabaseError, DataError, InternalError, connection, connections, transaction

from stores.models import Store
from tenants.models import Membership, Organization
from tenants.scope import organization_id_of, organization_ids, organization_scope, user_scope
from tests.make import make_member, make_organization, make_store


@pytest.fixture
def two(committed):
    """Two organizations, one store each."""
    mine, other = make_organization("yunfan"), make_organization("beihai")
    make_store(mine, "mine")
    make_store(other, "theirs")
    return mine.pk, other.pk


def codes() -> list[str]:
    return list(Store.objects.order_by("code").values_list("code", flat=True))


def open_scope() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.organization_id', true)")
        return cursor.fetchone()[0] or None


def test_without_a_scope_a_query_is_an_error_and_not_an_empty_answer(two):
    with pytest.raises(DatabaseError):
        codes()
    with organization_scope(two[0]):
        assert codes() == ["mine"]
    # The connection stays open; its scope does not.
    with pytest.raises(DatabaseError):
        codes()
    assert open_scope() is None


def test_a_scope_is_the_transactions_and_not_the_connections(two):
    """Even where nothing gives it back, as when a process is stopped, the next transaction begins without one."""
    with organization_scope(two[0]), connection.cursor() as cursor:
        assert open_scope() == str(two[0])
        cursor.execute("COMMIT")
        assert open_scope() is None


def test_a_scope_within_another_gives_it_back(two):
    mine, other = two
    with organization_scope(mine):
        with organization_scope(other):
            assert codes() == ["theirs"]
        assert codes() == ["mine"]
    assert open_scope() is None


def test_a_scope_in_a_transaction_begun_by_hand_is_given_back_before_it_ends(two):
    """There a scope's end is no commit, which would take the setting away by itself."""
    connection.set_autocommit(False)
    try:
        with organization_scope(two[0], "somebody"):
            assert codes() == ["mine"]
        assert open_scope() is None
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('pghistory.context_metadata', true)")
            assert not cursor.fetchone()[0]
    finally:
        connection.rollback()
        connection.set_autocommit(True)


def test_a_scope_of_its_own_is_one_statement_in_its_transaction(two, django_assert_num_queries):
    with django_assert_num_queries(3), organization_scope(two[0]):
        pass


def test_an_error_within_a_scope_gives_the_outer_one_back(two):
    mine, other = two
    with organization_scope(mine):
        with pytest.raises(ZeroDivisionError), organization_scope(other):
            raise ZeroDivisionError
        assert codes() == ["mine"]
        with pytest.raises(DatabaseError), organization_scope(other), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert codes() == ["mine"]
    assert open_scope() is None


def test_after_an_error_no_other_scope_can_be_set_in_the_same_transaction(two):
    """A statement that failed ends the transaction's use, a forged scope behind it included."""
    mine, other = two

    def forge() -> None:
        with organization_scope(mine), connection.cursor() as cursor:
            with pytest.raises(DataError):
                cursor.execute("SELECT 1 / 0")
            cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(other)])

    with pytest.raises(InternalError):
        forge()
    assert open_scope() is None
    with organization_scope(mine):
        assert codes() == ["mine"]


@pytest.mark.parametrize("forged", ["", "0", "yunfan", "1 OR true", "-1", "99999999999"])
def test_a_scope_that_names_no_organization_shows_nothing(two, forged):
    """Numbers of nobody show no row; what is no number is an error."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, true)", [forged])
        if forged in ("0", "-1"):
            assert codes() == []
        else:
            with pytest.raises(DatabaseError), transaction.atomic():
                codes()


def test_a_row_cannot_be_made_for_or_given_to_another_organization(two):
    mine, other = two
    with pytest.raises(DatabaseError, match="row-level security"), organization_scope(mine):
        Store.objects.create(organization_id=other, code="x", name="x", platform="jd")
    with pytest.raises(DatabaseError, match="row-level security"), organization_scope(mine):
        Store.objects.update(organization_id=other)
    with organization_scope(mine):
        assert Store.objects.filter(code="theirs").update(name="ours") == 0
        assert Store.objects.filter(code="theirs").delete()[0] == 0
    with organization_scope(other):
        assert [store.name for store in Store.objects.all()] == ["THEIRS"]


def test_scopes_of_two_threads_do_not_meet(two):
    mine, other = two
    seen, both_open = {}, threading.Barrier(2)

    def look(organization_id: int) -> None:
        try:
            with organization_scope(organization_id):
                both_open.wait(30)
                seen[organization_id] = codes()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look, args=(number,)) for number in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {mine: ["mine"], other: ["theirs"]}


def test_a_person_sees_the_own_memberships_and_no_rows(two):
    mine, other = (
        Organization(pk=number, slug=slug) for number, slug in zip(two, ("yunfan", "beihai"), strict=True)
    )
    person = make_member(mine, "agent", "both@example.com")
    with organization_scope(other.pk):
        Membership.objects.create(organization_id=other.pk, user=person, role="owner")
    make_member(other, "supervisor")
    with user_scope(person.pk):
        assert sorted(Membership.objects.values_list("organization_id", "role")) == [
            (mine.pk, "agent"),
            (other.pk, "owner"),
        ]
        assert Organization.objects.count() == 2
        with pytest.raises(DatabaseError), transaction.atomic():
            codes()
        # Seeing one's memberships is not changing them.
        with pytest.raises(DatabaseError), transaction.atomic():
            Membership.objects.update(role="owner")
    with user_scope(person.pk + 1):
        assert [m.role for m in Membership.objects.all()] == ["supervisor"]
    assert Membership.objects.count() == 0


def test_ids_are_all_that_is_known_before_a_scope_opens(two):
    assert organization_id_of("yunfan") == two[0]
    assert organization_id_of("nobody") is None
    assert organization_ids() == sorted(two)
    assert Organization.objects.count() == 0
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tenants_slug")


def test_a_name_changed_or_taken_leads_to_the_right_organization(two):
    mine, other = two
    with organization_scope(mine):
        Organization.objects.update(slug="yunfan2")
    assert (organization_id_of("yunfan"), organization_id_of("yunfan2")) == (None, mine)
    with organization_scope(other):
        Organization.objects.update(slug="yunfan")
    assert (organization_id_of("yunfan"), organization_id_of("beihai")) == (other, None)
