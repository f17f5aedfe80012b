"""Upkeep in the background: a backup when one is due."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from tenants.backup import make_backup
from tenants.models import Upkeep
from tenants.trust import note_keys

_LOCK, _LOCK_SECONDS = "backup-running", 6 * 3600


@shared_task
def make_due_backup() -> dict[str, str]:
    """Every quarter of an hour: a backup if the last one is BACKUP_EVERY_HOURS old; one at a time."""
    note_keys()
    if not settings.BACKUP_EVERY_HOURS or not cache.add(_LOCK, 1, _LOCK_SECONDS):
        return {}
    try:
        since = timezone.now() - timedelta(hours=settings.BACKUP_EVERY_HOURS)
        if Upkeep.objects.filter(kind=Upkeep.BACKUP, at__gt=since).exists():
            return {}
        return {"file": make_backup().name}
    finally:
        cache.delete(_LOCK)
