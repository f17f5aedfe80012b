"""Care messages before a holiday: who is chosen, follow-ups made once, due by the store's clock."""

from datetime import date

import pytest
import time_machine

from desk.buyer_greetings import chosen, holidays_ahead, make_greetings
from desk.models import FollowUp, FollowUpEvent
from kpis.refresh import refresh_store
from stores.models import Buyer, ErasedBuyer
from tenants.scope import organization_scope
from tests.make import at, make_store, write_order

NOW = at("2026-11-20 10:00:00")
NEW_YEAR = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def buyers(organization, store):
    """ann paid 300, bea 200, cid 250 but asked to be forgotten, old 900 more than a year ago."""
    for name, day, paid in (
        ("ann", "2026-11-01", "300"), ("bea", "2026-10-01", "200"), ("cid", "2026-11-02", "250"), ("old", "2025-10-01", "900"),
    ):  # fmt: skip
        times = {"created_at": f"{day} 09:00:00", "paid_at": f"{day} 09:01:00"}
        write_order(store, name, buyer=name, paid_amount=paid, **times)
    refresh_store(store, whole=True)
    with organization_scope(organization.pk):
        cid = Buyer.objects.get(name="cid")
        ErasedBuyer.objects.create(
            organization=organization, store=store, buyer=cid, name_hash=b"x", erased_at=NOW
        )


def test_holidays_are_the_store_countrys_own_and_those_in_a_row_one(organization, store):
    taiwan = make_store(organization, "tw1", country="TW", time_zone="Asia/Taipei", platform="shopee")
    assert [f"{day:%m-%d}" for day, _name in holidays_ahead(store, NOW, "en")] == ["01-01", "02-05"]
    assert [f"{day:%m-%d}" for day, _name in holidays_ahead(taiwan, NOW, "en")] == [
        "12-25",
        "01-01",
        "02-04",
        "02-28",
    ]
    # The day itself is not ahead any more.
    assert NEW_YEAR not in dict(holidays_ahead(store, at("2027-01-01 10:00:00"), "en"))


def test_the_best_of_the_last_year_are_chosen_without_whom_we_must_forget(organization, store, buyers):
    with organization_scope(organization.pk):
        assert [buyer.name for buyer in chosen(store, "", 10, NOW)] == ["ann", "bea"]
        assert [buyer.name for buyer in chosen(store, "", 1, NOW)] == ["ann"]
        assert chosen(store, "vip", 10, NOW) == []


def test_nobody_is_greeted_twice_for_a_holiday(organization, store, buyers, supervisor, english):
    with organization_scope(organization.pk):
        ann, bea = chosen(store, "", 10, NOW)
        assert make_greetings(store, [ann], NEW_YEAR, "节日快乐", supervisor, NOW) == 1
        assert make_greetings(store, [ann, bea], NEW_YEAR, "节日快乐", supervisor, NOW) == 1
        assert make_greetings(store, [ann, bea], NEW_YEAR, "节日快乐", supervisor, NOW) == 0
        made = FollowUp.objects.get(buyer=ann)
        assert made.decrypted("text") == "节日快乐"
        assert (made.opens_at, made.due_at) == (at("2026-12-30 00:00:00"), at("2026-12-31 12:00:00"))
        assert (made.agent_id, made.state, made.kind) == (None, "open", "by_hand")
        assert FollowUpEvent.objects.filter(what="made").count() == 2
        for day, text, words in ((date(2026, 11, 20), "x", "over"), (NEW_YEAR, " ", "Say what")):
            with pytest.raises(ValueError, match=words):
                make_greetings(store, [ann], day, text, supervisor, NOW)


def test_looking_makes_nothing_and_confirming_makes_what_was_looked_at(
    organization, store, buyers, supervisor, client
):
    client.force_login(supervisor)
    sent = {"holiday": "2027-01-01", "wanted": "", "most": "1", "text": "节日快乐"}
    page = client.post("/yunfan/buyers/greetings/", sent | {"act": "look"})
    assert [buyer.name for buyer in page.context["found"]] == ["ann"]
    with organization_scope(organization.pk):
        assert not FollowUp.objects.exists()
    assert client.post("/yunfan/buyers/greetings/", sent | {"act": "make"}).status_code == 302
    assert client.post("/yunfan/buyers/greetings/", sent | {"most": "201"}).context["form"].errors["most"]
    with organization_scope(organization.pk):
        assert [one.buyer.name for one in FollowUp.objects.all()] == ["ann"]
