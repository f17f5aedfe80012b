"""Words of remarks as keyed numbers: how texts are cut, kept in step with imports, found again, and forgotten."""

import pytest
from django.db import connection, connections

from orders.finding import find_orders, the_one_meant
from orders.models import Order
from orders.remark_models import OrderToken, RemarkKey
from orders.remarks import write_remark
from orders.rotation import remake_tokens
from orders.tokens import delete_tokens, pieces_of, refresh_tokens, token_of, tokens_of
from tenants.scope import organization_scope
from tests.make import at, make_organization, make_store, write_order


def pk_of(order_id: str) -> int:
    return Order.objects.get(order_id=order_id).pk


def tokens_stored(order_id: str) -> set[int]:
    return set(OrderToken.objects.filter(order_id=pk_of(order_id)).values_list("token", flat=True))


def tokens(store, *pieces: str) -> set[int]:
    return {token_of(store.organization_id, piece) for piece in pieces}


def found(store, question: str, *others) -> list[tuple[str, str]]:
    stores = [store.pk, *(other.pk for other in others)]
    names = dict(Order.objects.values_list("pk", "order_id"))
    return [(names[pk], way) for pk, way in find_orders(store.organization_id, stores, question)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("发顺丰", ["发顺", "顺丰"]),
        ("1.24×2米 顺丰", ["1.24", "顺丰"]),
        ("１．２４＊２ ＳＦ１２３４", ["1.24", "sf", "1234"]),
        ("Gói quà 红A4", ["gói", "quà"]),
        ("a b 1 红", []),
        ("红色 红色", ["红色"]),
        ("カーテン", ["カー", "ーテ", "テン"]),
    ],
)
def test_a_text_is_cut_into_pairs_of_characters_words_and_numbers(text, pieces):
    assert pieces_of(text) == pieces


def test_tokens_are_keyed_by_organization_and_of_a_long_text_those_of_its_beginning(settings):
    settings.SEARCH_KEY = "one"
    assert tokens_of(1, "顺丰") != tokens_of(2, "顺丰")
    settings.SEARCH_KEY, under_one = "two", tokens_of(1, "顺丰")
    assert tokens_of(1, "顺丰") != under_one
    assert len(tokens_of(1, " ".join(map(str, range(10, 400))))) == 200


def test_an_import_keeps_tokens_in_step_with_the_memo_and_once_is_as_good_as_twice(store, scope):
    for _ in range(2):
        write_order(store, "A1", paid_amount="10", seller_memo="发顺丰")
        assert tokens_stored("A1") == tokens(store, "发顺", "顺丰")
    write_order(store, "A1", paid_amount="10", seller_memo="发圆通")
    assert tokens_stored("A1") == tokens(store, "发圆", "圆通")
    write_order(store, "A1", paid_amount="12")
    assert tokens_stored("A1") == tokens(store, "发圆", "圆通"), "a blank never erases"
    write_order(store, "A2", paid_amount="10")
    assert tokens_stored("A2") == set()


def test_words_find_an_order_only_if_its_text_holds_them_side_by_side(store, scope):
    write_order(store, "A1", paid_amount="10", seller_memo="宽1.24 发顺丰 红色")
    write_order(store, "A2", paid_amount="10", seller_memo="顺丰到付 1.42")
    # All pairs of 发顺丰到 are in it, but not one after another.
    write_order(store, "A3", paid_amount="10", seller_memo="丰到 发顺 顺丰")
    assert found(store, "发顺丰") == [("A1", "remark")]
    assert found(store, "顺丰") == [("A3", "remark"), ("A2", "remark"), ("A1", "remark")]
    assert found(store, "1.24") == [("A1", "remark")]
    assert found(store, "红色 顺丰") == [("A1", "remark")]
    assert found(store, "发顺丰到") == []
    assert found(store, "蓝色") == []
    assert found(store, "红") == []


