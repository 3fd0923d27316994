"""What timers remember of a clock; remarks beside the story and who has read them."""


import django.db.models.deletion
from django.db import migrations, models

import urbangrid.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_exports_and_ledger"),
        ("organizations", "0002_post_unit_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("seq", models.IntegerField()),
                ("kind", models.CharField(help_text="comment or contact", max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name="RemarkRead",
            fields=[
                ("id", models.BigIntegerField(default=urbangrid.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=30)),
                ("read_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="clock",
            name="look_at",
            field=models.DateTimeField(help_text="when cases.timers looks next; null while it stands or has nothing to say", null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="spoken",
            field=models.TextField(blank=True, default="", help_text="event:budget of each warning given, so that each is given once"),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(condition=models.Q(("look_at__isnull", False)), fields=["look_at"], name="clocks_to_look_at"),
        ),
        migrations.AddField(
            model_name="remark",
            name="case",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="cases.case"),
        ),
        migrations.AddField(
            model_name="remark",
            name="to_unit",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit"
            ),
        ),
        migrations.AddField(
            model_name="remark",
            name="unit",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit"),
        ),
        migrations.AddField(
            model_name="remarkread",
            name="appointment",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.appointment"
            ),
        ),
        migrations.AddField(
            model_name="remarkread",
            name="remark",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="reads", to="cases.remark"),
        ),
        migrations.AddField(
            model_name="remarkread",
            name="unit",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit"),
        ),
        migrations.AddConstraint(
            model_name="remark",
            constraint=models.UniqueConstraint(fields=("case", "seq"), name="remark_of_a_record"),
        ),
        migrations.AddConstraint(
            model_name="remarkread",
            constraint=models.UniqueConstraint(fields=("remark", "unit"), name="remark_read_once"),
        ),
        # clocks that run already are looked at once; new ones say so themselves
        migrations.RunSQL("UPDATE cases_clock SET look_at = due_at WHERE ended_at IS NULL AND due_at IS NOT NULL", migrations.RunSQL.noop),
    ]
