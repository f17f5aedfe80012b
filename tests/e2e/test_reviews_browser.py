"""A bad review from both sides, and the evidence file of the complaint made of it, in a browser."""

import hashlib
import re
import zipfile

from playwright.sync_api import expect

from orders.complaint_models import Complaint, ReviewHandling
from orders.imports import write_reviews
from stores.models import Store
from stores.platforms.records import ReviewRecord
from tenants.models import Organization
from tenants.scope import organization_id_of, organization_scope
from tests.kpis.day_of_chats import at


def handling() -> ReviewHandling | None:
    with organization_scope(organization_id_of("yunfan")):
        return ReviewHandling.objects.first()


def make_review() -> None:
    with organization_scope(organization_id_of("yunfan")):
        store = Store.objects.get(code="tb1", organization=Organization.objects.get(slug="yunfan"))
        bad = ReviewRecord("V1", None, "阿月", 5, "有色差，客服太差劲了", at("18:00:00"))
        write_reviews(store, [(1, bad)])


def test_an_agent_contacts_a_supervisor_answers_and_the_evidence_fits(site, open_page, tmp_path):
    make_review()
    agent = open_page("/yunfan/reviews/?show=hidden", who="agent")
    agent.get_by_role("link", name="5 of 5").click()
    # Five stars with negative words are answered like a bad one: not by an agent.
    expect(agent.get_by_text("answered by supervisors, owners and the people they name")).to_be_visible()
    expect(agent.get_by_role("button", name="It stands on the platform")).to_have_count(0)
    agent.get_by_label("What was said").fill("电话道歉，答应补偿")
    agent.get_by_role("button", name="Contacted").click()
    expect(agent.locator("#dossier")).to_contain_text("buyer contacted")
    agent.get_by_label("Outcome").select_option("changed")
    agent.get_by_role("button", name="Keep the outcome").click()
    expect(agent.locator("#dossier")).to_contain_text("Buyer changed it")
    assert handling().outcome == "changed"

    lead = open_page("/yunfan/reviews/tb1/V1/")
    lead.get_by_role("link", name="Sorry").click()
    reply = lead.get_by_role("textbox", name="Reply")
    expect(reply).to_have_value(re.compile("非常抱歉"))
    lead.get_by_role("button", name="It stands on the platform").click()
    expect(lead.get_by_text("put on the platform, says a colleague")).to_be_visible()
    assert handling().published_at is not None

    lead.get_by_role("link", name="Open a complaint").click()
    expect(lead.get_by_label("Number on the platform")).to_have_value("V1")
    lead.get_by_label("What the buyer complains about").fill("买家称不给返现就差评")
    lead.get_by_role("button", name="Open the complaint").click()
    expect(lead.get_by_text("answer within")).to_be_visible()
    with organization_scope(organization_id_of("yunfan")):
        assert Complaint.objects.get().source_key == "V1"

    lead.get_by_role("link", name="Evidence file").click()
    lead.get_by_label("What is it for?").fill("平台申诉")
    lead.get_by_label("With personal data and attachments").check()
    with lead.expect_download() as saved:
        lead.get_by_role("button", name="Save the file").click()
    path = tmp_path / "evidence.zip"
    saved.value.save_as(path)
    with zipfile.ZipFile(path) as book:
        sums = book.read("SHA256SUMS.txt").decode().split()
        page = book.read("index.html")
    assert sums == [hashlib.sha256(page).hexdigest(), "index.html"]
    # It opens by itself: nothing outside it is asked for.
    (tmp_path / "index.html").write_bytes(page)
    index = lead.context.new_page()
    asked = []
    index.on("request", lambda request: asked.append(request.url))
    index.goto((tmp_path / "index.html").as_uri())
    expect(index.get_by_text("在吗，这款有现货吗")).to_be_visible()
    expect(index.get_by_text("有色差，客服太差劲了")).to_be_visible()
    assert len(asked) == 1
