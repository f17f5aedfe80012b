import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import stores.models
import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0002_erased_buyers"),
        ("tenants", "0005_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoreEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("code", models.SlugField(db_index=False, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="store name")),
                (
                    "platform",
                    models.CharField(
                        choices=[
                            ("taobao", "Taobao"),
                            ("tmall", "Tmall"),
                            ("jd", "JD"),
                            ("shopee", "Shopee"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="platform",
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=50, verbose_name="kind")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Give an ISO 4217 code such as CNY."
                            )
                        ],
                        verbose_name="currency",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        max_length=64, validators=[stores.models.a_time_zone], verbose_name="time zone"
                    ),
                ),
                (
                    "day_cut_minutes",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MaxValueValidator(
                                360, "The day cut is between 00:00 and 06:00."
                            )
                        ],
                        verbose_name="day cut",
                    ),
                ),
                (
                    "session_gap_minutes",
                    models.PositiveSmallIntegerField(default=30, verbose_name="session gap (minutes)"),
                ),
                (
                    "rate_from_minutes",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="answer rate counts from",
                    ),
                ),
                (
                    "rate_to_minutes",
                    models.PositiveSmallIntegerField(
                        default=1440,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="answer rate counts to",
                    ),
                ),
                (
                    "rate_seconds",
                    models.PositiveSmallIntegerField(default=180, verbose_name="answer rate (seconds)"),
                ),
                ("auto_texts", models.JSONField(blank=True, default=list, verbose_name="automatic replies")),
                (
                    "memo_signature",
                    models.CharField(blank=True, max_length=200, verbose_name="memo signature"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="store",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "stores_storeevent" ("auto_texts", "code", "country", "created_at", "currency", "day_cut_minutes", "id", "kind", "memo_signature", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "rate_from_minutes", "rate_seconds", "rate_to_minutes", "session_gap_minutes", "time_zone") VALUES (NEW."auto_texts", NEW."code", NEW."country", NEW."created_at", NEW."currency", NEW."day_cut_minutes", NEW."id", NEW."kind", NEW."memo_signature", NEW."name", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."platform", NEW."rate_from_minutes", NEW."rate_seconds", NEW."rate_to_minutes", NEW."session_gap_minutes", NEW."time_zone"); RETURN NULL;',
                    hash="5da78624a0f77018b9d9a423289e9d0672699d35",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d3210",
                    table="stores_store",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="store",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "stores_storeevent" ("auto_texts", "code", "country", "created_at", "currency", "day_cut_minutes", "id", "kind", "memo_signature", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "rate_from_minutes", "rate_seconds", "rate_to_minutes", "session_gap_minutes", "time_zone") VALUES (NEW."auto_texts", NEW."code", NEW."country", NEW."created_at", NEW."currency", NEW."day_cut_minutes", NEW."id", NEW."kind", NEW."memo_signature", NEW."name", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."platform", NEW."rate_from_minutes", NEW."rate_seconds", NEW."rate_to_minutes", NEW."session_gap_minutes", NEW."time_zone"); RETURN NULL;',
                    hash="7727f9907f7792f6ec1a8aaed79ee8a623f53d4d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_33f7b",
                    table="stores_store",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="store",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "stores_storeevent" ("auto_texts", "code", "country", "created_at", "currency", "day_cut_minutes", "id", "kind", "memo_signature", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "rate_from_minutes", "rate_seconds", "rate_to_minutes", "session_gap_minutes", "time_zone") VALUES (OLD."auto_texts", OLD."code", OLD."country", OLD."created_at", OLD."currency", OLD."day_cut_minutes", OLD."id", OLD."kind", OLD."memo_signature", OLD."name", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."platform", OLD."rate_from_minutes", OLD."rate_seconds", OLD."rate_to_minutes", OLD."session_gap_minutes", OLD."time_zone"); RETURN NULL;',
                    hash="9b88807e1a11dd10f0aff6c38ee248b55ddf8e38",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b25a4",
                    table="stores_store",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="storeevent",
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
            model_name="storeevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="stores.store",
            ),
        ),
        protect("stores_storeevent"),
        append_only("stores_storeevent"),
    ]
