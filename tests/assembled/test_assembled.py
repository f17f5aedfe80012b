"""The assembled JD store (tests/assembled/run.py says what of it is real) from its files to its figures."""

import io

import pytest
from django.core.management import call_command

from conversations.models import ExportedSession, Message
from stores.models import Buyer
from tenants.scope import organization_scope
from tests.assembled.run import DATA, DIALOGUES, ORDERS, assemble, masked
from tests.kpis.against_reference import differences, make_reference_store, product_owners, product_rows
from tests.kpis.piecewise import catch_up
from tests.make import make_organization
from tests.reference.metrics import compute

pytestmark = pytest.mark.skipif(
    not (DIALOGUES.is_file() and ORDERS.is_file()),
    reason=f"the genuine files are not beside the repository ({DATA.name})",
)


def test_the_assembled_store_comes_in_whole_and_its_figures_are_the_references(committed, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "kept"
    run = assemble(tmp_path)
    store = make_reference_store(make_organization("yunfan"), run.data)
    printed = io.StringIO()
    call_command(
        "import_file", *map(str, run.files), organization="yunfan", store=store.code, language="en",
        stdout=printed, stderr=printed,
    )  # fmt: skip
    assert printed.getvalue().count(" 0 rejected") == len(run.files), printed.getvalue()
    catch_up(store)

    with organization_scope(store.organization_id):
        assert Message.objects.count() == sum(len(chat.turns) for chat in run.chats) == 12_136
        assert ExportedSession.objects.count() == len(run.data.sessions)
        found = dict(Buyer.objects.filter(masked=True).values_list("name", "pk"))
        still_masked = Message.objects.filter(buyer__in=found.values())
        by_name = set(still_masked.values_list("buyer__name", "seat__name", "sent_at"))
        told = set(
            Message.objects.exclude(buyer__in=found.values()).values_list(
                "buyer__name", "seat__name", "sent_at"
            )
        )

    # Every chat is its buyer's, or counted under the mask because the session list does not name it.
    unresolved = [chat for chat in run.chats if not chat.is_listed]
    assert (len(run.chats), len(unresolved)) == (994, 16)
    assert by_name == {(masked(chat.buyer), chat.seat, at) for chat in unresolved for at in chat.times}
    assert told == {(chat.buyer, chat.seat, at) for chat in run.chats if chat.is_listed for at in chat.times}

    expected = compute(run.data)
    assert product_owners(store) == {key: owner.agent for key, owner in expected.owners.items()}
    assert differences(expected.rows, product_rows(store)) == []
    reasons = {owner.reason for (rule, _), owner in expected.owners.items() if rule == "order_first"}
    assert {"order", "silent"} <= reasons
