"""Evidence as one zip: an index that opens and prints anywhere, the attachments, and the SHA-256 of every file."""

import hashlib
import io
import zipfile
from datetime import datetime

from django.template.loader import render_to_string

from desk.evidence import Evidence, told_at
from orders.attachments import ENDINGS
from tenants.kept_files import KeptFileLost, Kind, opened

INDEX, SUMS = "index.html", "SHA256SUMS.txt"


def zip_of(evidence: Evidence, subject: str, who: str, now: datetime) -> bytes:
    """The file's bytes. subject: what it was made for; who: made it. In the active language.

    Masked evidence names attachments by their SHA-256 and holds none: what a picture shows cannot be masked.
    """
    files: dict[str, bytes] = {}
    listed = []
    for attachment in evidence.attachments:
        name = f"attachments/{attachment.pk}.{ENDINGS.get(attachment.content_type, 'bin')}"
        content = _content(attachment) if evidence.full else None
        if content is not None:
            files[name] = content
        listed.append(
            {
                "row": attachment,
                "name": name if content is not None else "",
                "shown": attachment.shown_name if evidence.full else "",
                "lost": evidence.full and content is None,
                "at": told_at(evidence.store, attachment.made_at),
            }
        )
    context = {
        "evidence": evidence, "listed": listed, "subject": subject, "who": who,
        "made_at": told_at(evidence.store, now), "zone": evidence.store.time_zone,
    }  # fmt: skip
    files = {INDEX: render_to_string("desk/evidence_index.html", context).encode(), **files}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    stamp = now.timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in {**files, SUMS: sums.encode()}.items():
            book.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _content(attachment) -> bytes | None:
    """None where the file was lost; the index says so."""
    try:
        with opened(attachment.organization_id, attachment.kept_as, Kind.ATTACHMENT) as path:
            return path.read_bytes()
    except KeptFileLost:
        return None
