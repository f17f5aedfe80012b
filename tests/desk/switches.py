"""Detectors set otherwise for one store, as the settings page does."""

from desk.detecting import look_again
from desk.models import DetectorSetting
from stores.models import Store
from tenants.scope import organization_scope


def switch(store: Store, detector: str, enabled: bool = True, **options) -> None:
    with organization_scope(store.organization_id):
        DetectorSetting.objects.update_or_create(
            organization_id=store.organization_id,
            store=store,
            detector=detector,
            defaults={"enabled": enabled, "options": options},
        )
        look_again([store])