def test_a_store_the_member_may_not_see_and_another_organization_give_nothing(
    store, scope, organization, other_store
):
    second = make_store(organization, "tb2")
    write_order(store, "A1", paid_amount="10", seller_memo="发顺丰")
    write_order(second, "B1", paid_amount="10", seller_memo="发顺丰")
    write_order(other_store, "C1", paid_amount="10", seller_memo="发顺丰")
    assert found(store, "发顺丰") == [("A1", "remark")]
    assert found(store, "发顺丰", second) == [("B1", "remark"), ("A1", "remark")]
    with organization_scope(other_store.organization_id):
        assert found(other_store, "发顺丰") == [("C1", "remark")]


def test_tokens_go_with_the_texts(store, scope):
    write_order(store, "A1", paid_amount="10", seller_memo="发顺丰")
    write_order(store, "A2", paid_amount="10", seller_memo="发顺丰")
    assert delete_tokens([pk_of("A1")]) == 2
    assert tokens_stored("A1") == set()
    assert tokens_stored("A2") == tokens(store, "发顺", "顺丰")
    refresh_tokens(store, [pk_of("A1")])
    assert tokens_stored("A1") == tokens(store, "发顺", "顺丰")


def test_words_are_made_anew_under_another_key_and_for_what_was_imported_without(store, scope, settings):
    for number in range(5):
        write_order(store, f"A{number}", paid_amount="10", seller_memo=f"发顺丰 {number}")
    write_order(store, "B1", paid_amount="10")
    settings.SEARCH_KEY = "another"
    assert found(store, "发顺丰") == []
    assert remake_tokens(store.organization_id, batch=2) == 5
    assert len(found(store, "发顺丰")) == 5
    OrderToken.objects.all().delete()
    assert remake_tokens(store.organization_id) == 5
    assert len(found(store, "发顺丰")) == 5
    assert tokens_stored("A1") == tokens(store, "发顺", "顺丰")


def test_our_own_remark_is_found_beside_the_platforms_and_the_old_version_no_more(store, scope, owner):
    write_order(store, "A1", paid_amount="10", seller_memo="发顺丰", paid_at="2026-11-02 10:00:00")
    order = Order.objects.select_related("store").get(order_id="A1")
    said = {
        "name": "李雷",
        "size": {"width": "3", "height": "2.4"},
        "pattern": "定制",
        "ship_date": "2026-11-03",
    }
    for way in ("自提", "送货到楼下"):
        write_remark(
            order,
            {**said, "delivery": way},
            flag=None,
            agent_id=None,
            user=owner,
            now=at("2026-11-02 10:05:00"),
        )
    assert found(store, "送货到楼下") == [("A1", "remark")]
    assert found(store, "顺丰 定制") == [("A1", "remark")]
    assert found(store, "自提") == []
    RemarkKey.objects.filter(order=order).delete()
    refresh_tokens(store, [order.pk])
    assert found(store, "送货到楼下") == []
    assert found(store, "发顺丰") == [("A1", "remark")]


def test_of_a_common_word_the_newest_candidates_are_read(store, scope, monkeypatch):
    from orders import token_search

    for number in range(6):
        write_order(store, f"A{number}", paid_amount="10", seller_memo=f"顺丰 no{number + 10}")
    monkeypatch.setattr(token_search, "MOST_CANDIDATES", 2)
    assert [order for order, _ in found(store, "顺丰")] == ["A5", "A4"]
    assert found(store, "顺丰 10") == [("A0", "remark")], "the rarer word leads"
    monkeypatch.setattr(token_search, "MOST_CANDIDATES", 200)
    for number in range(6, 9):
        write_order(store, f"A{number}", paid_amount="10", seller_memo="顺丰 红色")
    monkeypatch.setattr(token_search, "NEWEST_LOOKED_AT", 2)
    assert [order for order, _ in found(store, "顺丰 红色")] == ["A8", "A7"]
    assert len(found(store, "顺丰")) == 9


