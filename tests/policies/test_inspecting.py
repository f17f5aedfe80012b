"""Chats and remarks by the rules, incrementally: each breach once, judged by the rule of its day."""

import pytest

from orders.dossiers import lines_of
from orders.models import Order
from orders.remark_models import About
from orders.remarks import RemarkRefused, write_remark
from policies.inspecting import Counts, inspect_store, inspect_whole
from policies.inspection_models import Violation
from stores.models import ChangeCursor
from team.models import Seat
from team.seats import bind_seat
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_organization, make_store, write_chat, write_order
from tests.policies.inspected import (
    FRESH,
    NOW,
    change_rule,
    inspect,
    make_rule,
    told,
    violations,
)

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def store():
    return make_store(make_organization("yunfan"), "tb1")


@pytest.fixture
def mei(store):
    return make_agent(store.organization, "王小美", (store, "s:mei"))


def says(store, buyer: str, when: str, text: str, way: str = "out") -> str:
    """A line of the seat s:mei with the buyer; its source key."""
    write_chat(store, buyer, "s:mei", (way, f"2026-11-02 {when}", text))
    return f"message:{buyer}-2026-11-02 {when}-0"


def test_what_agents_write_against_a_rule_is_found_with_its_place_agent_and_words(store, mei):
    rule = make_rule(store.organization, "cash", "好评返现", points=6, money="50")
    says(store, "阿月", "10:00:00", "好评返现吗", way="in")
    key = says(store, "阿月", "10:01:00", "亲，好 评 返 現5元")
    says(store, "阿月", "10:02:00", "在的亲")
    counts = inspect(store)
    assert counts == Counts(buyers=1, lines=3, made=1)
    # Three spaces hold the word apart: 亲，好_评_返_現 is places 2 to 8.
    assert told(store) == [(key, "cash", "阿月", mei.pk, "2026-11-02", "phrase", 2, 9)]
    (found,) = violations(store)
    assert found.decrypted("quote") == "亲，好 评 返 現5元"
    assert (found.points, found.money) == (None, None), "nobody has said yet that the figures are right"
    assert (found.rule_id, found.found_at, found.said_at) == (rule.pk, NOW, at("2026-11-02 10:01:00"))


def test_a_verified_rule_proposes_its_points_and_money(store, mei):
    rule = make_rule(store.organization, "cash", "好评返现", points=6, money="50")
    change_rule(rule, verified_on=NOW.date())
    says(store, "阿月", "10:01:00", "好评返现")
    inspect(store)
    assert [(v.points, v.money) for v in violations(store)] == [(6, 50)]


def test_looking_again_and_again_writes_nothing(store, mei):
    make_rule(store.organization, "cash", "好评返现")
    make_rule(store.organization, "asks", "假货", speaker="buyer")
    says(store, "阿月", "10:00:00", "假货吧", way="in")
    says(store, "阿月", "10:01:00", "好评返现")
    inspect(store)

    def rows():
        with organization_scope(store.organization_id):
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT ctid::text, xmin::text FROM policies_violation UNION ALL"
                    " SELECT ctid::text, xmin::text FROM policies_chatwarning"
                )
                return cursor.fetchall()

    before = rows()
    assert len(before) == 2
    assert inspect_store(store, NOW, FRESH) == Counts()
    with organization_scope(store.organization_id):
        inspect_whole(store)
    assert inspect(store) == Counts(buyers=1, lines=2)
    assert rows() == before


def test_a_message_is_judged_by_the_rule_of_its_own_day(store, mei):
    rule = make_rule(store.organization, "cash", "返现")
    change_rule(rule, since=at("2026-11-02 00:00:00").date(), phrases=["红包"])
    for when, text in (("2026-11-01 23:59:59", "返现"), ("2026-11-01 23:59:59", "红包"),
                       ("2026-11-02 00:00:00", "返现"), ("2026-11-02 00:00:00", "红包")):  # fmt: skip
        write_chat(store, f"{text}{when[9]}", "s:mei", ("out", when, text))
    inspect(store)
    assert {(v.buyer.name, v.version.number) for v in versions_of(store)} == {("返现1", 1), ("红包2", 2)}


