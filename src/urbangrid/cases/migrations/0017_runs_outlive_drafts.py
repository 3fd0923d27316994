import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A simulation stays readable when its draft has been published."""

    dependencies = [("cases", "0016_daily_sheets")]

    operations = [
        migrations.AlterField(
            model_name="processrun",
            name="draft",
            field=models.ForeignKey(
                help_text="as long as it is one", null=True, on_delete=django.db.models.deletion.SET_NULL, to="cases.processdraft"
            ),
        ),
        migrations.AlterField(
            model_name="processrun",
            name="asked",
            field=models.JSONField(
                help_text="what was asked for: definitions, state map; the version that a simulated draft became"
            ),
        ),
    ]
