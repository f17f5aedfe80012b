"""Pictures and papers in dossiers: drawings, what a buyer confirmed, photos of returned goods, evidence.

The file lies encrypted on disk (tenants/kept_files.py) until it is removed or what it belongs to is erased. Pictures
are kept as they came, with what the camera wrote into them (place and time too): no library that strips it is part of
this product, and evidence is worth more untouched. So whoever may not see a dossier sees none of its files, and each
opening is written into the audit trail.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.complaint_models import Complaint, Feedback
from orders.dossiers import happened
from orders.models import Order, Review
from orders.remark_models import About, Attachment
from orders.service_models import Case, Promise
from orders.trade_models import Concession
from stores.models import Buyer, Store
from tenants.encryption import encrypt
from tenants.kept_files import Kind, discard, discard_strays, keep
from tenants.models import User
from tenants.scope import organization_scope

MOST_BYTES = 5 * 1024**2
MOST_FILES = 20  # of one dossier
LONGEST_NAME = 200
LOCK = 7304  # advisory lock class of attaching; the second key is what it is attached to
STRAY_AFTER = timedelta(days=1)
PURPOSES = {
    "confirmation": gettext_lazy("Buyer's confirmation"),
    "evidence": gettext_lazy("Evidence"),
    "picture": gettext_lazy("Picture"),
    "paper": gettext_lazy("Paper"),
}
# What the first bytes of a file say it is; its name and what the browser says of it count for nothing.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf",
}  # fmt: skip
# What a dossier may be kept on; about_id is the row's primary key.
SUBJECTS: dict[str, type[Model]] = {
    About.ORDER: Order, About.PROMISE: Promise, About.CASE: Case, About.COMPLAINT: Complaint, About.REVIEW: Review,
    About.CONCESSION: Concession, About.FEEDBACK: Feedback, About.BUYER: Buyer,
}  # fmt: skip


def content_type_of(head: bytes) -> str | None:
    """What a file is by its first bytes; None for what is not kept."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def attach(
    store: Store,
    about: str,
    about_id: int,
    purpose: str,
    uploaded: UploadedFile,
    user: User | None,
    now: datetime,
) -> Attachment:
    """Keep one file in a dossier. purpose: key of PURPOSES.

    Errors: ValueError in words for a file too large or of another type, a dossier that is full, or no such dossier.
    """
    name = (uploaded.name or "").rsplit("/", 1)[-1][-LONGEST_NAME:]
    if uploaded.size > MOST_BYTES:
        raise ValueError(
            _("%(name)s is larger than %(most)s MB.") % {"name": name, "most": MOST_BYTES // 1024**2}
        )
    if purpose not in PURPOSES or not has_dossier(store, about, about_id):
        raise ValueError(_("There is nothing to attach it to."))
    content = uploaded.read()
    kind = content_type_of(content[:16])
    if kind is None:
        raise ValueError(
            _("%(name)s is neither a picture (PNG, JPEG, WebP, GIF) nor a PDF.") % {"name": name}
        )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, about_id])
        if Attachment.objects.filter(store=store, about=about, about_id=about_id).count() >= MOST_FILES:
            raise ValueError(
                _("%(most)s files are attached already: remove one first.") % {"most": MOST_FILES}
            )
        attachment = Attachment.objects.create(
            organization_id=store.organization_id, store=store, about=about, about_id=about_id, purpose=purpose,
            name=encrypt(store.organization_id, "name", name or ENDINGS[kind]), content_type=kind, size=len(content),
            kept_as=keep(store.organization_id, [content], Kind.ATTACHMENT), digest=hashlib.sha256(content).hexdigest(),
            made_by=user, made_at=now,
        )  # fmt: skip
        happened(
            store,
            About(about),
            about_id,
            "attached",
            user=user,
            now=now,
            purpose=purpose,
            attachment=attachment.pk,
        )
    return attachment


def has_dossier(store: Store, about: str, about_id: int) -> bool:
    """Whether the store has such a thing a dossier can be kept on."""
    model = SUBJECTS.get(about)
    return model is not None and model.objects.filter(store=store, pk=about_id).exists()


def attachments_of(about: str, ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """{about_id: its attachments, oldest first} for every id; one statement. `shown_name`: the file's name."""
    found: dict[int, list[Attachment]] = {number: [] for number in ids}
    rows = (
        Attachment.objects.filter(about=about, about_id__in=list(found))
        .select_related("made_by")
        .order_by("pk")
    )
    for row in rows:
        row.shown_name = row.decrypted("name")
        row.is_picture = row.content_type.startswith("image/")
        row.purpose_label = PURPOSES.get(row.purpose, row.purpose)
        found[row.about_id].append(row)
    return found


def remove_attachment(attachment: Attachment, *, user: User | None, now: datetime) -> None:
    """Delete one file for good; the dossier keeps that there was one."""
    happened(
        attachment.store, About(attachment.about), attachment.about_id, "attachment_removed", user=user, now=now,
        purpose=attachment.purpose, attachment=attachment.pk, digest=attachment.digest,
    )  # fmt: skip
    _discard([attachment])


def discard_attachments(about: str, about_ids: Iterable[int]) -> int:
    """Delete every file of these dossiers, as their words are erased; how many. Files go when the transaction is through."""
    rows = list(Attachment.objects.filter(about=about, about_id__in=list(about_ids)))
    _discard(rows)
    return len(rows)


def discard_stray_attachments(organization_id: int, now: datetime) -> int:
    """Delete files older than a day that no row names: their transaction failed, or a process died; how many.

    Opens the organization's scope itself.
    """
    with organization_scope(organization_id):
        known = set(Attachment.objects.values_list("kept_as", flat=True))
    return discard_strays(organization_id, known, now - STRAY_AFTER)


def _discard(rows: list[Attachment]) -> None:
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()

    def discard_files() -> None:
        for row in rows:
            discard(row.organization_id, row.kept_as, Kind.ATTACHMENT)

    transaction.on_commit(discard_files)
