import django.db.models.deletion
from django.db import migrations, models

import urbangrid.core.ids


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_runs_outlive_drafts"), ("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="WeeklySheet",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField(help_text="on which it was made, in the platform's zone; its figures end with the day before")),
                ("made_at", models.DateTimeField()),
                ("content", models.JSONField(help_text="as cases.weekly makes it")),
                (
                    "platform",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="core.platform"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("platform", "day"), name="weekly_sheet_once")]},
        ),
    ]
