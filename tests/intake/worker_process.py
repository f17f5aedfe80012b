"""A worker in a process of its own, for tests that kill it.

python -m tests.intake.worker_process ORGANIZATION_ID JOB_ID PATH RECORDS_PER_CHUNK
"""

import sys
from pathlib import Path

import django


def main(organization_id: str, job_id: str, path: str, chunk_records: str) -> None:
    django.setup()
    from intake import load as loading
    from intake.models import ImportJob
    from tenants.scope import organization_scope

    loading.CHUNK_RECORDS = int(chunk_records)
    with organization_scope(int(organization_id)):
        job = ImportJob.objects.get(pk=int(job_id))
    loading.load(job, Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
