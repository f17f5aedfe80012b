from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_tables")]

    operations = [
        migrations.AddField("order", "name_hash", models.BinaryField(null=True)),
        migrations.AddField("order", "phone_hash", models.BinaryField(null=True)),
        migrations.AddField("order", "personal_erased_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["organization", "phone_hash"],
                name="order_by_phone",
                condition=models.Q(phone_hash__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["organization", "name_hash"],
                name="order_by_name",
                condition=models.Q(name_hash__isnull=False),
            ),
        ),
    ]
