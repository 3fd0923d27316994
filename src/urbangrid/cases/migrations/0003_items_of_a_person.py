"""An index for the cases that an inspector may read; without it each of her lists went through every work item."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_reported_at"), ("organizations", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                fields=["appointment", "case"], condition=models.Q(appointment__isnull=False), name="items_of_a_person"
            ),
        ),
    ]
