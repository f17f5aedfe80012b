"""The pages of risky buyers: what they show to whom, how they page, what is decided on them; the hint where buyers are met."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders.remark_models import About
from policies.risk_models import RiskSettings, RiskSignal, RiskStanding
from stores.models import Buyer
from tenants.scope import organization_scope
from tests.make import make_member, make_store, write_chat, write_order
from tests.policies.test_risk_rulings import DAY


@pytest.fixture
def people(organization, store) -> dict[str, Client]:
    """Signed-in members by role; lead2: another supervisor; elsewhere: one who may see another store only."""
    other = make_store(organization, "tb2")
    members = {role: make_member(organization, role) for role in ("owner", "supervisor", "auditor", "agent")}
    members["lead2"] = make_member(organization, "supervisor", "lead2@yunfan.example")
    members["elsewhere"] = make_member(organization, "supervisor", "e@yunfan.example", store_ids=[other.pk])
    clients = {}
    for name, user in members.items():
        clients[name] = Client(headers={"accept-language": "en"})
        clients[name].force_login(user)
    return clients


def make_buyer(store, name: str = "x7k2m9q4w1") -> Buyer:
    with organization_scope(store.organization_id):
        return Buyer.objects.get_or_create(organization_id=store.organization_id, store=store, name=name)[0]


def sign(buyer: Buyer, kind: str, *items: str, ago: timedelta = DAY, **evidence) -> None:
    now = timezone.now()
    with organization_scope(buyer.organization_id):
        RiskSignal.objects.create(
            organization_id=buyer.organization_id, store_id=buyer.store_id, buyer=buyer, kind=kind,
            evidence={"items": list(items or ["1"]), **evidence}, fact_at=now - ago, found_at=now,
            expires_at=now - ago + 60 * DAY,
        )  # fmt: skip


@pytest.fixture
def buyer(store) -> Buyer:
    """75 points: an order sent to somebody famous, words of claims, a machine's name, a young account, low credit."""
    write_order(
        store,
        "A1",
        buyer="x7k2m9q4w1",
        created_at="2026-10-01 10:00:00",
        receiver_name="周杰伦",
        paid_amount="88",
    )
    write_chat(
        store, "x7k2m9q4w1", "s:mei", ("in", "2026-10-01 10:00:00", "赔我三倍,打我电话13812341234,不然法院见")
    )
    buyer = make_buyer(store)
    sign(buyer, "celebrity_recipient", "ab", orders=["A1"])
    sign(buyer, "claim_words", messages=["x7k2m9q4w1-2026-10-01 10:00:00-0"], claims=["court", "tenfold"])
    sign(buyer, "machine_nick", "name")
    sign(buyer, "young_account", days=12)
    sign(buyer, "low_credit", credit=1)
    return buyer


def page_of(buyer: Buyer) -> str:
    return f"/yunfan/policies/risky-buyers/tb1/{buyer.pk}/"


LIST = "/yunfan/policies/risky-buyers/"


def test_the_list_names_who_is_to_be_decided_with_the_reasons(people, buyer, store):
    quiet = make_buyer(store, "quiet")
    sign(quiet, "low_credit", credit=1)
    page = people["auditor"].get(LIST)
    (row,) = page.context["rows"]
    assert (row.buyer, row.score, str(row.level)) == (buyer, 75, "proposed")
    assert row.sentence == (
        "wrote of courts, multiple compensation; parcel to somebody famous; name looks like a machine’s;"
        " account 12 days old; credit of 1"
    )
    assert people["auditor"].get(LIST, {"state": "hint"}).context["rows"] == []


