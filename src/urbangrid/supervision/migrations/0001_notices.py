"""Watched cases."""


import django.db.models.deletion
from django.db import migrations, models

import urbangrid.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0008_notices"),
        ("organizations", "0002_post_unit_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                (
                    "appointment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.appointment"
                    ),
                ),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("appointment", "case"), name="watched_once")],
            },
        ),
    ]
