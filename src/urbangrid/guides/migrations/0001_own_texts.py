import django.db.models.deletion
from django.db import migrations, models

import urbangrid.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0004_files_as_received")]

    operations = [
        migrations.CreateModel(
            name="OwnText",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("guide", models.CharField(help_text="guides.shelf.DESKS", max_length=20)),
                ("section", models.CharField(help_text="the shipped heading, or 本市规定", max_length=80)),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="markup of the shipped texts; empty: the shipped text counts again",
                        max_length=20000,
                    ),
                ),
                ("shipped", models.TextField(blank=True, help_text="what the program shipped for the section when this was saved")),
                ("reason", models.CharField(help_text="why", max_length=200)),
                ("made_by", models.BigIntegerField(help_text="appointment")),
                ("made_by_name", models.CharField(help_text="unit and name, as they were", max_length=80)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, help_text="when a newer version took its place", null=True)),
                (
                    "platform",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="core.platform"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("platform", "guide", "section", "version"), name="own_text_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("platform", "guide", "section"), name="own_text_current"
                    ),
                ]
            },
        ),
    ]