def test_filters_go_by_state_store_and_sign(people, buyer, store):
    other = make_buyer(store, "other")
    sign(other, "shares_address", buyers=[buyer.pk])

    def names(**asked) -> list[str]:
        return [row.buyer.name for row in people["owner"].get(LIST, asked).context["rows"]]

    assert names(state="all") == ["x7k2m9q4w1", "other"]
    assert names(state="hint") == ["other"]
    assert names(state="all", sign="claim_words") == ["x7k2m9q4w1"]
    assert names(state="all", store="tb2") == []
    assert names(state="nonsense", sign="nonsense", store="nonsense") == ["x7k2m9q4w1"]
    people["supervisor"].post(page_of(other), {"act": "ask", "reason": "r"})
    # Who waits for a second person comes first, whatever the sum.
    assert names() == ["other", "x7k2m9q4w1"]
    assert names(state="asked") == ["other"]


def test_fifty_a_page_and_always_as_many_queries(people, store, buyer, django_assert_max_num_queries):
    for number in range(53):
        sign(make_buyer(store, f"b{number:02d}"), "shares_address", buyers=[number])
    people["owner"].get(LIST)
    with django_assert_max_num_queries(20) as few:
        people["owner"].get(LIST)
    with django_assert_max_num_queries(20) as many:
        first = people["owner"].get(LIST, {"state": "hint"})
    assert len(many) == len(few)
    assert len(first.context["rows"]) == 50
    assert [
        row.buyer.name for row in people["owner"].get(LIST, {"state": "hint", "page": "2"}).context["rows"]
    ] != []
    assert len(people["owner"].get(LIST, {"state": "hint", "page": "2"}).context["rows"]) == 3


def test_one_buyer_shows_the_evidence_with_personal_data_masked(people, buyer):
    page = people["auditor"].get(page_of(buyer)).content.decode()
    for text in ("75", "A1", "138****1234", "不然法院见", "Low credit", "Celebrity as recipient"):
        assert text in page, text
    assert "13812341234" not in page
    assert "周杰伦" not in page
    assert "Decide" not in page, "an auditor decides nothing"


def test_agents_and_other_stores_people_see_neither_list_nor_buyer(people, buyer):
    assert people["agent"].get(LIST).status_code == 403
    assert people["agent"].get(page_of(buyer)).status_code == 403
    assert people["elsewhere"].get(page_of(buyer)).status_code == 404
    assert people["elsewhere"].get(LIST, {"state": "all"}).context["rows"] == []
    assert people["auditor"].post(page_of(buyer), {"act": "watch", "reason": "r"}).status_code == 403


def test_a_confirmed_buyer_of_a_store_one_may_not_see_is_only_counted(people, buyer, organization, store):
    hidden = make_buyer(make_store(organization, "hidden"), "hidden-nick")
    known = make_buyer(store, "known-nick")
    with organization_scope(organization.pk):
        member = make_member(organization, "supervisor", "one@yunfan.example", store_ids=[store.pk])
    sign(buyer, "shares_address", buyers=[hidden.pk, known.pk])
    client = Client(headers={"accept-language": "en"})
    client.force_login(member)
    page = client.get(page_of(buyer)).content.decode()
    assert "known-nick" in page
    assert "hidden-nick" not in page
    assert "1 confirmed buyer in a store you may not see" in page


def test_decisions_on_the_page_need_two_people(people, buyer):
    address = page_of(buyer)
    assert "Say why" in people["supervisor"].post(address, {"act": "ask", "reason": ""}).content.decode()
    assert (
        "Choose what to do"
        in people["supervisor"].post(address, {"act": "x", "reason": "r"}).content.decode()
    )
    assert people["supervisor"].post(address, {"act": "ask", "reason": "threatens"}).status_code == 302
    again = people["supervisor"].post(address, {"act": "confirm", "reason": ""})
    assert "a second person must" in again.content.decode()
    assert people["lead2"].post(address, {"act": "confirm", "reason": ""}).status_code == 302
    page = people["owner"].get(address).content.decode()
    assert "Confirmed as risky" in page
    assert "threatens" in page
    with organization_scope(buyer.organization_id):
        assert RiskStanding.objects.get().state == "confirmed"


