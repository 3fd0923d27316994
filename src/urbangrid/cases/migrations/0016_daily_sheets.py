import django.db.models.deletion
from django.db import migrations, models

import urbangrid.core.ids


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_authorisation_reminded"), ("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DailySheet",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField(help_text="on which it was made, in the platform's zone; its figures are those of the day before")),
                ("made_at", models.DateTimeField()),
                ("content", models.JSONField(help_text="as cases.daily makes it")),
                ("text", models.CharField(help_text="the short message", max_length=70)),
                (
                    "platform",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="core.platform"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("platform", "day"), name="daily_sheet_once")]},
        ),
    ]
