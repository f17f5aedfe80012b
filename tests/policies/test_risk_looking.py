"""Signs of risk from the facts: what counts and what does not, incrementally and again, across stores and never across
organizations."""

from datetime import timedelta
from random import Random

import pytest

from kpis.erasure import erase_buyer
from policies.risk_models import RiskSignal, RiskStanding
from policies.risk_rulings import rule
from stores.models import ChangeCursor
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import at, make_member, make_organization, make_store, write_chat
from tests.policies.risk_world import NOW, bought, buyer_of, looked, refunded, signs, stored, told


@pytest.fixture
def shop(committed):
    return make_store(make_organization("yunfan"), "tb1")


def test_goods_kept_and_money_back_for_most_of_the_orders(shop):
    for number in range(1, 7):
        bought(shop, f"A{number}", "阿财", f"2026-10-{number:02d}")
    for number in (1, 3, 4, 6):
        refunded(shop, f"A{number}", f"2026-10-1{number} 10:00:00")
    looked(shop)
    assert signs(shop) == {
        "阿财": {
            "refund_only_often": {
                "items": ["rA1", "rA3", "rA4", "rA6"], "orders": ["A1", "A3", "A4", "A6"], "refunded": 4, "of": 6,
            }
        }
    }  # fmt: skip


def test_returns_cancelled_orders_small_sums_and_few_refunds_are_no_sign(shop):
    for buyer in ("returns", "cancels", "bargains", "few", "report", "old", "mostly"):
        for number in range(3):
            bought(shop, f"{buyer}{number}", buyer, "2026-10-01")
    for number in range(3):
        refunded(shop, f"returns{number}", "2026-10-05 10:00:00", kind="return_refund")
        refunded(shop, f"cancels{number}", "2026-10-01 12:00:00")  # before it was shipped
        refunded(shop, f"bargains{number}", "2026-10-05 10:00:00", amount="49.99")
        refunded(shop, f"report{number}", "2026-10-05 10:00:00", from_report=True)
        refunded(shop, f"mostly{number}", "2026-10-05 10:00:00", status="closed" if number else "open")
        refunded(shop, f"old{number}", f"2026-10-0{5 + number} 10:00:00" if number else "2026-04-01 10:00:00")
    for number in range(2):
        refunded(shop, f"few{number}", "2026-10-05 10:00:00")
    looked(shop)
    assert signs(shop) == {}


def test_what_the_platform_says_counts_once_the_buyer_orders_or_writes(shop):
    told(shop, "阿新", registered="2026-09-20 10:00:00", credit=3, rate="0.7999")
    told(shop, "阿老", registered="2026-01-01 10:00:00", credit=4, rate="0.8")
    looked(shop)
    assert signs(shop) == {}
    bought(shop, "A1", "阿老")
    write_chat(shop, "阿新", "s:mei", ("in", "2026-10-01 22:00:00", "在吗"))
    looked(shop)
    found = signs(shop)["阿新"]
    assert found["low_good_rate"]["rate"] == 0.7999
    assert found["low_credit"]["credit"] == 3
    assert found["young_account"]["days"] == 11
    assert set(signs(shop)) == {"阿新"}


def test_an_account_is_young_for_sixty_days_and_only_after_it_is_there(shop):
    for name, registered in (
        ("in", "2026-08-02 10:00:01"),
        ("out", "2026-08-02 10:00:00"),
        ("before", "2026-10-01 10:00:01"),
    ):
        told(shop, name, registered=registered)
        bought(shop, name, name)  # on 1 October at 10:00
    looked(shop)
    assert {name: found["young_account"]["days"] for name, found in signs(shop).items()} == {"in": 59}


def test_a_buyers_file_read_after_the_orders_is_noticed_at_once(shop):
    bought(shop, "A1", "阿新")
    looked(shop)
    told(shop, "阿新", credit=1)
    assert looked(shop).signs == 1
    told(shop, "阿新", credit=9)
    looked(shop)
    assert signs(shop) == {}


