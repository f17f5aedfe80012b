from django.db import migrations, models

import tenants.fields
from tenants.rls import protect


class Migration(migrations.Migration):
    dependencies = [("stores", "0001_tables"), ("tenants", "0001_tables")]

    operations = [
        migrations.CreateModel(
            name="ErasedBuyer",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name_hash", models.BinaryField()),
                ("erased_at", models.DateTimeField()),
                ("buyer", tenants.fields.LooseKey("stores.Buyer")),
                ("organization", tenants.fields.OrganizationKey()),
                ("store", tenants.fields.LooseKey("stores.Store")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("name_hash"),
                        name="one_erased_buyer_per_name",
                    )
                ],
            },
        ),
        protect("stores_erasedbuyer"),
    ]
