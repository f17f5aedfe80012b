import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0003_audit"),
    ]

    operations = [
        migrations.AddField(
            "organization",
            "personal_data_days",
            models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(30)],
                verbose_name="personal data of finished orders is kept for (days)",
            ),
        ),
        migrations.AddField(
            "organization",
            "message_days",
            models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(60)],
                verbose_name="chat messages are kept for (days)",
            ),
        ),
    ]
