"""An order's remark in a real browser: typed, questioned, saved, copied, confirmed, handed off, changed, restored."""

from datetime import timedelta

from django.utils import timezone

from orders.models import Order
from orders.production import steps_of
from orders.remark_models import Attachment, Remark
from stores.models import Store
from team.notice_models import Notice
from tenants.scope import organization_id_of, organization_scope
from tests.access_remarks import PNG
from tests.make import write_order

PHONE = "13812345678"


def make_order() -> Order:
    number = organization_id_of("yunfan")
    with organization_scope(number):
        store = Store.objects.get(code="tb1")
    write_order(
        store, "R1", buyer="阿月", created_at="2025-03-10 17:00:00", paid_at="2025-03-10 17:01:00", paid_amount="10",
        receiver_name="王小明", receiver_phone=PHONE, buyer_message="我要1.24米*2米的",
    )  # fmt: skip
    with organization_scope(number):
        return Order.objects.select_related("store").get(order_id="R1")


def test_a_remark_from_the_first_word_to_the_restored_version(open_page):
    page = open_page("/yunfan/kpis/agents/")
    order = make_order()
    page.goto("/yunfan/orders/tb1/remarks/R1/")
    assert "Nothing is written yet" in page.inner_text("#remark-panel")
    page.click("text=Write the remark")
    page.wait_for_selector("[data-remark-form]")
    assert page.input_value("#id_f_name") == "王小明"
    page.fill("#id_f_size_width", "1.42")
    page.fill("#id_f_size_height", "2")
    page.select_option("#id_f_pattern", "定制")
    page.fill("#id_f_ship_date", (timezone.now() + timedelta(days=3)).date().isoformat())
    page.select_option("#id_f_delivery", "自提")
    page.fill("#id_f_notes", f"送胶，打{PHONE}")
    # What it will be, and the slip of the documents, are told while one types.
    page.wait_for_selector("#remark-preview .is-warning")
    assert "王小明，1.42米*2米，定制" in page.inner_text("#remark-preview")
    assert "of 1000 bytes" in page.inner_text("#remark-preview")
    assert "are digits swapped?" in page.inner_text("#remark-preview")
    page.press("#id_f_notes", "Control+Enter")
    page.wait_for_selector("text=Is this right?")
    page.fill("#id_f_size_width", "1.24")
    page.check("input[name=flag][value='4']")
    page.click("[data-save]")
    page.wait_for_selector(".stage-bar")
    panel = page.inner_text("#remark-panel")
    assert "王*，1.24米*2米" in panel
    assert PHONE not in page.content()
    assert "Late" in panel
    # Copied as it is, though the page shows it masked.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-copy-from]")
    page.wait_for_selector("text=Copied")
    assert PHONE in page.evaluate("navigator.clipboard.readText()")
    page.click("text=I put it there")
    page.wait_for_selector("text=no import has confirmed it yet")
    page.set_input_files("#confirmation-files", {"name": "chat.png", "mimeType": "image/png", "buffer": PNG})
    page.click("button[value=confirmed]")
    page.wait_for_selector(".stage-bar .reached")
    page.click("button[value=handed_off]")
    page.wait_for_selector("button[value=made]")
    # A change now is told; then the old version comes back.
    page.click("#remark-panel .card-actions a")
    page.fill("#id_f_notes", "不要胶")
    page.click("[data-save]")
    page.wait_for_selector("text=it was reached by an older version")
    page.click(".remark-history summary")
    assert "不要" in page.inner_text(".remark-versions li >> nth=0")
    page.click("text=Restore version 1")
    page.wait_for_selector("text=version 3")
    with organization_scope(order.organization_id):
        told = [(r.number, r.restored_number, r.flag) for r in Remark.objects.order_by("number")]
        assert told == [(1, None, 4), (2, None, 4), (3, 1, 4)]
        assert [step.stage for step in steps_of(order)] == ["confirmed", "handed_off"]
        # The only supervisor wrote it: nobody else is to be told.
        assert not Notice.objects.filter(kind="remark").exists()


def test_pictures_are_attached_by_several_on_a_phone_and_removed(open_page):
    page = open_page("/yunfan/kpis/agents/", viewport={"width": 390, "height": 800})
    order = make_order()
    page.goto("/yunfan/orders/tb1/remarks/R1/")
    files = [
        {"name": f"{n}.png", "mimeType": "image/png", "buffer": ONE_PIXEL} for n in range(2)
    ]  # fmt: skip
    page.set_input_files("[data-attachments] input[type=file]", files)
    page.select_option("[data-attachments] select", "evidence")
    page.click(".attachment-form button")
    page.wait_for_selector(".attachment >> nth=1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".attachment img").last.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("[...document.querySelectorAll('.attachment img')].map((i) => i.naturalWidth)") == [
        1,
        1,
    ]
    page.set_input_files(
        "[data-attachments] input[type=file]",
        {"name": "a.html", "mimeType": "image/png", "buffer": b"<html>"},
    )
    page.click(".attachment-form button")
    page.wait_for_selector("text=a.html is neither a picture")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click(".attachment-remove >> nth=0")
    page.wait_for_selector(".attachment >> nth=1", state="detached")
    with organization_scope(order.organization_id):
        assert Attachment.objects.get().purpose == "evidence"


def test_the_remark_is_written_without_scripts_too(open_page):
    page = open_page("/yunfan/kpis/agents/", java_script_enabled=False)
    make_order()
    page.goto("/yunfan/orders/tb1/remark/R1/")
    page.fill("#id_f_size_width", "1.24")
    page.fill("#id_f_size_height", "2")
    page.select_option("#id_f_pattern", "定制")
    page.fill("#id_f_ship_date", "2030-01-01")
    page.select_option("#id_f_delivery", "自提")
    page.click("[data-save]")
    page.click("text=It is right, save it")
    assert "/remarks/R1/" in page.url
    assert "王*，1.24米*2米" in page.inner_text("#remark-panel")
    page.goto("/yunfan/orders/remarks/format/?store=tb1")
    page.fill("#id_late_minutes", "15")
    page.fill("#id_field-6-label", "安装")
    page.click("main button.btn-primary")
    assert page.input_value("#id_field-6-label") == "安装"


ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63686868000003"
    "0401814bd3d2100000000049454e44ae426082"
)
