import django.contrib.postgres.fields
import django.core.validators
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
        ("policies", "0003_refund_faults"),
        ("stores", "0003_history"),
        ("tenants", "0005_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PenaltySettings",
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
                    "appeal_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="days to appeal",
                    ),
                ),
                (
                    "slow_seconds",
                    models.PositiveIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(7200),
                        ],
                        verbose_name="slow is an answer after more than (seconds)",
                    ),
                ),
                (
                    "slow_times",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="so many slow answers a month are free",
                    ),
                ),
                (
                    "unanswered_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="unanswered for (minutes)",
                    ),
                ),
                (
                    "unanswered_hours",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(24),
                        ],
                        verbose_name="once more for each (hours)",
                    ),
                ),
                (
                    "review_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="a bad review is left standing after (days)",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PointAllowance",
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
                    "period",
                    models.CharField(
                        choices=[
                            ("year", "Calendar year"),
                            ("quarter", "Calendar quarter"),
                            ("quarter_monday", "Quarter, from its first Monday"),
                        ],
                        default="year",
                        max_length=15,
                        verbose_name="added up over",
                    ),
                ),
                ("tiers", models.JSONField(default=list)),
                ("source", models.CharField(blank=True, default="", max_length=500, verbose_name="source")),
                ("verified_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("platform"),
                        models.F("store"),
                        name="one_point_allowance",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyRule",
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
                ("code", models.SlugField()),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "reads",
                    models.CharField(
                        choices=[
                            ("chat", "Chats and remarks"),
                            ("facts", "Orders, times and attendance"),
                            ("hand", "Written down by hand"),
                        ],
                        max_length=10,
                    ),
                ),
                ("detector", models.CharField(blank=True, default="", max_length=50)),
                ("from_library", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"), models.F("code"), name="one_policy_rule_per_code"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskSettings",
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
                ("weights", models.JSONField(default=dict)),
                ("days", models.JSONField(default=dict)),
                ("threshold", models.PositiveSmallIntegerField(default=50, verbose_name="threshold")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("organization"), name="one_risk_settings")],
            },
        ),
        migrations.CreateModel(
            name="RiskSignal",
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
                ("kind", models.CharField(max_length=30)),
                ("evidence", models.JSONField()),
                ("fact_at", models.DateTimeField()),
                ("found_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "fact_at"], name="risk_signal_by_fact")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("buyer"),
                        models.F("kind"),
                        name="one_risk_signal_per_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskStanding",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("watched", "Watched"),
                            ("asked", "Waits for a second person"),
                            ("confirmed", "Confirmed as risky"),
                            ("cleared", "Cleared"),
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
                ("cleared", models.JSONField(default=dict)),
                ("spread", models.BooleanField(default=True)),
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
                        name="one_risk_standing_per_buyer",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FineCap",
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
                ("since", models.DateField(verbose_name="from the month")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="at most"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"), models.F("since"), name="one_fine_cap_per_month"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FineReach",
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
                ("source", models.CharField(max_length=50)),
                ("reached_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"), models.F("source"), name="one_fine_reach_per_source"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InspectionReach",
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
                ("upto", models.BigIntegerField(null=True)),
                ("at_buyer", models.IntegerField(default=0)),
                ("remarks_at", models.DateTimeField(null=True)),
                ("library", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"), models.F("store"), name="one_inspection_reach"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PenaltySettingsEvent",
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
                        to="policies.penaltysettings",
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
                (
                    "appeal_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="days to appeal",
                    ),
                ),
                (
                    "slow_seconds",
                    models.PositiveIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(7200),
                        ],
                        verbose_name="slow is an answer after more than (seconds)",
                    ),
                ),
                (
                    "slow_times",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="so many slow answers a month are free",
                    ),
                ),
                (
                    "unanswered_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="unanswered for (minutes)",
                    ),
                ),
                (
                    "unanswered_hours",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(24),
                        ],
                        verbose_name="once more for each (hours)",
                    ),
                ),
                (
                    "review_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="a bad review is left standing after (days)",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PointAllowanceEvent",
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
                        to="policies.pointallowance",
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
                    "period",
                    models.CharField(
                        choices=[
                            ("year", "Calendar year"),
                            ("quarter", "Calendar quarter"),
                            ("quarter_monday", "Quarter, from its first Monday"),
                        ],
                        default="year",
                        max_length=15,
                        verbose_name="added up over",
                    ),
                ),
                ("tiers", models.JSONField(default=list)),
                ("source", models.CharField(blank=True, default="", max_length=500, verbose_name="source")),
                ("verified_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
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
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="versions",
                        to="policies.policyrule",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("since", models.DateField(verbose_name="valid from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("enabled", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "platforms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="platforms",
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="kinds of store",
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="countries",
                    ),
                ),
                ("spec", models.JSONField(blank=True, default=dict)),
                ("level", models.PositiveSmallIntegerField(default=2, verbose_name="shown from")),
                ("grave", models.BooleanField(default=False, verbose_name="grave: two people confirm")),
                (
                    "points",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="points"
                    ),
                ),
                (
                    "money",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="fine"
                    ),
                ),
                (
                    "takes_credit",
                    models.BooleanField(default=False, verbose_name="takes the order’s credit away"),
                ),
                (
                    "consequence",
                    models.TextField(blank=True, default="", max_length=1000, verbose_name="consequence"),
                ),
                (
                    "wording",
                    models.TextField(blank=True, default="", max_length=2000, verbose_name="safe wording"),
                ),
                ("source", models.TextField(blank=True, default="", max_length=500, verbose_name="source")),
                ("verified_on", models.DateField(null=True)),
                (
                    "verified_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("edition", models.PositiveSmallIntegerField(null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True, default="", max_length=500, verbose_name="why it is changed"
                    ),
                ),
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
                        models.F("rule"),
                        models.F("number"),
                        name="one_policy_version_per_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskSettingsEvent",
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
                        to="policies.risksettings",
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
                ("weights", models.JSONField(default=dict)),
                ("days", models.JSONField(default=dict)),
                ("threshold", models.PositiveSmallIntegerField(default=50, verbose_name="threshold")),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FineCapEvent",
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
                        to="policies.finecap",
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
                ("since", models.DateField(verbose_name="from the month")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="at most"),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="InspectionRun",
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
                        choices=[("trial", "Trial"), ("again", "Inspected again")], max_length=10
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyrule",
                    ),
                ),
                ("detector", models.CharField(default="", max_length=50)),
                ("spec", models.JSONField(default=dict)),
                ("level", models.PositiveSmallIntegerField(default=2)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("at_buyer", models.IntegerField(default=0)),
                ("buyers", models.IntegerField(null=True)),
                ("buyers_done", models.IntegerField(default=0)),
                ("messages", models.BigIntegerField(default=0)),
                ("hits", models.IntegerField(default=0)),
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
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "made_at"], name="inspection_run_by_time")
                ],
            },
        ),
        migrations.CreateModel(
            name="PointEntry",
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
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyrule",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyversion",
                    ),
                ),
                ("source_key", tenants.fields.CodePointField(db_collation="C")),
                ("violation_id", models.IntegerField(null=True)),
                ("promise_id", models.IntegerField(null=True)),
                ("complaint_id", models.IntegerField(null=True)),
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
                ("day", models.DateField()),
                ("points", models.DecimalField(decimal_places=1, max_digits=5)),
                ("latest", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("expected", "Expected"),
                            ("booked", "Taken by the platform"),
                            ("appealed", "Appealed with the platform"),
                            ("given_back", "Given back"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="booked",
                        max_length=10,
                    ),
                ),
                ("words", tenants.encryption.EncryptedText(null=True)),
                ("answer", tenants.encryption.EncryptedText(null=True)),
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
                "indexes": [models.Index(fields=["organization", "store", "day"], name="point_entry_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("source_key"),
                        name="one_point_entry_per_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrialHit",
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
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="policies.inspectionrun",
                    ),
                ),
                ("source_key", tenants.fields.CodePointField(db_collation="C")),
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
                ("said_at", models.DateTimeField()),
                ("certainty", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(blank=True, default="", max_length=50)),
                ("start", models.IntegerField()),
                ("end", models.IntegerField()),
                ("right", models.BooleanField(null=True)),
                (
                    "labelled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("labelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("run"),
                        models.F("source_key"),
                        name="one_trial_hit_per_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Violation",
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
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyrule",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyversion",
                    ),
                ),
                ("source_key", tenants.fields.CodePointField(db_collation="C")),
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
                ("agent_id", models.IntegerField(null=True)),
                ("said_at", models.DateTimeField()),
                ("day", models.DateField()),
                ("certainty", models.PositiveSmallIntegerField(default=3)),
                ("reason", models.CharField(blank=True, default="", max_length=50)),
                ("start", models.IntegerField(default=0)),
                ("end", models.IntegerField(default=0)),
                ("quote", tenants.encryption.EncryptedText(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("found", "To be looked at"),
                            ("notice", "Notice"),
                            ("second", "Waits for a second person"),
                            ("confirmed", "Confirmed"),
                            ("appealed", "Appealed"),
                            ("final", "Final"),
                            ("revoked", "Revoked"),
                            ("dismissed", "Dismissed"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="found",
                        max_length=10,
                    ),
                ),
                ("points", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
                ("money", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("exempt", models.BooleanField(default=False)),
                ("found_at", models.DateTimeField()),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "seconded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("appealed_at", models.DateTimeField(null=True)),
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
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "day"], name="violation_by_day"),
                    models.Index(fields=["organization", "agent_id", "day"], name="violation_by_agent"),
                    models.Index(fields=["organization", "store", "buyer"], name="violation_by_buyer"),
                    models.Index(
                        condition=models.Q(("state__in", ("found", "notice", "second", "appealed"))),
                        fields=["organization", "store", "said_at"],
                        name="open_violation_by_time",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("source_key"),
                        models.F("rule"),
                        name="one_violation_per_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatWarning",
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
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyrule",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyversion",
                    ),
                ),
                ("message_id", tenants.fields.CodePointField(db_collation="C")),
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
                ("agent_id", models.IntegerField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=50)),
                ("asked_at", models.DateTimeField()),
                ("found_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
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
                    models.Index(fields=["organization", "store", "asked_at"], name="warning_by_time"),
                    models.Index(fields=["organization", "store", "buyer"], name="warning_by_buyer"),
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True), ("closed_at__isnull", True)),
                        fields=["organization", "store"],
                        name="open_warning_by_store",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("store"),
                        models.F("message_id"),
                        models.F("rule"),
                        name="one_warning_per_question",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Fine",
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
                ("agent_id", models.IntegerField()),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyrule",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="policies.policyversion",
                    ),
                ),
                ("source_key", tenants.fields.CodePointField(db_collation="C")),
                ("violation_id", models.IntegerField(null=True)),
                ("day", models.DateField()),
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
                ("facts", models.JSONField(default=dict)),
                ("times", models.PositiveSmallIntegerField(default=1)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("takes_credit", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("second", "Waits for a second person"),
                            ("confirmed", "Confirmed"),
                            ("appealed", "Appealed"),
                            ("final", "Final"),
                            ("dismissed", "Dismissed"),
                            ("lifted", "Lifted"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "seconded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("told_at", models.DateTimeField(null=True)),
                ("appealed_at", models.DateTimeField(null=True)),
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
                ("settled_at", models.DateTimeField(null=True)),
                ("final_day", models.DateField(null=True)),
                ("lifted_day", models.DateField(null=True)),
                ("credit_ruling", models.IntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "day"], name="fine_by_day"),
                    models.Index(fields=["organization", "agent_id", "day"], name="fine_by_agent"),
                    models.Index(
                        condition=models.Q(("final_day__isnull", False)),
                        fields=["organization", "final_day"],
                        name="fine_by_final_day",
                    ),
                    models.Index(
                        condition=models.Q(("violation_id__isnull", False)),
                        fields=["organization", "violation_id"],
                        name="fine_by_violation",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("proposed", "second", "confirmed", "appealed"))),
                        fields=["organization", "told_at"],
                        name="open_fine_by_told",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("rule"),
                        models.F("source_key"),
                        name="one_fine_per_source",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="penaltysettings",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_penaltysettingsevent" ("appeal_days", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_days", "slow_seconds", "slow_times", "unanswered_hours", "unanswered_minutes") VALUES (NEW."appeal_days", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."organization_id", NEW."review_days", NEW."slow_seconds", NEW."slow_times", NEW."unanswered_hours", NEW."unanswered_minutes"); RETURN NULL;',
                    hash="f130832d4318d8f4eccfc5d1cda86135c6948454",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7cea1",
                    table="policies_penaltysettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="penaltysettings",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "policies_penaltysettingsevent" ("appeal_days", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_days", "slow_seconds", "slow_times", "unanswered_hours", "unanswered_minutes") VALUES (NEW."appeal_days", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."organization_id", NEW."review_days", NEW."slow_seconds", NEW."slow_times", NEW."unanswered_hours", NEW."unanswered_minutes"); RETURN NULL;',
                    hash="20369f7520285d3f742df620589ab61bc039abdf",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_39ba6",
                    table="policies_penaltysettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="penaltysettings",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_penaltysettingsevent" ("appeal_days", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_days", "slow_seconds", "slow_times", "unanswered_hours", "unanswered_minutes") VALUES (OLD."appeal_days", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."organization_id", OLD."review_days", OLD."slow_seconds", OLD."slow_times", OLD."unanswered_hours", OLD."unanswered_minutes"); RETURN NULL;',
                    hash="4615dfb5cebce239758ef9f66a46c19c13ffbd48",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9f498",
                    table="policies_penaltysettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="finecap",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_finecapevent" ("amount", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since") VALUES (NEW."amount", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."since"); RETURN NULL;',
                    hash="debe5a435c070fb1c96cfa54c7f984e8e82d4e79",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2d92e",
                    table="policies_finecap",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="finecap",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "policies_finecapevent" ("amount", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since") VALUES (NEW."amount", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."since"); RETURN NULL;',
                    hash="5e4f925a490aebd82be99c90289f657a51ce5358",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_65adf",
                    table="policies_finecap",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="finecap",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_finecapevent" ("amount", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since") VALUES (OLD."amount", OLD."id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."since"); RETURN NULL;',
                    hash="e2d15dbca814ffdf8109cc70cef8965e2650fb54",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0d3a4",
                    table="policies_finecap",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pointallowance",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_pointallowanceevent" ("id", "organization_id", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "source", "store_id", "tiers", "verified_on") VALUES (NEW."id", NEW."organization_id", NEW."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."platform", NEW."source", NEW."store_id", NEW."tiers", NEW."verified_on"); RETURN NULL;',
                    hash="b2f46c88a435356f2323029ac86010ad77f77068",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2d80a",
                    table="policies_pointallowance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pointallowance",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "policies_pointallowanceevent" ("id", "organization_id", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "source", "store_id", "tiers", "verified_on") VALUES (NEW."id", NEW."organization_id", NEW."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."platform", NEW."source", NEW."store_id", NEW."tiers", NEW."verified_on"); RETURN NULL;',
                    hash="9fc29b449e90079ed609045d5872e485f88b1291",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_61cfd",
                    table="policies_pointallowance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pointallowance",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_pointallowanceevent" ("id", "organization_id", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "platform", "source", "store_id", "tiers", "verified_on") VALUES (OLD."id", OLD."organization_id", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."platform", OLD."source", OLD."store_id", OLD."tiers", OLD."verified_on"); RETURN NULL;',
                    hash="be7c4c0662cb87f0263588832699ac8deb51ca84",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e1a5f",
                    table="policies_pointallowance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="risksettings",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_risksettingsevent" ("days", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "threshold", "weights") VALUES (NEW."days", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."threshold", NEW."weights"); RETURN NULL;',
                    hash="adae824f5c4574556aeea1e1741dba582d2bcad7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fb135",
                    table="policies_risksettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="risksettings",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "policies_risksettingsevent" ("days", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "threshold", "weights") VALUES (NEW."days", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."threshold", NEW."weights"); RETURN NULL;',
                    hash="e564c88490c887aba254fcff46276a826761f9ce",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_eaf0e",
                    table="policies_risksettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="risksettings",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "policies_risksettingsevent" ("days", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "threshold", "weights") VALUES (OLD."days", OLD."id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."threshold", OLD."weights"); RETURN NULL;',
                    hash="1e7f54a578fa4abc9b41582a8301d3d451227faa",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9ec8d",
                    table="policies_risksettings",
                    when="AFTER",
                ),
            ),
        ),
        protect("policies_penaltysettings"),
        protect("policies_penaltysettingsevent"),
        protect("policies_pointallowance"),
        protect("policies_pointallowanceevent"),
        protect("policies_pointentry"),
        protect("policies_policyrule"),
        protect("policies_policyversion"),
        protect("policies_risksettings"),
        protect("policies_risksettingsevent"),
        protect("policies_risksignal"),
        protect("policies_riskstanding"),
        protect("policies_trialhit"),
        protect("policies_violation"),
        protect("policies_chatwarning"),
        protect("policies_fine"),
        protect("policies_finecap"),
        protect("policies_finecapevent"),
        protect("policies_finereach"),
        protect("policies_inspectionreach"),
        protect("policies_inspectionrun"),
        append_only("policies_penaltysettingsevent"),
        append_only("policies_pointallowanceevent"),
        append_only("policies_policyversion"),
        append_only("policies_risksettingsevent"),
        append_only("policies_finecapevent"),
    ]
