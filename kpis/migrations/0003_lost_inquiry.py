from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kpis", "0002_sealed_days")]

    operations = [
        migrations.AddIndex(
            "inquiry",
            models.Index(
                fields=["organization", "day", "started_at"],
                name="lost_inquiry",
                include=(
                    "store",
                    "buyer",
                    "agent_id",
                    "rule",
                    "bought_order_id",
                    "bought_owner_id",
                    "unpaid_order_id",
                ),
                condition=models.Q(("converted_final", False), models.Q(("agent_id", -1), _negated=True)),
            ),
        ),
    ]
