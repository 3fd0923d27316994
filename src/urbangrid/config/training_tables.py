"""What of a platform goes into its training copy, table by table: the configuration, and of people what a post needs.

Every table of the platform stands in one of the two lists (a test compares them with the models): a new table is not copied before
somebody has thought about it. Plain data; ``config.training`` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Copied:
    """``instead``: SQL in the place of a column's value; ``where``: SQL that a row must answer to be copied."""

    instead: Mapping[str, str] = field(default_factory=dict)
    where: str = ""


WHOLE: Final = Copied()
COPIED: Final[Mapping[str, Copied]] = {
    # the second step of inner posts and the admitted terminals are the platform's own; the training copy starts without
    "core_platform": Copied({"settings": """(settings - 'security') || '{"security": {"second_step_posts": []}}'::jsonb"""}),
    "core_storedfile": Copied({"owner_id": "NULL::bigint"}, "id IN (SELECT file_id FROM catalog_regulation WHERE file_id IS NOT NULL)"),
    "accounts_user": Copied(
        {
            "phone": "''", "password": "'!'", "password_set_at": "NULL::timestamptz", "must_change_password": "false",
            "failed_sign_ins": "0", "locked_until": "NULL::timestamptz", "last_sign_in_at": "NULL::timestamptz",
            "session_stamp": "substr(md5(random()::text), 1, 16)", "simulated": "true",
        }
    ),
    "grids_areagrade": WHOLE, "grids_division": WHOLE, "grids_gridrun": WHOLE, "grids_gridsource": WHOLE,
    "grids_responsibilitygrid": WHOLE, "grids_responsibilitygrid_cells": WHOLE, "grids_road": WHOLE, "grids_unitgrid": WHOLE,
    "addresses_building": WHOLE, "addresses_doornumber": WHOLE, "addresses_landmark": WHOLE, "addresses_surface": WHOLE,
    "organizations_unit": Copied({"duty_phone": "''"}), "organizations_post": WHOLE, "organizations_appointment": WHOLE,
    "organizations_cellduty": WHOLE, "organizations_exclusionlift": WHOLE, "organizations_shift": WHOLE, "organizations_staffing": WHOLE,
    "organizations_turn": Copied(
        {"signed_on_at": "NULL::timestamptz", "signed_off_at": "NULL::timestamptz"}, "ends_at > now() - interval '1 day'"
    ),
    "catalog_catalogversion": WHOLE, "catalog_category": WHOLE, "catalog_categoryrule": WHOLE, "catalog_filingcondition": WHOLE,
    "catalog_timelimit": WHOLE, "catalog_workcalendar": WHOLE, "catalog_calendaruse": WHOLE, "catalog_reasoncode": WHOLE,
    "catalog_responsibility": WHOLE, "catalog_source": WHOLE, "catalog_line": WHOLE, "catalog_regulation": WHOLE,
    "catalog_legalarticle": WHOLE, "catalog_legalarticle_categories": WHOLE, "catalog_companykind": WHOLE, "catalog_company": WHOLE,
    "catalog_company_categories": WHOLE, "catalog_company_divisions": WHOLE, "catalog_companycontact": Copied({"phone": "''"}),
    "catalog_catalogstamp": WHOLE,
    "messaging_switch": WHOLE, "messaging_threshold": WHOLE, "service_requests_phrase": WHOLE,
    "guides_owntext": WHOLE,
    "cases_processdefinition": WHOLE, "cases_processdraft": WHOLE,
    "cases_closingauthorisation": Copied(where="ended_at IS NULL AND valid_until > now()"),
    "cases_plan": Copied(where="state = 'draft'"),
}  # fmt: skip
LEFT_OUT: Final = frozenset({
    # signing in, terminals, programs that ask: the live platform's own
    "accounts_apitoken", "accounts_device", "accounts_recoverycode", "accounts_secondfactor", "accounts_signin",
    "accounts_spentchallenge", "django_session",
    # the trail and the log: of what was done there
    "audit_auditrow", "audit_headstamp", "audit_leaf", "audit_log", "audit_node", "audit_personaldata", "audit_retentionterm",
    "audit_treehead",
    # cases, citizens, photos, and what is on its way
    "cases_case", "cases_caseaccess", "cases_caserecord", "cases_caserelation", "cases_casereport", "cases_caserequest", "cases_clock",
    "cases_dailysheet", "cases_draft", "cases_export", "cases_namedhandler", "cases_numberseries", "cases_planeffect",
    "cases_processrun", "cases_recordfile", "cases_recordsecret", "cases_remark", "cases_remarkread", "cases_report",
    "cases_reportfile", "cases_savedsearch", "cases_selfdisposal", "cases_selfdisposaldraw", "cases_weeklysheet", "cases_workitem",
    "courses_attempt", "courses_course", "courses_participant", "courses_question", "courses_quiz",
    "service_requests_requestcase", "service_requests_requesthandler", "service_requests_requestrecord",
    "service_requests_servicerequest", "supervision_watch", "messaging_notice", "messaging_noticeread", "messaging_readupto",
    "organizations_handover", "organizations_leave", "catalog_stagedtable", "core_idempotencykey", "core_outboxentry",
    "core_parkeddelivery", "core_ratecount",
    "procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_workers",
    # made by the tables themselves
    "django_content_type", "django_migrations",
})  # fmt: skip
