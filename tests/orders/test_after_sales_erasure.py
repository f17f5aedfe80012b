"""What is written of buyers in remarks, promises, cases and the rest is erased with them, and in time; the rows stay."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection

from kpis.erasure import erase_buyer
from kpis.retention import apply_retention
from orders.attachments import attach
from orders.complaint_models import Complaint, Feedback, ReviewHandling
from orders.dossiers import happened, lines_of
from orders.imports import write_reviews
from orders.matter_erasure import MATTERS, erase_finished_matters, erase_matters_of
from orders.models import Order, Review
from orders.remark_models import About, Attachment, DossierNote, OrderToken, Remark, RemarkKey
from orders.service_models import Case, ProcedureVersion, Promise
from orders.tokens import refresh_tokens
from orders.trade_models import BuyerCard, BuyerLink, Concession
from stores.models import Buyer
from stores.platforms.records import ReviewRecord
from tenants.audit_models import AuditEntry
from tenants.encryption import encrypt
from tenants.models import Organization
from tenants.rotation import encrypted_columns
from tenants.scope import organization_scope
from tests.make import at, make_organization, make_store, write_order

pytestmark = pytest.mark.usefixtures("committed")
LONG_AGO = at("2024-03-01 10:00:00")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


@pytest.fixture
def shop(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    organization = make_organization("yunfan")
    return make_store(organization, "tb1")


def picture(name: str = "drawing.png"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, PNG)


def tell(store, buyer_name: str, when: datetime = LONG_AGO, over: bool = True) -> Buyer:
    """One of everything about a buyer and an order of theirs, of a time; over: finished, settled, closed."""
    order_id, then = f"o-{buyer_name}", f"{when:%Y-%m-%d %H:%M:%S}"
    personal = {"receiver_name": "王小明", "receiver_phone": "13812341234", "receiver_address": "某路1号"}
    personal |= {"seller_memo": "顺丰 加急", "buyer_message": "快点"}
    write_order(
        store, order_id, buyer=buyer_name, status="completed" if over else "paid", created_at=then, paid_at=then,
        paid_amount="10", **({"completed_at": then} if over else {}), **personal,
    )  # fmt: skip
    ours = {"organization_id": store.organization_id, "store": store}

    def word(field: str) -> bytes:
        return encrypt(store.organization_id, field, "王小明说过")

    with organization_scope(store.organization_id):
        write_reviews(store, [(1, ReviewRecord(f"r-{buyer_name}", order_id, buyer_name, 1, "差", when))])
        order, buyer = Order.objects.get(order_id=order_id), Buyer.objects.get(name=buyer_name)
        review = Review.objects.get(review_id=f"r-{buyer_name}")
        about = {"buyer": buyer, "order_id": order_id}
        procedure = ProcedureVersion.objects.first() or ProcedureVersion.objects.create(
            organization_id=store.organization_id, kind="quality", number=1, steps=[], made_at=when
        )
        RemarkKey.objects.create(organization_id=store.organization_id, order=order, key=word("key"))
        Remark.objects.create(**ours, order=order, number=1, sealed=b"sealed", made_at=when)
        OrderToken.objects.create(
            organization_id=store.organization_id, store_id=store.pk, order_id=order.pk, token=42
        )
        made = {
            About.PROMISE: Promise.objects.create(
                **ours, **about, kind="gift", text=word("text"), proof=word("proof"), promised_at=when, due_at=when,
                state="kept" if over else "open", settled_at=when if over else None, made_at=when,
            ),
            About.CASE: Case.objects.create(
                **ours, **about, kind="quality", procedure=procedure, story=word("story"), opened_at=when,
                closed_at=when if over else None,
            ),
            About.COMPLAINT: Complaint.objects.create(
                **ours, **about, source="chat", level="ordinary", story=word("story"), due_at=when, opened_at=when,
                closed_at=when if over else None,
            ),
            About.CONCESSION: Concession.objects.create(
                **ours, **about, kind="discount", text=word("text"), answer=word("answer"), asked_at=when,
                state="allowed" if over else "asked",
            ),
            About.FEEDBACK: Feedback.objects.create(
                **ours, **about, department="design", kind="opinion", text=word("text"), result=word("result"),
                origin="hand", state="done" if over else "sent", made_at=when, changed_at=when,
            ),
            About.REVIEW: review, About.ORDER: order, About.BUYER: buyer,
        }  # fmt: skip
        ReviewHandling.objects.create(
            **ours, review_id=review.review_id, reply_draft=word("reply_draft"), changed_at=when
        )
        BuyerCard.objects.create(
            **ours, buyer=buyer, preferences=word("preferences"), treatment=word("treatment"), changed_at=when
        )
        for subject, row in made.items():
            happened(store, subject, row.pk, "noted", user=None, now=when, note="王小明")
            attach(store, subject, row.pk, "picture", picture(), None, when)
    return buyer


def held(store, buyer: Buyer) -> dict[tuple[str, str], int]:
    """{(table, column): how many encrypted values the buyer's rows hold} over every encrypted column of orders_*."""
    order = Order.objects.get(order_id=f"o-{buyer_told(store, buyer)}")
    found = {}
    with connection.cursor() as cursor:
        for table, columns in encrypted_columns().items():
            if not table.startswith("orders_"):
                continue
            names = {f.column for f in model_of(table)._meta.concrete_fields}
            for column in columns:
                cursor.execute(
                    f"SELECT count({column}) FROM {table} WHERE {condition_of(names)}",
                    {"order": order.pk, "order_no": order.order_id, "buyer": buyer.pk, "review": f"r-{order.order_id[2:]}",
                     "about": [pk for pks in dossiers_of(order, buyer).values() for pk in pks]},
                )  # fmt: skip
                found[table, column] = cursor.fetchone()[0]
    return found


def buyer_told(store, buyer: Buyer) -> str:
    """The name the buyer's order was made under, also after it gave way to a pseudonym."""
    return Order.objects.get(buyer=buyer).order_id[2:]


def tokens_of(buyer: Buyer) -> int:
    return OrderToken.objects.filter(order_id=Order.objects.get(buyer=buyer).pk).count()


def dossiers_of(order: Order, buyer: Buyer) -> dict[str, list[int]]:
    rows = {About.ORDER: [order.pk], About.BUYER: [buyer.pk]}
    for about, model in (
        (About.PROMISE, Promise), (About.CASE, Case), (About.COMPLAINT, Complaint), (About.CONCESSION, Concession),
        (About.FEEDBACK, Feedback), (About.REVIEW, Review),
    ):  # fmt: skip
        rows[about] = list(model.objects.filter(buyer=buyer).values_list("pk", flat=True))
    return rows


def condition_of(columns: set[str]) -> str:
    """How the rows of a table are told to be the buyer's."""
    if "about_id" in columns:
        return "about_id = ANY(%(about)s)"
    if "review_id" in columns:
        return "review_id = %(review)s"
    return "buyer_id = %(buyer)s" if "buyer_id" in columns else "order_id = %(order)s"


def model_of(table: str):
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def files(settings) -> int:
    return sum(1 for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


def rows_of_matters() -> dict[str, int]:
    """How many rows there are of what must stay."""
    models = (Promise, Case, Complaint, Concession, Feedback, ReviewHandling, BuyerCard, Remark, Order)
    return {model.__name__: model.objects.count() for model in models}


def test_every_encrypted_column_of_orders_is_empty_after_a_buyer_is_forgotten(shop, settings):
    """By introspection: a new encrypted column must be filled in `tell` and erased, or this fails."""
    buyer, other = tell(shop, "tb_wang", over=False), tell(shop, "tb_li", over=False)
    with organization_scope(shop.organization_id):
        before, kept, rows = held(shop, buyer), held(shop, other), rows_of_matters()
        assert all(before.values()), {key for key, count in before.items() if not count}
        BuyerLink.objects.create(
            organization_id=shop.organization_id, buyer=buyer, other=other, same=True, decided_at=LONG_AGO
        )
    there = files(settings)
    with organization_scope(shop.organization_id):
        counts = erase_buyer(shop, "tb_wang")
    with organization_scope(shop.organization_id):
        assert not any(held(shop, buyer).values()), held(shop, buyer)
        assert held(shop, other) == kept
        assert rows_of_matters() == rows
        assert not tokens_of(buyer)
        assert tokens_of(other)
        assert not BuyerLink.objects.exists()
        assert {name: counts[name] for name in (m.name for m in MATTERS)} == {m.name: 1 for m in MATTERS}
        assert AuditEntry.objects.get(verb="erased").details["promises"] == 1
        promise = Promise.objects.get(buyer=buyer)
        assert [(line.what, line.note) for line in lines_of(About.PROMISE, [promise.pk])[promise.pk]][:1] == [
            ("noted", "")
        ]
    assert (there, files(settings)) == (16, 8)


def test_once_more_erases_nothing_more(shop):
    buyer = tell(shop, "tb_wang")
    with organization_scope(shop.organization_id):
        erase_matters_of(shop, buyer.pk, ["o-tb_wang"])
    with organization_scope(shop.organization_id):
        assert set(erase_matters_of(shop, buyer.pk, ["o-tb_wang"]).values()) == {0}


def test_what_is_over_goes_in_time_and_what_is_open_or_newer_stays(shop, settings):
    old, going, new = (
        tell(shop, "old"),
        tell(shop, "going", over=False),
        tell(shop, "new", at("2026-11-01 10:00:00")),
    )
    with organization_scope(shop.organization_id):
        Organization.objects.update(personal_data_days=90)
        fresh = held(shop, new)
    counts = apply_retention(shop.organization_id, datetime(2026, 11, 20, tzinfo=UTC))
    assert {name: counts[name] for name in (m.name for m in MATTERS)} == {
        **{m.name: 1 for m in MATTERS}, "review_dossiers": 2, "buyer_cards": 2,
    }  # fmt: skip
    with organization_scope(shop.organization_id):
        assert not any(held(shop, old).values()), held(shop, old)
        assert held(shop, new) == fresh
        words = held(shop, going)
        gone = {key for key, count in words.items() if not count}
        # A review and a card are never open: they go by their own time.
        assert gone == {("orders_reviewhandling", "reply_draft"), ("orders_buyercard", "preferences"),
                        ("orders_buyercard", "treatment")}  # fmt: skip
        assert not tokens_of(old)
        assert tokens_of(going)
        assert AuditEntry.objects.get(verb="erased").details["cases"] == 1
        assert Attachment.objects.count() == 24 - 8 - 2
    assert files(settings) == 24 - 8 - 2


def test_a_run_in_batches_reaches_all_and_may_be_repeated(shop):
    for number in range(5):
        tell(shop, f"b{number}")
    before = LONG_AGO + timedelta(seconds=1)
    assert erase_finished_matters(shop.organization_id, LONG_AGO, batch=2) == {m.name: 0 for m in MATTERS}
    assert erase_finished_matters(shop.organization_id, before, batch=2) == {m.name: 5 for m in MATTERS}
    assert erase_finished_matters(shop.organization_id, before, batch=2) == {m.name: 0 for m in MATTERS}
    with organization_scope(shop.organization_id):
        assert not DossierNote.objects.exists()
        assert not RemarkKey.objects.exists()
        assert Remark.objects.count() == 5


def test_a_remark_written_after_its_order_was_erased_goes_the_next_time(shop):
    tell(shop, "old")
    with organization_scope(shop.organization_id):
        Organization.objects.update(personal_data_days=90)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    apply_retention(shop.organization_id, now)
    with organization_scope(shop.organization_id):
        order = Order.objects.get()
        assert order.personal_erased_at is not None
        key = encrypt(shop.organization_id, "key", "new")
        RemarkKey.objects.create(organization_id=shop.organization_id, order=order, key=key)
    assert apply_retention(shop.organization_id, now)["order_dossiers"] == 1
    with organization_scope(shop.organization_id):
        assert not RemarkKey.objects.exists()
        refresh_tokens(shop, [order.pk])


def test_another_organization_is_not_touched(shop):
    other = make_store(make_organization("beihai"), "tb1")
    tell(shop, "tb_wang")
    theirs = tell(other, "tb_wang")
    with organization_scope(shop.organization_id):
        erase_buyer(shop, "tb_wang")
    with organization_scope(other.organization_id):
        assert all(held(other, theirs).values())
