"""A process is chosen by class too, and from an instant on; drafts, simulations and migrations have rows of their own."""

import django.db.models.deletion
from django.db import migrations, models

import urbangrid.core.ids

ID = ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False))
PLATFORM = ("platform", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="core.platform"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_notices"), ("core", "0002_rate_counts")]

    operations = [
        migrations.AddField(
            "processdefinition",
            "base",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="cases.processdefinition"
            ),
        ),
        migrations.AddField("processdefinition", "override", models.JSONField(null=True)),
        migrations.AddField(
            "processdefinition",
            "major_code",
            models.CharField(blank=True, default="", help_text="大类 of that kind it is chosen for; empty: every one", max_length=4),
            preserve_default=False,
        ),
        migrations.AddField(
            "processdefinition",
            "category_code",
            models.CharField(blank=True, default="", help_text="小类 of that kind it is chosen for; empty: every one", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            "processdefinition",
            "published_by_id",
            models.BigIntegerField(help_text="user; null: set up by the platform itself", null=True),
        ),
        migrations.AddField("processdefinition", "effective_from", models.DateTimeField(null=True)),
        migrations.RunSQL("UPDATE cases_processdefinition SET effective_from = published_at", migrations.RunSQL.noop),
        migrations.AlterField(
            "processdefinition", "effective_from", models.DateTimeField(help_text="cases opened from this instant on follow it")
        ),
        migrations.CreateModel(
            "ProcessDraft",
            [
                ID,
                ("code", models.CharField(max_length=30)),
                ("definition", models.JSONField(help_text="whole, also where it will be published as an override")),
                (
                    "base_code",
                    models.CharField(blank=True, help_text="code of the definition that it overrides; empty: stands alone", max_length=30),
                ),
                (
                    "seq",
                    models.PositiveIntegerField(default=0, help_text="of the last saving; a form carries the one it was drawn from"),
                ),
                ("saved_at", models.DateTimeField()),
                ("saved_by_id", models.BigIntegerField(null=True)),
                (
                    "begun_from",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="cases.processdefinition"
                    ),
                ),
                PLATFORM,
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            "ProcessRun",
            [
                ID,
                ("kind", models.CharField(help_text="simulate or migrate", max_length=10)),
                ("appointment_id", models.BigIntegerField(help_text="of who asked for it")),
                ("user_id", models.BigIntegerField()),
                ("asked", models.JSONField(help_text="what was asked for: definitions, state map")),
                ("state", models.CharField(default="waiting", help_text="waiting, running, done or failed", max_length=8)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("result", models.JSONField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("draft", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="cases.processdraft")),
                PLATFORM,
            ],
            options={"abstract": False},
        ),
    ]
