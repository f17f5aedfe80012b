import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0002_ratings_calls"),
        ("stores", "0003_history"),
        ("tenants", "0005_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="Script",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("text", models.TextField(max_length=2000, verbose_name="text")),
                ("initials", models.TextField(blank=True, default="")),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
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
            options={
                "ordering": ("title", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ScriptFolder",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=100, verbose_name="folder")),
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
                        max_length=20,
                        verbose_name="platform",
                    ),
                ),
                ("situation", models.CharField(blank=True, max_length=50, verbose_name="situation")),
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
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ScriptEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("text", models.TextField(max_length=2000, verbose_name="text")),
                ("initials", models.TextField(blank=True, default="")),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
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
                        to="conversations.script",
                    ),
                ),
                (
                    "folder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="conversations.scriptfolder",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="script",
            name="folder",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scripts",
                to="conversations.scriptfolder",
            ),
        ),
        migrations.CreateModel(
            name="ScriptFolderEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("name", models.CharField(max_length=100, verbose_name="folder")),
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
                        max_length=20,
                        verbose_name="platform",
                    ),
                ),
                ("situation", models.CharField(blank=True, max_length=50, verbose_name="situation")),
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
                        to="conversations.scriptfolder",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
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
            name="ScriptUse",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("script_id", models.IntegerField()),
                ("agent_id", models.IntegerField(null=True)),
                ("used_at", models.DateTimeField()),
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
                    "store",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scriptfolder",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "conversations_scriptfolderevent" ("id", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "situation", "store_id") VALUES (NEW."id", NEW."name", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."platform", NEW."situation", NEW."store_id"); RETURN NULL;',
                    hash="2c731da2fd92f0c2ed9dfd94704ac94ba6faf30e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8f9af",
                    table="conversations_scriptfolder",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scriptfolder",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "conversations_scriptfolderevent" ("id", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "situation", "store_id") VALUES (NEW."id", NEW."name", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."platform", NEW."situation", NEW."store_id"); RETURN NULL;',
                    hash="1797094f307f8b6c008ce01036389bd810b23079",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3cec4",
                    table="conversations_scriptfolder",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scriptfolder",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "conversations_scriptfolderevent" ("id", "name", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "situation", "store_id") VALUES (OLD."id", OLD."name", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."platform", OLD."situation", OLD."store_id"); RETURN NULL;',
                    hash="9a55105a63ac2d181e6d2f291a64ebff376cfdc8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_39e93",
                    table="conversations_scriptfolder",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="script",
            index=models.Index(fields=["organization", "folder"], name="script_by_folder"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="script",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "conversations_scriptevent" ("active", "folder_id", "id", "initials", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "title") VALUES (NEW."active", NEW."folder_id", NEW."id", NEW."initials", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."text", NEW."title"); RETURN NULL;',
                    hash="cf2d2a691c369e002eb757c0f5e2f40f007fcd40",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4aaf2",
                    table="conversations_script",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="script",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "conversations_scriptevent" ("active", "folder_id", "id", "initials", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "title") VALUES (NEW."active", NEW."folder_id", NEW."id", NEW."initials", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text", NEW."title"); RETURN NULL;',
                    hash="7c4bebb250a7fff52ae944c34df3a957ba551444",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_28bf1",
                    table="conversations_script",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="script",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "conversations_scriptevent" ("active", "folder_id", "id", "initials", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "title") VALUES (OLD."active", OLD."folder_id", OLD."id", OLD."initials", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."text", OLD."title"); RETURN NULL;',
                    hash="03e9e20ba22db3a64c5e2dc001e2f553bdca9362",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5ba0a",
                    table="conversations_script",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="scriptuse",
            index=models.Index(fields=["organization", "script_id", "used_at"], name="script_use_by_script"),
        ),
        protect("conversations_script"),
        protect("conversations_scriptfolder"),
        protect("conversations_scriptevent"),
        protect("conversations_scriptfolderevent"),
        protect("conversations_scriptuse"),
        append_only("conversations_scriptevent"),
        append_only("conversations_scriptfolderevent"),
        append_only("conversations_scriptuse"),
    ]
