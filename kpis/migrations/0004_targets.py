import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0003_lost_inquiry"),
        ("stores", "0003_history"),
        ("tenants", "0005_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgentTarget",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("month", models.DateField(verbose_name="month")),
                ("agent_id", models.IntegerField()),
                ("sales", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="sales")),
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
            ],
        ),
        migrations.CreateModel(
            name="AgentTargetEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("month", models.DateField(verbose_name="month")),
                ("agent_id", models.IntegerField()),
                ("sales", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="sales")),
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
                        to="kpis.agenttarget",
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
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StoreTarget",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("month", models.DateField(verbose_name="month")),
                (
                    "sales",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="sales"
                    ),
                ),
                (
                    "conversion_final",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True),
                ),
                (
                    "three_minute_rate",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True),
                ),
                (
                    "average_first_response_seconds",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=8, null=True),
                ),
                ("satisfaction", models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True)),
                (
                    "division",
                    models.CharField(
                        choices=[
                            ("equal", "Equally"),
                            ("share", "By last month's share of sales"),
                            ("days", "By working days in the published roster"),
                            ("hand", "By hand"),
                        ],
                        default="equal",
                        max_length=10,
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
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StoreTargetEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("month", models.DateField(verbose_name="month")),
                (
                    "sales",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="sales"
                    ),
                ),
                (
                    "conversion_final",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True),
                ),
                (
                    "three_minute_rate",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True),
                ),
                (
                    "average_first_response_seconds",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=8, null=True),
                ),
                ("satisfaction", models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True)),
                (
                    "division",
                    models.CharField(
                        choices=[
                            ("equal", "Equally"),
                            ("share", "By last month's share of sales"),
                            ("days", "By working days in the published roster"),
                            ("hand", "By hand"),
                        ],
                        default="equal",
                        max_length=10,
                    ),
                ),
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
                        to="kpis.storetarget",
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
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="agenttarget",
            index=models.Index(fields=["organization", "agent_id", "month"], name="target_by_agent"),
        ),
        migrations.AddConstraint(
            model_name="agenttarget",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("store"),
                models.F("month"),
                models.F("agent_id"),
                name="one_agent_target_per_month",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agenttarget",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "kpis_agenttargetevent" ("agent_id", "id", "month", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sales", "store_id") VALUES (NEW."agent_id", NEW."id", NEW."month", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."sales", NEW."store_id"); RETURN NULL;',
                    hash="2711348168761a395cd5a0b46400b1fb5ffdc851",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6f37c",
                    table="kpis_agenttarget",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agenttarget",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "kpis_agenttargetevent" ("agent_id", "id", "month", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sales", "store_id") VALUES (NEW."agent_id", NEW."id", NEW."month", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."sales", NEW."store_id"); RETURN NULL;',
                    hash="71bb3c622afab56c2e4f5ed6a1f30cee74a15706",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_43084",
                    table="kpis_agenttarget",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agenttarget",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "kpis_agenttargetevent" ("agent_id", "id", "month", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sales", "store_id") VALUES (OLD."agent_id", OLD."id", OLD."month", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."sales", OLD."store_id"); RETURN NULL;',
                    hash="992413d854d74269b5927b6a3cc57b147cdc0f32",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4f377",
                    table="kpis_agenttarget",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="storetarget",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("store"),
                models.F("month"),
                name="one_store_target_per_month",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storetarget",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "kpis_storetargetevent" ("average_first_response_seconds", "conversion_final", "division", "id", "month", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sales", "satisfaction", "store_id", "three_minute_rate") VALUES (NEW."average_first_response_seconds", NEW."conversion_final", NEW."division", NEW."id", NEW."month", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."sales", NEW."satisfaction", NEW."store_id", NEW."three_minute_rate"); RETURN NULL;',
                    hash="c391bcb695d53b7d55e1ba2f6bc2d6715b5e50f1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_55c69",
                    table="kpis_storetarget",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storetarget",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "kpis_storetargetevent" ("average_first_response_seconds", "conversion_final", "division", "id", "month", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sales", "satisfaction", "store_id", "three_minute_rate") VALUES (NEW."average_first_response_seconds", NEW."conversion_final", NEW."division", NEW."id", NEW."month", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."sales", NEW."satisfaction", NEW."store_id", NEW."three_minute_rate"); RETURN NULL;',
                    hash="bd42cc559e5a40f01853a955e36df6e906927044",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a6881",
                    table="kpis_storetarget",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storetarget",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "kpis_storetargetevent" ("average_first_response_seconds", "conversion_final", "division", "id", "month", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sales", "satisfaction", "store_id", "three_minute_rate") VALUES (OLD."average_first_response_seconds", OLD."conversion_final", OLD."division", OLD."id", OLD."month", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."sales", OLD."satisfaction", OLD."store_id", OLD."three_minute_rate"); RETURN NULL;',
                    hash="7bb3162a2955b08fab4b084173857b7644101e1b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ddeee",
                    table="kpis_storetarget",
                    when="AFTER",
                ),
            ),
        ),
        protect("kpis_agenttarget"),
        protect("kpis_agenttargetevent"),
        protect("kpis_storetarget"),
        protect("kpis_storetargetevent"),
        append_only("kpis_agenttargetevent"),
        append_only("kpis_storetargetevent"),
    ]
