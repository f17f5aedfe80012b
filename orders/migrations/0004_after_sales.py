import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import tenants.encryption
import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_tracking"),
        ("stores", "0003_history"),
        ("team", "0003_roster"),
        ("tenants", "0005_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("order", "Order"),
                            ("promise", "Promise"),
                            ("case", "After-sales case"),
                            ("complaint", "Complaint"),
                            ("review", "Review"),
                            ("concession", "Concession"),
                            ("feedback", "Feedback"),
                            ("buyer", "Buyer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about_id", models.IntegerField()),
                ("purpose", models.CharField(max_length=15)),
                ("name", tenants.encryption.EncryptedText()),
                ("kept_as", models.CharField(max_length=40)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.IntegerField()),
                ("digest", tenants.fields.CodePointField(db_collation="C")),
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
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "about", "about_id"], name="attachment_by_subject")
                ],
            },
        ),
        migrations.CreateModel(
            name="BargainLimit",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                ("grade", models.CharField(blank=True, default="", max_length=50, verbose_name="grade")),
                ("since", models.DateField(verbose_name="from")),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="at most (%)"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="at most (amount)",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("grade"),
                        models.F("since"),
                        name="one_bargain_limit_per_day",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BuyerCard",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "buyer",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stores.buyer",
                    ),
                ),
                (
                    "class_by_hand",
                    models.CharField(
                        blank=True,
                        choices=[("new", "New"), ("returning", "Returning"), ("vip", "VIP")],
                        max_length=10,
                    ),
                ),
                ("preferences", tenants.encryption.EncryptedText(null=True)),
                ("treatment", tenants.encryption.EncryptedText(null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("buyer"),
                        name="one_card_per_buyer",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BuyerClassRule",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[("new", "New"), ("returning", "Returning"), ("vip", "VIP")],
                        max_length=10,
                        verbose_name="class",
                    ),
                ),
                ("since", models.DateField(verbose_name="from")),
                ("orders", models.PositiveIntegerField(blank=True, null=True, verbose_name="paid orders")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="paid in all"
                    ),
                ),
                ("within_days", models.PositiveIntegerField(default=365, verbose_name="within so many days")),
                ("treatment", models.TextField(blank=True, default="", verbose_name="treatment")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("name"),
                        models.F("since"),
                        name="one_class_rule_per_day",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BuyerLink",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    "buyer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.buyer",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.buyer",
                    ),
                ),
                ("same", models.BooleanField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "other"], name="link_by_other")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("buyer"),
                        models.F("other"),
                        name="one_link_per_pair",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                ("source", models.CharField(max_length=10)),
                ("source_key", tenants.fields.CodePointField(db_collation="C", default="")),
                ("level", models.CharField(max_length=20)),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
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
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("story", tenants.encryption.EncryptedText(null=True)),
                ("agent_id", models.IntegerField(null=True)),
                ("about_agent_id", models.IntegerField(null=True)),
                ("due_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("escalations", models.PositiveSmallIntegerField(default=0)),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reopenings", models.PositiveSmallIntegerField(default=0)),
                ("outcome", models.CharField(blank=True, max_length=30)),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("quality", "Quality"),
                            ("logistics", "Logistics"),
                            ("description", "Description"),
                            ("buyer", "Buyer"),
                            ("agent", "Agent"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=12,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "closed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "opened_at"], name="complaint_by_time"),
                    models.Index(fields=["organization", "store", "order_id"], name="complaint_by_order"),
                    models.Index(fields=["organization", "store", "buyer"], name="complaint_by_buyer"),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["organization", "store", "due_at"],
                        name="open_complaint_by_due",
                    ),
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True), ("closed_at__isnull", True)),
                        fields=["organization", "due_at"],
                        name="unanswered_complaint",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("source"),
                        models.F("source_key"),
                        condition=models.Q(("source_key", ""), _negated=True),
                        name="one_complaint_per_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Concession",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("discount", "Price"),
                            ("freight", "Freight"),
                            ("address", "Address"),
                            ("gift", "Gift"),
                        ],
                        max_length=10,
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
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("price", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("taken_off", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("limit", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("text", tenants.encryption.EncryptedText(null=True)),
                ("agent_id", models.IntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("within", "Within the limit"),
                            ("asked", "Waits for an answer"),
                            ("allowed", "Allowed"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", tenants.encryption.EncryptedText(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "asked_at"], name="concession_by_time"),
                    models.Index(fields=["organization", "store", "order_id"], name="concession_by_order"),
                    models.Index(fields=["organization", "store", "buyer"], name="concession_by_buyer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cost",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                ("order_id", tenants.fields.CodePointField(db_collation="C", default="")),
                ("day", models.DateField(null=True)),
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("kind", models.CharField(max_length=15)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                ("as_of", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "store", "day"], name="cost_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("order_id"),
                        models.F("day"),
                        models.F("product_code"),
                        models.F("kind"),
                        name="one_cost_each",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CourierRate",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                ("courier", models.CharField(blank=True, default="", max_length=100, verbose_name="courier")),
                ("since", models.DateField(verbose_name="from")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("courier"),
                        models.F("since"),
                        name="one_courier_rate_per_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DossierEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("order", "Order"),
                            ("promise", "Promise"),
                            ("case", "After-sales case"),
                            ("complaint", "Complaint"),
                            ("review", "Review"),
                            ("concession", "Concession"),
                            ("feedback", "Feedback"),
                            ("buyer", "Buyer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about_id", models.IntegerField()),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("what", models.CharField(max_length=30)),
                ("details", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "about", "about_id"], name="dossier_event_by_subject"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DossierNote",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("order", "Order"),
                            ("promise", "Promise"),
                            ("case", "After-sales case"),
                            ("complaint", "Complaint"),
                            ("review", "Review"),
                            ("concession", "Concession"),
                            ("feedback", "Feedback"),
                            ("buyer", "Buyer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about_id", models.IntegerField()),
                ("event_id", models.BigIntegerField(null=True)),
                ("text", tenants.encryption.EncryptedText(null=True)),
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
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "about", "about_id"], name="dossier_note_by_subject")
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                ("department", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=12)),
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
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
                ("text", tenants.encryption.EncryptedText(null=True)),
                ("competitor", models.CharField(blank=True, default="", max_length=200)),
                ("competitor_price", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("origin", models.CharField(max_length=8)),
                ("origin_key", tenants.fields.CodePointField(db_collation="C", default="")),
                ("state", models.CharField(default="new", max_length=10)),
                ("result", tenants.encryption.EncryptedText(null=True)),
                ("agent_id", models.IntegerField(null=True)),
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
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "made_at"], name="feedback_by_time")
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderToken",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "token",
                        "store_id",
                        "order_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.IntegerField()),
                ("store_id", models.IntegerField()),
                ("order_id", models.IntegerField()),
                ("token", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization_id", "store_id", "order_id"], name="token_by_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("quality_slight", "Quality, slight"),
                            ("quality", "Quality, ordinary"),
                            ("quality_grave", "Quality, grave"),
                            ("no_reason", "Returned within 7 days without a reason"),
                            ("wrong_item", "Wrong or missing item"),
                            ("damaged", "Damaged or lost on the way"),
                            ("repair", "Repair"),
                            ("price", "Price protection"),
                            ("invoice", "Invoice"),
                        ],
                        max_length=20,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("steps", models.JSONField()),
                ("agent_limit", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("supervisor_limit", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("freight", models.CharField(default="by_fault", max_length=10)),
                ("text", models.TextField(blank=True, default="")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("kind"),
                        models.F("number"),
                        name="one_procedure_per_number",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductionStep",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "order",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("confirmed", "Buyer confirmed drawing, size and address"),
                            ("handed_off", "Handed to production"),
                            ("made", "Made"),
                            ("taken_back", "Taken back from production"),
                        ],
                        max_length=12,
                    ),
                ),
                ("number", models.PositiveIntegerField(null=True)),
                ("reached_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "order"], name="production_by_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("courier", "Courier"),
                            ("gift", "Gift"),
                            ("ship_date", "Ship date"),
                            ("price", "Price protection"),
                            ("effect", "Effect"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", tenants.encryption.EncryptedText(null=True)),
                ("promised_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("agent_id", models.IntegerField(null=True)),
                ("source_key", tenants.fields.CodePointField(db_collation="C", default="")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("kept", "Kept"),
                            ("broken", "Broken"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("proof", tenants.encryption.EncryptedText(null=True)),
                ("refund_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("complaint_id", models.IntegerField(null=True)),
                ("points", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
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
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["organization", "store", "due_at"],
                        name="promise_by_due",
                    ),
                    models.Index(fields=["organization", "store", "buyer"], name="promise_by_buyer"),
                    models.Index(fields=["organization", "store", "order_id"], name="promise_by_order"),
                    models.Index(fields=["organization", "agent_id", "promised_at"], name="promise_by_agent"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "order",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("flag", models.SmallIntegerField(null=True)),
                ("agent_id", models.IntegerField(null=True)),
                (
                    "warnings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("written", "Written"),
                            ("restored", "Restored"),
                            ("adopted", "Taken over from the platform"),
                        ],
                        default="written",
                        max_length=10,
                    ),
                ),
                ("restored_number", models.PositiveIntegerField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "store", "made_at"], name="remark_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("order"),
                        models.F("number"),
                        name="one_remark_per_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RemarkCopy",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "order",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "order"], name="remark_copy_by_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="RemarkFormat",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                ("fields", models.JSONField(default=list)),
                ("flags", models.JSONField(default=dict)),
                (
                    "late_minutes",
                    models.PositiveSmallIntegerField(
                        default=20, verbose_name="remark within so many minutes of the payment"
                    ),
                ),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"), models.F("store"), name="one_format_per_store"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RemarkKey",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    "order",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                ("key", tenants.encryption.EncryptedText()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"), models.F("order"), name="one_remark_key_per_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewHandling",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                ("review_id", tenants.fields.CodePointField(db_collation="C")),
                ("grade_by_hand", models.CharField(blank=True, max_length=20)),
                ("first_rating", models.SmallIntegerField(null=True)),
                ("agent_id", models.IntegerField(null=True)),
                ("reply_draft", tenants.encryption.EncryptedText(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("contacted_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("outcome_at", models.DateTimeField(null=True)),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("quality", "Quality"),
                            ("logistics", "Logistics"),
                            ("description", "Description"),
                            ("buyer", "Buyer"),
                            ("agent", "Agent"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=12,
                    ),
                ),
                ("malicious", models.BooleanField(default=False)),
                ("buyer_rating", models.SmallIntegerField(null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("review_id"),
                        name="one_handling_per_review",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceSettings",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tenants.organization",
                    ),
                ),
                ("levels", models.JSONField(default=list)),
                (
                    "review_answerers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                (
                    "negative_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), default=list, size=None
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                ("month", models.DateField()),
                ("product_code", tenants.fields.CodePointField(db_collation="C")),
                ("expected", models.IntegerField(null=True)),
                ("counted", models.IntegerField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "counted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("counted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("month"),
                        models.F("product_code"),
                        name="one_count_per_product",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BargainLimitEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.bargainlimit",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.store",
                    ),
                ),
                ("grade", models.CharField(blank=True, default="", max_length=50, verbose_name="grade")),
                ("since", models.DateField(verbose_name="from")),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="at most (%)"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="at most (amount)",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BuyerClassRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.buyerclassrule",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.store",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[("new", "New"), ("returning", "Returning"), ("vip", "VIP")],
                        max_length=10,
                        verbose_name="class",
                    ),
                ),
                ("since", models.DateField(verbose_name="from")),
                ("orders", models.PositiveIntegerField(blank=True, null=True, verbose_name="paid orders")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="paid in all"
                    ),
                ),
                ("within_days", models.PositiveIntegerField(default=365, verbose_name="within so many days")),
                ("treatment", models.TextField(blank=True, default="", verbose_name="treatment")),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BuyerLinkEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.buyerlink",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "buyer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.buyer",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.buyer",
                    ),
                ),
                ("same", models.BooleanField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("quality_slight", "Quality, slight"),
                            ("quality", "Quality, ordinary"),
                            ("quality_grave", "Quality, grave"),
                            ("no_reason", "Returned within 7 days without a reason"),
                            ("wrong_item", "Wrong or missing item"),
                            ("damaged", "Damaged or lost on the way"),
                            ("repair", "Repair"),
                            ("price", "Price protection"),
                            ("invoice", "Invoice"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.procedureversion",
                    ),
                ),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
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
                ("refund_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("quality", "Quality"),
                            ("logistics", "Logistics"),
                            ("description", "Description"),
                            ("buyer", "Buyer"),
                            ("agent", "Agent"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=12,
                    ),
                ),
                ("story", tenants.encryption.EncryptedText(null=True)),
                ("agent_id", models.IntegerField(null=True)),
                ("step", models.CharField(blank=True, max_length=30)),
                ("step_since", models.DateTimeField(null=True)),
                ("step_due_at", models.DateTimeField(null=True)),
                ("restarts", models.PositiveSmallIntegerField(default=0)),
                ("outcome", models.CharField(blank=True, max_length=30)),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "closed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "opened_at"], name="case_by_time"),
                    models.Index(fields=["organization", "store", "order_id"], name="case_by_order"),
                    models.Index(fields=["organization", "store", "buyer"], name="case_by_buyer"),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["organization", "store", "step_due_at"],
                        name="open_case_by_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("refund_id"),
                        name="one_case_per_refund",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CourierRateEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.courierrate",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.store",
                    ),
                ),
                ("courier", models.CharField(blank=True, default="", max_length=100, verbose_name="courier")),
                ("since", models.DateField(verbose_name="from")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PromiseProposal",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("source_key", tenants.fields.CodePointField(db_collation="C")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("courier", "Courier"),
                            ("gift", "Gift"),
                            ("ship_date", "Ship date"),
                            ("price", "Price protection"),
                            ("effect", "Effect"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("agent_id", models.IntegerField(null=True)),
                ("said_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("accepted", "Accepted"),
                            ("dismissed", "Dismissed"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "promise",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="orders.promise",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "proposed")),
                        fields=["organization", "store", "said_at"],
                        name="proposal_by_time",
                    ),
                    models.Index(fields=["organization", "store", "buyer"], name="proposal_by_buyer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("source_key"),
                        models.F("kind"),
                        name="one_proposal_per_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RemarkFormatEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.remarkformat",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.store",
                    ),
                ),
                ("fields", models.JSONField(default=list)),
                ("flags", models.JSONField(default=dict)),
                (
                    "late_minutes",
                    models.PositiveSmallIntegerField(
                        default=20, verbose_name="remark within so many minutes of the payment"
                    ),
                ),
                ("since", models.DateTimeField()),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ServiceSettingsEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.servicesettings",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        serialize=False,
                        to="tenants.organization",
                    ),
                ),
                ("levels", models.JSONField(default=list)),
                (
                    "review_answerers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                (
                    "negative_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), default=list, size=None
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StockCountEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.stockcount",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.store",
                    ),
                ),
                ("month", models.DateField()),
                ("product_code", tenants.fields.CodePointField(db_collation="C")),
                ("expected", models.IntegerField(null=True)),
                ("counted", models.IntegerField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "counted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("counted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Compensation",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.case",
                    ),
                ),
                ("complaint_id", models.IntegerField(null=True)),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("kind", models.CharField(max_length=10)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("agent_id", models.IntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for approval"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("paid", "Paid"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "asked_at"], name="compensation_by_time"),
                    models.Index(fields=["organization", "case"], name="compensation_by_case"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnedItem",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.case",
                    ),
                ),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("tracking_no", models.TextField(blank=True, default="")),
                ("expected_at", models.DateTimeField()),
                ("arrived_at", models.DateTimeField(null=True)),
                ("condition", models.CharField(blank=True, max_length=20)),
                ("decision", models.CharField(blank=True, max_length=20)),
                ("worth", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                (
                    "inspected_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("inspected_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "case"], name="returned_item_by_case"),
                    models.Index(
                        fields=["organization", "store", "expected_at"], name="returned_item_by_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompensationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.compensation",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.store",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="orders.case",
                    ),
                ),
                ("complaint_id", models.IntegerField(null=True)),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("kind", models.CharField(max_length=10)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("agent_id", models.IntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for approval"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("paid", "Paid"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReturnedItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.returneditem",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.organization",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="stores.store",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="orders.case",
                    ),
                ),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("product_code", tenants.fields.CodePointField(db_collation="C", default="")),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("tracking_no", models.TextField(blank=True, default="")),
                ("expected_at", models.DateTimeField()),
                ("arrived_at", models.DateTimeField(null=True)),
                ("condition", models.CharField(blank=True, max_length=20)),
                ("decision", models.CharField(blank=True, max_length=20)),
                ("worth", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                (
                    "inspected_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("inspected_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="review",
            name="grade",
            field=models.CharField(db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="review",
            name="graded_with",
            field=models.CharField(db_default="", default="", max_length=16),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("tracking_no__isnull", False)),
                fields=["organization", "tracking_no"],
                name="order_by_tracking",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["organization", "store", "created_at"], name="refund_by_time"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["organization", "store", "grade", "created_at"], name="review_by_grade"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["organization", "graded_with"], name="review_by_word_list"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["organization", "store", "created_at"], name="review_by_time"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["organization", "store", "order_id"], name="review_by_order"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="servicesettings",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_servicesettingsevent" ("levels", "negative_words", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_answerers") VALUES (NEW."levels", NEW."negative_words", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."organization_id", NEW."review_answerers"); RETURN NULL;',
                    hash="a86e3108d23839714dfc9a66f829f26357147f49",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_33824",
                    table="orders_servicesettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="servicesettings",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_servicesettingsevent" ("levels", "negative_words", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_answerers") VALUES (NEW."levels", NEW."negative_words", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."organization_id", NEW."review_answerers"); RETURN NULL;',
                    hash="9b2192ef38fd54b1b1d26f929825dcdd739b65d7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0fbe2",
                    table="orders_servicesettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="servicesettings",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_servicesettingsevent" ("levels", "negative_words", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_answerers") VALUES (OLD."levels", OLD."negative_words", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."organization_id", OLD."review_answerers"); RETURN NULL;',
                    hash="6371ce63d038e2ce2eb8424d9a8c42aa5fb10df5",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_50f31",
                    table="orders_servicesettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bargainlimit",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_bargainlimitevent" ("amount", "grade", "id", "organization_id", "percent", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (NEW."amount", NEW."grade", NEW."id", NEW."organization_id", NEW."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."since", NEW."store_id"); RETURN NULL;',
                    hash="7e11df953a9e7a066267d213a1870c7c2789bba0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ea8a9",
                    table="orders_bargainlimit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bargainlimit",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_bargainlimitevent" ("amount", "grade", "id", "organization_id", "percent", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (NEW."amount", NEW."grade", NEW."id", NEW."organization_id", NEW."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."since", NEW."store_id"); RETURN NULL;',
                    hash="3aefe5182b45011e8f490f195a334039addc4c52",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_76a35",
                    table="orders_bargainlimit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bargainlimit",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_bargainlimitevent" ("amount", "grade", "id", "organization_id", "percent", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (OLD."amount", OLD."grade", OLD."id", OLD."organization_id", OLD."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."since", OLD."store_id"); RETURN NULL;',
                    hash="784914646b0a165197edd7c17c5fa6891db6665b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_912a9",
                    table="orders_bargainlimit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="buyerclassrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_buyerclassruleevent" ("amount", "id", "name", "orders", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id", "treatment", "within_days") VALUES (NEW."amount", NEW."id", NEW."name", NEW."orders", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."since", NEW."store_id", NEW."treatment", NEW."within_days"); RETURN NULL;',
                    hash="32c0c3ea70e12267469e702cdc2b2e05838aec62",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9fc75",
                    table="orders_buyerclassrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="buyerclassrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_buyerclassruleevent" ("amount", "id", "name", "orders", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id", "treatment", "within_days") VALUES (NEW."amount", NEW."id", NEW."name", NEW."orders", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."since", NEW."store_id", NEW."treatment", NEW."within_days"); RETURN NULL;',
                    hash="786743ce85e5b727ff49741f154f90704b750d0b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_eaf2b",
                    table="orders_buyerclassrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="buyerclassrule",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_buyerclassruleevent" ("amount", "id", "name", "orders", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id", "treatment", "within_days") VALUES (OLD."amount", OLD."id", OLD."name", OLD."orders", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."since", OLD."store_id", OLD."treatment", OLD."within_days"); RETURN NULL;',
                    hash="5139be362821d2d9ce5374c8d086ae7ed7f27ea1",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_317ed",
                    table="orders_buyerclassrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="buyerlink",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_buyerlinkevent" ("buyer_id", "decided_at", "decided_by_id", "id", "organization_id", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "same") VALUES (NEW."buyer_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."organization_id", NEW."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."same"); RETURN NULL;',
                    hash="04d561f46c61a6504b200a7e27d19541877beb3c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f2818",
                    table="orders_buyerlink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="buyerlink",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_buyerlinkevent" ("buyer_id", "decided_at", "decided_by_id", "id", "organization_id", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "same") VALUES (NEW."buyer_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."organization_id", NEW."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."same"); RETURN NULL;',
                    hash="88bbc58e121da141cc5c600b97a3224c3e83bd03",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_44e09",
                    table="orders_buyerlink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="buyerlink",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_buyerlinkevent" ("buyer_id", "decided_at", "decided_by_id", "id", "organization_id", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "same") VALUES (OLD."buyer_id", OLD."decided_at", OLD."decided_by_id", OLD."id", OLD."organization_id", OLD."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."same"); RETURN NULL;',
                    hash="5a81fd882a63b21e67e19417c9ab17ea8eafd40a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_62451",
                    table="orders_buyerlink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="compensation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_compensationevent" ("agent_id", "amount", "asked_at", "asked_by_id", "case_id", "complaint_id", "decided_at", "decided_by_id", "id", "kind", "order_id", "organization_id", "paid_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "state", "store_id") VALUES (NEW."agent_id", NEW."amount", NEW."asked_at", NEW."asked_by_id", NEW."case_id", NEW."complaint_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."kind", NEW."order_id", NEW."organization_id", NEW."paid_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."product_code", NEW."state", NEW."store_id"); RETURN NULL;',
                    hash="c89293c6ddccf0b29bb64760f24328507dc53a75",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_51058",
                    table="orders_compensation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="compensation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_compensationevent" ("agent_id", "amount", "asked_at", "asked_by_id", "case_id", "complaint_id", "decided_at", "decided_by_id", "id", "kind", "order_id", "organization_id", "paid_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "state", "store_id") VALUES (NEW."agent_id", NEW."amount", NEW."asked_at", NEW."asked_by_id", NEW."case_id", NEW."complaint_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."kind", NEW."order_id", NEW."organization_id", NEW."paid_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."product_code", NEW."state", NEW."store_id"); RETURN NULL;',
                    hash="140ef24a049108630d7feb2537913b9c124015a1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dbc44",
                    table="orders_compensation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="compensation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_compensationevent" ("agent_id", "amount", "asked_at", "asked_by_id", "case_id", "complaint_id", "decided_at", "decided_by_id", "id", "kind", "order_id", "organization_id", "paid_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "state", "store_id") VALUES (OLD."agent_id", OLD."amount", OLD."asked_at", OLD."asked_by_id", OLD."case_id", OLD."complaint_id", OLD."decided_at", OLD."decided_by_id", OLD."id", OLD."kind", OLD."order_id", OLD."organization_id", OLD."paid_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."product_code", OLD."state", OLD."store_id"); RETURN NULL;',
                    hash="e24a3474097c37467fc40823d6fa9de604621782",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5d433",
                    table="orders_compensation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courierrate",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_courierrateevent" ("amount", "courier", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (NEW."amount", NEW."courier", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."since", NEW."store_id"); RETURN NULL;',
                    hash="65598b7f3e4ccb3970d454eed125b7afdfda0085",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b2afa",
                    table="orders_courierrate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courierrate",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_courierrateevent" ("amount", "courier", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (NEW."amount", NEW."courier", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."since", NEW."store_id"); RETURN NULL;',
                    hash="dd7e2860b29df9d0a4a95214c89cb7fff1d1a713",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fc3c3",
                    table="orders_courierrate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courierrate",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_courierrateevent" ("amount", "courier", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (OLD."amount", OLD."courier", OLD."id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."since", OLD."store_id"); RETURN NULL;',
                    hash="48ba51cf3c8a0589ff1250b9b739859a2b806b2a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d673a",
                    table="orders_courierrate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="remarkformat",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_remarkformatevent" ("fields", "flags", "id", "late_minutes", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (NEW."fields", NEW."flags", NEW."id", NEW."late_minutes", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."since", NEW."store_id"); RETURN NULL;',
                    hash="6d464a9ab8797ac3f50031cba7235786146b2ad1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0e779",
                    table="orders_remarkformat",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="remarkformat",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_remarkformatevent" ("fields", "flags", "id", "late_minutes", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (NEW."fields", NEW."flags", NEW."id", NEW."late_minutes", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."since", NEW."store_id"); RETURN NULL;',
                    hash="a268d76beace03350557f92551217eb7125c3812",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_600a3",
                    table="orders_remarkformat",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="remarkformat",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_remarkformatevent" ("fields", "flags", "id", "late_minutes", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id") VALUES (OLD."fields", OLD."flags", OLD."id", OLD."late_minutes", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."since", OLD."store_id"); RETURN NULL;',
                    hash="956900297be24bd13adc23edfc1c1edff991a93c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_54bd1",
                    table="orders_remarkformat",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="returneditem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_returneditemevent" ("arrived_at", "case_id", "condition", "decision", "expected_at", "id", "inspected_at", "inspected_by_id", "order_id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "quantity", "store_id", "tracking_no", "worth") VALUES (NEW."arrived_at", NEW."case_id", NEW."condition", NEW."decision", NEW."expected_at", NEW."id", NEW."inspected_at", NEW."inspected_by_id", NEW."order_id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."product_code", NEW."quantity", NEW."store_id", NEW."tracking_no", NEW."worth"); RETURN NULL;',
                    hash="abec3549d2a92b052f453c47e72496ef7e5283d3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fbd63",
                    table="orders_returneditem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="returneditem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_returneditemevent" ("arrived_at", "case_id", "condition", "decision", "expected_at", "id", "inspected_at", "inspected_by_id", "order_id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "quantity", "store_id", "tracking_no", "worth") VALUES (NEW."arrived_at", NEW."case_id", NEW."condition", NEW."decision", NEW."expected_at", NEW."id", NEW."inspected_at", NEW."inspected_by_id", NEW."order_id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."product_code", NEW."quantity", NEW."store_id", NEW."tracking_no", NEW."worth"); RETURN NULL;',
                    hash="1bebb938ac5a89386f9a69943c7eec00f9f90c20",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_214f1",
                    table="orders_returneditem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="returneditem",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_returneditemevent" ("arrived_at", "case_id", "condition", "decision", "expected_at", "id", "inspected_at", "inspected_by_id", "order_id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "quantity", "store_id", "tracking_no", "worth") VALUES (OLD."arrived_at", OLD."case_id", OLD."condition", OLD."decision", OLD."expected_at", OLD."id", OLD."inspected_at", OLD."inspected_by_id", OLD."order_id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."product_code", OLD."quantity", OLD."store_id", OLD."tracking_no", OLD."worth"); RETURN NULL;',
                    hash="c63be44566a7bcd4ba8a39344594afb6b03c3c1f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_937d5",
                    table="orders_returneditem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stockcount",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_stockcountevent" ("counted", "counted_at", "counted_by_id", "expected", "id", "month", "note", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "store_id") VALUES (NEW."counted", NEW."counted_at", NEW."counted_by_id", NEW."expected", NEW."id", NEW."month", NEW."note", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."product_code", NEW."store_id"); RETURN NULL;',
                    hash="3b9656821df84a316b5f8ecfe4eb1f6b53d94517",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_131fd",
                    table="orders_stockcount",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stockcount",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_stockcountevent" ("counted", "counted_at", "counted_by_id", "expected", "id", "month", "note", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "store_id") VALUES (NEW."counted", NEW."counted_at", NEW."counted_by_id", NEW."expected", NEW."id", NEW."month", NEW."note", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."product_code", NEW."store_id"); RETURN NULL;',
                    hash="6c2c6641af982820a2b373b37e93a16a4aea1d58",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2b89e",
                    table="orders_stockcount",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stockcount",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_stockcountevent" ("counted", "counted_at", "counted_by_id", "expected", "id", "month", "note", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_code", "store_id") VALUES (OLD."counted", OLD."counted_at", OLD."counted_by_id", OLD."expected", OLD."id", OLD."month", OLD."note", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."product_code", OLD."store_id"); RETURN NULL;',
                    hash="a1cb151675e177acc62c519966b7aa29e1432b8c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ee342",
                    table="orders_stockcount",
                    when="AFTER",
                ),
            ),
        ),
        protect("orders_attachment"),
        protect("orders_bargainlimit"),
        protect("orders_bargainlimitevent"),
        protect("orders_buyercard"),
        protect("orders_buyerclassrule"),
        protect("orders_buyerclassruleevent"),
        protect("orders_buyerlink"),
        protect("orders_buyerlinkevent"),
        protect("orders_case"),
        protect("orders_compensation"),
        protect("orders_compensationevent"),
        protect("orders_complaint"),
        protect("orders_concession"),
        protect("orders_cost"),
        protect("orders_courierrate"),
        protect("orders_courierrateevent"),
        protect("orders_dossierevent"),
        protect("orders_dossiernote"),
        protect("orders_feedback"),
        protect("orders_ordertoken"),
        protect("orders_procedureversion"),
        protect("orders_productionstep"),
        protect("orders_promise"),
        protect("orders_promiseproposal"),
        protect("orders_remark"),
        protect("orders_remarkcopy"),
        protect("orders_remarkformat"),
        protect("orders_remarkformatevent"),
        protect("orders_remarkkey"),
        protect("orders_returneditem"),
        protect("orders_returneditemevent"),
        protect("orders_reviewhandling"),
        protect("orders_servicesettings"),
        protect("orders_servicesettingsevent"),
        protect("orders_stockcount"),
        protect("orders_stockcountevent"),
        append_only("orders_bargainlimitevent"),
        append_only("orders_buyerclassruleevent"),
        append_only("orders_buyerlinkevent"),
        append_only("orders_compensationevent"),
        append_only("orders_courierrateevent"),
        append_only("orders_dossierevent"),
        append_only("orders_procedureversion"),
        append_only("orders_productionstep"),
        append_only("orders_remark"),
        append_only("orders_remarkcopy"),
        append_only("orders_remarkformatevent"),
        append_only("orders_returneditemevent"),
        append_only("orders_servicesettingsevent"),
        append_only("orders_stockcountevent"),
    ]
