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
    initial = True

    dependencies = [
        ("stores", "0003_history"),
        ("team", "0003_roster"),
        ("tenants", "0005_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskSettings",
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
                (
                    "fresh_days",
                    models.PositiveSmallIntegerField(
                        default=3, verbose_name="what is older than so many days is only counted"
                    ),
                ),
                (
                    "late_free_minutes",
                    models.PositiveSmallIntegerField(
                        default=10, verbose_name="late by at most so many minutes is free"
                    ),
                ),
                (
                    "late_free_times",
                    models.PositiveSmallIntegerField(default=2, verbose_name="so many times a month"),
                ),
                (
                    "idle_minutes",
                    models.PositiveSmallIntegerField(
                        default=120, verbose_name="idle on line from so many minutes on"
                    ),
                ),
                (
                    "absent_after_minutes",
                    models.PositiveSmallIntegerField(
                        default=240, verbose_name="absent when nothing is seen for so many minutes of a shift"
                    ),
                ),
                (
                    "left_early_minutes",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="left early when nothing is seen for the last (minutes)"
                    ),
                ),
                ("rest_days", models.PositiveSmallIntegerField(default=4, verbose_name="rest days a month")),
                (
                    "days_in_row",
                    models.PositiveSmallIntegerField(
                        default=6, verbose_name="at most so many working days in a row"
                    ),
                ),
                (
                    "nights_in_row",
                    models.PositiveSmallIntegerField(
                        default=4, verbose_name="at most so many night shifts in a row"
                    ),
                ),
                (
                    "rest_hours",
                    models.PositiveSmallIntegerField(
                        default=11, verbose_name="hours of rest between two shifts"
                    ),
                ),
                (
                    "latest_end_minutes",
                    models.PositiveSmallIntegerField(default=1620, verbose_name="nobody works after"),
                ),
                (
                    "shipping_cut_off_minutes",
                    models.PositiveSmallIntegerField(default=960, verbose_name="the day's shipping cut-off"),
                ),
                (
                    "chase_lock_minutes",
                    models.PositiveSmallIntegerField(
                        default=60, verbose_name="after a chase nobody chases again for (minutes)"
                    ),
                ),
                (
                    "rounds_per_hour",
                    models.PositiveSmallIntegerField(
                        default=40, verbose_name="questions one agent answers in an hour"
                    ),
                ),
                (
                    "close_after_minutes",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="a shift nobody hands over closes itself after (minutes)"
                    ),
                ),
                (
                    "served_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        verbose_name="a shift goes on while a buyer was served in the last (minutes)",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AttendanceCorrection",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("day", models.DateField()),
                ("status", models.CharField(max_length=20)),
                ("late_minutes", models.IntegerField(null=True)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("made_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="team.agent",
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
            ],
        ),
        migrations.CreateModel(
            name="AttendanceCorrectionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("day", models.DateField()),
                ("status", models.CharField(max_length=20)),
                ("late_minutes", models.IntegerField(null=True)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("made_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="team.agent",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
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
                        to="desk.attendancecorrection",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DetectorReach",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("detector", models.CharField(max_length=30)),
                ("reached_at", models.DateTimeField()),
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
            name="DetectorSetting",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("detector", models.CharField(max_length=30)),
                ("enabled", models.BooleanField(default=True)),
                ("options", models.JSONField(default=dict)),
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
            ],
        ),
        migrations.CreateModel(
            name="DetectorSettingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("detector", models.CharField(max_length=30)),
                ("enabled", models.BooleanField(default=True)),
                ("options", models.JSONField(default=dict)),
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
                        to="desk.detectorsetting",
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
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("day", models.DateField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("signed_in_at", models.DateTimeField(null=True)),
                ("signed_out_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("note", tenants.encryption.EncryptedText(null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="team.agent",
                    ),
                ),
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
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="team.rosterentry",
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
            options={
                "ordering": ("starts_at",),
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("kind", models.CharField(max_length=30)),
                ("subject", tenants.fields.CodePointField(db_collation="C")),
                ("occasion", tenants.fields.CodePointField(db_collation="C", default="")),
                ("order_id", tenants.fields.CodePointField(db_collation="C", null=True)),
                ("facts", models.JSONField(default=dict)),
                ("text", tenants.encryption.EncryptedText(null=True)),
                ("worth", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ("opens_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("free_at", models.DateTimeField(null=True)),
                ("agent_id", models.IntegerField(null=True)),
                ("offered_agent_id", models.IntegerField(null=True)),
                ("offered_pool", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("counted", "Too old, only counted"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=30)),
                ("outcome_note", tenants.encryption.EncryptedText(null=True)),
                ("credited_agent_id", models.IntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
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
                    "closed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
        ),
        migrations.CreateModel(
            name="FollowUpEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=20)),
                ("details", models.JSONField(default=dict)),
                (
                    "follow_up",
                    tenants.fields.LooseKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="desk.followup",
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
            ],
        ),
        migrations.CreateModel(
            name="HandoverLine",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("to_agent_id", models.IntegerField(null=True)),
                ("remark", tenants.encryption.EncryptedText(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("offered", "Not accepted yet"),
                            ("accepted", "Accepted"),
                            ("returned", "Returned"),
                            ("settled", "Settled meanwhile"),
                        ],
                        default="offered",
                        max_length=10,
                    ),
                ),
                ("offered_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", tenants.encryption.EncryptedText(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="desk.duty",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="desk.followup",
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
            name="StoreHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "store_id",
                        "day",
                        "starts_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("starts_at", models.DateTimeField()),
                ("hour", models.SmallIntegerField()),
                ("rounds", models.IntegerField()),
                ("buyers", models.IntegerField()),
                ("unanswered_rounds", models.IntegerField()),
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
            name="Attendance",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("day", models.DateField()),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("first_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                ("own_messages", models.IntegerField(default=0)),
                ("late_minutes", models.IntegerField(default=0)),
                ("left_early_minutes", models.IntegerField(default=0)),
                ("extended_minutes", models.IntegerField(default=0)),
                ("idle_minutes", models.IntegerField(default=0)),
                ("absent", models.BooleanField(default=False)),
                ("status", models.CharField(max_length=20)),
                ("replies", models.IntegerField(default=0)),
                ("facts", models.JSONField(default=dict)),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="team.agent",
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
            options={
                "indexes": [models.Index(fields=["organization", "day"], name="attendance_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("agent"),
                        models.F("day"),
                        name="one_attendance_per_day",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="attendancecorrection",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("agent"), models.F("day"), name="one_correction_per_day"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendancecorrection",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_attendancecorrectionevent" ("agent_id", "day", "id", "late_minutes", "made_at", "made_by_id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status") VALUES (NEW."agent_id", NEW."day", NEW."id", NEW."late_minutes", NEW."made_at", NEW."made_by_id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."status"); RETURN NULL;',
                    hash="65e2f1b61c63ed7d12fb7ec779693fd60e7ca952",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5d98e",
                    table="desk_attendancecorrection",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendancecorrection",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "desk_attendancecorrectionevent" ("agent_id", "day", "id", "late_minutes", "made_at", "made_by_id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status") VALUES (NEW."agent_id", NEW."day", NEW."id", NEW."late_minutes", NEW."made_at", NEW."made_by_id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."status"); RETURN NULL;',
                    hash="08439aa086c37e25310c3ea75888b17e0ac3cc42",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_50a6d",
                    table="desk_attendancecorrection",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendancecorrection",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_attendancecorrectionevent" ("agent_id", "day", "id", "late_minutes", "made_at", "made_by_id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status") VALUES (OLD."agent_id", OLD."day", OLD."id", OLD."late_minutes", OLD."made_at", OLD."made_by_id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."status"); RETURN NULL;',
                    hash="a1670316dcdf86a886bdf0835b7f08f669c00c86",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f0368",
                    table="desk_attendancecorrection",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="detectorreach",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("store"),
                models.F("detector"),
                name="one_reach_per_detector",
            ),
        ),
        migrations.AddConstraint(
            model_name="detectorsetting",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("store"),
                models.F("detector"),
                name="one_setting_per_detector",
                nulls_distinct=False,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="detectorsetting",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_detectorsettingevent" ("detector", "enabled", "id", "options", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") VALUES (NEW."detector", NEW."enabled", NEW."id", NEW."options", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."store_id"); RETURN NULL;',
                    hash="4a3ce18718988fa2e8b0bfc70954747b79e0eea8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2d855",
                    table="desk_detectorsetting",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="detectorsetting",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "desk_detectorsettingevent" ("detector", "enabled", "id", "options", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") VALUES (NEW."detector", NEW."enabled", NEW."id", NEW."options", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."store_id"); RETURN NULL;',
                    hash="ea09c5f582926959478481ee833e0e35b5bd8561",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_88beb",
                    table="desk_detectorsetting",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="detectorsetting",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_detectorsettingevent" ("detector", "enabled", "id", "options", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") VALUES (OLD."detector", OLD."enabled", OLD."id", OLD."options", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."store_id"); RETURN NULL;',
                    hash="2520544add8c24ce2e8e7d664f1adf595a837a9a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_47968",
                    table="desk_detectorsetting",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(fields=["organization", "ends_at"], name="duty_by_end"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("agent"), models.F("day"), name="one_duty_per_day"
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["organization", "agent_id", "due_at"],
                name="follow_up_by_agent",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["organization", "store", "due_at"],
                name="follow_up_by_store",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(fields=["organization", "store", "buyer"], name="follow_up_by_buyer"),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(fields=["organization", "store", "order_id"], name="follow_up_by_order"),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["organization", "closed_at"],
                name="follow_up_by_close",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("store"),
                models.F("kind"),
                models.F("subject"),
                models.F("occasion"),
                name="one_follow_up_per_occasion",
            ),
        ),
        migrations.AddIndex(
            model_name="followupevent",
            index=models.Index(fields=["organization", "follow_up"], name="event_by_follow_up"),
        ),
        migrations.AddIndex(
            model_name="handoverline",
            index=models.Index(fields=["organization", "duty"], name="line_by_duty"),
        ),
        migrations.AddConstraint(
            model_name="handoverline",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("follow_up"),
                condition=models.Q(("state", "offered")),
                name="one_open_line_each",
            ),
        ),
        migrations.AddIndex(
            model_name="storehour",
            index=models.Index(fields=["organization", "starts_at"], name="store_hour_by_start"),
        ),
        protect("desk_desksettings"),
        protect("desk_attendancecorrection"),
        protect("desk_attendancecorrectionevent"),
        protect("desk_detectorreach"),
        protect("desk_detectorsetting"),
        protect("desk_detectorsettingevent"),
        protect("desk_duty"),
        protect("desk_followup"),
        protect("desk_followupevent"),
        protect("desk_handoverline"),
        protect("desk_storehour"),
        protect("desk_attendance"),
        append_only("desk_attendancecorrectionevent"),
        append_only("desk_detectorsettingevent"),
        append_only("desk_followupevent"),
    ]
