"""Taking out of imports what stood in wrong cells: it may be somebody's name or address."""

from datetime import datetime

from django.db import connection

from tenants.scope import organization_scope

BATCH = 1000


def erase_old_refusals(organization_id: int, before: datetime, batch: int = BATCH) -> int:
    """Delete the refused rows that hold values, of imports begun before an instant; how many. The job keeps its counts.

    Batches are transactions of their own, so a run that died is repeated.
    """
    count, done = 0, batch
    while done == batch:
        with organization_scope(organization_id), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM intake_refusedrow WHERE id IN (SELECT r.id FROM intake_refusedrow r"
                " JOIN intake_importjob j ON j.id = r.job_id WHERE r.values_told IS NOT NULL AND j.created_at < %s"
                " LIMIT %s)",
                [before, batch],
            )
            done = cursor.rowcount
        count += done
    return count
