import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tenants.rls import protect

ROLES = [("owner", "Owner"), ("supervisor", "Supervisor"), ("auditor", "Auditor"), ("agent", "Agent")]


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("tenants", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            "organization",
            "require_mfa",
            models.BooleanField(default=False, verbose_name="every member needs a second factor"),
        ),
        migrations.AddField(
            "organization",
            "agents_see_names",
            models.BooleanField(default=False, verbose_name="agents see each other's figures by name"),
        ),
        migrations.AlterField(
            "membership", "role", models.CharField(choices=ROLES, max_length=20, verbose_name="role")
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("role", models.CharField(choices=ROLES, max_length=20, verbose_name="role")),
                ("store_ids", models.JSONField(blank=True, default=list)),
                ("agent_id", models.IntegerField(blank=True, null=True)),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="tenants.organization"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"), models.F("digest"), name="one_invitation_each"
                    )
                ],
            },
        ),
        protect("tenants_invitation"),
        # People who are there already were made by the operator, who vouches for their addresses.
        migrations.RunSQL(
            """
            INSERT INTO account_emailaddress (user_id, email, verified, "primary")
            SELECT id, lower(email), true, true FROM tenants_user ON CONFLICT DO NOTHING
            """,
            migrations.RunSQL.noop,
        ),
    ]
