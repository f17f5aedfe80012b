import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tenants.fields
from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("user_id", models.IntegerField(null=True)),
                ("who", models.TextField()),
                ("address", models.TextField(blank=True, default="")),
                ("browser", models.TextField(blank=True, default="")),
                ("verb", models.CharField(max_length=40)),
                ("subject_kind", models.CharField(blank=True, default="", max_length=60)),
                ("subject_id", models.TextField(blank=True, default="")),
                ("subject", models.TextField(blank=True, default="")),
                (
                    "details",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "organization",
                    tenants.fields.OrganizationKey(
                        on_delete=django.db.models.deletion.DO_NOTHING, to="tenants.organization"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("organization"),
                        models.OrderBy(models.F("at"), descending=True),
                        name="audit_by_time",
                    ),
                    models.Index(
                        models.F("organization"),
                        models.F("verb"),
                        models.OrderBy(models.F("at"), descending=True),
                        name="audit_by_verb",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upkeep",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("kind", models.CharField(max_length=20)),
                ("passed", models.BooleanField(default=True)),
                ("details", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("kind"),
                        models.OrderBy(models.F("at"), descending=True),
                        name="upkeep_by_kind",
                    )
                ],
            },
        ),
        protect("tenants_auditentry"),
        append_only("tenants_auditentry"),
    ]
