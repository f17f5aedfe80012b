"""The remark ledger: versions nobody can change, sealed, restored, told; numbers that never collide."""

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.utils import ProgrammingError

from orders.models import Order
from orders.production import reach
from orders.remark_formats import format_of
from orders.remark_models import OrderToken, ProductionStep, Remark, RemarkCopy, RemarkKey, Stage
from orders.remark_seals import current_texts, read
from orders.remarks import (
    RemarkOutdated,
    RemarkRefused,
    adopt_platform_copy,
    changed_fields,
    current_remark,
    put_on_platform,
    restore_version,
    versions_of,
    word_diff,
)
from orders.tokens import token_of
from stores.models import Change
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_organization, make_store
from tests.orders.remark_world import FIELDS, NOW, TEXT, an_order, write

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def order(store, scope) -> Order:
    return an_order(store)


def test_the_text_is_that_of_the_documents_example(order, owner):
    remark = write(order, owner)
    assert remark.number == 1
    assert current_remark(order).contents.text == TEXT


def test_a_change_keeps_the_old_text_with_who_and_when(order, owner, supervisor):
    write(order, owner)
    write(order, supervisor, at("2026-11-02 11:00:00"), notes="送胶，送基膜")
    new, old = versions_of(order)
    assert (old.row.number, old.row.made_by, old.row.made_at, old.contents.text) == (1, owner, NOW, TEXT)
    assert (new.row.number, new.row.made_by, new.row.made_at) == (2, supervisor, at("2026-11-02 11:00:00"))
    assert changed_fields(format_of(order.store), old.contents, new.contents) == [
        ("特殊备注", [("same", "送胶"), ("new", "，送基膜")])
    ]


def test_what_says_the_same_is_no_version(order, owner, supervisor):
    first = write(order, owner)
    assert write(order, supervisor).pk == first.pk
    assert write(order, owner, flag=1).number == 2, "the flag is part of what it says"


@pytest.mark.parametrize("model", [Remark, RemarkCopy, ProductionStep])
@pytest.mark.parametrize("how", ["update", "delete", "sql", "truncate"])
def test_history_is_changed_neither_by_the_orm_nor_by_sql(order, owner, model, how):
    write(order, owner)
    put_on_platform(order, 1, user=owner, now=NOW)
    reach(order, Stage.HANDED_OFF, user=owner, now=NOW)
    table = model._meta.db_table
    statements = {
        "update": lambda: model.objects.update(number=7),
        "delete": lambda: model.objects.all().delete(),
        "sql": lambda: connection.cursor().execute(f"UPDATE {table} SET made_at = now()"),
        "truncate": lambda: connection.cursor().execute(f"TRUNCATE {table}"),
    }
    before = list(model.objects.values_list())
    with pytest.raises((ProgrammingError, DatabaseError), match="permission denied"), transaction.atomic():
        statements[how]()
    assert list(model.objects.values_list()) == before


def test_saving_an_old_row_anew_is_refused_too(order, owner):
    remark = write(order, owner)
    remark.flag = 3
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        remark.save()


def test_what_a_remark_says_is_not_in_the_table(order, owner):
    remark = write(order, owner)
    stored = bytes(Remark.objects.get(pk=remark.pk).sealed)
    assert "刘贺".encode() not in stored
    assert b"2.4" not in stored


def test_without_its_key_every_version_is_unreadable_and_the_rows_stay(order, owner, store):
    other = an_order(store, "A2")
    write(order, owner)
    write(order, owner, notes="x")
    write(other, owner)
    RemarkKey.objects.filter(order=order).delete()
    assert [version.contents for version in versions_of(order)] == [None, None]
    assert current_remark(other).contents.text == TEXT
    assert current_texts([order.pk, other.pk]) == {other.pk: TEXT}
    with pytest.raises(ValueError, match="erased"):
        restore_version(order, 1, user=owner, now=NOW, agent_id=None)
    # A new key opens only what is written under it.
    write(order, owner, notes="y")
    assert [bool(version.contents) for version in versions_of(order)] == [True, False, False]


def test_a_version_cannot_be_passed_off_as_another(order, owner, store):
    first = write(order, owner)
    second = write(order, owner, notes="x")
    swapped = Remark.objects.get(pk=second.pk)
    swapped.sealed = first.sealed
    assert read([swapped])[swapped.pk] is None


def test_an_erased_order_keeps_no_new_remark(order, owner):
    Order.objects.update(personal_erased_at=NOW)
    with pytest.raises(ValueError, match="erased"):
        write(order, owner)
    assert not RemarkKey.objects.exists()


def test_restoring_writes_the_old_words_as_a_new_version(order, owner, supervisor):
    write(order, owner, flag=1)
    write(order, owner, notes="no glue", flag=2)
    restored = restore_version(order, 1, user=supervisor, now=NOW, agent_id=None)
    assert (restored.number, restored.restored_number, restored.origin, restored.flag) == (
        3,
        1,
        "restored",
        1,
    )
    assert current_remark(order).contents.text == TEXT
    assert [version.row.number for version in versions_of(order)] == [3, 2, 1]


def test_the_platforms_copy_is_taken_over_as_it_is(order, owner, store):
    write(order, owner)
    an_order(store, seller_memo="改成 1.5*2 【小美】", flag=3)
    order.refresh_from_db()
    adopted = adopt_platform_copy(order, user=owner, now=NOW)
    assert (adopted.number, adopted.origin, adopted.flag) == (2, "adopted", 3)
    assert current_remark(order).contents.text == "改成 1.5*2 【小美】"
    assert current_remark(order).contents.fields == {"notes": "改成 1.5*2 【小美】"}


