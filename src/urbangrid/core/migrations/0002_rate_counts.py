from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                (
                    "key",
                    models.CharField(help_text="limit and digest of whom it is about", max_length=80, primary_key=True, serialize=False),
                ),
                ("began_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("about", models.JSONField(help_text="what is to be told when the window has ended, where somebody asks", null=True)),
            ],
        ),
        migrations.RunSQL("ALTER TABLE core_ratecount SET UNLOGGED", "ALTER TABLE core_ratecount SET LOGGED"),
    ]
