from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_called_out_first")]

    operations = [
        migrations.AddField(
            model_name="closingauthorisation",
            name="reminded_at",
            field=models.DateTimeField(help_text="when both were told that it ends within a day", null=True),
        ),
    ]
