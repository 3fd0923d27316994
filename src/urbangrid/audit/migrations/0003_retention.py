from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_log")]

    operations = [
        migrations.CreateModel(
            name="RetentionTerm",
            fields=[
                ("kind", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("days", models.PositiveIntegerField(help_text="null: the default", null=True)),
                ("on_hold", models.BooleanField(default=False, help_text="not purged until taken away, e.g. for a lawsuit")),
                ("purged_at", models.DateTimeField(null=True)),
                ("purged", models.PositiveIntegerField(default=0, help_text="how many went at the last purge")),
            ],
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(fields=["subject"], name="audit_by_subject", opclasses=["varchar_pattern_ops"]),
        ),
    ]
