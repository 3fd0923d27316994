"""Records get the position under which the sealer finds them (audit 0002; docs/adr/0004-merkle-log.md)."""

from django.db import migrations

POSITION = """
ALTER TABLE cases_caserecord ADD COLUMN position bigint NOT NULL
    DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('audit_position') END;
CREATE INDEX records_by_position ON cases_caserecord (position);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_items_of_a_person"),
        ("audit", "0002_log"),
    ]

    operations = [migrations.RunSQL(POSITION, "ALTER TABLE cases_caserecord DROP COLUMN position")]