def versions_of(store):
    with organization_scope(store.organization_id):
        return list(Violation.objects.filter(state="found").select_related("version", "buyer"))


def test_rules_of_other_platforms_kinds_and_countries_levels_and_those_not_in_use_find_nothing(store, mei):
    of = store.organization
    make_rule(of, "jd", "返现", platforms=["jd"])
    make_rule(of, "mall", "返现", kinds=["mall"])
    make_rule(of, "my", "返现", countries=["MY"])
    make_rule(of, "off", "返现", enabled=False)
    make_rule(of, "unsure", "返现", certainty="possible")
    make_rule(of, "low", "返现", certainty="possible", level=1)
    make_rule(of, "here", "返现", platforms=["taobao", "jd"])
    says(store, "阿月", "10:00:00", "返现")
    inspect(store)
    assert [row[1] for row in told(store)] == ["here", "low"]


def test_automatic_lines_are_context_and_nobodys_breach(store, mei):
    make_rule(store.organization, "admits", "是的", asked=["假货"])
    with organization_scope(store.organization_id):
        store.auto_texts = [{"kind": "exact", "text": "是的，亲"}]
        store.save()
    says(store, "阿月", "10:00:00", "假货吗", way="in")
    says(store, "阿月", "10:00:01", "是的，亲")
    key = says(store, "阿月", "10:00:02", "是的")
    inspect(store)
    assert [row[0] for row in told(store)] == [key]


def test_a_corrected_text_lapses_and_comes_back(store, mei):
    make_rule(store.organization, "cash", "返现")
    key = says(store, "阿月", "10:00:00", "返现")
    inspect(store)
    (first,) = violations(store)
    says(store, "阿月", "10:00:00", "不返的")
    assert inspect(store).lapsed == 1
    assert told(store) == []
    assert [row[0] for row in told(store, "lapsed")] == [key]
    says(store, "阿月", "10:00:00", "可以返现")
    assert inspect(store, now=at("2026-11-03 12:00:00")).made == 1
    (again,) = violations(store)
    assert (again.pk, again.start, again.found_at) == (first.pk, 2, at("2026-11-03 12:00:00"))
    with organization_scope(store.organization_id):
        lines = lines_of(About.VIOLATION, [first.pk])[first.pk]
    assert [(line.what, line.who) for line in lines] == [("lapsed", ""), ("found_again", "")]


@pytest.mark.parametrize("state", ["second", "confirmed", "appealed", "final", "revoked", "dismissed"])
def test_what_a_person_has_looked_at_stays_as_they_left_it(store, mei, state):
    make_rule(store.organization, "cash", "返现")
    says(store, "阿月", "10:00:00", "返现")
    inspect(store)
    with organization_scope(store.organization_id):
        Violation.objects.update(state=state)
    for text in ("不返的", "可以返现"):
        says(store, "阿月", "10:00:00", text)
        inspect(store)
        assert [(row[6], row[7]) for row in told(store, state)] == [(0, 2)]


def test_what_came_late_changes_what_later_lines_mean(store, mei):
    make_rule(store.organization, "admits", "是的", asked=["假货"])
    key = says(store, "阿月", "10:01:00", "是的")
    assert inspect(store).made == 0
    says(store, "阿月", "10:00:00", "假货吗", way="in")
    assert inspect(store).made == 1
    assert [row[0] for row in told(store)] == [key]
    # Five lines come between: too long ago for an answer.
    for second in range(1, 6):
        says(store, "阿月", f"10:00:0{second}", "在吗", way="in")
    assert inspect(store).lapsed == 1


