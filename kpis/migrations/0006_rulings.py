import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0005_satisfaction"),
        ("orders", "0004_after_sales"),
        ("stores", "0003_history"),
        ("tenants", "0005_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyMail",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "tables",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "store_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("at_minutes", models.PositiveSmallIntegerField(default=540)),
                ("active", models.BooleanField(default=True)),
                ("since", models.DateField()),
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
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DailyMailEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "tables",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "store_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("at_minutes", models.PositiveSmallIntegerField(default=540)),
                ("active", models.BooleanField(default=True)),
                ("since", models.DateField()),
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="kpis.dailymail",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DailyMailSent",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("day", models.DateField()),
                ("claimed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
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
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnershipClaim",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("agent_id", models.IntegerField(null=True)),
                ("reason", models.CharField(max_length=500)),
                ("made_at", models.DateTimeField()),
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
        ),
        migrations.CreateModel(
            name="OwnershipRuling",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("given", "Given"), ("lifted", "Lifted"), ("refused", "Refused")],
                        max_length=8,
                    ),
                ),
                ("agent_id", models.IntegerField(null=True)),
                ("owner_before", models.IntegerField(null=True)),
                ("claim_id", models.IntegerField(null=True)),
                ("reason", models.CharField(max_length=500)),
                ("made_at", models.DateTimeField()),
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
        ),
        migrations.AddConstraint(
            model_name="dailymail",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("user"), name="one_daily_mail_per_user"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dailymail",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "kpis_dailymailevent" ("active", "at_minutes", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_ids", "tables", "user_id") VALUES (NEW."active", NEW."at_minutes", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."since", NEW."store_ids", NEW."tables", NEW."user_id"); RETURN NULL;',
                    hash="9d788c75a3e8a98a030ccbe3dd5867f53e334bfb",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b1108",
                    table="kpis_dailymail",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dailymail",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "kpis_dailymailevent" ("active", "at_minutes", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_ids", "tables", "user_id") VALUES (NEW."active", NEW."at_minutes", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."since", NEW."store_ids", NEW."tables", NEW."user_id"); RETURN NULL;',
                    hash="15dd316806a6b95d6a2d596036356822064ed242",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_19383",
                    table="kpis_dailymail",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dailymail",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "kpis_dailymailevent" ("active", "at_minutes", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_ids", "tables", "user_id") VALUES (OLD."active", OLD."at_minutes", OLD."id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."since", OLD."store_ids", OLD."tables", OLD."user_id"); RETURN NULL;',
                    hash="6c426c2b9f1d0a2f960def5ecaa66daee9693d06",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6848b",
                    table="kpis_dailymail",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="dailymailsent",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("user"), models.F("day"), name="one_daily_mail_a_day"
            ),
        ),
        migrations.AddIndex(
            model_name="ownershipclaim",
            index=models.Index(fields=["organization", "store", "order"], name="claim_by_order"),
        ),
        migrations.AddIndex(
            model_name="ownershipclaim",
            index=models.Index(fields=["organization", "made_at"], name="claim_by_time"),
        ),
        migrations.AddConstraint(
            model_name="ownershipruling",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("store"),
                models.F("order"),
                models.F("number"),
                name="one_ruling_per_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipruling",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("claim_id"),
                condition=models.Q(("claim_id__isnull", False)),
                name="one_ruling_per_claim",
            ),
        ),
        protect("kpis_dailymail"),
        protect("kpis_dailymailevent"),
        protect("kpis_dailymailsent"),
        protect("kpis_ownershipclaim"),
        protect("kpis_ownershipruling"),
        append_only("kpis_dailymailevent"),
        append_only("kpis_ownershipclaim"),
        append_only("kpis_ownershipruling"),
    ]
