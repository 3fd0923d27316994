"""Requests registered before get what the new life of requests asks for; from now on the story is appended only."""

from django.db import migrations

CARRY = """
UPDATE service_requests_servicerequest r SET client_id = p.client_id, category_id = p.category_id, place_text = p.place_text
    FROM cases_report p WHERE p.id = r.report_id;
UPDATE service_requests_servicerequest SET round_at = received_at;
UPDATE service_requests_servicerequest SET state = 'closed', closing_kind = 'answered', closed_at = replied_at WHERE state = 'replied';
"""
# Until now a request was "replied" as soon as its case had a reply, and nothing came after that.

APPEND_ONLY = """
CREATE FUNCTION service_requests_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the story of a request is appended, never edited or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON service_requests_requestrecord
    FOR EACH ROW EXECUTE FUNCTION service_requests_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0002_own_life")]

    operations = [
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION service_requests_append_only CASCADE;"),
    ]