def test_five_orders_within_a_day_but_not_four_and_not_a_second_later(shop):
    for number in range(5):
        bought(shop, f"A{number}", "five", created_at=f"2026-10-0{1 + number // 4} 10:00:00")
        bought(
            shop,
            f"B{number}",
            "late",
            created_at="2026-10-02 10:00:01" if number == 4 else "2026-10-01 10:00:00",
        )
    for number in range(4):
        bought(shop, f"C{number}", "four")
    looked(shop)
    assert set(signs(shop)) == {"five"}
    assert signs(shop)["five"]["many_orders"] == {
        "items": ["A0", "A1", "A2", "A3", "A4"], "orders": ["A0", "A1", "A2", "A3", "A4"], "minutes": 1440,
    }  # fmt: skip


def test_recipients_and_nicks(shop):
    bought(shop, "A1", "阿星", receiver_name="周杰倫")
    bought(shop, "A2", "阿星", "2026-10-02", receiver_name="周杰倫")
    bought(shop, "A3", "阿先", receiver_name="张先生")
    bought(shop, "A4", "x7k2m9q4w1", receiver_name="高兴")
    bought(shop, "A5", "x7k2m9q***", receiver_name="王大方")
    looked(shop)
    found = signs(shop)
    assert found["阿星"]["celebrity_recipient"]["orders"] == ["A2", "A1"]
    assert found["阿先"]["vague_recipient"]["orders"] == ["A3"]
    assert found["x7k2m9q4w1"] == {"machine_nick": {"items": ["name"]}}
    assert set(found) == {"阿星", "阿先", "x7k2m9q4w1"}
    assert "周" not in str(found["阿星"])
    assert "张" not in str(found["阿先"])


def test_words_of_the_buyer_not_of_the_agent(shop):
    write_chat(
        shop, "阿法", "s:mei", ("in", "2026-10-01 10:00:00", "是正品吗"), ("in", "2026-10-01 10:01:00", "能开發票吗"),
        ("out", "2026-10-01 10:02:00", "假一赔十的亲"), ("in", "2026-10-01 10:03:00", "打12315"),
    )  # fmt: skip
    write_chat(shop, "阿问", "s:mei", ("out", "2026-10-01 10:00:00", "我们打12315，法院见"))
    looked(shop)
    found = signs(shop)
    assert set(found) == {"阿法"}
    assert found["阿法"]["claim_words"]["claims"] == ["authority"]
    assert found["阿法"]["fishing_no_haggling"]["topics"] == ["counterfeit", "invoice"]


def confirm(store, name: str, emails=("one@y.example", "two@y.example")) -> None:
    one, two = (make_member(store.organization, "supervisor", email) for email in emails)
    with organization_scope(store.organization_id):
        rule(store, buyer_of(store, name), "ask", "r", one, NOW)
        rule(store, buyer_of(store, name), "confirm", "", two, NOW)


def test_who_shares_a_phone_or_address_with_a_confirmed_buyer_in_any_store(shop):
    other = make_store(shop.organization, "jd1")
    same = {"receiver_phone": "13812341234"}
    bought(shop, "A1", "bad", receiver_address="某路1号", **same)
    bought(shop, "A2", "here", receiver_phone="+86 138-1234-1234")
    bought(other, "B1", "there", receiver_address="某路1号")
    bought(other, "B2", "masked", receiver_phone="138****1234", receiver_address="某路***")
    looked(shop), looked(other)
    assert signs(shop) == signs(other) == {}
    confirm(shop, "bad")
    looked(other)  # whichever store is looked at first
    bad = buyer_of(shop, "bad").pk
    expected = {"items": [str(bad)], "buyers": [bad]}
    assert signs(shop) == {"here": {"shares_address": expected | {"orders": ["A2"]}}}
    assert signs(other) == {"there": {"shares_address": expected | {"orders": ["B1"]}}}
    # A new order of the confirmed buyer's to a phone somebody else has.
    bought(other, "B3", "third", receiver_phone="13912341234")
    bought(shop, "A3", "bad", receiver_phone="13912341234")
    looked(shop)
    assert set(signs(other)) == {"there", "third"}
    with organization_scope(shop.organization_id):
        user = make_member(shop.organization, "owner")
        rule(shop, buyer_of(shop, "bad"), "clear", "a mistake", user, NOW)
    looked(shop)
    assert signs(shop) == signs(other) == {}