def test_only_marked_lines_and_what_hangs_on_them_are_judged(store, mei):
    make_rule(store.organization, "cash", "返现")
    for minute in range(40):
        says(store, "阿月", f"10:{minute:02}:00", "在的")
    says(store, "阿花", "10:00:00", "在的")
    assert inspect(store).lines == 41
    says(store, "阿月", "10:20:30", "返现")
    assert inspect(store) == Counts(buyers=1, lines=13, made=1), "itself and the 12 lines it can reach"


def test_a_masked_buyer_who_becomes_known_takes_the_violation_along(store, mei):
    from intake.writers import WRITERS
    from stores.platforms.records import MessageRecord, SessionRecord

    make_rule(store.organization, "admits", "是的", asked=["假货"])
    start, end = at("2026-11-02 10:00:00"), at("2026-11-02 10:01:00")
    chat = [
        MessageRecord("m1", None, "s:mei", "in", False, start, "假货吗", "a****yz"),
        MessageRecord("m2", None, "s:mei", "out", False, end, "是的", "a****yz"),
    ]
    with organization_scope(store.organization_id):
        WRITERS[MessageRecord](store, list(enumerate(chat)), None)
    inspect(store)
    assert [row[:3] for row in told(store)] == [("message:m2", "admits", "a****yz")]
    with organization_scope(store.organization_id):
        WRITERS[SessionRecord](store, [(1, SessionRecord("x1", "anna_yz", "s:mei", start, end, 1, 1))], None)
    assert inspect(store).lapsed == 0
    assert [row[:3] for row in told(store)] == [("message:m2", "admits", "anna_yz")]


def test_a_seat_that_gets_another_holder_gives_them_what_nobody_has_touched(store, mei):
    make_rule(store.organization, "cash", "返现")
    says(store, "阿月", "10:00:00", "返现")
    says(store, "阿花", "10:00:00", "返现")
    inspect(store)
    with organization_scope(store.organization_id):
        Violation.objects.filter(buyer__name="阿花").update(state="confirmed")
    qiang = make_agent(store.organization, "李强")
    with organization_scope(store.organization_id):
        bind_seat(Seat.objects.get(name="s:mei"), qiang, NOW.date(), end_holder=True)
    inspect(store)
    assert {(row[2], row[3]) for row in told(store, "found", "confirmed")} == {
        ("阿月", qiang.pk),
        ("阿花", mei.pk),
    }


def test_messages_gone_with_time_leave_their_violations(store, mei):
    from conversations.erasure import delete_messages

    make_rule(store.organization, "cash", "返现")
    says(store, "阿月", "10:00:00", "返现")
    inspect(store)
    delete_messages(store, at("2026-11-03 00:00:00"))
    with organization_scope(store.organization_id):
        inspect_whole(store)
    assert inspect(store).lapsed == 0
    assert len(violations(store)) == 1


def test_another_kind_of_store_is_judged_by_its_own_rules(store, mei):
    from policies.store_changes import save_settings

    make_rule(store.organization, "mall", "返现", kinds=["mall"])
    says(store, "阿月", "10:00:00", "返现")
    assert inspect(store).made == 0
    with organization_scope(store.organization_id):
        store.kind = "mall"
        save_settings(store, {"kind"})
    assert inspect(store).made == 1


def test_rules_of_a_new_release_read_what_was_said_before(store, mei):
    from policies.rule_versions import Entry, ensure_library

    key = says(store, "阿月", "10:00:00", "你是傻逼吗")
    inspect(store)
    entry = Entry("abuse-now", "abuse", "chat", "abuse", edition=3)
    with organization_scope(store.organization_id):
        ensure_library(store.organization_id, [entry], NOW)
    assert inspect(store)[:3] == (1, 1, 1)
    assert [row[:2] for row in told(store)] == [(key, "abuse-now")]
    assert inspect(store) == Counts()


