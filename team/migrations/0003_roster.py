import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import stores.models
import tenants.encryption
import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0003_history"),
        ("team", "0002_history"),
        ("tenants", "0005_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("webhook", "Signed webhook"),
                            ("dingtalk", "DingTalk robot"),
                            ("wecom", "WeCom robot"),
                            ("feishu", "Feishu robot"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("url", tenants.encryption.EncryptedText()),
                ("secret", tenants.encryption.EncryptedText(null=True)),
                ("kinds", models.JSONField(blank=True, default=list)),
                ("language", models.CharField(default="zh-hans", max_length=10, verbose_name="language")),
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
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("key", models.CharField(max_length=150)),
                ("kind", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("params", models.JSONField(default=dict)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("made_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="team.channel",
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
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("key", models.CharField(max_length=150)),
                ("kind", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("params", models.JSONField(default=dict)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("made_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mail_at", models.DateTimeField(null=True)),
                ("mail_tries", models.PositiveSmallIntegerField(default=0)),
                ("mailed_at", models.DateTimeField(null=True)),
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
            options={
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("by_mail", models.BooleanField(default=False, verbose_name="by e-mail too")),
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
            name="Presence",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("online_at", models.DateTimeField()),
                ("offline_at", models.DateTimeField(null=True)),
                ("state", models.CharField(blank=True, max_length=20)),
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
            name="RosterEntry",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("work", "Shift"),
                            ("rest", "Rest day"),
                            ("annual", "Annual leave"),
                            ("sick", "Sick leave"),
                            ("personal", "Personal leave"),
                            ("holiday", "Public holiday"),
                        ],
                        max_length=10,
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("published", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roster",
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
                "ordering": ("day",),
            },
        ),
        migrations.CreateModel(
            name="RosterMonth",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("month", models.DateField(verbose_name="month")),
                ("published_at", models.DateTimeField(null=True)),
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
                    "published_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RosterRequest",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("leave", "Leave"),
                            ("swap", "Swap of shifts"),
                            ("wish", "Wish for the roster"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(verbose_name="to")),
                (
                    "entry_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("work", "Shift"),
                            ("rest", "Rest day"),
                            ("annual", "Annual leave"),
                            ("sick", "Sick leave"),
                            ("personal", "Personal leave"),
                            ("holiday", "Public holiday"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for a decision"),
                            ("asked", "Waiting for the colleague"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision", models.CharField(blank=True, max_length=500, verbose_name="answer")),
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
                    "colleague",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="team.agent",
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
                "ordering": ("-made_at",),
            },
        ),
        migrations.CreateModel(
            name="ShiftKind",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=50, verbose_name="shift")),
                (
                    "starts_minutes",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(1439)], verbose_name="begins"
                    ),
                ),
                ("ends_minutes", models.PositiveSmallIntegerField(verbose_name="ends")),
                (
                    "time_zone",
                    models.CharField(
                        default="Asia/Shanghai",
                        max_length=64,
                        validators=[stores.models.a_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "store_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("people_wanted", models.PositiveSmallIntegerField(default=1, verbose_name="people wanted")),
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
                "ordering": ("starts_minutes", "name"),
            },
        ),
        migrations.CreateModel(
            name="RosterRequestEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("leave", "Leave"),
                            ("swap", "Swap of shifts"),
                            ("wish", "Wish for the roster"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(verbose_name="to")),
                (
                    "entry_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("work", "Shift"),
                            ("rest", "Rest day"),
                            ("annual", "Annual leave"),
                            ("sick", "Sick leave"),
                            ("personal", "Personal leave"),
                            ("holiday", "Public holiday"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for a decision"),
                            ("asked", "Waiting for the colleague"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision", models.CharField(blank=True, max_length=500, verbose_name="answer")),
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
                    "colleague",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="team.agent",
                    ),
                ),
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
                        to="team.rosterrequest",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="team.shiftkind",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="shift",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="team.shiftkind",
            ),
        ),
        migrations.CreateModel(
            name="RosterEntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.IntegerField()),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("work", "Shift"),
                            ("rest", "Rest day"),
                            ("annual", "Annual leave"),
                            ("sick", "Sick leave"),
                            ("personal", "Personal leave"),
                            ("holiday", "Public holiday"),
                        ],
                        max_length=10,
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("published", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
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
                        to="team.rosterentry",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="team.shiftkind",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="rosterentry",
            name="shift",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="team.shiftkind",
            ),
        ),
        migrations.CreateModel(
            name="CalendarLink",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"), models.F("digest"), name="one_calendar_link_each"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("name"), name="one_channel_per_name"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("next_try_at__isnull", False)),
                fields=["organization", "next_try_at"],
                name="delivery_to_try",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["organization", "channel", "-made_at"], name="delivery_by_channel"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("channel"), models.F("key"), name="one_delivery_per_key"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["organization", "user", "-made_at"], name="notice_by_user"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)),
                fields=["organization", "user"],
                name="notice_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("mail_at__isnull", False)),
                fields=["organization", "mail_at"],
                name="notice_to_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("user"), models.F("key"), name="one_notice_per_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("user"), name="one_notice_choice_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("agent"), models.F("online_at"), name="one_presence_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="rostermonth",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("month"), name="one_roster_per_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftkind",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("name"), name="one_shift_per_name"
            ),
        ),
        migrations.AddIndex(
            model_name="rosterrequest",
            index=models.Index(fields=["organization", "agent", "since"], name="roster_request_by_agent"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rosterrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "team_rosterrequestevent" ("agent_id", "colleague_id", "decided_at", "decided_by_id", "decision", "entry_kind", "id", "kind", "made_at", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "shift_id", "since", "state", "until") VALUES (NEW."agent_id", NEW."colleague_id", NEW."decided_at", NEW."decided_by_id", NEW."decision", NEW."entry_kind", NEW."id", NEW."kind", NEW."made_at", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."shift_id", NEW."since", NEW."state", NEW."until"); RETURN NULL;',
                    hash="78d052e4b3959e3234996706a59322f4d1d1ca7c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8f055",
                    table="team_rosterrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rosterrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "team_rosterrequestevent" ("agent_id", "colleague_id", "decided_at", "decided_by_id", "decision", "entry_kind", "id", "kind", "made_at", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "shift_id", "since", "state", "until") VALUES (NEW."agent_id", NEW."colleague_id", NEW."decided_at", NEW."decided_by_id", NEW."decision", NEW."entry_kind", NEW."id", NEW."kind", NEW."made_at", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."shift_id", NEW."since", NEW."state", NEW."until"); RETURN NULL;',
                    hash="bd76313f125219a814bea141fe212ec33def0241",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7edab",
                    table="team_rosterrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rosterrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "team_rosterrequestevent" ("agent_id", "colleague_id", "decided_at", "decided_by_id", "decision", "entry_kind", "id", "kind", "made_at", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "shift_id", "since", "state", "until") VALUES (OLD."agent_id", OLD."colleague_id", OLD."decided_at", OLD."decided_by_id", OLD."decision", OLD."entry_kind", OLD."id", OLD."kind", OLD."made_at", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."shift_id", OLD."since", OLD."state", OLD."until"); RETURN NULL;',
                    hash="afd2bf24fe46f7615fb23d1262ad3b2a2aa40aa1",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_72ade",
                    table="team_rosterrequest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="rosterentry",
            index=models.Index(fields=["organization", "day"], name="roster_by_day"),
        ),
        migrations.AddIndex(
            model_name="rosterentry",
            index=models.Index(
                condition=models.Q(("kind", "work"), ("published", True)),
                fields=["organization", "starts_at"],
                name="roster_by_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("agent"), models.F("day"), name="one_roster_entry_per_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ends_at__isnull", False),
                        ("kind", "work"),
                        ("shift__isnull", False),
                        ("starts_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(("kind", "work"), _negated=True),
                        ("ends_at__isnull", True),
                        ("shift__isnull", True),
                        ("starts_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_shift_has_its_hours",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rosterentry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "team_rosterentryevent" ("agent_id", "day", "ends_at", "id", "kind", "note", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "shift_id", "starts_at") VALUES (NEW."agent_id", NEW."day", NEW."ends_at", NEW."id", NEW."kind", NEW."note", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."published", NEW."shift_id", NEW."starts_at"); RETURN NULL;',
                    hash="0324e4b2c43a94579057b7b75c8ce10a8aa189d1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_edca0",
                    table="team_rosterentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rosterentry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "team_rosterentryevent" ("agent_id", "day", "ends_at", "id", "kind", "note", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "shift_id", "starts_at") VALUES (NEW."agent_id", NEW."day", NEW."ends_at", NEW."id", NEW."kind", NEW."note", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."published", NEW."shift_id", NEW."starts_at"); RETURN NULL;',
                    hash="a5e3b7a7388714078039fe89da6ed89653a42cf3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4dda7",
                    table="team_rosterentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rosterentry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "team_rosterentryevent" ("agent_id", "day", "ends_at", "id", "kind", "note", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "shift_id", "starts_at") VALUES (OLD."agent_id", OLD."day", OLD."ends_at", OLD."id", OLD."kind", OLD."note", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."published", OLD."shift_id", OLD."starts_at"); RETURN NULL;',
                    hash="89177cd76583bd0dea2b2c72fc6de7a12085d52e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c0072",
                    table="team_rosterentry",
                    when="AFTER",
                ),
            ),
        ),
        protect("team_channel"),
        protect("team_delivery"),
        protect("team_notice"),
        protect("team_noticechoice"),
        protect("team_presence"),
        protect("team_rosterentry"),
        protect("team_rostermonth"),
        protect("team_rosterrequest"),
        protect("team_shiftkind"),
        protect("team_rosterrequestevent"),
        protect("team_rosterentryevent"),
        protect("team_calendarlink"),
        append_only("team_rosterrequestevent"),
        append_only("team_rosterentryevent"),
    ]