def test_a_phone_of_many_buyers_is_a_forwarders(shop):
    for number in range(6):
        bought(shop, f"A{number}", f"b{number}", receiver_phone="13812341234")
    for number in range(5):
        bought(shop, f"C{number}", f"c{number}", receiver_phone="13912341234")
    for name in ("d0", "d1"):  # told by a platform that hides what is said
        bought(shop, f"D{name}", name, receiver_phone="138****5678", receiver_address="某路***")
    confirm(shop, "b0")
    confirm(shop, "d0", ("five@y.example", "six@y.example"))
    confirm(shop, "c0", ("three@y.example", "four@y.example"))
    looked(shop)
    assert set(signs(shop)) == {"c1", "c2", "c3", "c4"}
    # One more, and it is a forwarder's too.
    bought(shop, "C5", "c5", receiver_phone="13912341234")
    looked(shop)
    assert signs(shop) == {}


def test_looking_twice_or_after_a_lost_cursor_changes_nothing(shop):
    told(shop, "x7k2m9q4w1", credit=1)
    bought(shop, "A1", "x7k2m9q4w1", receiver_name="刘德华")
    assert looked(shop).signs == 3
    before = stored(shop)
    assert looked(shop).signs == 0
    with organization_scope(shop.organization_id):
        ChangeCursor.objects.filter(reader="risk").delete()
    assert looked(shop).signs == 0
    assert stored(shop) == before


