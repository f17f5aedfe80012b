from django.db import migrations, models

import tenants.fields
from tenants.rls import protect


class Migration(migrations.Migration):
    dependencies = [("kpis", "0001_tables"), ("stores", "0001_tables"), ("tenants", "0001_tables")]

    operations = [
        migrations.CreateModel(
            name="SealedDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "store_id",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("organization", tenants.fields.OrganizationKey()),
                ("store", tenants.fields.LooseKey("stores.Store")),
            ],
        ),
        migrations.AddField("orderfact", "chase_on_line", models.BooleanField(null=True)),
        protect("kpis_sealedday"),
    ]
