import django.db.models.deletion
from django.db import migrations, models

import tenants.fields
from tenants.rls import protect


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_personal"),
        ("stores", "0003_history"),
        ("tenants", "0005_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrackingEvent",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("order_id", tenants.fields.CodePointField(db_collation="C")),
                ("tracking_no", tenants.fields.CodePointField(db_collation="C", default="")),
                ("courier", models.TextField(blank=True, default="")),
                ("event", tenants.fields.CodePointField(db_collation="C")),
                ("happened_at", models.DateTimeField()),
                ("place", models.TextField(blank=True, default="")),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "store",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "happened_at"], name="tracking_by_time")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("order_id"),
                        models.F("tracking_no"),
                        models.F("happened_at"),
                        models.F("event"),
                        name="one_tracking_event",
                    )
                ],
            },
        ),
        protect("orders_trackingevent"),
    ]
