"""The Merkle log, and a position for every row that is to have a leaf in it (docs/adr/0004-merkle-log.md)."""

import django.db.models.deletion
from django.db import migrations, models

POSITIONS = """
CREATE SEQUENCE audit_position;
ALTER TABLE audit_auditrow ADD COLUMN position bigint NOT NULL
    DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('audit_position') END;
CREATE INDEX audit_rows_by_position ON audit_auditrow (position);
"""
# The transaction's own number comes before the position: the sealer relies on it (audit.sealer). One rewrite of the table gives
# the rows that are there theirs, without firing triggers.

APPEND_ONLY = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail and its log are appended, never edited or deleted' USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_append_only();"
    for table in ("audit_auditrow", "audit_leaf", "audit_node", "audit_treehead", "audit_headstamp")
)
BACK = "DROP FUNCTION audit_append_only CASCADE; ALTER TABLE audit_auditrow DROP COLUMN position; DROP SEQUENCE audit_position;"


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TreeHead",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("previous", models.BinaryField(help_text="hash of the head before; empty for the first")),
                ("hash", models.BinaryField(unique=True)),
                ("key_id", models.CharField(max_length=16)),
                ("signature", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("number", models.BigIntegerField(help_text="place in the log, from 0", primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(help_text="of the row: no row has two leaves", unique=True)),
                ("kind", models.SmallIntegerField(help_text="leaves.RECORD, leaves.AUDIT")),
                ("subject_id", models.BigIntegerField(help_text="case or audit row")),
                ("seq", models.IntegerField()),
                ("hash", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Log",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("log_id", models.CharField(help_text="random; stands in every tree head", max_length=32)),
                ("size", models.BigIntegerField(default=0)),
                ("frontier", models.BinaryField(default=bytes, help_text="roots of the complete subtrees, largest first")),
                (
                    "low_water",
                    models.BigIntegerField(
                        default=0, help_text="every transaction that took a position up to here has ended and is sealed"
                    ),
                ),
                ("stamp_tried_at", models.DateTimeField(null=True)),
                (
                    "stamp_failure",
                    models.CharField(
                        blank=True, help_text="why the last request for a time stamp failed; empty: it did not", max_length=200
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("pk", models.CompositePrimaryKey("level", "number", blank=True, editable=False, primary_key=True, serialize=False)),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hash", models.BinaryField()),
            ],
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(condition=models.Q(("action", "audit_verified")), fields=["-at"], name="audit_verifications"),
        ),
        migrations.CreateModel(
            name="HeadStamp",
            fields=[
                (
                    "head",
                    models.OneToOneField(
                        db_column="size",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stamp",
                        serialize=False,
                        to="audit.treehead",
                    ),
                ),
                ("at", models.DateTimeField(help_text="the service's time")),
                ("response", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(POSITIONS + APPEND_ONLY, BACK),
    ]
