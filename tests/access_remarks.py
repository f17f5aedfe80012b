"""For the access test: a store with a remark format, a late remark with two versions, and a picture."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from orders.attachments import attach
from orders.models import Order
from orders.remark_formats import as_json, default_fields
from orders.remark_models import About, RemarkFormat
from orders.remarks import write_remark
from stores.models import Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope

FIELDS = {
    "name": "王小明", "size": {"width": "1.24", "height": "2"}, "pattern": "定制", "delivery": "快递",
}  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        fields = as_json(default_fields(store))
        RemarkFormat.objects.create(
            organization=organization, store=store, fields=fields, since=now - timedelta(days=30)
        )
        order = Order.objects.get(store=store, order_id="o1")
        write(order, "first", users["owner"], now)
        write(order, "second", users["owner"], now)
        file = SimpleUploadedFile("a.png", PNG)
        attachment = attach(store, About.ORDER, order.pk, "picture", file, users["owner"], now)
        return {"about": "order", "about_id": order.pk, "attachment_id": attachment.pk}


def write(order: Order, notes: str, user: User | None, now: datetime) -> None:
    fields = {**FIELDS, "ship_date": str(order.store.business_day(now) + timedelta(days=2)), "notes": notes}
    write_remark(order, fields, flag=1, agent_id=None, user=user, now=now)


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of everything; in the caller's scope."""
    order = Order.objects.get(store=world.store, order_id="o1")
    write(order, f"version {number}", world.users["owner"], now)
    file = SimpleUploadedFile(f"{number}.png", PNG)
    attach(world.store, About.ORDER, order.pk, "picture", file, world.users["owner"], now)
