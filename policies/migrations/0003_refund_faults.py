import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0002_history"),
        ("tenants", "0005_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefundFault",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "platform",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taobao", "Taobao"),
                            ("tmall", "Tmall"),
                            ("jd", "JD"),
                            ("shopee", "Shopee"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="platform",
                    ),
                ),
                ("reason", tenants.fields.CodePointField(db_collation="C")),
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
                        max_length=12,
                        verbose_name="fault",
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
            ],
        ),
        migrations.CreateModel(
            name="RefundFaultEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "platform",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taobao", "Taobao"),
                            ("tmall", "Tmall"),
                            ("jd", "JD"),
                            ("shopee", "Shopee"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="platform",
                    ),
                ),
                ("reason", tenants.fields.CodePointField(db_collation="C")),
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
                        max_length=12,
                        verbose_name="fault",
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
                        to="policies.refundfault",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="refundfault",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("platform"),
                models.F("reason"),
                name="one_fault_per_reason",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refundfault",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_refundfaultevent" ("fault", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "reason") VALUES (NEW."fault", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."platform", NEW."reason"); RETURN NULL;',
                    hash="b174e243f6166d64c6a5a22b68385e962f321689",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_42c07",
                    table="policies_refundfault",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refundfault",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "policies_refundfaultevent" ("fault", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "reason") VALUES (NEW."fault", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."platform", NEW."reason"); RETURN NULL;',
                    hash="c8903982ed26efd589eb63a92aca286f121452a1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f79d7",
                    table="policies_refundfault",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refundfault",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_refundfaultevent" ("fault", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "reason") VALUES (OLD."fault", OLD."id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."platform", OLD."reason"); RETURN NULL;',
                    hash="4389390f667cd8ad83854f73a86e1a60ebd277a1",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d2c85",
                    table="policies_refundfault",
                    when="AFTER",
                ),
            ),
        ),
        protect("policies_refundfault"),
        protect("policies_refundfaultevent"),
        append_only("policies_refundfaultevent"),
    ]
