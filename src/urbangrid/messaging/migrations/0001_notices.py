"""Notices, who has read them, and what a platform changed of the table."""

import django.db.models.deletion
from django.db import migrations, models

import urbangrid.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0002_rate_counts"),
        ("organizations", "0002_post_unit_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadUpTo",
            fields=[
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="organizations.appointment",
                    ),
                ),
                ("notice_id", models.BigIntegerField()),
                ("read_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("duty", models.CharField(blank=True, max_length=30)),
                ("event", models.CharField(max_length=30)),
                ("case_id", models.BigIntegerField(null=True)),
                ("report_id", models.BigIntegerField(null=True)),
                (
                    "item_id",
                    models.BigIntegerField(help_text="work that the notice asks for; when it ends the notice is settled", null=True),
                ),
                ("seq", models.IntegerField(default=0, help_text="of the record that caused it")),
                ("values", models.JSONField(default=dict)),
                ("urgent", models.BooleanField(default=False)),
                (
                    "key",
                    models.CharField(
                        help_text="topic, subject, seq, event and recipient: delivered again, it stays one notice", max_length=120
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "appointment",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.appointment",
                    ),
                ),
                ("platform", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="core.platform")),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoticeRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField()),
                (
                    "appointment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.appointment"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="reads", to="messaging.notice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Switch",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=30)),
                ("channel", models.CharField(default="in_system", max_length=12)),
                ("on", models.BooleanField()),
                ("platform", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="core.platform")),
                (
                    "unit",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.unit"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=30)),
                ("amount", models.PositiveIntegerField()),
                ("platform", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="core.platform")),
            ],
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("appointment__isnull", False)), fields=["appointment", "-id"], name="notices_of_a_person"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("unit__isnull", False)), fields=["unit", "duty", "-id"], name="notices_of_a_desk"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["created_at"], name="notices_by_age"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("item_id__isnull", False), ("settled_at", None)), fields=["item_id"], name="notices_of_an_item"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("case_id__isnull", False)), fields=["case_id", "seq"], name="notices_of_a_case"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("key",), name="notice_once"),
        ),
        migrations.AddConstraint(
            model_name="noticeread",
            constraint=models.UniqueConstraint(fields=("notice", "appointment"), name="notice_read_once"),
        ),
        migrations.AddConstraint(
            model_name="switch",
            constraint=models.UniqueConstraint(
                fields=("platform", "unit", "event", "channel"), name="notice_switch_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.UniqueConstraint(fields=("platform", "event"), name="notice_threshold_once"),
        ),
    ]
