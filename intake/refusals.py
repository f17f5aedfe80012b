"""Refused rows: kept for their user to read, in the reader's language, on the page and as a file."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from intake.models import ImportJob, RefusedRow
from stores.platforms.records import Refusal
from tenants.masking import masked_text
from tenants.spreadsheets import escaped

# More would fill the table for one wrong file; the rest is counted.
KEPT_REFUSALS = 10_000
LONGEST_VALUE = 200


def explain(message: str, params: dict[str, Any]) -> str:
    """An English msgid and its values as a sentence in the active language."""
    return gettext(message) % params if params else gettext(message)


def printable(value: Any) -> Any:
    """A value fit for a JSON column: what JSON or PostgreSQL cannot hold is replaced, what is long is cut."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal | float):
        return str(value)
    text = str(value).replace("\0", "␀").encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def printable_params(params: dict[str, Any]) -> dict[str, Any]:
    """Values as they are kept in clear: what looks personal is masked."""
    shown = {name: printable(value) for name, value in params.items()}
    return {name: masked_text(value) if isinstance(value, str) else value for name, value in shown.items()}


def keep_refusals(job: ImportJob, refusals: Sequence[Refusal], kept: int) -> int:
    """Store refusals as far as the limit allows; how many are kept now. kept: how many there were."""
    wanted = refusals[: max(KEPT_REFUSALS - kept, 0)]
    RefusedRow.objects.bulk_create(
        [
            RefusedRow(
                organization_id=job.organization_id,
                job_id=job.pk,
                row=refusal.row,
                column=printable(refusal.column or ""),
                message=refusal.message,
                params={name: printable(value) for name, value in refusal.params.items()},
            )
            for refusal in wanted
        ],
        batch_size=5_000,
    )
    return kept + len(wanted)


def refused_rows_csv(
    rows: Iterable[Sequence[Any]], header: Sequence[str] = ("row", "column", "reason")
) -> str:
    """A CSV table of rows already in words; its byte order mark makes spreadsheets read UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([escaped(str(cell)) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()


def sentences(job: ImportJob) -> list[tuple[int | str, str, str]]:
    """(row, column, reason in the active language) of the kept refusals, and a last line for the rest."""
    rows: list[tuple[int | str, str, str]] = [
        (refused.row, refused.column, explain(refused.message, refused.params))
        for refused in job.refused_rows.all()
    ]
    if more := job.totals["rejected"] - len(rows):
        rows.append(("", "", explain("%(count)s more rows were refused", {"count": more})))
    return rows