def test_who_writes_on_an_outdated_version_is_told(order, owner, supervisor):
    write(order, owner, based_on=0)
    with pytest.raises(RemarkOutdated) as told:
        write(order, supervisor, based_on=0, notes="x")
    assert told.value.current == 1
    assert write(order, supervisor, based_on=1, notes="x").number == 2


def test_warnings_stop_until_they_are_accepted_and_are_recorded_then(order, owner):
    with pytest.raises(RemarkRefused) as refused:
        write(order, owner, ship_date="2026-11-01")
    assert refused.value.only_warnings
    assert not Remark.objects.exists()
    remark = write(order, owner, ship_date="2026-11-01", accepted=("date_past",))
    assert remark.warnings == ["date_past"]


def test_errors_cannot_be_accepted(order, owner):
    with pytest.raises(RemarkRefused) as refused:
        write(order, owner, name="", accepted=("missing",))
    assert not refused.value.only_warnings
    assert not Remark.objects.exists()


def test_the_change_log_is_written_where_flag_or_person_changes(order, owner):
    def marks() -> int:
        return Change.objects.filter(buyer_id=order.buyer_id).count()

    before = marks()
    agent = make_agent(order.store.organization, "Ann")
    write(order, owner)
    assert marks() == before + 1, "the first one ends the follow-up"
    write(order, owner, notes="x")
    assert marks() == before + 1
    write(order, owner, notes="x", flag=1)
    assert marks() == before + 2
    write(order, owner, notes="x", flag=1, agent_id=agent.pk)
    assert marks() == before + 3
    change = Change.objects.order_by("pk").last()
    assert (change.since, change.until) == (order.created_at, order.paid_at)


def test_an_order_is_found_by_the_words_of_its_current_remark(order, owner):
    write(order, owner, notes="送基膜胶")
    write(order, owner, notes="不要胶")

    def has(piece: str) -> bool:
        return OrderToken.objects.filter(
            order_id=order.pk, token=token_of(order.organization_id, piece)
        ).exists()

    assert has("不要")
    assert has("2.4")
    assert not has("基膜")


class TestSupervisorsAreTold:
    def notices(self) -> list[Notice]:
        return list(Notice.objects.filter(kind="remark").order_by("pk"))

    def test_of_a_change_after_the_hand_off_once(self, order, supervisor, agent_member):
        write(order, agent_member)
        reach(order, Stage.HANDED_OFF, user=agent_member, now=NOW)
        assert self.notices() == []
        write(order, agent_member, notes="x")
        write(order, agent_member, notes="x")
        (notice,) = self.notices()
        assert notice.user_id == supervisor.pk
        assert notice.params == {"who": "Agent", "order": "A1", "store": "TB1"}
        assert notice.link == "/yunfan/orders/tb1/remarks/A1/"
        assert "刘贺" not in str(notice.params)

    def test_of_a_change_after_shipping(self, order, supervisor, agent_member, store):
        write(order, agent_member)
        an_order(store, status="shipped", shipped_at="2026-11-02 16:00:00")
        write(order, agent_member, notes="x")
        assert [n.user_id for n in self.notices()] == [supervisor.pk]

    def test_but_not_before_nor_of_the_first_nor_after_a_taking_back(
        self, order, supervisor, agent_member, store
    ):
        write(order, agent_member)
        write(order, agent_member, notes="x")
        reach(order, Stage.HANDED_OFF, user=agent_member, now=NOW)
        reach(order, Stage.TAKEN_BACK, user=agent_member, now=NOW)
        write(order, agent_member, notes="y")
        late = an_order(store, "A2", status="shipped", shipped_at="2026-11-02 16:00:00")
        write(late, agent_member)
        assert self.notices() == []


def test_another_organization_has_no_such_remark(order, owner, other_organization, other_store):
    write(order, owner)
    with organization_scope(other_organization.pk):
        assert not Remark.objects.exists()
        assert versions_of(order) == []


def test_two_who_write_at_the_same_moment_get_two_numbers(committed):
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    with organization_scope(organization.pk):
        order = an_order(store)
    start, failed = threading.Barrier(4), []

    def write_some(who: int) -> None:
        try:
            start.wait(10)
            for number in range(5):
                with organization_scope(organization.pk):
                    write(order, notes=f"{who}-{number}")
        except Exception as error:  # told by the assertion below
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write_some, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with organization_scope(organization.pk):
        assert sorted(Remark.objects.values_list("number", flat=True)) == list(range(1, 21))
        assert RemarkKey.objects.count() == 1
        assert all(version.contents for version in versions_of(order))


def test_two_who_saw_the_same_version_do_not_overwrite_each_other(committed):
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    with organization_scope(organization.pk):
        order = an_order(store)
        write(order)
    start, said = threading.Barrier(2), []

    def change(notes: str) -> None:
        try:
            start.wait(10)
            with organization_scope(organization.pk):
                said.append(write(order, notes=notes, based_on=1).number)
        except RemarkOutdated as error:
            said.append(f"outdated by {error.current}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=change, args=(notes,)) for notes in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(map(str, said)) == ["2", "outdated by 2"]


def test_a_difference_is_told_piece_by_piece():
    assert word_diff("1.24米*2米", "1.42米*2米") == [
        ("same", "1."), ("new", "4"), ("same", "2"), ("gone", "4"), ("same", "米*2米"),
    ]  # fmt: skip
    assert word_diff("", "x") == [("new", "x")]
    assert word_diff("x", "x") == [("same", "x")]


def test_fields_hold_what_was_typed(order, owner):
    write(order, owner)
    assert current_remark(order).contents.fields == FIELDS
