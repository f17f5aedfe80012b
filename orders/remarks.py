"""The remark ledger (R27): what was agreed about an order, version by version, none of which can be changed.

The platform keeps one memo that everybody overwrites; here each change is a row more, under the order's lock.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from orders.models import Order, Status
from orders.production import latest_step
from orders.remark_checks import Finding, findings
from orders.remark_formats import FieldKind, Format, compose, format_of
from orders.remark_models import Remark, RemarkCopy, RemarkOrigin, Stage
from orders.remark_seals import Contents, read, seal
from orders.tokens import refresh_tokens
from stores.imports import log_changes
from team.notices import notify, supervisors_of
from tenants.models import User


class RemarkRefused(Exception):
    """The remark was not saved. findings: why; all of them warnings where it only has to be confirmed."""

    def __init__(self, found: list[Finding]):
        super().__init__("; ".join(str(finding) for finding in found))
        self.findings = found

    @property
    def only_warnings(self) -> bool:
        return not any(finding.is_error for finding in self.findings)


class RemarkOutdated(Exception):
    """Somebody wrote another version since this one was begun. current: its number."""

    def __init__(self, current: int):
        super().__init__(f"version {current} is newer")
        self.current = current


class Version(NamedTuple):
    """A version and what it says; contents None: its key was erased."""

    row: Remark
    contents: Contents | None


def versions_of(order: Order) -> list[Version]:
    """Every version of an order's remark, newest first. Two statements."""
    rows = list(
        Remark.objects.filter(store=order.store_id, order=order).select_related("made_by").order_by("-number")
    )
    found = read(rows)
    return [Version(row, found[row.pk]) for row in rows]


def current_remark(order: Order) -> Version | None:
    """The version that holds; None where nothing was written."""
    row = Remark.objects.filter(store=order.store_id, order=order).order_by("-number").first()
    return Version(row, read([row])[row.pk]) if row else None


def write_remark(
    order: Order,
    fields: Mapping,
    *,
    flag: int | None,
    agent_id: int | None,
    user: User | None,
    now: datetime,
    accepted: Collection[str] = (),
    based_on: int | None = None,
    origin: str = RemarkOrigin.WRITTEN,
    restored_number: int | None = None,
    text: str | None = None,
) -> Remark:
    """Write a new version of an order's remark; what says the same as the current one is none, and that is returned.

    fields: {key: value} as of remark_formats.compose. flag, agent_id: who flagged the order and how (docs/kpis.md
    §4 b); None: the remark says nothing of it. accepted: codes of warnings the writer goes on in spite of. based_on:
    the number the writer saw, 0 for none; None: whatever there is. text: taken over from the platform as it is.
    Errors: RemarkRefused, RemarkOutdated; ValueError where the order's personal data were erased.
    """
    # The lock makes numbers run one after another and the comparison with the current version true.
    order = Order.objects.select_for_update(of=("self",)).select_related("store").get(pk=order.pk)
    if order.personal_erased_at:
        raise ValueError(gettext("Personal data of this order were erased: no remark is kept any more."))
    fmt, current = format_of(order.store), current_remark(order)
    number = current.row.number if current else 0
    if based_on is not None and based_on != number:
        raise RemarkOutdated(number)
    kept = {key: value for key, value in fields.items() if value}
    contents = Contents(kept, compose(fmt.fields, kept) if text is None else text)
    if current and (current.contents, current.row.flag, current.row.agent_id) == (contents, flag, agent_id):
        return current.row
    found = findings(order, fmt, kept, contents.text, flag, now, composed=text is None)
    if any(finding.is_error or finding.code not in accepted for finding in found):
        raise RemarkRefused(found)
    remark = Remark.objects.create(
        organization_id=order.organization_id, store=order.store, order=order, number=number + 1,
        sealed=seal(order, number + 1, contents), flag=flag, agent_id=agent_id,
        warnings=sorted({finding.code for finding in found}), origin=origin, restored_number=restored_number,
        made_by=user, made_at=now,
    )  # fmt: skip
    refresh_tokens(order.store, [order.pk])
    if current is None or (current.row.flag, current.row.agent_id) != (flag, agent_id):
        _log(order)
    if current is not None:
        _tell_supervisors(order, remark, user, now)
    return remark


