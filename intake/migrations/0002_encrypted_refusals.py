from django.db import migrations

import tenants.encryption


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_tables")]

    operations = [
        migrations.RemoveField("refusedrow", "params"),
        migrations.AddField("refusedrow", "values_told", tenants.encryption.EncryptedText(null=True)),
    ]
