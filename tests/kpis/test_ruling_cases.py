"""Check cases of remarks' flags and of rulings (docs/kpis.md §4 a, b), worked by hand, against the product's SQL."""

import pytest

from kpis.models import OrderFact
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_data, make_reference_store, product_owners, refresh
from tests.kpis.imported import Imported, one_chat
from tests.reference.by_hand import HandStore, at

NOBODY = None


@pytest.fixture
def bring_in(organization, tmp_path):
    """HandStore → Imported: the store through its files, with figures."""

    def bring_in(hand: HandStore) -> Imported:
        data = hand.store()
        store = make_reference_store(organization, data)
        import_data(store, data, tmp_path)
        refresh(store)
        return Imported(store)

    return bring_in


@pytest.mark.parametrize(
    ("flag_rule", "flagged_by", "owner", "not_honoured"),
    [
        ("assigns", "A", "A", 0),
        ("excludes", "A", NOBODY, 0),
        ("ignored", "A", "B", 0),
        ("assigns", "C", "B", 1),
    ],
)
def test_case_11_flags_of_our_own_remark(bring_in, flag_rule, flagged_by, owner, not_honoured):
    """
    As before, but the platform tells of no flag; our remark's second version says flag 1 and who.
    | remark names            | assigns                | excludes | ignored |
    | A                       | A                      | nobody   | B       |
    | C, who never served     | B, flag not honoured   |          |         |
    """
    hand = one_chat(flag_rule=flag_rule)
    hand.chat("B", at(1, "10:30"), at(1, "10:40"))
    hand.order(at(1, "10:45"), at(1, "10:46"))
    hand.remark(2, "B")
    hand.remark(1, flagged_by)
    found = bring_in(hand)
    assert found.owners() == (owner, owner, owner)
    row = found.figures()[1, ""]
    assert row.flags_not_honoured == not_honoured
    assert row.excluded_orders == (flag_rule == "excludes")


@pytest.mark.parametrize(
    ("flag", "agent", "owner"),
    [(None, None, "B"), (None, "A", "A"), (0, None, "C"), (0, "A", "C"), (5, None, "B"), (5, "A", "A")],
)
def test_case_23_a_remark_stands_over_the_platforms_flag(bring_in, flag, agent, owner):
    """
    A 10:00–10:20, B 10:30–10:40, C 10:50–10:55; created and paid 11:00; the platform: flag 1 of seat B. Our remark:
    | flag     | names nobody        | names A            |
    | not said | B, the platform's   | A by flag 1        |
    | 0        | C: no flag any more | C: no flag any more |
    | 5        | B by flag 5         | A by flag 5        |
    """
    hand = one_chat()
    hand.chat("B", at(1, "10:30"), at(1, "10:40"))
    hand.chat("C", at(1, "10:50"), at(1, "10:55"))
    hand.order(at(1, "11:00"), at(1, "11:00"), flag=1, flag_seat="B")
    hand.remark(flag, agent)
    assert bring_in(hand).owners() == (owner, owner, owner)


@pytest.mark.parametrize(
    ("rulings", "owner"),
    [
        ([("given", "C")], "C"),
        ([("given", NOBODY)], NOBODY),
        ([("given", "C"), ("refused", NOBODY)], "C"),
        ([("given", "C"), ("lifted", NOBODY)], "B"),
        ([("given", "C"), ("lifted", NOBODY), ("given", "A")], "A"),
        ([("refused", NOBODY)], "B"),
    ],
)
def test_case_24_a_ruling_over_a_chaser(bring_in, rulings, owner):
    """
    Case 6: A lands the creation, B chases and wins by the rules. A ruling comes before, under every rule:
    | given to C, who never served | C      |
    | given to nobody              | nobody |
    | C, then a claim refused      | C      |
    | C, then lifted               | B      |
    | C, lifted, given to A        | A      |
    """
    hand = one_chat(chaser=True)
    hand.order(at(1, "10:30"), at(2, "12:05"))
    hand.chat("B", at(2, "12:00"), at(2, "12:10"))
    for kind, agent in rulings:
        hand.rule_on(kind, agent)
    found = bring_in(hand)
    assert found.owners() == (owner, owner, owner)
    figures = found.figures()
    for agent in "ABC":
        row = figures.get((2, agent))
        assert (row.paid_amount if row else 0) == (100 if agent == owner else 0)
    assert figures[2, ""].silent_amount == (100 if owner is NOBODY else 0)


@pytest.mark.parametrize(("ruled_to", "owner"), [(NOBODY, NOBODY), ("A", "A")])
def test_case_25_a_ruling_on_an_excluded_order(bring_in, ruled_to, owner):
    """
    Flag 1 under excludes is nobody's, on its own line; a ruling takes it off that line.
    | ruled to A → A's, nothing excluded | ruled to nobody → nobody's by ruling, nothing excluded |
    """
    hand = one_chat(flag_rule="excludes")
    hand.order(at(1, "10:10"), at(1, "10:15"), flag=1)
    hand.rule_on("given", ruled_to)
    found = bring_in(hand)
    assert found.owners() == (owner, owner, owner)
    row = found.figures()[1, ""]
    assert (row.excluded_orders, row.owned_amount) == (0, 100 if owner else 0)
    with organization_scope(found.store.organization_id):
        assert OrderFact.objects.get().reason == "ruling"


def test_case_25_a_ruling_makes_no_sale_of_what_was_never_paid(bring_in):
    """| closed, paid 0, ruled to A | no sale, no figure of A's |"""
    hand = one_chat()
    hand.order(at(1, "10:10"), at(1, "10:15"), "0.00", status="closed")
    hand.rule_on("given", "A")
    found = bring_in(hand)
    assert product_owners(found.store) == {}
    assert found.figures()[1, "A"].orders == 0
