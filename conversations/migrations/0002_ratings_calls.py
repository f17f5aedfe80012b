import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenants.encryption
import tenants.fields
from tenants.rls import protect


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0001_tables"),
        ("stores", "0003_history"),
        ("team", "0003_roster"),
        ("tenants", "0005_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PhoneCall",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("incoming", models.BooleanField(default=False)),
                ("called_at", models.DateTimeField()),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("about", tenants.encryption.EncryptedText()),
                ("outcome", tenants.encryption.EncryptedText(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="team.agent",
                    ),
                ),
                (
                    "buyer",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stores.buyer",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                "ordering": ("-called_at",),
                "indexes": [
                    models.Index(fields=["organization", "store", "buyer"], name="call_by_buyer"),
                    models.Index(fields=["organization", "-called_at"], name="call_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("rating_id", tenants.fields.CodePointField(db_collation="C")),
                ("rated_at", models.DateTimeField(null=True)),
                ("invited", models.BooleanField(null=True)),
                ("rating", models.SmallIntegerField(null=True)),
                ("text", models.TextField(blank=True, default="")),
                (
                    "buyer",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stores.buyer",
                    ),
                ),
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
                    "seat",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="team.seat",
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
                "indexes": [models.Index(fields=["organization", "store", "buyer"], name="rating_by_buyer")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("rating_id"),
                        name="one_rating_per_id",
                    )
                ],
            },
        ),
        protect("conversations_phonecall"),
        protect("conversations_rating"),
    ]
