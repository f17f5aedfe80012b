from django.db import migrations, models

import tenants.fields
from tenants.rls import protect

SUMS = (
    "received_sessions",
    "invitations_known",
    "invited_sessions",
    "rated_invited",
    "ratings",
    "satisfied",
)
# The new sums of what is there already are worked out by the next refresh, which finds every store marked.
MARK_STORES = """
DO $$ DECLARE number integer; BEGIN
    FOR number IN SELECT organization_ids() LOOP
        PERFORM set_config('app.organization_id', number::text, true);
        INSERT INTO stores_change (organization_id, store_id) SELECT organization_id, id FROM stores_store;
    END LOOP;
    PERFORM set_config('app.organization_id', '0', true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("kpis", "0004_targets"), ("conversations", "0002_ratings_calls")]

    operations = [
        migrations.CreateModel(
            name="Satisfaction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "store_id",
                        "rating_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("rating_id", tenants.fields.CodePointField(db_collation="C")),
                ("day", models.DateField()),
                ("agent_id", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("invited", models.BooleanField(null=True)),
                ("rating", models.SmallIntegerField(null=True)),
                ("buyer", tenants.fields.LooseKey("stores.Buyer")),
                ("organization", tenants.fields.OrganizationKey()),
                ("store", tenants.fields.LooseKey("stores.Store")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "store", "day"], name="satisfaction_by_day"),
                    models.Index(fields=["organization", "store", "buyer"], name="satisfaction_by_buyer"),
                ],
            },
        ),
        *(migrations.AddField("agentday", name, models.IntegerField(default=0)) for name in SUMS),
        protect("kpis_satisfaction"),
        migrations.RunSQL(MARK_STORES, migrations.RunSQL.noop),
    ]