def restore_version(
    order: Order, number: int, *, user: User | None, now: datetime, agent_id: int | None
) -> Remark:
    """Write what an earlier version says as a new one; its warnings were weighed when it was written.

    agent_id: who flags now. Errors: Remark.DoesNotExist; ValueError for one that cannot be read any more.
    """
    row = Remark.objects.get(store=order.store_id, order=order, number=number)
    contents = read([row])[row.pk]
    if contents is None:
        raise ValueError(gettext("This version was erased."))
    return write_remark(
        order, contents.fields, flag=row.flag, agent_id=row.agent_id and (agent_id or row.agent_id), user=user, now=now,
        origin=RemarkOrigin.RESTORED, restored_number=number, text=contents.text,
    )  # fmt: skip


def adopt_platform_copy(order: Order, *, user: User | None, now: datetime) -> Remark:
    """Write the memo and flag the platform has, as the last import told them, as a new version.

    Errors: ValueError where it has none.
    """
    text = (order.decrypted("seller_memo") or "").strip()
    if not text:
        raise ValueError(gettext("The platform has no memo of this order."))
    fmt = format_of(order.store)
    long = fmt.of_kind(FieldKind.LONG) or fmt.of_kind(FieldKind.TEXT)
    # What it says cannot be told field by field: it stands in the free one when it is edited next.
    fields = {long[0].key: text} if long else {}
    return write_remark(
        order, fields, flag=order.flag, agent_id=None, user=user, now=now, origin=RemarkOrigin.ADOPTED, text=text,
    )  # fmt: skip


def put_on_platform(order: Order, number: int, *, user: User | None, now: datetime) -> RemarkCopy:
    """Note that a person put this version on the platform. Once for a version and person. Errors: Remark.DoesNotExist."""
    Order.objects.select_for_update().get(pk=order.pk)
    remark = Remark.objects.get(store=order.store_id, order=order, number=number)
    known = RemarkCopy.objects.filter(store=order.store_id, order=order).order_by("-pk").first()
    if known and (known.number, known.made_by_id) == (number, user and user.pk):
        return known
    return RemarkCopy.objects.create(
        organization_id=order.organization_id, store_id=order.store_id, order=order, number=remark.number, made_by=user,
        made_at=now,
    )  # fmt: skip


def word_diff(before: str, after: str) -> list[tuple[str, str]]:
    """How one text became another: (`same` | `gone` | `new`, piece), character by character as CJK is written."""
    found = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", before[a:b]))
        else:
            found += [(kind, piece) for kind, piece in (("gone", before[a:b]), ("new", after[c:d])) if piece]
    return found


def changed_fields(fmt: Format, before: Contents | None, after: Contents | None) -> list[tuple[str, list]]:
    """(label, word_diff) of the fields that differ between two versions; the whole text where no field is known."""
    if before is None or after is None:
        return []
    found = []
    for one in fmt.fields:
        old, new = (compose([one], told.fields).rstrip("。. ") for told in (before, after))
        if old != new:
            found.append((one.label, word_diff(old, new)))
    return found or ([("", word_diff(before.text, after.text))] if before.text != after.text else [])


def _log(order: Order) -> None:
    """The buyer's facts may differ now: whose the order is, and what follow-ups ask."""
    times = [instant for instant in (order.created_at, order.paid_at) if instant]
    with connection.cursor() as cursor:
        log_changes(
            cursor, order.store, "SELECT %s::integer, NULL::integer, %s::timestamptz, %s::timestamptz",
            [order.buyer_id or 0, min(times, default=None), max(times, default=None)],
        )  # fmt: skip


def _tell_supervisors(order: Order, remark: Remark, user: User | None, now: datetime) -> None:
    """A remark changed after the goods were being made or sent can cost money: 「如有改动…及时向客服主管汇报」."""
    step = latest_step(order)
    is_made = step is not None and step.stage in (Stage.HANDED_OFF, Stage.MADE)
    is_shipped = order.shipped_at is not None or order.status in (Status.SHIPPED, Status.COMPLETED)
    if not is_made and not is_shipped:
        return
    organization = order.store.organization
    notify(
        organization,
        set(supervisors_of([order.store_id])) - {user.pk if user else 0},
        key=f"remark:{order.pk}:{remark.number}",
        kind="remark",
        text=_("%(who)s changed the remark of order %(order)s in %(store)s after it was shipped.")
        if is_shipped
        else _(
            "%(who)s changed the remark of order %(order)s in %(store)s after it was handed to production."
        ),
        params={"who": str(user) if user else "–", "order": order.order_id, "store": order.store.name},
        link=reverse("remark_panel", args=[organization.slug, order.store.code, order.order_id]),
        now=now,
    )