@pytest.fixture
def known(store, scope):
    """Orders of ann and anna, told by everything they can be found by."""
    write_order(
        store, "1234567890123", buyer="ann", paid_amount="10", receiver_phone="13812341234", receiver_name="王小明",
        tracking_no="SF1000200", seller_memo="要礼盒", created_at="2026-11-02 10:00:00",
    )  # fmt: skip
    write_order(
        store, "1234599999999", buyer="anna", paid_amount="10", receiver_phone="13812341235", receiver_name="王小",
        tracking_no="SF1000201", created_at="2026-11-03 10:00:00",
    )  # fmt: skip
    return store


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("1234567890123", [("1234567890123", "number")]),
        (" １２３４５６７８９０１２３ ", [("1234567890123", "number")]),
        ("12345", [("1234599999999", "number_beginning"), ("1234567890123", "number_beginning")]),
        ("1234", []),
        ("sf1000200", [("1234567890123", "tracking")]),
        ("SF100020", []),
        ("+86 138-1234-1234", [("1234567890123", "phone")]),
        ("138123412", []),
        ("ann", [("1234567890123", "buyer"), ("1234599999999", "buyer_beginning")]),
        ("an", [("1234599999999", "buyer_beginning"), ("1234567890123", "buyer_beginning")]),
        ("a", []),
        ("Ann", []),
        ("王小明", [("1234567890123", "receiver")]),
        ("王 小", [("1234599999999", "receiver")]),
        ("礼盒", [("1234567890123", "remark")]),
        ("", []),
        ("\0", []),
    ],
)
def test_one_box_decides_what_was_typed(known, question, expected):
    assert found(known, question) == expected


def test_only_a_whole_number_or_phone_that_leads_to_one_order_is_the_one_meant(known):
    def meant(question: str) -> int | None:
        return the_one_meant(find_orders(known.organization_id, [known.pk], question))

    first = pk_of("1234567890123")
    assert meant("1234567890123") == meant("SF1000200") == meant("13812341234") == first
    assert meant("12345") is meant("ann") is meant("礼盒") is None
    write_order(known, "5", paid_amount="10", receiver_phone="13812341234")
    assert meant("13812341234") is None


QUESTIONS = ("1234567890123", "SF1000200", "13812341234", "ann", "王小明", "礼盒 顺丰")


# Tables so small as a test's are read by any index.
FILLING = (
    "INSERT INTO orders_order (organization_id, store_id, order_id, buyer_id, status, created_at, items_given, tracking_no,"
    " phone_hash, name_hash) SELECT %s, %s, 'x' || n, n, 'paid', now(), false, 'y' || n, sha256(n::text::bytea),"
    " sha256(n::text::bytea) FROM generate_series(100000, 108000) n",
    "INSERT INTO stores_buyer (organization_id, store_id, name, masked, note)"
    " SELECT %s, %s, 'z' || n, false, '' FROM generate_series(100000, 108000) n",
    "INSERT INTO orders_ordertoken (organization_id, store_id, order_id, token)"
    " SELECT %s, %s, n %% 1000, n FROM generate_series(100000, 120000) n",
)


def test_every_search_reads_by_an_index_as_the_application(committed):
    """What row-level security keeps from an index is a filter, however dear sequential scans are."""
    statements = {}

    def noted(execute, sql, params, many, context):
        # Of the candidates the texts are read by primary key, by the ORM.
        if ("orders_" in sql or "stores_" in sql) and not sql.startswith(
            ('SELECT "', "SELECT DISTINCT ON (")
        ):
            statements[sql] = params
        return execute(sql, params, many, context)

    store = make_store(make_organization("yunfan"), "tb1")
    write_order(store, "7", buyer="ann", paid_amount="10", seller_memo="礼盒 顺丰")
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        for statement in FILLING:
            cursor.execute(statement, [store.organization_id, store.pk])
    with connections["migrate"].cursor() as cursor:
        cursor.execute("ANALYZE orders_order, orders_ordertoken, stores_buyer")
    with organization_scope(store.organization_id), connection.execute_wrapper(noted):
        for question in QUESTIONS:
            find_orders(store.organization_id, [store.pk], question)
    assert len(statements) == 9  # one for each way, and two for words
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql, params in statements.items():
            cursor.execute(f"EXPLAIN {sql}", params)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Cond" in plan, f"{sql}\n{plan}"
            # Orders of other stores with the same hash are few; the other words are looked up one by one.
            allowed = ("(store_id = ANY", "(SubPlan")
            filters = [
                line
                for line in plan.splitlines()
                if "Filter:" in line and not any(a in line for a in allowed)
            ]
            assert filters == [], f"{sql}\n{plan}"
