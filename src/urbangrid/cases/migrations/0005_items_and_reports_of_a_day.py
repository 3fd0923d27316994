"""Indexes of the day's figures: without them the duty director's board reads every case and every report there ever was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_position")]

    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["platform", "received_at"], name="reports_of_a_day"),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(fields=["platform", "closed_at"], condition=models.Q(closed_at__isnull=False), name="items_of_a_day"),
        ),
    ]