def test_the_card_tells_everybody_to_take_care_but_only_watchers_why(people, buyer):
    card = f"/yunfan/buyers/tb1/{buyer.pk}/"
    people["supervisor"].post(page_of(buyer), {"act": "watch", "reason": "secret words"})
    for who in ("agent", "auditor"):
        page = people[who].get(card).content.decode()
        assert "Take care with this buyer" in page, who
        assert "secret words" not in page, "reasons stand on the page of those who may see them"
        assert (page_of(buyer) in page) == (who == "auditor"), who
        assert "Take care" in people[who].get(f"{card}hint/").content.decode()
    people["owner"].post(page_of(buyer), {"act": "clear", "reason": "r"})
    assert "Take care" not in people["agent"].get(card).content.decode()


def test_weights_are_looked_at_then_saved(people, buyer):
    address = f"{LIST}weights/"
    form = people["owner"].get(address).context["form"]
    filled = {name: form.initial[name] for name in form.fields}
    found = people["supervisor"].post(address, filled | {"act": "look", "threshold": 80}).context["found"]
    assert ([one.buyer for one in found.no_longer], found.then) == ([buyer], 0)
    wrong = people["supervisor"].post(address, filled | {"act": "save", "weight_low_credit": 101})
    assert "out of their limits" in wrong.content.decode()
    with organization_scope(buyer.organization_id):
        assert not RiskSettings.objects.exists()
    assert people["supervisor"].post(address, filled | {"act": "save", "threshold": 80}).status_code == 302
    assert people["owner"].get(LIST).context["rows"] == []
    assert people["owner"].post(address, {"act": "default"}).context["form"]["threshold"].value() == 50
    assert people["auditor"].get(address).status_code == 200
    assert people["auditor"].post(address, filled | {"act": "save"}).status_code == 403
    assert people["agent"].get(address).status_code == 403


def test_enter_shows_whom_the_weights_flag_and_throws_nothing_away(people, buyer):
    """A browser presses the first button of a form when Enter is pressed in a field."""
    page = people["supervisor"].get(f"{LIST}weights/").content.decode()
    acts = re.findall(r'name="act" value="(\w+)"', page)
    assert acts == ["look", "save", "default"]


def test_who_may_see_some_stores_only_tries_weights_and_saves_none(people, buyer):
    address = f"{LIST}weights/"
    asked = people["elsewhere"].get(address)
    filled = {name: asked.context["form"].initial[name] for name in asked.context["form"].fields}
    assert 'value="save"' not in asked.content.decode()
    assert people["elsewhere"].post(address, filled | {"act": "look", "threshold": 80}).status_code == 200
    assert people["elsewhere"].post(address, filled | {"act": "save", "threshold": 80}).status_code == 403
    with organization_scope(buyer.organization_id):
        assert not RiskSettings.objects.exists()


def test_who_may_not_set_weights_finds_no_button_and_closed_fields(people, buyer):
    page = people["auditor"].get(f"{LIST}weights/").content.decode()
    assert 'name="act"' not in page
    assert '<fieldset class="row g-3" disabled>' in page


def test_the_list_is_saved_as_a_file(people, buyer):
    answer = people["owner"].get(f"{LIST}file/", {"file": "csv", "state": "all"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Buyer,Store,Points,State,Why,Latest sign"
    assert lines[1].startswith("x7k2m9q4w1,TB1,75,Proposed to be watched,")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", lines[1].rsplit(",", 1)[1])
    assert people["owner"].get(f"{LIST}file/", {"file": "pdf"}).status_code == 404
    assert people["agent"].get(f"{LIST}file/", {"file": "csv"}).status_code == 403


def test_the_dossier_of_the_buyer_has_it_all(people, buyer):
    people["supervisor"].post(page_of(buyer), {"act": "watch", "reason": "first"})
    with organization_scope(buyer.organization_id):
        from orders.dossiers import lines_of

        (line,) = lines_of(About.BUYER, [buyer.pk])[buyer.pk]
    assert (line.what, line.note, line.details) == ("risk_watched", "first", {"before": ""})