def test_a_look_that_breaks_off_goes_on_behind_the_last_step(store, mei, monkeypatch):
    from policies import inspecting

    monkeypatch.setattr(inspecting, "BUYERS", 2)
    make_rule(store.organization, "cash", "返现")
    for number in range(5):
        says(store, f"b{number}", "10:00:00", "返现")
    real, steps = inspecting.store_hits, []

    def third_fails(*args):
        steps.append(args)
        if len(steps) == 3:
            raise RuntimeError("power cut")
        return real(*args)

    monkeypatch.setattr(inspecting, "store_hits", third_fails)
    with pytest.raises(RuntimeError, match="power cut"):
        inspect_store(store, NOW, FRESH)
    assert len(violations(store)) == 4
    with organization_scope(store.organization_id):
        assert ChangeCursor.objects.get(reader="policies").transaction_no == 0
    # What comes meanwhile to a buyer that was done waits for the next look.
    says(store, "b0", "10:01:00", "返现")
    assert inspect_store(store, NOW, FRESH).buyers == 1
    assert len(violations(store)) == 5
    assert inspect(store).made == 1
    assert len(steps) == 5


def test_one_organizations_rules_read_no_other_organizations_chats(store, mei):
    other = make_store(make_organization("beihai"), "tb1")
    make_rule(other.organization, "cash", "返现")
    for one in (store, other):
        write_chat(one, "阿月", "s:mei", ("out", "2026-11-02 10:00:00", "返现"))
        inspect(one)
    assert (len(violations(store)), len(violations(other))) == (0, 1)


# Remarks


def write_remark_on(store, order_id: str, user, text: str, now=NOW) -> str:
    """A remark by the ledger's own function, whatever its checks warn of; its source key."""
    with organization_scope(store.organization_id):
        order = Order.objects.select_related("store").get(order_id=order_id)
        accepted: list[str] = []
        for _attempt in range(2):
            try:
                remark = write_remark(
                    order, {}, flag=None, agent_id=None, user=user, now=now, accepted=accepted, text=text
                )
            except RemarkRefused as refused:
                accepted = [finding.code for finding in refused.findings]
            else:
                return f"remark:{order.pk}/{remark.number}"
    raise AssertionError(accepted)


@pytest.fixture
def order(store):
    paid = {"created_at": "2026-11-02 08:00:00", "paid_at": "2026-11-02 08:01:00", "paid_amount": "8"}
    write_order(store, "A1", buyer="阿月", **paid)
    return "A1"


def test_a_remark_is_told_as_a_notice_once_for_each_order(store, mei, order):
    user = make_member(store.organization, "agent", agent_id=mei.pk)
    rule = make_rule(store.organization, "cash", "好评返现", in_remarks=True, points=6, money="50")
    change_rule(rule, verified_on=NOW.date())
    make_rule(store.organization, "chats", "返现")  # reads no remarks
    key = write_remark_on(store, order, user, "好评返现5元")
    assert inspect(store).made == 1
    assert told(store) == []
    assert told(store, "notice") == [(key, "cash", "阿月", mei.pk, "2026-11-02", "phrase", 0, 4)]
    (notice,) = violations(store, "notice")
    assert (notice.order_id, notice.points, notice.money) == ("A1", None, None)
    write_remark_on(store, order, user, "好评返现5元，发顺丰")
    assert inspect(store).made == 0
    with organization_scope(store.organization_id):
        inspect_whole(store)
    assert inspect(store)[2:] == (0, 0, 0)
    assert len(told(store, "notice")) == 1


def test_two_versions_read_at_once_are_one_notice(store, mei, order):
    make_rule(store.organization, "cash", "好评返现", in_remarks=True)
    user = make_member(store.organization, "agent", agent_id=mei.pk)
    first = write_remark_on(store, order, user, "好评返现5元")
    write_remark_on(store, order, user, "好评返现8元")
    inspect(store)
    assert [row[0] for row in told(store, "notice")] == [first]
