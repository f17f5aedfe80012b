import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0001_tables"),
        ("stores", "0003_history"),
        ("tenants", "0005_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttributionRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("number", models.IntegerField()),
                ("since", models.DateField(verbose_name="valid from")),
                (
                    "judgement",
                    models.CharField(
                        choices=[
                            ("order", "By creation"),
                            ("order_first", "Creation first"),
                            ("payment", "By payment"),
                        ],
                        default="order_first",
                        max_length=12,
                        verbose_name="judgement rule",
                    ),
                ),
                (
                    "ownership",
                    models.CharField(
                        choices=[("time", "Last chat"), ("rounds", "Most rounds")],
                        default="time",
                        max_length=10,
                        verbose_name="ownership",
                    ),
                ),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(15),
                        ],
                        verbose_name="window (days)",
                    ),
                ),
                (
                    "flag_rule",
                    models.CharField(
                        choices=[
                            ("assigns", "Flag assigns"),
                            ("excludes", "Flag excludes"),
                            ("ignored", "Flag ignored"),
                        ],
                        default="assigns",
                        max_length=10,
                        verbose_name="flag rule",
                    ),
                ),
                (
                    "excluded_flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="excluded flags",
                    ),
                ),
                ("chaser", models.BooleanField(default=True, verbose_name="chaser")),
                (
                    "after_sale_horizon_days",
                    models.PositiveSmallIntegerField(
                        default=15,
                        validators=[django.core.validators.MaxValueValidator(180)],
                        verbose_name="after-sale horizon (days)",
                    ),
                ),
                (
                    "agent_opened",
                    models.CharField(
                        choices=[("no_inquiry", "No inquiry"), ("inquiry", "Inquiry")],
                        default="no_inquiry",
                        max_length=10,
                        verbose_name="agent-opened chats",
                    ),
                ),
                (
                    "inquiry_days",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(15),
                        ],
                        verbose_name="inquiry days",
                    ),
                ),
                (
                    "cancel_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="cancelled sales taken back within (days)",
                    ),
                ),
                ("deduct_postage", models.BooleanField(default=False, verbose_name="deduct postage")),
                ("deduct_refunds", models.BooleanField(default=False, verbose_name="deduct refunds")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attributionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_attributionruleevent" ("after_sale_horizon_days", "agent_opened", "cancel_days", "chaser", "created_at", "deduct_postage", "deduct_refunds", "excluded_flags", "flag_rule", "id", "inquiry_days", "judgement", "number", "organization_id", "ownership", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id", "window_days") VALUES (NEW."after_sale_horizon_days", NEW."agent_opened", NEW."cancel_days", NEW."chaser", NEW."created_at", NEW."deduct_postage", NEW."deduct_refunds", NEW."excluded_flags", NEW."flag_rule", NEW."id", NEW."inquiry_days", NEW."judgement", NEW."number", NEW."organization_id", NEW."ownership", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."since", NEW."store_id", NEW."window_days"); RETURN NULL;',
                    hash="fc780032b5b9cff882025d522cff7f5b324f3da5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8739c",
                    table="policies_attributionrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attributionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "policies_attributionruleevent" ("after_sale_horizon_days", "agent_opened", "cancel_days", "chaser", "created_at", "deduct_postage", "deduct_refunds", "excluded_flags", "flag_rule", "id", "inquiry_days", "judgement", "number", "organization_id", "ownership", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id", "window_days") VALUES (NEW."after_sale_horizon_days", NEW."agent_opened", NEW."cancel_days", NEW."chaser", NEW."created_at", NEW."deduct_postage", NEW."deduct_refunds", NEW."excluded_flags", NEW."flag_rule", NEW."id", NEW."inquiry_days", NEW."judgement", NEW."number", NEW."organization_id", NEW."ownership", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."since", NEW."store_id", NEW."window_days"); RETURN NULL;',
                    hash="f6a7eaffe3f354945353247f107a42660cb5d844",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4e661",
                    table="policies_attributionrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attributionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_attributionruleevent" ("after_sale_horizon_days", "agent_opened", "cancel_days", "chaser", "created_at", "deduct_postage", "deduct_refunds", "excluded_flags", "flag_rule", "id", "inquiry_days", "judgement", "number", "organization_id", "ownership", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "store_id", "window_days") VALUES (OLD."after_sale_horizon_days", OLD."agent_opened", OLD."cancel_days", OLD."chaser", OLD."created_at", OLD."deduct_postage", OLD."deduct_refunds", OLD."excluded_flags", OLD."flag_rule", OLD."id", OLD."inquiry_days", OLD."judgement", OLD."number", OLD."organization_id", OLD."ownership", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."since", OLD."store_id", OLD."window_days"); RETURN NULL;',
                    hash="d2b2e6fa2ad5a191195a42c5c1dbd3394b2ed21c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ab9e0",
                    table="policies_attributionrule",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="attributionruleevent",
            name="organization",
            field=tenants.fields.OrganizationKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="tenants.organization",
            ),
        ),
        migrations.AddField(
            model_name="attributionruleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="policies.attributionrule",
            ),
        ),
        migrations.AddField(
            model_name="attributionruleevent",
            name="store",
            field=tenants.fields.LooseKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="stores.store",
            ),
        ),
        protect("policies_attributionruleevent"),
        append_only("policies_attributionruleevent"),
    ]
