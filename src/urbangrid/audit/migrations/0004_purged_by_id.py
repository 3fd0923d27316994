from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_retention")]

    operations = [
        # read by audit.retention.recorded: which purge named this row
        migrations.RunSQL(
            """CREATE INDEX audit_purged_ids ON audit_auditrow USING gin (("values" -> 'ids')) WHERE action = 'purged'""",
            "DROP INDEX audit_purged_ids",
        ),
    ]
