"""Pages of violations in the roles that use them."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.models import Message
from desk.violation_tasks import finish_violations_of_all
from policies import violations
from policies.inspection_models import Violation, ViolationState
from policies.violation_list import ViolationFilters, waiting_for
from policies.violation_trends import Sums, by_month, sums_by
from policies.violation_words import Marked, marked
from tenants.encryption import encrypt
from tenants.models import AuditEntry, Membership
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store
from tests.policies.violation_world import NOW, Cast, make_cast, message_key

S = ViolationState


@pytest.fixture
def cast(organization, english) -> Cast:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield make_cast(organization)


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


def page(client, cast, name, *args, **query):
    return client.get(reverse(name, args=[cast.organization.slug, *args]), query)


def act(client, cast, row, deed, query="", **fields):
    address = reverse("violation_rule", args=[cast.organization.slug, row.pk]) + query
    answer = client.post(address, {"act": deed, **fields})
    with organization_scope(cast.organization.pk):
        row.refresh_from_db()
    return answer


def shown(answer) -> list[int]:
    return [line.row.pk for line in answer.context["rows"]]


@pytest.mark.parametrize(
    ("text", "start", "end", "cut"),
    [
        ("好的亲", 1, 2, ("好", "的", "亲")),
        # Hidden first: a number the cut goes through would else be two that nobody knows for one.
        ("打13812341234找我", 1, 5, ("打", "138*", "***1234找我")),
        ("骂你，打13812341234找我", 0, 2, ("", "骂你", "，打138****1234找我")),
        ("打13812341234，骂你", 13, 15, ("打138****1234，", "骂你", "")),
        ("短", 5, 9, ("短", "", "")),
    ],
)
def test_words_are_marked_in_what_is_left_when_personal_data_are_hidden(text, start, end, cut):
    assert marked(text, start, end) == Marked(*cut)


def test_a_lead_sees_what_waits_and_an_agent_only_what_was_confirmed_of_their_own(client, cast):
    with organization_scope(cast.organization.pk):
        found, mine = cast.violation("a"), cast.violation("b")
        ann = cast.member(cast.ann_user).agent_id
        others = cast.violation("c", agent_id=ann)
        violations.confirm(mine, cast.lead, NOW)
        violations.confirm(others, cast.lead, NOW)
        notice = cast.violation("d", source_key="remark:1/1", state=S.NOTICE)
    client.force_login(cast.lead)
    assert shown(page(client, cast, "violation_list")) == [found.pk]
    assert shown(page(client, cast, "violation_list", show="notice")) == [notice.pk]
    assert set(shown(page(client, cast, "violation_list", show="confirmed"))) == {mine.pk, others.pk}
    client.force_login(cast.mei_user)
    for show in ("", "all", "confirmed", "notice"):
        assert shown(page(client, cast, "violation_list", show=show)) == [mine.pk], show
    assert page(client, cast, "violation_detail", mine.pk).status_code == 200
    for hidden in (found, others, notice):
        assert page(client, cast, "violation_detail", hidden.pk).status_code == 404
    rows = list(
        csv.reader(
            io.StringIO(page(client, cast, "violation_export", show="all").content.decode("utf-8-sig"))
        )
    )
    assert [row[0] for row in rows[1:]] == [str(mine.pk)]


def test_what_waits_is_what_this_person_can_still_do_something_about(cast, organization):
    with organization_scope(organization.pk):
        found, second = cast.violation("a"), cast.violation("b", rule=cast.grave)
        violations.confirm(second, cast.lead, NOW)
        appealed = cast.violation("c", state=S.APPEALED, confirmed_by=cast.other, confirmed_at=NOW)

        def waits(user) -> set[int]:
            return set(Violation.objects.filter(waiting_for(cast.member(user))).values_list("pk", flat=True))

        assert waits(cast.lead) == {found.pk, appealed.pk}
        assert waits(cast.other) == {found.pk, second.pk}
        Membership.objects.filter(user=cast.other).update(agent_id=cast.mei.pk)
        assert waits(cast.other) == set()
        assert waits(make_member(organization, "auditor")) == {found.pk, second.pk, appealed.pk}


def test_filters_choose_and_wrong_ones_ask_for_nothing(client, cast, organization):
    second_store = make_store(organization, "tb2")
    strong = make_agent(organization, "周强", (second_store, "tb2:qiang"))
    with organization_scope(organization.pk):
        first = cast.violation("a", certainty=2)
        other = Violation.objects.create(
            organization=organization, store=second_store, rule=cast.grave, version=cast.grave.versions.get(),
            source_key="hand:1", agent_id=strong.pk, said_at=NOW - timedelta(days=3),
            day=NOW.date() - timedelta(days=3), found_at=NOW,
        )  # fmt: skip
    client.force_login(cast.lead)
    for query, expected in (
        ({"store": "tb2"}, [other.pk]), ({"agent": cast.mei.pk}, [first.pk]), ({"rule": "Rule abuse"}, [other.pk]),
        ({"certainty": "3"}, [other.pk]), ({"since": "2026-11-01"}, [first.pk]), ({"until": "2026-11-01"}, [other.pk]),
        ({"show": "all", "state": "found"}, [first.pk, other.pk]), ({"show": "all", "state": "final"}, []),
        ({"store": "no", "agent": "x", "rule": "no", "certainty": "9", "since": "x", "show": "no"}, [first.pk, other.pk]),
    ):  # fmt: skip
        assert shown(page(client, cast, "violation_list", **query)) == expected, query


def test_the_page_shows_the_words_in_their_context_marked_and_masked(client, cast, organization):
    with organization_scope(organization.pk):
        row = cast.violation(message_key(cast.store))
        before = cast.violation("m0", said_at=NOW - timedelta(days=2), state=S.FINAL)
    client.force_login(cast.lead)
    answer = page(client, cast, "violation_detail", row.pk)
    text = answer.content.decode()
    lines = answer.context["lines"]
    assert [line.text.before for line in lines if not line.said] == ["多少钱", "你怎么骂人"]
    assert "亲你是<mark>不是傻，</mark>电话138****1234自己打" in text
    assert "13812341234" not in text
    assert answer.context["precedents"] == {"count": 1, "rows": [before]}
    with organization_scope(organization.pk):
        Message.objects.filter(store=cast.store).delete()
    kept = page(client, cast, "violation_detail", row.pk)
    assert [line.said for line in kept.context["lines"]] == [True]
    assert "138****1234" in kept.content.decode()
    with organization_scope(organization.pk):
        Violation.objects.filter(pk=row.pk).update(quote=None)
    assert "not kept any more" in page(client, cast, "violation_detail", row.pk).content.decode()


def test_of_a_remark_only_the_sentence_is_shown(client, cast, organization):
    remark = "王小明收。好评返现十元。某路1号"
    with organization_scope(organization.pk):
        row = cast.violation(
            source_key="remark:1/1",
            state=S.NOTICE,
            start=5,
            end=11,
            quote=encrypt(organization.pk, "quote", remark),
        )
    client.force_login(cast.lead)
    text = page(client, cast, "violation_detail", row.pk).content.decode()
    assert "<mark>好评返现十元</mark>" in text
    assert "王小明" not in text
    assert "王小明" not in page(client, cast, "violation_list", show="notice").content.decode()


def test_after_a_ruling_the_next_of_the_list_opens(client, cast, organization):
    with organization_scope(organization.pk):
        rows = [cast.violation(f"m{n}", said_at=NOW - timedelta(minutes=n)) for n in range(3)]
    client.force_login(cast.lead)
    query = "?show=waiting&store=tb1"
    here = page(client, cast, "violation_detail", rows[1].pk, show="waiting", store="tb1")
    assert (here.context["before"], here.context["after"]) == (rows[0].pk, rows[2].pk)
    address = reverse("violation_detail", args=[organization.slug, rows[2].pk])
    assert act(client, cast, rows[1], "confirm", query, points="2", money="50").url == address + query
    # At the end of the list what was passed over comes, then the list.
    assert act(client, cast, rows[2], "dismiss", query, note="玩笑").url.endswith(f"/{rows[0].pk}/{query}")
    assert act(client, cast, rows[0], "dismiss", query, note="玩笑").url.endswith(f"/violations/{query}")
    assert [row.state for row in rows] == [S.DISMISSED, S.CONFIRMED, S.DISMISSED]


def test_a_double_click_says_nothing_wrong_and_does_nothing_twice(client, cast, organization):
    with organization_scope(organization.pk):
        row = cast.violation()
    client.force_login(cast.lead)
    for _time in range(2):
        act(client, cast, row, "confirm", points="2", money="50")
    assert (row.state, row.points, row.money) == (S.CONFIRMED, 2, 50)
    client.force_login(cast.other)
    answer = act(client, cast, row, "dismiss", note="no")
    told = [str(one) for one in client.get(answer.url).context["messages"]]
    assert "cannot be done any more" in told[-1]
    for act_name, fields in (("confirm", {"points": "x"}), ("delete", {}), ("confirm", {"money": "-1"})):
        act(client, cast, row, act_name, **fields)
    assert row.state == S.CONFIRMED


def test_a_grave_one_from_confirming_to_the_end_of_its_appeal(client, cast, organization):
    with organization_scope(organization.pk):
        row = cast.violation(rule=cast.grave)
    owner = make_member(organization, "owner")
    client.force_login(cast.lead)
    act(client, cast, row, "confirm", points="12", money="100")
    assert row.state == S.SECOND
    assert "a second person must agree" in page(client, cast, "violation_detail", row.pk).content.decode()
    act(client, cast, row, "second")
    assert row.state == S.SECOND
    client.force_login(cast.other)
    act(client, cast, row, "second")
    assert row.state == S.CONFIRMED
    appeal = reverse("violation_appeal", args=[organization.slug, row.pk])
    # Somebody else's: 404 even for who rules on it; an auditor is refused outright.
    for user, code in ((cast.ann_user, 404), (cast.other, 404), (make_member(organization, "auditor"), 403)):
        client.force_login(user)
        assert client.post(appeal, {"note": "x"}).status_code == code
    client.force_login(cast.mei_user)
    client.post(appeal, {"note": " "})
    client.post(appeal, {"note": "没有骂人"})
    assert client.post(reverse("violation_rule", args=[organization.slug, row.pk]), {}).status_code == 403
    client.force_login(cast.other)
    act(client, cast, row, "uphold", note="记录清楚")
    assert row.state == S.APPEALED
    client.force_login(owner)
    act(client, cast, row, "uphold", note="记录清楚")
    assert row.state == S.FINAL
    words = page(client, cast, "violation_detail", row.pk).content.decode()
    assert "没有骂人" in words
    assert "appeal refused: the violation is final" in words


def test_many_are_dismissed_at_once_but_none_of_stores_one_does_not_see(client, cast, organization):
    hidden = make_store(organization, "tb2")
    with organization_scope(organization.pk):
        rows = [cast.violation(f"m{n}") for n in range(3)]
        there = Violation.objects.create(
            organization=organization, store=hidden, rule=cast.rule, version=cast.rule.versions.get(),
            source_key="hand:1", said_at=NOW, day=NOW.date(), found_at=NOW,
        )  # fmt: skip
        Membership.objects.filter(user=cast.lead).update(store_ids=[cast.store.pk])
    client.force_login(cast.lead)
    address = reverse("violation_dismiss", args=[organization.slug])
    ids = [str(row.pk) for row in (*rows[:2], there)] + ["x", "²"]
    client.post(address, {"id": ids})
    answer = client.post(f"{address}?show=waiting", {"id": ids, "note": "玩笑", "exempt": "on"})
    assert answer.url.endswith("?show=waiting")
    with organization_scope(organization.pk):
        states = dict(Violation.objects.values_list("pk", "state"))
    assert [states[row.pk] for row in (*rows, there)] == [S.DISMISSED, S.DISMISSED, S.FOUND, S.FOUND]


def test_one_is_written_down_once_and_refused_in_words(client, cast, organization):
    client.force_login(cast.lead)
    address = reverse("violation_new", args=[organization.slug])
    said = {
        "key": str(uuid.uuid4()), "store": "tb1", "rule": "Rule rude", "agent": cast.mei.pk, "said_at": "2026-11-02T09:30",
        "words": "在电话里骂人", "buyer": "阿月", "order_id": "",
    }  # fmt: skip
    for wrong in (
        {"words": " "},
        {"buyer": "no"},
        {"order_id": "no"},
        {"said_at": "2025-12-31T10:00"},
        {"rule": "no"},
    ):
        assert client.post(address, said | wrong).status_code == 200, wrong
    first, again = client.post(address, said), client.post(address, said)
    assert first.url == again.url
    with organization_scope(organization.pk):
        made = Violation.objects.get()
        assert (made.agent_id, made.buyer.name, made.decrypted("quote")) == (
            cast.mei.pk,
            "阿月",
            "在电话里骂人",
        )
        assert made.said_at == NOW - timedelta(minutes=30)
    client.force_login(cast.mei_user)
    assert client.get(address).status_code == 403


def test_a_list_takes_the_same_statements_however_long(client, cast, organization):
    client.force_login(cast.lead)
    with organization_scope(organization.pk):
        one = cast.violation("first")
    asked = [
        ("violation_list", ()),
        ("violation_trends", ()),
        ("violation_export", ()),
        ("violation_detail", (one.pk,)),
    ]
    counts = []
    for number in (0, 1, 30):
        with organization_scope(organization.pk):
            for n in range(number):
                cast.violation(f"{number}-{n}", said_at=NOW - timedelta(minutes=n + 1))
        made = {}
        for name, args in asked:
            with CaptureQueriesContext(connection) as captured:
                page(client, cast, name, *args, show="all")
            made[name] = len(captured)
        counts.append(made)
    # The first round signs in.
    assert counts[1] == counts[2]
    assert max(counts[2].values()) < 25


def test_the_file_has_what_the_list_has_and_is_noted(client, cast, organization):
    with organization_scope(organization.pk):
        row = cast.violation()
    client.force_login(cast.lead)
    rows = list(
        csv.reader(
            io.StringIO(page(client, cast, "violation_export", file="csv").content.decode("utf-8-sig"))
        )
    )
    line = dict(zip(*rows, strict=True))
    assert (line["Number"], line["Agent"], line["Platform points"]) == (str(row.pk), "王小美", "2.0")
    assert "138****1234" in line["What was said"]
    assert page(client, cast, "violation_export", file="no").status_code == 404
    with organization_scope(organization.pk):
        assert AuditEntry.objects.get(verb="exported").details["rows"] == 1


def test_trends_count_by_month_and_say_how_often_a_rule_is_right(client, cast, organization):
    october = {"said_at": NOW - timedelta(days=10), "day": (NOW - timedelta(days=10)).date()}
    with organization_scope(organization.pk):
        for n, (state, fields) in enumerate(
            [(S.CONFIRMED, october), (S.FINAL, {}), (S.APPEALED, {}), (S.DISMISSED, {}), (S.REVOKED, {}),
             (S.DISMISSED, {"exempt": True}), (S.FOUND, {}), (S.SECOND, {}), (S.LAPSED, {}), (S.NOTICE, {})]
        ):  # fmt: skip
            cast.violation(f"m{n}", state=state, **fields)
        found = Violation.objects.all()
        sums = sums_by(found, "rule__title")["Rule rude"]
        months = by_month(found)
    assert sums == Sums(standing=3, exempt=1, wrong=2, waiting=2)
    assert (sums.found, round(sums.precision, 4)) == (8, 0.6667)
    assert {(month.month, count) for (month, _rule), count in months.items()} == {(10, 1), (11, 2)}
    client.force_login(cast.lead)
    answer = page(client, cast, "violation_trends")
    assert answer.context["chart"]["series"][0]["values"][-2:] == [1.0, 2.0]
    assert "66.7%" in answer.content.decode()
    addresses = [line.address for _title, _head, lines in answer.context["tables"] for line in lines]
    # Each line opens what it counts, a notice besides, and nothing the rule took back.
    assert [len(client.get(address).context["rows"]) for address in addresses] == [9, 9, 9]
    one = page(client, cast, "violation_trends", rule=cast.rule.code).context["tables"][0][2]
    assert [line.sums.found for line in one] == [8]
    later = page(client, cast, "violation_trends", since="2026-11-01").context
    line = later["tables"][0][2][0]
    assert (line.sums.standing, "since=2026-11-01" in line.address, later["chart"]) == (2, True, None)
    client.force_login(cast.mei_user)
    mine = page(client, cast, "violation_trends")
    assert [lines[0].sums.found for _title, _head, lines in mine.context["tables"]] == [4, 4]
    assert "Rightly found" not in mine.content.decode()


def test_the_night_makes_final_what_nobody_appealed(cast, organization, monkeypatch):
    with organization_scope(organization.pk):
        row = cast.violation()
        violations.confirm(row, cast.lead, NOW - timedelta(days=8))
    assert finish_violations_of_all() == {"final": 1}
    assert finish_violations_of_all() == {"final": 0}


def test_every_choice_of_the_filters_says_which_tabs_there_are(cast, organization):
    with organization_scope(organization.pk):
        assert "notice" not in ViolationFilters({}, cast.member(cast.mei_user)).tabs
        assert "notice" in ViolationFilters({}, cast.member(cast.lead)).tabs