def test_a_look_that_dies_leaves_all_as_it_was(shop, monkeypatch):
    told(shop, "阿新", credit=1)
    bought(shop, "A1", "阿新")
    from policies import risk_looking

    def dies(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(risk_looking, "_tell", dies)
        with pytest.raises(KeyboardInterrupt):
            looked(shop)
    assert stored(shop) == []
    assert looked(shop).signs == 1


def test_signs_too_old_to_count_are_not_kept(shop):
    bought(shop, "A1", "阿星", receiver_name="周杰伦")
    looked(shop)
    assert set(signs(shop)) == {"阿星"}
    with organization_scope(shop.organization_id):
        row = RiskSignal.objects.get()
        assert row.expires_at == at("2026-10-01 10:00:00") + timedelta(days=180)
    looked(shop, at("2026-10-01 10:00:00") + timedelta(days=365), whole=True)
    assert set(signs(shop)) == {"阿星"}
    looked(shop, at("2026-10-01 10:00:01") + timedelta(days=365), whole=True)
    assert signs(shop) == {}


def random_facts(rng: Random, stores: list) -> None:
    """A step of a shop's life: an order, a refund, a chat or a buyers' file."""
    store, buyer = rng.choice(stores), rng.choice(["甲甲", "乙乙", "丙丙", "x7k2m9q4w1", "z3p8v5n1c6t2"])
    number, day = rng.randrange(12), f"2026-{rng.choice((8, 9, 10)):02d}-{rng.randrange(1, 29):02d}"
    step = rng.randrange(6)
    if step < 2:
        bought(
            store, f"o{number}", buyer, day, receiver_name=rng.choice(["周杰倫", "先生", "王小明"]),
            receiver_phone=rng.choice(["13812341234", "13912341234", "137****1234"]), receiver_address=rng.choice(["某路1号", "某路2号"]),
        )  # fmt: skip
    elif step == 2:
        refunded(store, f"o{number}", f"{day} 23:00:00", status=rng.choice(["open", "completed", "closed"]))
    elif step == 3:
        words = rng.choice(["是正品吗", "能开发票吗", "便宜点", "打12315", "有检测报告吗", "在吗"])
        write_chat(
            store,
            buyer,
            "s:mei",
            (rng.choice(["in", "in", "out"]), f"{day} 10:{rng.randrange(60):02d}:00", words),
        )
    else:
        told(
            store, buyer, registered=f"{day} 00:00:00", credit=rng.randrange(8), rate=rng.choice(["0.5", "0.9"])
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_looking_step_by_step_leaves_what_looking_at_everything_would(shop, seed):
    rng = Random(seed)
    stores = [shop, make_store(shop.organization, "jd1")]
    bought(shop, "o0", "甲甲", receiver_phone="13812341234", receiver_address="某路1号")
    confirm(shop, "甲甲")
    seen = set()
    for _step in range(30):
        random_facts(rng, stores)
        looked(rng.choice(stores))
    for store in stores:
        looked(store)
    stepwise = stored(shop)
    with organization_scope(shop.organization_id):
        seen = set(RiskSignal.objects.values_list("kind", flat=True))
        RiskSignal.objects.all().delete()
        ChangeCursor.objects.filter(reader="risk").delete()
    for store in stores:
        looked(store)
    assert stored(shop) == stepwise
    assert len(seen) >= 5, seen


def test_a_forgotten_buyer_leaves_no_sign_and_gets_none(shop):
    bought(shop, "A1", "bad", receiver_phone="13812341234")
    bought(shop, "A2", "here", receiver_phone="13812341234")
    told(shop, "bad", credit=1)
    for number in range(3, 6):
        bought(shop, f"A{number}", "bad")
        refunded(shop, f"A{number}", "2026-10-05 10:00:00")
    confirm(shop, "bad")
    looked(shop)
    assert {name: set(kinds) for name, kinds in signs(shop).items()} == {
        "bad": {"low_credit", "refund_only_often"},
        "here": {"shares_address"},
    }
    with organization_scope(shop.organization_id):
        assert erase_buyer(shop, "bad")["risk_signs"] == 3
        assert not RiskStanding.objects.exists()
    assert signs(shop) == {}
    looked(shop, whole=True)
    assert signs(shop) == {}


def test_nothing_is_shared_between_organizations(shop):
    other = make_store(make_organization("beihai"), "tb1")
    for store in (shop, other):
        bought(
            store,
            "A1",
            "bad",
            receiver_phone="13812341234",
            receiver_address="某路1号",
            receiver_name="周杰伦",
        )
        bought(store, "A2", "here", receiver_phone="13812341234", receiver_address="某路1号")
    told(shop, "bad", credit=1)
    confirm(shop, "bad")
    looked(shop), looked(other)
    assert set(signs(shop)["bad"]) == {"low_credit", "celebrity_recipient"}
    assert set(signs(shop)["here"]) == {"shares_address"}
    assert {name: set(kinds) for name, kinds in signs(other).items()} == {"bad": {"celebrity_recipient"}}
    # The keyed hash of the same name is another one there.
    assert (
        signs(shop)["bad"]["celebrity_recipient"]["items"]
        != signs(other)["bad"]["celebrity_recipient"]["items"]
    )
    with organization_scope(other.organization_id):
        assert not RiskStanding.objects.exists()


def test_supervisors_are_told_once_of_whom_fresh_facts_made_risky(shop):
    make_member(shop.organization, "supervisor")
    told(shop, "x7k2m9q4w1", registered="2026-09-20 10:00:00", credit=1)
    told(shop, "old", registered="2026-09-20 10:00:00", credit=1, rate="0.5")
    bought(shop, "A1", "x7k2m9q4w1", "2026-11-01", receiver_name="张先生")  # 15 + 10 + 5 + 5
    bought(shop, "B1", "old", "2026-10-01", receiver_name="周杰伦")  # 20 + 20 + 10 + 5, but of a month ago
    assert looked(shop).told == 0
    bought(shop, "A2", "x7k2m9q4w1", "2026-11-01", receiver_name="周杰伦")  # 55
    assert looked(shop).told == 1
    bought(shop, "A3", "x7k2m9q4w1", "2026-11-02", receiver_name="周杰伦")
    assert looked(shop).told == 0
    with organization_scope(shop.organization_id):
        (notice,) = Notice.objects.all()
        assert (notice.kind, notice.params) == ("risk", {"store": "TB1", "score": 55})
        assert notice.link.endswith(f"/policies/risky-buyers/tb1/{buyer_of(shop, 'x7k2m9q4w1').pk}/")
