-- made by: accounts.0001_initial accounts.0002_sign_ins_and_second_step accounts.0003_devices accounts.0004_platform_of_an_account addresses.0001_places_by_name audit.0001_initial audit.0002_log audit.0003_retention audit.0004_purged_by_id cases.0001_initial cases.0002_reported_at cases.0003_items_of_a_person cases.0004_position cases.0005_items_and_reports_of_a_day cases.0006_requests cases.0007_exports_and_ledger cases.0008_notices cases.0009_process_choice cases.0010_confidential cases.0011_command_unit cases.0012_relations_and_short_ways cases.0013_plans cases.0014_called_out_first cases.0015_authorisation_reminded cases.0016_daily_sheets cases.0017_runs_outlive_drafts cases.0018_weekly_sheets catalog.0001_initial catalog.0002_sources_and_lines catalog.0003_fences_and_category_rules catalog.0004_responsibility_companies_law catalog.0005_regulations contenttypes.0001_initial contenttypes.0002_remove_content_type_name core.0001_initial core.0002_rate_counts core.0003_platform_levels core.0004_files_as_received courses.0001_initial grids.0001_initial guides.0001_own_texts messaging.0001_notices organizations.0001_initial organizations.0002_post_unit_kinds organizations.0003_units_below organizations.0004_origin_and_exclusion organizations.0005_offices_that_handle organizations.0006_shifts procrastinate.0001_initial procrastinate.0002_drop_started_at_column procrastinate.0003_drop_started_at_column procrastinate.0004_drop_procrastinate_version_table procrastinate.0005_fix_procrastinate_fetch_job procrastinate.0006_fix_trigger_status_events_insert procrastinate.0007_add_queueing_lock_column procrastinate.0008_close_fetch_job_race_condition procrastinate.0009_add_defer_job_function procrastinate.0010_add_procrastinate_periodic_defers procrastinate.0011_add_foreign_key_index procrastinate.0012_add_locks_to_periodic_defer procrastinate.0013_fix_procrastinate_defer_periodic_job procrastinate.0014_add_finish_job_and_retry_job_functions procrastinate.0015_add_trigger_on_job_deletion procrastinate.0016_delete_finished_jobs procrastinate.0017_add_checks_to_finish_job procrastinate.0018_add_checks_to_retry_job procrastinate.0019_fix_finish_job_compat_issue procrastinate.0020_add_index_on_procrastinate_jobs procrastinate.0021_add_kwargs_to_defer_periodic_job procrastinate.0022_null_locks_excluded procrastinate.0023_remove_old_finish_job_function procrastinate.0024_job_id_bigint procrastinate.0025_add_models procrastinate.0026_add_job_priority procrastinate.0027_add_periodic_job_priority procrastinate.0028_add_cancel_states procrastinate.0029_add_additional_params_to_retry_job procrastinate.0030_alter_procrastinateevent_options procrastinate.0031_add_indexes_for_fetch_job procrastinate.0032_pre_cancel_notification procrastinate.0033_post_cancel_notification procrastinate.0034_pre_add_heartbeat procrastinate.0035_post_add_heartbeat procrastinate.0036_add_worker_model procrastinate.0037_pre_batch_defer_jobs procrastinate.0038_post_batch_defer_jobs procrastinate.0039_pre_priority_lock_fetch_job procrastinate.0040_pre_retry_failed_job procrastinate.0041_post_retry_failed_job service_requests.0001_initial service_requests.0002_own_life service_requests.0003_carry_over sessions.0001_initial supervision.0001_notices

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;

CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

CREATE FUNCTION public.audit_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail and its log are appended, never edited or deleted' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION public.cases_caserecord_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'records are appended, never edited or deleted' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);

CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.service_requests_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the story of a request is appended, never edited or deleted' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TABLE public.accounts_apitoken (
    id bigint NOT NULL,
    appointment_id bigint NOT NULL,
    token_hash character varying(64) NOT NULL,
    label character varying(60) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    user_id bigint NOT NULL,
    prefix character varying(12) NOT NULL,
    device_id bigint
);

CREATE TABLE public.accounts_device (
    id bigint NOT NULL,
    unit_id bigint NOT NULL,
    number character varying(40) NOT NULL,
    model character varying(60) NOT NULL,
    public_key bytea NOT NULL,
    fingerprint character varying(64) NOT NULL,
    state character varying(10) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    admitted_at timestamp with time zone,
    admitted_by bigint,
    blocked_at timestamp with time zone,
    blocked_by bigint,
    reason character varying(20) NOT NULL,
    seen_at timestamp with time zone,
    platform_id bigint NOT NULL,
    user_id bigint NOT NULL
);

CREATE TABLE public.accounts_recoverycode (
    id bigint NOT NULL,
    code_hash character varying(64) NOT NULL,
    used_at timestamp with time zone,
    user_id bigint NOT NULL
);

CREATE TABLE public.accounts_secondfactor (
    user_id bigint NOT NULL,
    sealed bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    last_step bigint NOT NULL,
    failed smallint NOT NULL,
    locked_until timestamp with time zone,
    CONSTRAINT accounts_secondfactor_failed_check CHECK ((failed >= 0))
);

CREATE TABLE public.accounts_signin (
    id bigint NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    address character varying(45) NOT NULL,
    agent character varying(200) NOT NULL,
    second_step boolean NOT NULL,
    ended_at timestamp with time zone,
    ended_by bigint,
    user_id bigint NOT NULL,
    device_proved_at timestamp with time zone,
    device_id bigint
);

CREATE TABLE public.accounts_spentchallenge (
    digest character varying(64) NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

CREATE TABLE public.accounts_user (
    id bigint NOT NULL,
    username character varying(40) NOT NULL,
    name character varying(30) NOT NULL,
    initials character varying(30) NOT NULL,
    phone character varying(20) NOT NULL,
    password character varying(200) NOT NULL,
    password_set_at timestamp with time zone,
    must_change_password boolean NOT NULL,
    is_active boolean NOT NULL,
    active_until timestamp with time zone,
    failed_sign_ins smallint NOT NULL,
    locked_until timestamp with time zone,
    last_sign_in_at timestamp with time zone,
    session_stamp character varying(16) NOT NULL,
    contractor character varying(60) NOT NULL,
    simulated boolean NOT NULL,
    platform_id bigint,
    CONSTRAINT accounts_user_failed_sign_ins_check CHECK ((failed_sign_ins >= 0))
);

CREATE TABLE public.addresses_building (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    name character varying(60) NOT NULL,
    kind character varying(12) NOT NULL,
    geom public.geometry(MultiPolygon,4490) NOT NULL,
    platform_id bigint NOT NULL
);

CREATE TABLE public.addresses_doornumber (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    number character varying(20) NOT NULL,
    point public.geometry(Point,4490) NOT NULL,
    platform_id bigint NOT NULL,
    road_id bigint NOT NULL
);

CREATE TABLE public.addresses_landmark (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    name character varying(60) NOT NULL,
    kind character varying(12) NOT NULL,
    point public.geometry(Point,4490) NOT NULL,
    platform_id bigint NOT NULL
);

CREATE TABLE public.addresses_surface (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    name character varying(60) NOT NULL,
    kind character varying(12) NOT NULL,
    geom public.geometry(MultiPolygon,4490) NOT NULL,
    platform_id bigint NOT NULL
);

CREATE SEQUENCE public.audit_position
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.audit_auditrow (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    user_id bigint,
    appointment_id bigint,
    action character varying(40) NOT NULL,
    subject character varying(80) NOT NULL,
    purpose character varying(200) NOT NULL,
    "values" jsonb NOT NULL,
    address character varying(45) NOT NULL,
    platform_id bigint,
    "position" bigint DEFAULT 
CASE
    WHEN (pg_current_xact_id() IS NOT NULL) THEN nextval('public.audit_position'::regclass)
    ELSE NULL::bigint
END NOT NULL
);

CREATE TABLE public.audit_headstamp (
    size bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    response bytea NOT NULL
);

CREATE TABLE public.audit_leaf (
    number bigint NOT NULL,
    "position" bigint NOT NULL,
    kind smallint NOT NULL,
    subject_id bigint NOT NULL,
    seq integer NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE public.audit_log (
    id smallint NOT NULL,
    log_id character varying(32) NOT NULL,
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    low_water bigint NOT NULL,
    stamp_tried_at timestamp with time zone,
    stamp_failure character varying(200) NOT NULL
);

CREATE TABLE public.audit_node (
    level smallint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE public.audit_personaldata (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    phone character varying(40) NOT NULL,
    phone_digest character varying(64) NOT NULL,
    address character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    erased_at timestamp with time zone,
    platform_id bigint NOT NULL
);

CREATE TABLE public.audit_retentionterm (
    kind character varying(30) NOT NULL,
    days integer,
    on_hold boolean NOT NULL,
    purged_at timestamp with time zone,
    purged integer NOT NULL,
    CONSTRAINT audit_retentionterm_days_check CHECK ((days >= 0)),
    CONSTRAINT audit_retentionterm_purged_check CHECK ((purged >= 0))
);

CREATE TABLE public.audit_treehead (
    size bigint NOT NULL,
    root bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    key_id character varying(16) NOT NULL,
    signature bytea NOT NULL
);

CREATE TABLE public.cases_case (
    id bigint NOT NULL,
    place_text character varying(256) NOT NULL,
    point public.geometry(Point,4490),
    road_name character varying(60) NOT NULL,
    road_grade character varying(12) NOT NULL,
    area_grade smallint,
    outside boolean NOT NULL,
    number character varying(20),
    state character varying(20) NOT NULL,
    seq integer NOT NULL,
    last_hash bytea NOT NULL,
    source character varying(20) NOT NULL,
    source_class character varying(10) NOT NULL,
    description text NOT NULL,
    urgent boolean NOT NULL,
    is_complex boolean NOT NULL,
    city_owned boolean NOT NULL,
    limit_value integer,
    limit_unit character varying(12) NOT NULL,
    check_answer character varying(20) NOT NULL,
    closing_kind character varying(20) NOT NULL,
    reply text NOT NULL,
    rework_count smallint NOT NULL,
    on_time boolean,
    due_at timestamp with time zone,
    warn_at timestamp with time zone,
    opened_at timestamp with time zone NOT NULL,
    filed_at timestamp with time zone,
    dispatched_at timestamp with time zone,
    disposed_at timestamp with time zone,
    checked_at timestamp with time zone,
    closed_at timestamp with time zone,
    words tsvector,
    history boolean NOT NULL,
    simulated boolean NOT NULL,
    category_id bigint,
    cell_id bigint,
    community_id bigint,
    condition_id bigint,
    district_id bigint,
    handler_unit_id bigint,
    platform_id bigint NOT NULL,
    subdistrict_id bigint,
    process_id bigint NOT NULL,
    reported_at timestamp with time zone,
    aside character varying(10) NOT NULL,
    reopen_count smallint NOT NULL,
    send_backs smallint NOT NULL,
    settled_unit_id bigint,
    concerned_unit_id bigint,
    confidential boolean NOT NULL,
    command_unit_id bigint,
    check_means character varying(8) NOT NULL,
    fenced_at timestamp with time zone,
    repeat boolean NOT NULL,
    called_at timestamp with time zone,
    called_on_time boolean,
    called_unit_id bigint,
    CONSTRAINT cases_case_area_grade_check CHECK ((area_grade >= 0)),
    CONSTRAINT cases_case_limit_value_check CHECK ((limit_value >= 0)),
    CONSTRAINT cases_case_reopen_count_check CHECK ((reopen_count >= 0)),
    CONSTRAINT cases_case_rework_count_check CHECK ((rework_count >= 0)),
    CONSTRAINT cases_case_send_backs_check CHECK ((send_backs >= 0))
);

CREATE TABLE public.cases_caseaccess (
    id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    until_seq integer,
    why character varying(12) NOT NULL,
    case_id bigint NOT NULL,
    division_id bigint,
    unit_id bigint
);

CREATE TABLE public.cases_caserecord (
    seq integer NOT NULL,
    action character varying(30) NOT NULL,
    from_state character varying(20) NOT NULL,
    to_state character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    appointment_id bigint,
    unit_id bigint,
    target_unit_id bigint,
    reason character varying(30) NOT NULL,
    body text NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL,
    key_id character varying(16) NOT NULL,
    case_id bigint NOT NULL,
    "position" bigint DEFAULT 
CASE
    WHEN (pg_current_xact_id() IS NOT NULL) THEN nextval('public.audit_position'::regclass)
    ELSE NULL::bigint
END NOT NULL
)
PARTITION BY RANGE (case_id);

CREATE TABLE public.cases_caserecord_rest (
    seq integer NOT NULL,
    action character varying(30) NOT NULL,
    from_state character varying(20) NOT NULL,
    to_state character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    appointment_id bigint,
    unit_id bigint,
    target_unit_id bigint,
    reason character varying(30) NOT NULL,
    body text NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL,
    key_id character varying(16) NOT NULL,
    case_id bigint NOT NULL,
    "position" bigint DEFAULT 
CASE
    WHEN (pg_current_xact_id() IS NOT NULL) THEN nextval('public.audit_position'::regclass)
    ELSE NULL::bigint
END NOT NULL
);

CREATE TABLE public.cases_caserelation (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    link_ids bigint[] NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    case_id bigint NOT NULL,
    made_by_id bigint,
    other_id bigint NOT NULL
);

CREATE TABLE public.cases_casereport (
    id bigint NOT NULL,
    role character varying(12) NOT NULL,
    case_id bigint NOT NULL,
    report_id bigint NOT NULL
);

CREATE TABLE public.cases_caserequest (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    number character varying(20) NOT NULL,
    state character varying(10) NOT NULL,
    reason character varying(30) NOT NULL,
    link smallint NOT NULL,
    again boolean NOT NULL,
    days integer NOT NULL,
    until timestamp with time zone,
    details jsonb NOT NULL,
    outcome jsonb NOT NULL,
    asked_seq integer NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_seq integer,
    decided_at timestamp with time zone,
    ended_at timestamp with time zone,
    asked_by_id bigint,
    case_id bigint NOT NULL,
    decided_by_id bigint,
    parent_id bigint,
    platform_id bigint NOT NULL,
    target_unit_id bigint,
    unit_id bigint,
    CONSTRAINT cases_caserequest_days_check CHECK ((days >= 0)),
    CONSTRAINT cases_caserequest_link_check CHECK ((link >= 0))
);

CREATE TABLE public.cases_clock (
    id bigint NOT NULL,
    kind character varying(6) NOT NULL,
    stage character varying(20) NOT NULL,
    calendar_code character varying(20) NOT NULL,
    calendar_version integer NOT NULL,
    limit_seconds integer NOT NULL,
    budget_seconds integer NOT NULL,
    events text NOT NULL,
    due_at timestamp with time zone,
    warn_at timestamp with time zone,
    ended_at timestamp with time zone,
    on_time boolean,
    case_id bigint,
    unit_id bigint,
    item_id bigint,
    look_at timestamp with time zone,
    spoken text NOT NULL,
    CONSTRAINT cases_clock_calendar_version_check CHECK ((calendar_version >= 0))
);

CREATE TABLE public.cases_closingauthorisation (
    id bigint NOT NULL,
    category_ids bigint[] NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    given_at timestamp with time zone NOT NULL,
    reason character varying(300) NOT NULL,
    ended_at timestamp with time zone,
    appointment_id bigint,
    ended_by_id bigint,
    given_by_id bigint NOT NULL,
    platform_id bigint NOT NULL,
    unit_id bigint,
    reminded_at timestamp with time zone,
    CONSTRAINT authorisation_has_a_term CHECK ((valid_until > valid_from)),
    CONSTRAINT authorisation_of_one_holder CHECK ((((appointment_id IS NOT NULL) OR (unit_id IS NOT NULL)) AND (1 = (
CASE
    WHEN (appointment_id IS NOT NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (unit_id IS NOT NULL) THEN 1
    ELSE 0
END))))
);

CREATE TABLE public.cases_dailysheet (
    id bigint NOT NULL,
    day date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    content jsonb NOT NULL,
    text character varying(70) NOT NULL,
    platform_id bigint NOT NULL
);

CREATE TABLE public.cases_draft (
    id bigint NOT NULL,
    key character varying(60) NOT NULL,
    inputs jsonb NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    case_id bigint,
    user_id bigint NOT NULL
);

CREATE TABLE public.cases_export (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    form character varying(5) NOT NULL,
    name character varying(80) NOT NULL,
    asked jsonb NOT NULL,
    state character varying(8) NOT NULL,
    done integer NOT NULL,
    total integer,
    said character varying(300) NOT NULL,
    size_bytes bigint,
    asked_at timestamp with time zone NOT NULL,
    beat_at timestamp with time zone,
    ended_at timestamp with time zone,
    appointment_id bigint NOT NULL,
    platform_id bigint NOT NULL,
    user_id bigint NOT NULL
);

CREATE TABLE public.cases_namedhandler (
    id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    appointment_id bigint NOT NULL,
    case_id bigint NOT NULL,
    named_by_id bigint NOT NULL
);

CREATE TABLE public.cases_numberseries (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    day date NOT NULL,
    last integer NOT NULL,
    platform_id bigint NOT NULL
);

ALTER TABLE public.cases_numberseries ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.cases_numberseries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.cases_plan (
    id bigint NOT NULL,
    code character varying(20) NOT NULL,
    name character varying(40) NOT NULL,
    kind character varying(12) NOT NULL,
    state character varying(8) NOT NULL,
    version integer NOT NULL,
    division_ids bigint[] NOT NULL,
    category_ids bigint[] NOT NULL,
    condition_ids bigint[] NOT NULL,
    begins_at timestamp with time zone,
    until timestamp with time zone,
    percent smallint NOT NULL,
    period character varying(20) NOT NULL,
    exempt boolean NOT NULL,
    takes_open boolean NOT NULL,
    to_territory boolean NOT NULL,
    by_road boolean NOT NULL,
    quota_off boolean NOT NULL,
    hourly boolean NOT NULL,
    note character varying(500) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    pressed_at timestamp with time zone,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    why character varying(300) NOT NULL,
    settled_at timestamp with time zone,
    ended_by_id bigint,
    made_by_id bigint,
    platform_id bigint NOT NULL,
    started_by_id bigint,
    CONSTRAINT cases_plan_percent_check CHECK ((percent >= 0)),
    CONSTRAINT cases_plan_version_check CHECK ((version >= 0)),
    CONSTRAINT plan_percent_1_to_100 CHECK (((percent >= 1) AND (percent <= 100)))
);

CREATE TABLE public.cases_planeffect (
    id bigint NOT NULL,
    way character varying(8) NOT NULL,
    old_value integer NOT NULL,
    old_unit character varying(12) NOT NULL,
    old_case_seconds integer NOT NULL,
    new_value integer NOT NULL,
    new_unit character varying(12) NOT NULL,
    new_case_seconds integer NOT NULL,
    exempt boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    left_why character varying(10) NOT NULL,
    case_id bigint NOT NULL,
    plan_id bigint NOT NULL,
    CONSTRAINT cases_planeffect_new_value_check CHECK ((new_value >= 0)),
    CONSTRAINT cases_planeffect_old_value_check CHECK ((old_value >= 0))
);

CREATE TABLE public.cases_processdefinition (
    id bigint NOT NULL,
    code character varying(30) NOT NULL,
    version integer NOT NULL,
    name character varying(60) NOT NULL,
    definition jsonb NOT NULL,
    source character varying(20) NOT NULL,
    kind character varying(10) NOT NULL,
    published_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone,
    platform_id bigint NOT NULL,
    base_id bigint,
    override jsonb,
    major_code character varying(4) NOT NULL,
    category_code character varying(8) NOT NULL,
    published_by_id bigint,
    effective_from timestamp with time zone NOT NULL,
    CONSTRAINT cases_processdefinition_version_check CHECK ((version >= 0))
);

CREATE TABLE public.cases_processdraft (
    id bigint NOT NULL,
    code character varying(30) NOT NULL,
    definition jsonb NOT NULL,
    base_code character varying(30) NOT NULL,
    seq integer NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    saved_by_id bigint,
    begun_from_id bigint,
    platform_id bigint NOT NULL,
    CONSTRAINT cases_processdraft_seq_check CHECK ((seq >= 0))
);

CREATE TABLE public.cases_processrun (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    appointment_id bigint NOT NULL,
    user_id bigint NOT NULL,
    asked jsonb NOT NULL,
    state character varying(8) NOT NULL,
    done integer NOT NULL,
    total integer NOT NULL,
    result jsonb,
    asked_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    draft_id bigint,
    platform_id bigint NOT NULL,
    CONSTRAINT cases_processrun_done_check CHECK ((done >= 0)),
    CONSTRAINT cases_processrun_total_check CHECK ((total >= 0))
);

CREATE TABLE public.cases_recordfile (
    id bigint NOT NULL,
    seq integer NOT NULL,
    role character varying(10) NOT NULL,
    "position" smallint NOT NULL,
    case_id bigint NOT NULL,
    file_id bigint NOT NULL,
    CONSTRAINT cases_recordfile_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.cases_recordsecret (
    id bigint NOT NULL,
    seq integer NOT NULL,
    name character varying(30) NOT NULL,
    salt character varying(32) NOT NULL,
    value text NOT NULL,
    erased_at timestamp with time zone,
    case_id bigint NOT NULL
);

CREATE TABLE public.cases_remark (
    id bigint NOT NULL,
    seq integer NOT NULL,
    kind character varying(8) NOT NULL,
    case_id bigint NOT NULL,
    to_unit_id bigint,
    unit_id bigint NOT NULL
);

CREATE TABLE public.cases_remarkread (
    id bigint NOT NULL,
    name character varying(30) NOT NULL,
    read_at timestamp with time zone NOT NULL,
    appointment_id bigint NOT NULL,
    remark_id bigint NOT NULL,
    unit_id bigint NOT NULL
);

CREATE TABLE public.cases_report (
    id bigint NOT NULL,
    place_text character varying(256) NOT NULL,
    point public.geometry(Point,4490),
    road_name character varying(60) NOT NULL,
    road_grade character varying(12) NOT NULL,
    area_grade smallint,
    outside boolean NOT NULL,
    number character varying(20) NOT NULL,
    source character varying(20) NOT NULL,
    source_class character varying(10) NOT NULL,
    client_id character varying(64) NOT NULL,
    description text NOT NULL,
    urgent boolean NOT NULL,
    reported_point public.geometry(Point,4490),
    accuracy_m numeric(8,2),
    reporter_name character varying(30) NOT NULL,
    border_ids bigint[] NOT NULL,
    state character varying(10) NOT NULL,
    refusal_reason character varying(30) NOT NULL,
    refusal_words character varying(300) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    device_at timestamp with time zone,
    original jsonb NOT NULL,
    simulated boolean NOT NULL,
    category_id bigint,
    cell_id bigint,
    community_id bigint,
    condition_id bigint,
    contact_id bigint,
    district_id bigint,
    platform_id bigint NOT NULL,
    reporter_appointment_id bigint,
    subdistrict_id bigint,
    confidential boolean NOT NULL,
    CONSTRAINT cases_report_area_grade_check CHECK ((area_grade >= 0))
);

CREATE TABLE public.cases_reportfile (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    file_id bigint NOT NULL,
    report_id bigint NOT NULL,
    CONSTRAINT cases_reportfile_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.cases_savedsearch (
    id bigint NOT NULL,
    name character varying(20) NOT NULL,
    query character varying(500) NOT NULL,
    platform_id bigint NOT NULL,
    user_id bigint NOT NULL
);

CREATE TABLE public.cases_selfdisposal (
    id bigint NOT NULL,
    place_text character varying(256) NOT NULL,
    point public.geometry(Point,4490),
    road_name character varying(60) NOT NULL,
    road_grade character varying(12) NOT NULL,
    area_grade smallint,
    outside boolean NOT NULL,
    number character varying(20) NOT NULL,
    client_id character varying(64) NOT NULL,
    description character varying(2000) NOT NULL,
    inspector_name character varying(30) NOT NULL,
    state character varying(8) NOT NULL,
    done_at timestamp with time zone NOT NULL,
    judged_at timestamp with time zone,
    reason character varying(30) NOT NULL,
    note character varying(300) NOT NULL,
    drawn boolean NOT NULL,
    recheck character varying(12) NOT NULL,
    rechecked_at timestamp with time zone,
    after_id bigint NOT NULL,
    appointment_id bigint NOT NULL,
    before_id bigint NOT NULL,
    category_id bigint NOT NULL,
    cell_id bigint,
    community_id bigint,
    district_id bigint,
    judged_by_id bigint,
    platform_id bigint NOT NULL,
    rechecked_by_id bigint,
    subdistrict_id bigint,
    draw_id bigint NOT NULL,
    CONSTRAINT cases_selfdisposal_area_grade_check CHECK ((area_grade >= 0))
);

CREATE TABLE public.cases_selfdisposaldraw (
    id bigint NOT NULL,
    day date NOT NULL,
    seed character varying(64) NOT NULL,
    per_mille smallint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    platform_id bigint NOT NULL,
    CONSTRAINT cases_selfdisposaldraw_per_mille_check CHECK ((per_mille >= 0))
);

CREATE TABLE public.cases_weeklysheet (
    id bigint NOT NULL,
    day date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    content jsonb NOT NULL,
    platform_id bigint NOT NULL
);

CREATE TABLE public.cases_workitem (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    duty character varying(30) NOT NULL,
    urgent boolean NOT NULL,
    opened_seq integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_seq integer,
    closed_at timestamp with time zone,
    seen_at timestamp with time zone,
    claimed_at timestamp with time zone,
    paused boolean NOT NULL,
    warn_at timestamp with time zone,
    due_at timestamp with time zone,
    on_time boolean,
    note character varying(300) NOT NULL,
    appointment_id bigint,
    case_id bigint,
    claimed_by_id bigint,
    closed_by_id bigint,
    platform_id bigint NOT NULL,
    report_id bigint,
    unit_id bigint,
    request_id bigint
);

CREATE TABLE public.catalog_calendaruse (
    id bigint NOT NULL,
    stage character varying(20) NOT NULL,
    calendar_code character varying(20) NOT NULL,
    platform_id bigint NOT NULL,
    category_id bigint
);

CREATE TABLE public.catalog_catalogstamp (
    id bigint NOT NULL,
    stamp bigint NOT NULL
);

ALTER TABLE public.catalog_catalogstamp ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_catalogstamp_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.catalog_catalogversion (
    id bigint NOT NULL,
    code character varying(30) NOT NULL,
    name character varying(80) NOT NULL,
    standard_ref character varying(80) NOT NULL,
    source character varying(200) NOT NULL,
    offered boolean NOT NULL,
    data_digest character varying(64) NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    platform_id bigint
);

CREATE TABLE public.catalog_category (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    code character varying(8) NOT NULL,
    major_code character varying(4) NOT NULL,
    major_name character varying(30) NOT NULL,
    name character varying(40) NOT NULL,
    initials character varying(40) NOT NULL,
    aliases character varying(200) NOT NULL,
    description character varying(400) NOT NULL,
    geometry character varying(8) NOT NULL,
    authority_hint character varying(80) NOT NULL,
    collect_hint character varying(200) NOT NULL,
    confirm_filing boolean NOT NULL,
    complex_by_default boolean NOT NULL,
    duplicate_radius_m integer NOT NULL,
    source character varying(200) NOT NULL,
    confidence character varying(12) NOT NULL,
    equivalent_id bigint,
    version_id bigint NOT NULL,
    CONSTRAINT catalog_category_duplicate_radius_m_check CHECK ((duplicate_radius_m >= 0))
);

CREATE TABLE public.catalog_categoryrule (
    id bigint NOT NULL,
    self_disposal boolean NOT NULL,
    close_informed boolean NOT NULL,
    category_id bigint NOT NULL,
    platform_id bigint NOT NULL
);

CREATE TABLE public.catalog_company (
    id bigint NOT NULL,
    contract_number character varying(40) NOT NULL,
    contract_from date,
    contract_to date,
    note character varying(300) NOT NULL,
    platform_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    kind_id bigint NOT NULL
);

CREATE TABLE public.catalog_company_categories (
    id bigint NOT NULL,
    company_id bigint NOT NULL,
    category_id bigint NOT NULL
);

ALTER TABLE public.catalog_company_categories ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_company_categories_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.catalog_company_divisions (
    id bigint NOT NULL,
    company_id bigint NOT NULL,
    division_id bigint NOT NULL
);

ALTER TABLE public.catalog_company_divisions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_company_divisions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.catalog_companycontact (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    name character varying(20) NOT NULL,
    role character varying(20) NOT NULL,
    phone character varying(20) NOT NULL,
    on_duty boolean NOT NULL,
    company_id bigint NOT NULL,
    CONSTRAINT catalog_companycontact_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.catalog_companykind (
    id bigint NOT NULL,
    code character varying(20) NOT NULL,
    name character varying(20) NOT NULL,
    "position" smallint NOT NULL,
    classes character varying(8)[] NOT NULL,
    platform_id bigint,
    CONSTRAINT catalog_companykind_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.catalog_filingcondition (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    problem character varying(40) NOT NULL,
    condition character varying(300) NOT NULL,
    closing_condition character varying(300) NOT NULL,
    source character varying(200) NOT NULL,
    confidence character varying(12) NOT NULL,
    valid_from timestamp with time zone,
    valid_to timestamp with time zone,
    category_id bigint NOT NULL,
    platform_id bigint,
    fence_hours smallint,
    CONSTRAINT catalog_filingcondition_fence_hours_check CHECK ((fence_hours >= 0)),
    CONSTRAINT catalog_filingcondition_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.catalog_legalarticle (
    id bigint NOT NULL,
    title character varying(100) NOT NULL,
    number character varying(30) NOT NULL,
    text text NOT NULL,
    "position" integer NOT NULL,
    valid_from date,
    valid_to date,
    ended_at timestamp with time zone,
    platform_id bigint NOT NULL,
    CONSTRAINT catalog_legalarticle_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.catalog_legalarticle_categories (
    id bigint NOT NULL,
    legalarticle_id bigint NOT NULL,
    category_id bigint NOT NULL
);

ALTER TABLE public.catalog_legalarticle_categories ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_legalarticle_categories_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.catalog_line (
    id bigint NOT NULL,
    number character varying(20) NOT NULL,
    name character varying(30) NOT NULL,
    source_code character varying(20) NOT NULL,
    is_external boolean NOT NULL,
    transfer_number character varying(20) NOT NULL,
    "position" smallint NOT NULL,
    is_active boolean NOT NULL,
    category_id bigint,
    platform_id bigint NOT NULL,
    unit_id bigint,
    CONSTRAINT catalog_line_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.catalog_reasoncode (
    id bigint NOT NULL,
    action character varying(30) NOT NULL,
    code character varying(30) NOT NULL,
    label character varying(60) NOT NULL,
    "position" smallint NOT NULL,
    reply character varying(300) NOT NULL,
    needs_words boolean NOT NULL,
    platform_id bigint,
    CONSTRAINT catalog_reasoncode_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.catalog_regulation (
    id bigint NOT NULL,
    title character varying(100) NOT NULL,
    kind character varying(12) NOT NULL,
    number character varying(60) NOT NULL,
    issuer character varying(60) NOT NULL,
    issued_on date,
    valid_from date,
    valid_to date,
    version smallint NOT NULL,
    text text NOT NULL,
    words tsvector,
    made_by bigint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    file_id bigint,
    platform_id bigint NOT NULL,
    CONSTRAINT catalog_regulation_version_check CHECK ((version >= 0))
);

CREATE TABLE public.catalog_responsibility (
    id bigint NOT NULL,
    entry_name character varying(60) NOT NULL,
    kind character varying(10) NOT NULL,
    code character varying(8) NOT NULL,
    unit_name character varying(60) NOT NULL,
    "position" integer NOT NULL,
    basis character varying(200) NOT NULL,
    category_id bigint,
    division_id bigint,
    platform_id bigint NOT NULL,
    unit_id bigint,
    from_minute smallint,
    is_main boolean NOT NULL,
    owner character varying(60) NOT NULL,
    replaces_id bigint,
    roads character varying(12)[] NOT NULL,
    rule character varying(200) NOT NULL,
    to_minute smallint,
    valid_from timestamp with time zone,
    valid_to timestamp with time zone,
    weekdays smallint[] NOT NULL,
    CONSTRAINT catalog_responsibility_from_minute_check CHECK ((from_minute >= 0)),
    CONSTRAINT catalog_responsibility_position_check CHECK (("position" >= 0)),
    CONSTRAINT catalog_responsibility_to_minute_check CHECK ((to_minute >= 0))
);

CREATE TABLE public.catalog_source (
    id bigint NOT NULL,
    code character varying(20) NOT NULL,
    name character varying(30) NOT NULL,
    source_class character varying(10) NOT NULL,
    reply_needed boolean NOT NULL,
    follow_up boolean NOT NULL,
    verify character varying(10) NOT NULL,
    verify_codes character varying(400) NOT NULL,
    confidential boolean NOT NULL,
    reply_value integer,
    reply_unit character varying(12) NOT NULL,
    return_value integer,
    return_unit character varying(12) NOT NULL,
    "position" smallint NOT NULL,
    is_active boolean NOT NULL,
    platform_id bigint NOT NULL,
    CONSTRAINT catalog_source_position_check CHECK (("position" >= 0)),
    CONSTRAINT catalog_source_reply_value_check CHECK ((reply_value >= 0)),
    CONSTRAINT catalog_source_return_value_check CHECK ((return_value >= 0))
);

CREATE TABLE public.catalog_stagedtable (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    data bytea NOT NULL,
    shown character varying(64) NOT NULL,
    staged_at timestamp with time zone NOT NULL,
    platform_id bigint NOT NULL
);

CREATE TABLE public.catalog_timelimit (
    id bigint NOT NULL,
    area_grade smallint,
    period character varying(20) NOT NULL,
    value integer NOT NULL,
    unit character varying(12) NOT NULL,
    case_value integer,
    valid_from timestamp with time zone,
    valid_to timestamp with time zone,
    condition_id bigint NOT NULL,
    CONSTRAINT catalog_timelimit_area_grade_check CHECK ((area_grade >= 0)),
    CONSTRAINT catalog_timelimit_case_value_check CHECK ((case_value >= 0)),
    CONSTRAINT catalog_timelimit_value_check CHECK ((value >= 0))
);

CREATE TABLE public.catalog_workcalendar (
    id bigint NOT NULL,
    code character varying(20) NOT NULL,
    name character varying(40) NOT NULL,
    version integer NOT NULL,
    applies_from timestamp with time zone NOT NULL,
    rules jsonb NOT NULL,
    platform_id bigint,
    CONSTRAINT catalog_workcalendar_version_check CHECK ((version >= 0))
);

CREATE TABLE public.core_idempotencykey (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    key character varying(80) NOT NULL,
    body_hash character varying(64) NOT NULL,
    result jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.core_outboxentry (
    id bigint NOT NULL,
    topic character varying(40) NOT NULL,
    subject_id bigint NOT NULL,
    seq integer NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    delivered_at timestamp with time zone
);

CREATE TABLE public.core_parkeddelivery (
    id bigint NOT NULL,
    subscriber character varying(60) NOT NULL,
    error text NOT NULL,
    attempts integer NOT NULL,
    parked_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    entry_id bigint NOT NULL,
    CONSTRAINT core_parkeddelivery_attempts_check CHECK ((attempts >= 0))
);

CREATE TABLE public.core_platform (
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    name character varying(60) NOT NULL,
    short_name character varying(8) NOT NULL,
    zone_name character varying(40) NOT NULL,
    metric_srid integer NOT NULL,
    hotline character varying(20) NOT NULL,
    settings jsonb NOT NULL,
    parent_id bigint,
    commands boolean NOT NULL,
    supervises boolean NOT NULL,
    CONSTRAINT core_platform_metric_srid_check CHECK ((metric_srid >= 0))
);

CREATE UNLOGGED TABLE public.core_ratecount (
    key character varying(80) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    count integer NOT NULL,
    about jsonb,
    CONSTRAINT core_ratecount_count_check CHECK ((count >= 0))
);

CREATE TABLE public.core_storedfile (
    id bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    size_bytes bigint NOT NULL,
    media_type character varying(60) NOT NULL,
    name character varying(120) NOT NULL,
    width_px integer,
    height_px integer,
    taken_at timestamp with time zone,
    original_sha256 character varying(64) NOT NULL,
    secrecy character varying(12) NOT NULL,
    state character varying(12) NOT NULL,
    owner_id bigint,
    created_at timestamp with time zone NOT NULL,
    platform_id bigint NOT NULL,
    CONSTRAINT core_storedfile_height_px_check CHECK ((height_px >= 0)),
    CONSTRAINT core_storedfile_width_px_check CHECK ((width_px >= 0))
);

CREATE TABLE public.courses_attempt (
    id bigint NOT NULL,
    number smallint NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    answers jsonb NOT NULL,
    handed_in_at timestamp with time zone,
    by_time boolean NOT NULL,
    points smallint,
    participant_id bigint NOT NULL,
    CONSTRAINT courses_attempt_number_check CHECK ((number >= 0)),
    CONSTRAINT courses_attempt_points_check CHECK ((points >= 0))
);

CREATE TABLE public.courses_course (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    kind character varying(10) NOT NULL,
    day date NOT NULL,
    hours numeric(4,1) NOT NULL,
    place character varying(60) NOT NULL,
    teacher character varying(30) NOT NULL,
    text text NOT NULL,
    required boolean NOT NULL,
    valid_months smallint NOT NULL,
    told integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    made_by_id bigint NOT NULL,
    platform_id bigint NOT NULL,
    regulation_id bigint,
    CONSTRAINT courses_course_told_check CHECK ((told >= 0)),
    CONSTRAINT courses_course_valid_months_check CHECK ((valid_months >= 0))
);

CREATE TABLE public.courses_participant (
    id bigint NOT NULL,
    invited_at timestamp with time zone NOT NULL,
    result character varying(10) NOT NULL,
    score smallint,
    entered_at timestamp with time zone,
    appointment_id bigint NOT NULL,
    course_id bigint NOT NULL,
    entered_by_id bigint,
    user_id bigint NOT NULL,
    CONSTRAINT courses_participant_score_check CHECK ((score >= 0)),
    CONSTRAINT score_of_100 CHECK (((score IS NULL) OR (score <= 100)))
);

CREATE TABLE public.courses_question (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    kind character varying(10) NOT NULL,
    text character varying(300) NOT NULL,
    options character varying(100)[] NOT NULL,
    "right" smallint[] NOT NULL,
    ground character varying(300) NOT NULL,
    quiz_id bigint NOT NULL,
    CONSTRAINT courses_question_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.courses_quiz (
    id bigint NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    minutes smallint NOT NULL,
    pass_mark smallint NOT NULL,
    most_attempts smallint NOT NULL,
    reminded_at timestamp with time zone,
    course_id bigint NOT NULL,
    CONSTRAINT courses_quiz_minutes_check CHECK ((minutes >= 0)),
    CONSTRAINT courses_quiz_most_attempts_check CHECK ((most_attempts >= 0)),
    CONSTRAINT courses_quiz_pass_mark_check CHECK ((pass_mark >= 0)),
    CONSTRAINT quiz_can_be_taken CHECK (((minutes >= 1) AND (most_attempts >= 1) AND (pass_mark >= 1) AND (pass_mark <= 100)))
);

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);

CREATE TABLE public.grids_areagrade (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    name character varying(60) NOT NULL,
    grade smallint NOT NULL,
    geom public.geometry(MultiPolygon,4490) NOT NULL,
    source character varying(200) NOT NULL,
    platform_id bigint NOT NULL,
    CONSTRAINT area_grade_1_to_4 CHECK (((grade >= 1) AND (grade <= 4))),
    CONSTRAINT grids_areagrade_grade_check CHECK ((grade >= 0))
);

CREATE TABLE public.grids_division (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    level character varying(12) NOT NULL,
    code character varying(12) NOT NULL,
    name character varying(60) NOT NULL,
    geom public.geometry(MultiPolygon,4490),
    provisional boolean NOT NULL,
    split_from character varying(12) NOT NULL,
    split_layer character varying(20) NOT NULL,
    source character varying(200) NOT NULL,
    parent_id bigint,
    platform_id bigint NOT NULL
);

CREATE TABLE public.grids_gridrun (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    layer character varying(20) NOT NULL,
    size_m double precision,
    origin_west_m double precision NOT NULL,
    origin_north_m double precision NOT NULL,
    metric_srid integer NOT NULL,
    sliver_share double precision NOT NULL,
    source character varying(200) NOT NULL,
    platform_id bigint NOT NULL,
    CONSTRAINT grids_gridrun_metric_srid_check CHECK ((metric_srid >= 0))
);

CREATE TABLE public.grids_gridsource (
    id bigint NOT NULL,
    division_code character varying(12) NOT NULL,
    signature character varying(64) NOT NULL,
    cells integer NOT NULL,
    closed boolean NOT NULL,
    grid_run_id bigint NOT NULL,
    CONSTRAINT grids_gridsource_cells_check CHECK ((cells >= 0))
);

CREATE TABLE public.grids_responsibilitygrid (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    code character varying(20) NOT NULL,
    name character varying(60) NOT NULL,
    unit_id bigint,
    platform_id bigint NOT NULL
);

CREATE TABLE public.grids_responsibilitygrid_cells (
    id bigint NOT NULL,
    responsibilitygrid_id bigint NOT NULL,
    unitgrid_id bigint NOT NULL
);

ALTER TABLE public.grids_responsibilitygrid_cells ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.grids_responsibilitygrid_cells_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.grids_road (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    name character varying(60) NOT NULL,
    grade character varying(12) NOT NULL,
    geom public.geometry(MultiLineString,4490) NOT NULL,
    source character varying(200) NOT NULL,
    platform_id bigint NOT NULL
);

CREATE TABLE public.grids_unitgrid (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    layer character varying(20) NOT NULL,
    code character varying(15) NOT NULL,
    geom public.geometry(MultiPolygon,4490) NOT NULL,
    area_m2 double precision NOT NULL,
    grid_row integer NOT NULL,
    grid_column integer NOT NULL,
    whole boolean NOT NULL,
    community_id bigint NOT NULL,
    district_id bigint NOT NULL,
    grid_run_id bigint NOT NULL,
    platform_id bigint NOT NULL,
    subdistrict_id bigint NOT NULL
);

CREATE TABLE public.guides_owntext (
    id bigint NOT NULL,
    guide character varying(20) NOT NULL,
    section character varying(80) NOT NULL,
    version smallint NOT NULL,
    text text NOT NULL,
    shipped text NOT NULL,
    reason character varying(200) NOT NULL,
    made_by bigint NOT NULL,
    made_by_name character varying(80) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    platform_id bigint NOT NULL,
    CONSTRAINT guides_owntext_version_check CHECK ((version >= 0))
);

CREATE TABLE public.messaging_notice (
    id bigint NOT NULL,
    duty character varying(30) NOT NULL,
    event character varying(30) NOT NULL,
    case_id bigint,
    report_id bigint,
    item_id bigint,
    seq integer NOT NULL,
    "values" jsonb NOT NULL,
    urgent boolean NOT NULL,
    key character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    appointment_id bigint,
    platform_id bigint NOT NULL,
    unit_id bigint
);

CREATE TABLE public.messaging_noticeread (
    id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    appointment_id bigint NOT NULL,
    notice_id bigint NOT NULL
);

ALTER TABLE public.messaging_noticeread ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_noticeread_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_readupto (
    appointment_id bigint NOT NULL,
    notice_id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL
);

CREATE TABLE public.messaging_switch (
    id bigint NOT NULL,
    event character varying(30) NOT NULL,
    channel character varying(12) NOT NULL,
    "on" boolean NOT NULL,
    platform_id bigint NOT NULL,
    unit_id bigint
);

CREATE TABLE public.messaging_threshold (
    id bigint NOT NULL,
    event character varying(30) NOT NULL,
    amount integer NOT NULL,
    platform_id bigint NOT NULL,
    CONSTRAINT messaging_threshold_amount_check CHECK ((amount >= 0))
);

CREATE TABLE public.organizations_appointment (
    id bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    on_duty boolean NOT NULL,
    division_id bigint,
    platform_id bigint NOT NULL,
    user_id bigint NOT NULL,
    post_id bigint NOT NULL,
    director_unit_id bigint,
    unit_id bigint NOT NULL,
    home_unit_id bigint,
    personnel_kind character varying(20) NOT NULL,
    for_night boolean NOT NULL
);

CREATE TABLE public.organizations_cellduty (
    id bigint NOT NULL,
    appointment_id bigint NOT NULL,
    cell_id bigint NOT NULL
);

CREATE TABLE public.organizations_exclusionlift (
    id bigint NOT NULL,
    posts character varying(30)[] NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone NOT NULL,
    reason character varying(200) NOT NULL,
    ended_at timestamp with time zone,
    lifted_by_id bigint,
    platform_id bigint NOT NULL,
    user_id bigint NOT NULL
);

CREATE TABLE public.organizations_handover (
    id bigint NOT NULL,
    given_at timestamp with time zone NOT NULL,
    shift_name character varying(30) NOT NULL,
    notes text NOT NULL,
    content jsonb NOT NULL,
    state character varying(10) NOT NULL,
    answered_at timestamp with time zone,
    reason character varying(200) NOT NULL,
    answered_by_id bigint,
    given_by_id bigint NOT NULL,
    platform_id bigint NOT NULL,
    post_id bigint NOT NULL,
    unit_id bigint NOT NULL
);

CREATE TABLE public.organizations_leave (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    reason character varying(200) NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    state character varying(10) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    answer character varying(200) NOT NULL,
    taken_over_at timestamp with time zone,
    appointment_id bigint NOT NULL,
    decided_by_id bigint,
    given_id bigint,
    platform_id bigint NOT NULL,
    stand_in_id bigint
);

CREATE TABLE public.organizations_post (
    id bigint NOT NULL,
    code character varying(30) NOT NULL,
    name character varying(20) NOT NULL,
    face character varying(20) NOT NULL,
    desk character varying(20) NOT NULL,
    duties character varying(30)[] NOT NULL,
    exclusive_with character varying(30)[] NOT NULL,
    platform_id bigint NOT NULL,
    unit_kinds character varying(20)[] NOT NULL,
    personnel_kind character varying(20) NOT NULL
);

CREATE TABLE public.organizations_shift (
    id bigint NOT NULL,
    letter character varying(1) NOT NULL,
    name character varying(10) NOT NULL,
    begins_minute smallint NOT NULL,
    lasts_minutes smallint NOT NULL,
    night boolean NOT NULL,
    is_active boolean NOT NULL,
    platform_id bigint NOT NULL,
    CONSTRAINT organizations_shift_begins_minute_check CHECK ((begins_minute >= 0)),
    CONSTRAINT organizations_shift_lasts_minutes_check CHECK ((lasts_minutes >= 0)),
    CONSTRAINT shift_within_a_day CHECK (((begins_minute < 1440) AND (lasts_minutes >= 1) AND (lasts_minutes <= 1440)))
);

CREATE TABLE public.organizations_staffing (
    id bigint NOT NULL,
    workday smallint NOT NULL,
    rest_day smallint NOT NULL,
    holiday smallint NOT NULL,
    platform_id bigint NOT NULL,
    post_id bigint NOT NULL,
    shift_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    CONSTRAINT organizations_staffing_holiday_check CHECK ((holiday >= 0)),
    CONSTRAINT organizations_staffing_rest_day_check CHECK ((rest_day >= 0)),
    CONSTRAINT organizations_staffing_workday_check CHECK ((workday >= 0))
);

CREATE TABLE public.organizations_turn (
    id bigint NOT NULL,
    day date NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    signed_on_at timestamp with time zone,
    signed_off_at timestamp with time zone,
    appointment_id bigint NOT NULL,
    platform_id bigint NOT NULL,
    post_id bigint NOT NULL,
    shift_id bigint NOT NULL,
    stands_in_for_id bigint,
    unit_id bigint NOT NULL
);

CREATE TABLE public.organizations_unit (
    id bigint NOT NULL,
    code character varying(20) NOT NULL,
    name character varying(60) NOT NULL,
    short_name character varying(20) NOT NULL,
    initials character varying(40) NOT NULL,
    kind character varying(20) NOT NULL,
    calendar_code character varying(20) NOT NULL,
    duty_phone character varying(20) NOT NULL,
    is_active boolean NOT NULL,
    division_id bigint,
    parent_id bigint,
    platform_id bigint NOT NULL,
    answers_directly boolean NOT NULL,
    share_percent smallint NOT NULL,
    handles_cases boolean NOT NULL,
    CONSTRAINT organizations_unit_share_percent_check CHECK ((share_percent >= 0)),
    CONSTRAINT share_1_to_100 CHECK (((share_percent >= 1) AND (share_percent <= 100)))
);

CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;

CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;

CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;

CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.service_requests_phrase (
    id bigint NOT NULL,
    use character varying(10) NOT NULL,
    title character varying(40) NOT NULL,
    text text NOT NULL,
    "position" smallint NOT NULL,
    platform_id bigint NOT NULL,
    CONSTRAINT service_requests_phrase_position_check CHECK (("position" >= 0))
);

CREATE TABLE public.service_requests_requestcase (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    request_id bigint NOT NULL
);

CREATE TABLE public.service_requests_requesthandler (
    id bigint NOT NULL,
    appointment_id bigint NOT NULL,
    request_id bigint NOT NULL
);

CREATE TABLE public.service_requests_requestrecord (
    id bigint NOT NULL,
    seq integer NOT NULL,
    action character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    appointment_id bigint,
    actor character varying(80) NOT NULL,
    note text NOT NULL,
    "values" jsonb NOT NULL,
    request_id bigint NOT NULL,
    CONSTRAINT service_requests_requestrecord_seq_check CHECK ((seq >= 0))
);

CREATE TABLE public.service_requests_servicerequest (
    id bigint NOT NULL,
    number character varying(20) NOT NULL,
    source character varying(20) NOT NULL,
    line character varying(40) NOT NULL,
    outside_number character varying(40) NOT NULL,
    text text NOT NULL,
    state character varying(10) NOT NULL,
    reply text NOT NULL,
    replied_at timestamp with time zone,
    reply_due_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    simulated boolean NOT NULL,
    contact_id bigint,
    platform_id bigint NOT NULL,
    report_id bigint,
    calendar_code character varying(20) NOT NULL,
    calls smallint NOT NULL,
    category_id bigint,
    client_id character varying(64) NOT NULL,
    clock_events text NOT NULL,
    closed_at timestamp with time zone,
    closing_kind character varying(12) NOT NULL,
    concerned_unit_id bigint,
    confidential boolean NOT NULL,
    imported boolean NOT NULL,
    kind character varying(12) NOT NULL,
    limit_seconds integer,
    place_text character varying(256) NOT NULL,
    reply_channel character varying(12) NOT NULL,
    reply_on_time boolean,
    reply_warn_at timestamp with time zone,
    return_until timestamp with time zone,
    round_at timestamp with time zone,
    rounds smallint NOT NULL,
    satisfied boolean,
    seq integer NOT NULL,
    unit_id bigint,
    CONSTRAINT service_requests_servicerequest_calls_check CHECK ((calls >= 0)),
    CONSTRAINT service_requests_servicerequest_rounds_check CHECK ((rounds >= 0)),
    CONSTRAINT service_requests_servicerequest_seq_check CHECK ((seq >= 0))
);

CREATE TABLE public.supervision_watch (
    id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    appointment_id bigint NOT NULL,
    case_id bigint NOT NULL
);

ALTER TABLE ONLY public.cases_caserecord ATTACH PARTITION public.cases_caserecord_rest DEFAULT;

ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);

ALTER TABLE ONLY public.cases_caseaccess
    ADD CONSTRAINT access_once UNIQUE NULLS NOT DISTINCT (case_id, unit_id, division_id);

ALTER TABLE ONLY public.accounts_apitoken
    ADD CONSTRAINT accounts_apitoken_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_apitoken
    ADD CONSTRAINT accounts_apitoken_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.accounts_device
    ADD CONSTRAINT accounts_device_fingerprint_key UNIQUE (fingerprint);

ALTER TABLE ONLY public.accounts_device
    ADD CONSTRAINT accounts_device_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_recoverycode
    ADD CONSTRAINT accounts_recoverycode_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_secondfactor
    ADD CONSTRAINT accounts_secondfactor_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.accounts_signin
    ADD CONSTRAINT accounts_signin_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_spentchallenge
    ADD CONSTRAINT accounts_spentchallenge_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_username_key UNIQUE (username);

ALTER TABLE ONLY public.addresses_building
    ADD CONSTRAINT addresses_building_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.addresses_doornumber
    ADD CONSTRAINT addresses_doornumber_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.addresses_landmark
    ADD CONSTRAINT addresses_landmark_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.addresses_surface
    ADD CONSTRAINT addresses_surface_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.courses_attempt
    ADD CONSTRAINT attempt_once UNIQUE (participant_id, number);

ALTER TABLE ONLY public.audit_auditrow
    ADD CONSTRAINT audit_auditrow_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_headstamp
    ADD CONSTRAINT audit_headstamp_pkey PRIMARY KEY (size);

ALTER TABLE ONLY public.audit_leaf
    ADD CONSTRAINT audit_leaf_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.audit_leaf
    ADD CONSTRAINT audit_leaf_position_key UNIQUE ("position");

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_node
    ADD CONSTRAINT audit_node_pkey PRIMARY KEY (level, number);

ALTER TABLE ONLY public.audit_personaldata
    ADD CONSTRAINT audit_personaldata_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_retentionterm
    ADD CONSTRAINT audit_retentionterm_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY public.audit_treehead
    ADD CONSTRAINT audit_treehead_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.audit_treehead
    ADD CONSTRAINT audit_treehead_pkey PRIMARY KEY (size);

ALTER TABLE ONLY public.catalog_workcalendar
    ADD CONSTRAINT calendar_key UNIQUE NULLS NOT DISTINCT (platform_id, code, version);

ALTER TABLE ONLY public.catalog_calendaruse
    ADD CONSTRAINT calendar_use_key UNIQUE NULLS NOT DISTINCT (platform_id, stage, category_id);

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT case_number_once UNIQUE (platform_id, number);

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_caseaccess
    ADD CONSTRAINT cases_caseaccess_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_caserecord
    ADD CONSTRAINT cases_caserecord_pkey PRIMARY KEY (case_id, seq);

ALTER TABLE ONLY public.cases_caserecord_rest
    ADD CONSTRAINT cases_caserecord_rest_pkey PRIMARY KEY (case_id, seq);

ALTER TABLE ONLY public.cases_caserelation
    ADD CONSTRAINT cases_caserelation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_casereport
    ADD CONSTRAINT cases_casereport_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_caserequest
    ADD CONSTRAINT cases_caserequest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_clock
    ADD CONSTRAINT cases_clock_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_closingauthorisation
    ADD CONSTRAINT cases_closingauthorisation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_dailysheet
    ADD CONSTRAINT cases_dailysheet_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_draft
    ADD CONSTRAINT cases_draft_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_export
    ADD CONSTRAINT cases_export_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_namedhandler
    ADD CONSTRAINT cases_namedhandler_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_numberseries
    ADD CONSTRAINT cases_numberseries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_plan
    ADD CONSTRAINT cases_plan_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_planeffect
    ADD CONSTRAINT cases_planeffect_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_processdefinition
    ADD CONSTRAINT cases_processdefinition_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_processdraft
    ADD CONSTRAINT cases_processdraft_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_processrun
    ADD CONSTRAINT cases_processrun_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_recordfile
    ADD CONSTRAINT cases_recordfile_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_recordsecret
    ADD CONSTRAINT cases_recordsecret_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_remark
    ADD CONSTRAINT cases_remark_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_remarkread
    ADD CONSTRAINT cases_remarkread_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_reportfile
    ADD CONSTRAINT cases_reportfile_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_savedsearch
    ADD CONSTRAINT cases_savedsearch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_selfdisposaldraw
    ADD CONSTRAINT cases_selfdisposaldraw_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_weeklysheet
    ADD CONSTRAINT cases_weeklysheet_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_calendaruse
    ADD CONSTRAINT catalog_calendaruse_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_catalogstamp
    ADD CONSTRAINT catalog_catalogstamp_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_catalogversion
    ADD CONSTRAINT catalog_catalogversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT catalog_category_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_categoryrule
    ADD CONSTRAINT catalog_categoryrule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_company_categories
    ADD CONSTRAINT catalog_company_categories_company_id_category_id_097ef275_uniq UNIQUE (company_id, category_id);

ALTER TABLE ONLY public.catalog_company_categories
    ADD CONSTRAINT catalog_company_categories_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_company_divisions
    ADD CONSTRAINT catalog_company_divisions_company_id_division_id_4414cd40_uniq UNIQUE (company_id, division_id);

ALTER TABLE ONLY public.catalog_company_divisions
    ADD CONSTRAINT catalog_company_divisions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_company
    ADD CONSTRAINT catalog_company_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_company
    ADD CONSTRAINT catalog_company_unit_id_key UNIQUE (unit_id);

ALTER TABLE ONLY public.catalog_companycontact
    ADD CONSTRAINT catalog_companycontact_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_companykind
    ADD CONSTRAINT catalog_companykind_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_filingcondition
    ADD CONSTRAINT catalog_filingcondition_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_legalarticle_categories
    ADD CONSTRAINT catalog_legalarticle_cat_legalarticle_id_category_38abc87c_uniq UNIQUE (legalarticle_id, category_id);

ALTER TABLE ONLY public.catalog_legalarticle_categories
    ADD CONSTRAINT catalog_legalarticle_categories_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_legalarticle
    ADD CONSTRAINT catalog_legalarticle_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_line
    ADD CONSTRAINT catalog_line_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_reasoncode
    ADD CONSTRAINT catalog_reasoncode_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_regulation
    ADD CONSTRAINT catalog_regulation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_responsibility
    ADD CONSTRAINT catalog_responsibility_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_source
    ADD CONSTRAINT catalog_source_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_stagedtable
    ADD CONSTRAINT catalog_stagedtable_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_timelimit
    ADD CONSTRAINT catalog_timelimit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_catalogversion
    ADD CONSTRAINT catalog_version_key UNIQUE NULLS NOT DISTINCT (platform_id, code);

ALTER TABLE ONLY public.catalog_workcalendar
    ADD CONSTRAINT catalog_workcalendar_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT category_key UNIQUE (version_id, kind, code);

ALTER TABLE ONLY public.catalog_categoryrule
    ADD CONSTRAINT category_rule_key UNIQUE (platform_id, category_id);

ALTER TABLE ONLY public.organizations_cellduty
    ADD CONSTRAINT cell_duty_once UNIQUE (cell_id, appointment_id);

ALTER TABLE ONLY public.catalog_companykind
    ADD CONSTRAINT company_kind_key UNIQUE NULLS NOT DISTINCT (platform_id, code);

ALTER TABLE ONLY public.core_idempotencykey
    ADD CONSTRAINT core_idempotencykey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.core_outboxentry
    ADD CONSTRAINT core_outboxentry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.core_parkeddelivery
    ADD CONSTRAINT core_parkeddelivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.core_platform
    ADD CONSTRAINT core_platform_code_key UNIQUE (code);

ALTER TABLE ONLY public.core_platform
    ADD CONSTRAINT core_platform_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.core_ratecount
    ADD CONSTRAINT core_ratecount_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.core_storedfile
    ADD CONSTRAINT core_storedfile_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.courses_attempt
    ADD CONSTRAINT courses_attempt_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.courses_course
    ADD CONSTRAINT courses_course_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.courses_participant
    ADD CONSTRAINT courses_participant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.courses_question
    ADD CONSTRAINT courses_question_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.courses_quiz
    ADD CONSTRAINT courses_quiz_course_id_key UNIQUE (course_id);

ALTER TABLE ONLY public.courses_quiz
    ADD CONSTRAINT courses_quiz_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_dailysheet
    ADD CONSTRAINT daily_sheet_once UNIQUE (platform_id, day);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);

ALTER TABLE ONLY public.cases_draft
    ADD CONSTRAINT draft_key UNIQUE (user_id, key);

ALTER TABLE ONLY public.cases_selfdisposaldraw
    ADD CONSTRAINT draw_of_a_day UNIQUE (platform_id, day);

ALTER TABLE ONLY public.grids_areagrade
    ADD CONSTRAINT grids_areagrade_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grids_division
    ADD CONSTRAINT grids_division_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grids_gridrun
    ADD CONSTRAINT grids_gridrun_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grids_gridsource
    ADD CONSTRAINT grids_gridsource_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grids_responsibilitygrid_cells
    ADD CONSTRAINT grids_responsibilitygrid_cells_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grids_responsibilitygrid
    ADD CONSTRAINT grids_responsibilitygrid_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grids_responsibilitygrid_cells
    ADD CONSTRAINT grids_responsibilitygrid_responsibilitygrid_id_un_e1137ed7_uniq UNIQUE (responsibilitygrid_id, unitgrid_id);

ALTER TABLE ONLY public.grids_road
    ADD CONSTRAINT grids_road_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grids_unitgrid
    ADD CONSTRAINT grids_unitgrid_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.guides_owntext
    ADD CONSTRAINT guides_owntext_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_line
    ADD CONSTRAINT line_key UNIQUE (platform_id, number);

ALTER TABLE ONLY public.messaging_notice
    ADD CONSTRAINT messaging_notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_noticeread
    ADD CONSTRAINT messaging_noticeread_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_readupto
    ADD CONSTRAINT messaging_readupto_pkey PRIMARY KEY (appointment_id);

ALTER TABLE ONLY public.messaging_switch
    ADD CONSTRAINT messaging_switch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_threshold
    ADD CONSTRAINT messaging_threshold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_namedhandler
    ADD CONSTRAINT named_once UNIQUE (case_id, appointment_id);

ALTER TABLE ONLY public.messaging_notice
    ADD CONSTRAINT notice_once UNIQUE (key);

ALTER TABLE ONLY public.messaging_noticeread
    ADD CONSTRAINT notice_read_once UNIQUE (notice_id, appointment_id);

ALTER TABLE ONLY public.messaging_switch
    ADD CONSTRAINT notice_switch_once UNIQUE NULLS NOT DISTINCT (platform_id, unit_id, event, channel);

ALTER TABLE ONLY public.messaging_threshold
    ADD CONSTRAINT notice_threshold_once UNIQUE (platform_id, event);

ALTER TABLE ONLY public.core_idempotencykey
    ADD CONSTRAINT one_result_per_key UNIQUE (actor_id, key);

ALTER TABLE ONLY public.organizations_appointment
    ADD CONSTRAINT organizations_appointment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_cellduty
    ADD CONSTRAINT organizations_cellduty_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_exclusionlift
    ADD CONSTRAINT organizations_exclusionlift_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_handover
    ADD CONSTRAINT organizations_handover_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_leave
    ADD CONSTRAINT organizations_leave_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_post
    ADD CONSTRAINT organizations_post_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_shift
    ADD CONSTRAINT organizations_shift_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_staffing
    ADD CONSTRAINT organizations_staffing_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_turn
    ADD CONSTRAINT organizations_turn_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_unit
    ADD CONSTRAINT organizations_unit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.guides_owntext
    ADD CONSTRAINT own_text_version UNIQUE (platform_id, guide, section, version);

ALTER TABLE ONLY public.courses_participant
    ADD CONSTRAINT participant_once UNIQUE (course_id, user_id);

ALTER TABLE ONLY public.service_requests_phrase
    ADD CONSTRAINT phrase_once UNIQUE (platform_id, use, title);

ALTER TABLE ONLY public.cases_plan
    ADD CONSTRAINT plan_code_once UNIQUE (platform_id, code);

ALTER TABLE ONLY public.cases_planeffect
    ADD CONSTRAINT plan_effect_once UNIQUE (plan_id, case_id);

ALTER TABLE ONLY public.organizations_post
    ADD CONSTRAINT post_code_once UNIQUE (platform_id, code);

ALTER TABLE ONLY public.cases_processdefinition
    ADD CONSTRAINT process_key UNIQUE (platform_id, code, version);

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.courses_question
    ADD CONSTRAINT question_in_place UNIQUE (quiz_id, "position");

ALTER TABLE ONLY public.catalog_reasoncode
    ADD CONSTRAINT reason_key UNIQUE NULLS NOT DISTINCT (platform_id, action, code);

ALTER TABLE ONLY public.accounts_recoverycode
    ADD CONSTRAINT recovery_code_once UNIQUE (user_id, code_hash);

ALTER TABLE ONLY public.cases_remark
    ADD CONSTRAINT remark_of_a_record UNIQUE (case_id, seq);

ALTER TABLE ONLY public.cases_remarkread
    ADD CONSTRAINT remark_read_once UNIQUE (remark_id, unit_id);

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT report_client_id_once UNIQUE (platform_id, client_id);

ALTER TABLE ONLY public.cases_casereport
    ADD CONSTRAINT report_linked_once UNIQUE (case_id, report_id);

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT report_number_once UNIQUE (platform_id, number);

ALTER TABLE ONLY public.service_requests_requestcase
    ADD CONSTRAINT request_case_once UNIQUE (request_id, case_id);

ALTER TABLE ONLY public.service_requests_requesthandler
    ADD CONSTRAINT request_handler_once UNIQUE (request_id, appointment_id);

ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT request_number_once UNIQUE (platform_id, number);

ALTER TABLE ONLY public.service_requests_requestrecord
    ADD CONSTRAINT request_record_once UNIQUE (request_id, seq);

ALTER TABLE ONLY public.cases_savedsearch
    ADD CONSTRAINT saved_search_once UNIQUE (platform_id, user_id, name);

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT self_disposal_client_id_once UNIQUE (platform_id, client_id);

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT self_disposal_number_once UNIQUE (platform_id, number);

ALTER TABLE ONLY public.cases_numberseries
    ADD CONSTRAINT series_key UNIQUE (platform_id, kind, day);

ALTER TABLE ONLY public.service_requests_phrase
    ADD CONSTRAINT service_requests_phrase_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_requests_requestcase
    ADD CONSTRAINT service_requests_requestcase_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_requests_requesthandler
    ADD CONSTRAINT service_requests_requesthandler_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_requests_requestrecord
    ADD CONSTRAINT service_requests_requestrecord_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_servicerequest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.catalog_source
    ADD CONSTRAINT source_key UNIQUE (platform_id, code);

ALTER TABLE ONLY public.organizations_staffing
    ADD CONSTRAINT staffing_once UNIQUE (unit_id, post_id, shift_id);

ALTER TABLE ONLY public.supervision_watch
    ADD CONSTRAINT supervision_watch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations_turn
    ADD CONSTRAINT turn_once UNIQUE (appointment_id, begins_at);

ALTER TABLE ONLY public.organizations_unit
    ADD CONSTRAINT unit_code_once UNIQUE (platform_id, code);

ALTER TABLE ONLY public.grids_unitgrid
    ADD CONSTRAINT unit_grid_code_once_for_ever UNIQUE (platform_id, code);

ALTER TABLE ONLY public.supervision_watch
    ADD CONSTRAINT watched_once UNIQUE (appointment_id, case_id);

ALTER TABLE ONLY public.cases_weeklysheet
    ADD CONSTRAINT weekly_sheet_once UNIQUE (platform_id, day);

CREATE INDEX accounts_apitoken_device_id_8820cc9b ON public.accounts_apitoken USING btree (device_id);

CREATE INDEX accounts_apitoken_token_hash_32b482d2_like ON public.accounts_apitoken USING btree (token_hash varchar_pattern_ops);

CREATE INDEX accounts_apitoken_user_id_bbee13e0 ON public.accounts_apitoken USING btree (user_id);

CREATE INDEX accounts_device_fingerprint_6b61858e_like ON public.accounts_device USING btree (fingerprint varchar_pattern_ops);

CREATE INDEX accounts_device_platform_id_4d2e4c4b ON public.accounts_device USING btree (platform_id);

CREATE INDEX accounts_device_user_id_f8e29eb4 ON public.accounts_device USING btree (user_id);

CREATE INDEX accounts_recoverycode_user_id_994761d3 ON public.accounts_recoverycode USING btree (user_id);

CREATE INDEX accounts_signin_device_id_93dda2a4 ON public.accounts_signin USING btree (device_id);

CREATE INDEX accounts_signin_user_id_700b4e69 ON public.accounts_signin USING btree (user_id);

CREATE INDEX accounts_spentchallenge_digest_c675c022_like ON public.accounts_spentchallenge USING btree (digest varchar_pattern_ops);

CREATE INDEX accounts_spentchallenge_ends_at_95d7c35f ON public.accounts_spentchallenge USING btree (ends_at);

CREATE INDEX accounts_user_platform_id_0e604a28 ON public.accounts_user USING btree (platform_id);

CREATE INDEX accounts_user_username_6088629e_like ON public.accounts_user USING btree (username varchar_pattern_ops);

CREATE INDEX addresses_building_geom_50bc11db_id ON public.addresses_building USING gist (geom);

CREATE INDEX addresses_building_platform_id_77f8bf9c ON public.addresses_building USING btree (platform_id);

CREATE INDEX addresses_doornumber_platform_id_812684a5 ON public.addresses_doornumber USING btree (platform_id);

CREATE INDEX addresses_doornumber_point_78f44e3f_id ON public.addresses_doornumber USING gist (point);

CREATE INDEX addresses_doornumber_road_id_0c70b0b3 ON public.addresses_doornumber USING btree (road_id);

CREATE INDEX addresses_landmark_platform_id_73e248e2 ON public.addresses_landmark USING btree (platform_id);

CREATE INDEX addresses_landmark_point_8a2d1a55_id ON public.addresses_landmark USING gist (point);

CREATE INDEX addresses_surface_geom_1803469c_id ON public.addresses_surface USING gist (geom);

CREATE INDEX addresses_surface_platform_id_641c41d6 ON public.addresses_surface USING btree (platform_id);

CREATE INDEX appointments_of_a_person ON public.organizations_appointment USING btree (user_id);

CREATE INDEX attempts_open ON public.courses_attempt USING btree (due_at) WHERE (handed_in_at IS NULL);

CREATE INDEX audit_auditrow_platform_id_c57675dd ON public.audit_auditrow USING btree (platform_id);

CREATE INDEX audit_by_person ON public.audit_auditrow USING btree (user_id, at DESC);

CREATE INDEX audit_by_subject ON public.audit_auditrow USING btree (subject varchar_pattern_ops);

CREATE INDEX audit_by_time ON public.audit_auditrow USING btree (at DESC);

CREATE INDEX audit_personaldata_phone_digest_1dd20009 ON public.audit_personaldata USING btree (phone_digest);

CREATE INDEX audit_personaldata_phone_digest_1dd20009_like ON public.audit_personaldata USING btree (phone_digest varchar_pattern_ops);

CREATE INDEX audit_personaldata_platform_id_ca909ad9 ON public.audit_personaldata USING btree (platform_id);

CREATE INDEX audit_purged_ids ON public.audit_auditrow USING gin ((("values" -> 'ids'::text))) WHERE ((action)::text = 'purged'::text);

CREATE INDEX audit_retentionterm_kind_e53a7d00_like ON public.audit_retentionterm USING btree (kind varchar_pattern_ops);

CREATE INDEX audit_rows_by_position ON public.audit_auditrow USING btree ("position");

CREATE INDEX audit_verifications ON public.audit_auditrow USING btree (at DESC) WHERE ((action)::text = 'audit_verified'::text);

CREATE INDEX case_words ON public.cases_case USING gin (words);

CREATE INDEX cases_by_category ON public.cases_case USING btree (platform_id, category_id, id DESC);

CREATE INDEX cases_by_state ON public.cases_case USING btree (platform_id, state, id DESC);

CREATE INDEX cases_case_command_unit_id_a8f336bd ON public.cases_case USING btree (command_unit_id);

CREATE INDEX cases_case_handler_unit_id_5c60445f ON public.cases_case USING btree (handler_unit_id);

CREATE INDEX cases_case_point_18de96d0_id ON public.cases_case USING gist (point);

CREATE INDEX records_of_an_appointment ON ONLY public.cases_caserecord USING btree (appointment_id, at);

CREATE INDEX cases_caserecord_rest_appointment_id_at_idx ON public.cases_caserecord_rest USING btree (appointment_id, at);

CREATE INDEX records_by_position ON ONLY public.cases_caserecord USING btree ("position");

CREATE INDEX cases_caserecord_rest_position_idx ON public.cases_caserecord_rest USING btree ("position");

CREATE INDEX cases_casereport_case_id_68166209 ON public.cases_casereport USING btree (case_id);

CREATE INDEX cases_casereport_report_id_a2449767 ON public.cases_casereport USING btree (report_id);

CREATE INDEX cases_caserequest_parent_id_19c74ca8 ON public.cases_caserequest USING btree (parent_id);

CREATE INDEX cases_clock_item_id_820473e9 ON public.cases_clock USING btree (item_id);

CREATE INDEX cases_closingauthorisation_appointment_id_086dfe01 ON public.cases_closingauthorisation USING btree (appointment_id);

CREATE INDEX cases_closingauthorisation_platform_id_f2dd7d0d ON public.cases_closingauthorisation USING btree (platform_id);

CREATE INDEX cases_closingauthorisation_unit_id_5f30d5a4 ON public.cases_closingauthorisation USING btree (unit_id);

CREATE INDEX cases_draft_case_id_2bc2a7d9 ON public.cases_draft USING btree (case_id);

CREATE INDEX cases_draft_user_id_61805eab ON public.cases_draft USING btree (user_id);

CREATE INDEX cases_export_user_id_8b990f9b ON public.cases_export USING btree (user_id);

CREATE INDEX cases_numberseries_platform_id_84b94537 ON public.cases_numberseries USING btree (platform_id);

CREATE INDEX cases_of_a_month ON public.cases_case USING brin (opened_at) WITH (pages_per_range='32');

CREATE INDEX cases_of_a_unit ON public.cases_caseaccess USING btree (unit_id, case_id DESC) WHERE (unit_id IS NOT NULL);

CREATE INDEX cases_of_an_area ON public.cases_caseaccess USING btree (division_id, case_id DESC) WHERE (division_id IS NOT NULL);

CREATE INDEX cases_open ON public.cases_case USING btree (platform_id, id DESC) WHERE ((closed_at IS NULL) AND (NOT history));

CREATE INDEX cases_processdefinition_base_id_c41309f8 ON public.cases_processdefinition USING btree (base_id);

CREATE INDEX cases_processdefinition_platform_id_43dfe0c5 ON public.cases_processdefinition USING btree (platform_id);

CREATE INDEX cases_processdraft_begun_from_id_10f7be3b ON public.cases_processdraft USING btree (begun_from_id);

CREATE INDEX cases_processdraft_platform_id_620b95e2 ON public.cases_processdraft USING btree (platform_id);

CREATE INDEX cases_processrun_draft_id_9c2fb057 ON public.cases_processrun USING btree (draft_id);

CREATE INDEX cases_processrun_platform_id_ed2ba9bb ON public.cases_processrun USING btree (platform_id);

CREATE INDEX cases_recordfile_file_id_3964a79e ON public.cases_recordfile USING btree (file_id);

CREATE INDEX cases_report_category_id_4642f6a6 ON public.cases_report USING btree (category_id);

CREATE INDEX cases_report_condition_id_a9a951ba ON public.cases_report USING btree (condition_id);

CREATE INDEX cases_report_contact_id_7d83d283 ON public.cases_report USING btree (contact_id);

CREATE INDEX cases_report_platform_id_aba62c17 ON public.cases_report USING btree (platform_id);

CREATE INDEX cases_report_point_54a7060c_id ON public.cases_report USING gist (point);

CREATE INDEX cases_report_reporter_appointment_id_88fafed9 ON public.cases_report USING btree (reporter_appointment_id);

CREATE INDEX cases_reportfile_file_id_70351113 ON public.cases_reportfile USING btree (file_id);

CREATE INDEX cases_reportfile_report_id_8a8f0bfb ON public.cases_reportfile USING btree (report_id);

CREATE INDEX cases_selfdisposal_after_id_79dbf14a ON public.cases_selfdisposal USING btree (after_id);

CREATE INDEX cases_selfdisposal_before_id_3f2e810d ON public.cases_selfdisposal USING btree (before_id);

CREATE INDEX cases_selfdisposal_draw_id_0cdfa552 ON public.cases_selfdisposal USING btree (draw_id);

CREATE INDEX cases_selfdisposal_point_f6dfaa9b_id ON public.cases_selfdisposal USING gist (point);

CREATE INDEX cases_workitem_report_id_0e81e23e ON public.cases_workitem USING btree (report_id);

CREATE INDEX catalog_calendaruse_category_id_bb38af78 ON public.catalog_calendaruse USING btree (category_id);

CREATE INDEX catalog_calendaruse_platform_id_71630725 ON public.catalog_calendaruse USING btree (platform_id);

CREATE INDEX catalog_catalogversion_platform_id_d0bd11cc ON public.catalog_catalogversion USING btree (platform_id);

CREATE INDEX catalog_category_equivalent_id_32bda4eb ON public.catalog_category USING btree (equivalent_id);

CREATE INDEX catalog_category_version_id_9e5cdd57 ON public.catalog_category USING btree (version_id);

CREATE INDEX catalog_categoryrule_category_id_2b9eb965 ON public.catalog_categoryrule USING btree (category_id);

CREATE INDEX catalog_company_categories_category_id_eb2ca414 ON public.catalog_company_categories USING btree (category_id);

CREATE INDEX catalog_company_categories_company_id_4168314b ON public.catalog_company_categories USING btree (company_id);

CREATE INDEX catalog_company_divisions_company_id_0b63a3c6 ON public.catalog_company_divisions USING btree (company_id);

CREATE INDEX catalog_company_divisions_division_id_636f62de ON public.catalog_company_divisions USING btree (division_id);

CREATE INDEX catalog_company_kind_id_b6c1623b ON public.catalog_company USING btree (kind_id);

CREATE INDEX catalog_company_platform_id_c65349f7 ON public.catalog_company USING btree (platform_id);

CREATE INDEX catalog_companycontact_company_id_e1660fd9 ON public.catalog_companycontact USING btree (company_id);

CREATE INDEX catalog_companykind_platform_id_71c748f7 ON public.catalog_companykind USING btree (platform_id);

CREATE INDEX catalog_filingcondition_category_id_b3d77a51 ON public.catalog_filingcondition USING btree (category_id);

CREATE INDEX catalog_filingcondition_platform_id_dc1759d7 ON public.catalog_filingcondition USING btree (platform_id);

CREATE INDEX catalog_legalarticle_categories_category_id_66e72b78 ON public.catalog_legalarticle_categories USING btree (category_id);

CREATE INDEX catalog_legalarticle_categories_legalarticle_id_dbed02cc ON public.catalog_legalarticle_categories USING btree (legalarticle_id);

CREATE INDEX catalog_legalarticle_platform_id_907b3fdd ON public.catalog_legalarticle USING btree (platform_id);

CREATE INDEX catalog_line_category_id_53926fc4 ON public.catalog_line USING btree (category_id);

CREATE INDEX catalog_line_platform_id_fb6db049 ON public.catalog_line USING btree (platform_id);

CREATE INDEX catalog_line_unit_id_a4be51c9 ON public.catalog_line USING btree (unit_id);

CREATE INDEX catalog_reasoncode_platform_id_cdf25861 ON public.catalog_reasoncode USING btree (platform_id);

CREATE INDEX catalog_regulation_file_id_1674e4e7 ON public.catalog_regulation USING btree (file_id);

CREATE INDEX catalog_regulation_platform_id_24bf0c42 ON public.catalog_regulation USING btree (platform_id);

CREATE INDEX catalog_responsibility_category_id_14ca6eae ON public.catalog_responsibility USING btree (category_id);

CREATE INDEX catalog_responsibility_division_id_c0307c86 ON public.catalog_responsibility USING btree (division_id);

CREATE INDEX catalog_responsibility_platform_id_d5612747 ON public.catalog_responsibility USING btree (platform_id);

CREATE INDEX catalog_responsibility_replaces_id_1cd4a7d0 ON public.catalog_responsibility USING btree (replaces_id);

CREATE INDEX catalog_responsibility_unit_id_f9c4227d ON public.catalog_responsibility USING btree (unit_id);

CREATE INDEX catalog_source_platform_id_3c92e91b ON public.catalog_source USING btree (platform_id);

CREATE INDEX catalog_stagedtable_platform_id_ba88991a ON public.catalog_stagedtable USING btree (platform_id);

CREATE INDEX catalog_timelimit_condition_id_a658dfc2 ON public.catalog_timelimit USING btree (condition_id);

CREATE INDEX catalog_workcalendar_platform_id_fedd95d7 ON public.catalog_workcalendar USING btree (platform_id);

CREATE INDEX clocks_of_a_case ON public.cases_clock USING btree (case_id, kind);

CREATE INDEX clocks_to_look_at ON public.cases_clock USING btree (look_at) WHERE (look_at IS NOT NULL);

CREATE UNIQUE INDEX condition_key ON public.catalog_filingcondition USING btree (category_id, platform_id, problem) NULLS NOT DISTINCT WHERE (valid_to IS NULL);

CREATE INDEX core_parkeddelivery_entry_id_10d67aa1 ON public.core_parkeddelivery USING btree (entry_id);

CREATE INDEX core_platform_code_0ca44e5b_like ON public.core_platform USING btree (code varchar_pattern_ops);

CREATE INDEX core_platform_parent_id_d4ef876e ON public.core_platform USING btree (parent_id);

CREATE INDEX core_ratecount_key_2f9e3322_like ON public.core_ratecount USING btree (key varchar_pattern_ops);

CREATE INDEX core_storedfile_platform_id_76229a9c ON public.core_storedfile USING btree (platform_id);

CREATE INDEX core_storedfile_sha256_8c94fce8 ON public.core_storedfile USING btree (sha256);

CREATE INDEX core_storedfile_sha256_8c94fce8_like ON public.core_storedfile USING btree (sha256 varchar_pattern_ops);

CREATE INDEX courses_course_regulation_id_280e9045 ON public.courses_course USING btree (regulation_id);

CREATE INDEX courses_newest_first ON public.courses_course USING btree (platform_id, day DESC);

CREATE INDEX courses_participant_user_id_777d4582 ON public.courses_participant USING btree (user_id);

CREATE INDEX devices_of_a_platform ON public.accounts_device USING btree (platform_id, state, asked_at DESC);

CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);

CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX exports_to_make ON public.cases_export USING btree (asked_at) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying])::text[]));

CREATE INDEX files_as_received ON public.core_storedfile USING btree (original_sha256);

CREATE INDEX files_of_a_record ON public.cases_recordfile USING btree (case_id, seq);

CREATE INDEX grids_areagrade_geom_172a9d9f_id ON public.grids_areagrade USING gist (geom);

CREATE INDEX grids_areagrade_platform_id_1a0405bf ON public.grids_areagrade USING btree (platform_id);

CREATE INDEX grids_division_geom_5750c24b_id ON public.grids_division USING gist (geom);

CREATE INDEX grids_division_parent_id_8a6cbf67 ON public.grids_division USING btree (parent_id);

CREATE INDEX grids_division_platform_id_601a9ab4 ON public.grids_division USING btree (platform_id);

CREATE INDEX grids_gridrun_platform_id_efaf7b54 ON public.grids_gridrun USING btree (platform_id);

CREATE INDEX grids_gridsource_grid_run_id_cf6ab447 ON public.grids_gridsource USING btree (grid_run_id);

CREATE INDEX grids_responsibilitygrid_cells_responsibilitygrid_id_d0f52035 ON public.grids_responsibilitygrid_cells USING btree (responsibilitygrid_id);

CREATE INDEX grids_responsibilitygrid_cells_unitgrid_id_751b5c10 ON public.grids_responsibilitygrid_cells USING btree (unitgrid_id);

CREATE INDEX grids_responsibilitygrid_platform_id_9c3000e1 ON public.grids_responsibilitygrid USING btree (platform_id);

CREATE INDEX grids_road_geom_53c5e013_id ON public.grids_road USING gist (geom);

CREATE INDEX grids_road_platform_id_0c2976c1 ON public.grids_road USING btree (platform_id);

CREATE INDEX grids_unitgrid_community_id_685416a8 ON public.grids_unitgrid USING btree (community_id);

CREATE INDEX grids_unitgrid_district_id_425ac1e1 ON public.grids_unitgrid USING btree (district_id);

CREATE INDEX grids_unitgrid_geom_464191b6_id ON public.grids_unitgrid USING gist (geom);

CREATE INDEX grids_unitgrid_grid_run_id_f9993f54 ON public.grids_unitgrid USING btree (grid_run_id);

CREATE INDEX grids_unitgrid_platform_id_4ff313d3 ON public.grids_unitgrid USING btree (platform_id);

CREATE INDEX grids_unitgrid_subdistrict_id_a2b50efd ON public.grids_unitgrid USING btree (subdistrict_id);

CREATE INDEX handovers_newest_first ON public.organizations_handover USING btree (platform_id, given_at DESC);

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);

CREATE INDEX items_done_by ON public.cases_workitem USING btree (closed_by_id, closed_at DESC) WHERE (closed_by_id IS NOT NULL);

CREATE INDEX items_of_a_case ON public.cases_workitem USING btree (case_id, id);

CREATE INDEX items_of_a_day ON public.cases_workitem USING btree (platform_id, closed_at) WHERE (closed_at IS NOT NULL);

CREATE INDEX items_of_a_person ON public.cases_workitem USING btree (appointment_id, case_id) WHERE (appointment_id IS NOT NULL);

CREATE INDEX leaves_by_state ON public.organizations_leave USING btree (platform_id, state, begins_at);

CREATE INDEX lifts_of_a_person ON public.organizations_exclusionlift USING btree (user_id, valid_to);

CREATE UNIQUE INDEX limit_key ON public.catalog_timelimit USING btree (condition_id, area_grade, period) NULLS NOT DISTINCT WHERE (valid_to IS NULL);

CREATE UNIQUE INDEX merged_into_one ON public.cases_caserelation USING btree (other_id) WHERE ((ended_at IS NULL) AND ((kind)::text = 'merged'::text));

CREATE INDEX messaging_switch_platform_id_4e911ebd ON public.messaging_switch USING btree (platform_id);

CREATE INDEX messaging_switch_unit_id_a668661f ON public.messaging_switch USING btree (unit_id);

CREATE INDEX messaging_threshold_platform_id_14a2590b ON public.messaging_threshold USING btree (platform_id);

CREATE INDEX notices_by_age ON public.messaging_notice USING btree (created_at);

CREATE INDEX notices_of_a_case ON public.messaging_notice USING btree (case_id, seq) WHERE (case_id IS NOT NULL);

CREATE INDEX notices_of_a_desk ON public.messaging_notice USING btree (unit_id, duty, id DESC) WHERE (unit_id IS NOT NULL);

CREATE INDEX notices_of_a_person ON public.messaging_notice USING btree (appointment_id, id DESC) WHERE (appointment_id IS NOT NULL);

CREATE INDEX notices_of_an_item ON public.messaging_notice USING btree (item_id) WHERE ((item_id IS NOT NULL) AND (settled_at IS NULL));

CREATE UNIQUE INDEX one_division_in_force_per_code ON public.grids_division USING btree (platform_id, level, code) WHERE ((valid_to IS NULL) AND (NOT ((code)::text = ''::text)));

CREATE UNIQUE INDEX one_door_per_number ON public.addresses_doornumber USING btree (road_id, number) WHERE (valid_to IS NULL);

CREATE UNIQUE INDEX one_responsibility_grid_per_code ON public.grids_responsibilitygrid USING btree (platform_id, code) WHERE (valid_to IS NULL);

CREATE UNIQUE INDEX one_sheet_waits ON public.organizations_handover USING btree (given_by_id) WHERE ((state)::text = 'waiting'::text);

CREATE INDEX open_items ON public.cases_workitem USING btree (platform_id, kind) WHERE (closed_at IS NULL);

CREATE INDEX organizations_appointment_director_unit_id_8f5f40ad ON public.organizations_appointment USING btree (director_unit_id);

CREATE INDEX organizations_appointment_division_id_1b3a14b0 ON public.organizations_appointment USING btree (division_id);

CREATE INDEX organizations_appointment_home_unit_id_ef4cb002 ON public.organizations_appointment USING btree (home_unit_id);

CREATE INDEX organizations_appointment_platform_id_1f5299cc ON public.organizations_appointment USING btree (platform_id);

CREATE INDEX organizations_appointment_post_id_a92ed289 ON public.organizations_appointment USING btree (post_id);

CREATE INDEX organizations_appointment_unit_id_e4478cb1 ON public.organizations_appointment USING btree (unit_id);

CREATE INDEX organizations_appointment_user_id_70aedced ON public.organizations_appointment USING btree (user_id);

CREATE INDEX organizations_cellduty_appointment_id_1ae108b5 ON public.organizations_cellduty USING btree (appointment_id);

CREATE INDEX organizations_cellduty_cell_id_e681f988 ON public.organizations_cellduty USING btree (cell_id);

CREATE INDEX organizations_exclusionlift_lifted_by_id_662783d3 ON public.organizations_exclusionlift USING btree (lifted_by_id);

CREATE INDEX organizations_exclusionlift_platform_id_3e4c5659 ON public.organizations_exclusionlift USING btree (platform_id);

CREATE INDEX organizations_exclusionlift_user_id_837c524b ON public.organizations_exclusionlift USING btree (user_id);

CREATE INDEX organizations_handover_answered_by_id_c53b4b8c ON public.organizations_handover USING btree (answered_by_id);

CREATE INDEX organizations_handover_given_by_id_1c816985 ON public.organizations_handover USING btree (given_by_id);

CREATE INDEX organizations_handover_platform_id_b23c56a4 ON public.organizations_handover USING btree (platform_id);

CREATE INDEX organizations_handover_post_id_c53f5435 ON public.organizations_handover USING btree (post_id);

CREATE INDEX organizations_handover_unit_id_c6438875 ON public.organizations_handover USING btree (unit_id);

CREATE INDEX organizations_leave_appointment_id_2a6048e8 ON public.organizations_leave USING btree (appointment_id);

CREATE INDEX organizations_leave_decided_by_id_6f993675 ON public.organizations_leave USING btree (decided_by_id);

CREATE INDEX organizations_leave_given_id_c759c933 ON public.organizations_leave USING btree (given_id);

CREATE INDEX organizations_leave_platform_id_1bfd91de ON public.organizations_leave USING btree (platform_id);

CREATE INDEX organizations_leave_stand_in_id_12579b0b ON public.organizations_leave USING btree (stand_in_id);

CREATE INDEX organizations_post_platform_id_9e0b0c58 ON public.organizations_post USING btree (platform_id);

CREATE INDEX organizations_shift_platform_id_683558d5 ON public.organizations_shift USING btree (platform_id);

CREATE INDEX organizations_staffing_platform_id_1b1fec11 ON public.organizations_staffing USING btree (platform_id);

CREATE INDEX organizations_staffing_post_id_483181b2 ON public.organizations_staffing USING btree (post_id);

CREATE INDEX organizations_staffing_shift_id_2c550851 ON public.organizations_staffing USING btree (shift_id);

CREATE INDEX organizations_staffing_unit_id_016a32ae ON public.organizations_staffing USING btree (unit_id);

CREATE INDEX organizations_turn_appointment_id_c2b52544 ON public.organizations_turn USING btree (appointment_id);

CREATE INDEX organizations_turn_platform_id_61932fb1 ON public.organizations_turn USING btree (platform_id);

CREATE INDEX organizations_turn_post_id_c9889356 ON public.organizations_turn USING btree (post_id);

CREATE INDEX organizations_turn_shift_id_c02c8349 ON public.organizations_turn USING btree (shift_id);

CREATE INDEX organizations_turn_stands_in_for_id_1e1ddd89 ON public.organizations_turn USING btree (stands_in_for_id);

CREATE INDEX organizations_turn_unit_id_ada9a573 ON public.organizations_turn USING btree (unit_id);

CREATE INDEX organizations_unit_division_id_bf803a0c ON public.organizations_unit USING btree (division_id);

CREATE INDEX organizations_unit_parent_id_4c825b63 ON public.organizations_unit USING btree (parent_id);

CREATE INDEX organizations_unit_platform_id_56bee682 ON public.organizations_unit USING btree (platform_id);

CREATE INDEX outbox_waiting ON public.core_outboxentry USING btree (id) WHERE (delivered_at IS NULL);

CREATE UNIQUE INDEX own_text_current ON public.guides_owntext USING btree (platform_id, guide, section) WHERE (ended_at IS NULL);

CREATE INDEX plans_of_a_case ON public.cases_planeffect USING btree (case_id);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);

CREATE INDEX queue_of_a_person ON public.cases_workitem USING btree (appointment_id, due_at) WHERE (closed_at IS NULL);

CREATE INDEX queue_of_a_unit ON public.cases_workitem USING btree (unit_id, kind, due_at) WHERE (closed_at IS NULL);

CREATE INDEX quizzes_to_remind_of ON public.courses_quiz USING btree (closes_at) WHERE (reminded_at IS NULL);

CREATE UNIQUE INDEX regulation_current ON public.catalog_regulation USING btree (platform_id, title) WHERE (ended_at IS NULL);

CREATE INDEX regulation_words ON public.catalog_regulation USING gin (words);

CREATE UNIQUE INDEX relation_once ON public.cases_caserelation USING btree (case_id, other_id, kind) WHERE (ended_at IS NULL);

CREATE INDEX relations_of_a_case ON public.cases_caserelation USING btree (case_id);

CREATE INDEX relations_to_a_case ON public.cases_caserelation USING btree (other_id);

CREATE INDEX reports_of_a_day ON public.cases_report USING btree (platform_id, received_at);

CREATE INDEX reports_of_an_inspector ON public.cases_report USING btree (reporter_appointment_id, id DESC);

CREATE UNIQUE INDEX request_client_id_once ON public.service_requests_servicerequest USING btree (platform_id, client_id) WHERE (NOT ((client_id)::text = ''::text));

CREATE INDEX request_of_a_report ON public.service_requests_servicerequest USING btree (report_id);

CREATE INDEX requests_by_kind ON public.cases_caserequest USING btree (platform_id, kind, state, id DESC);

CREATE INDEX requests_by_outside_number ON public.service_requests_servicerequest USING btree (platform_id, outside_number) WHERE (NOT ((outside_number)::text = ''::text));

CREATE INDEX requests_by_state ON public.service_requests_servicerequest USING btree (platform_id, state, id DESC);

CREATE INDEX requests_of_a_case ON public.cases_caserequest USING btree (case_id, kind);

CREATE INDEX requests_of_a_contact ON public.service_requests_servicerequest USING btree (contact_id);

CREATE INDEX requests_of_a_unit ON public.cases_caserequest USING btree (unit_id, kind, asked_at);

CREATE INDEX requests_until ON public.cases_caserequest USING btree (until) WHERE ((ended_at IS NULL) AND (until IS NOT NULL));

CREATE INDEX secrets_of_a_record ON public.cases_recordsecret USING btree (case_id, seq);

CREATE INDEX self_disposals_by_state ON public.cases_selfdisposal USING btree (platform_id, state, id DESC);

CREATE INDEX self_disposals_of_one ON public.cases_selfdisposal USING btree (appointment_id, done_at DESC);

CREATE INDEX service_requests_phrase_platform_id_7be397c1 ON public.service_requests_phrase USING btree (platform_id);

CREATE INDEX service_requests_requestcase_case_id_df123f13 ON public.service_requests_requestcase USING btree (case_id);

CREATE INDEX service_requests_requestcase_request_id_874004cd ON public.service_requests_requestcase USING btree (request_id);

CREATE INDEX service_requests_requesthandler_appointment_id_36810dc3 ON public.service_requests_requesthandler USING btree (appointment_id);

CREATE INDEX service_requests_requesthandler_request_id_be9318d2 ON public.service_requests_requesthandler USING btree (request_id);

CREATE INDEX service_requests_servicerequest_contact_id_552c102e ON public.service_requests_servicerequest USING btree (contact_id);

CREATE INDEX service_requests_servicerequest_platform_id_ff0df0e4 ON public.service_requests_servicerequest USING btree (platform_id);

CREATE INDEX service_requests_servicerequest_report_id_2a92eea3 ON public.service_requests_servicerequest USING btree (report_id);

CREATE UNIQUE INDEX shift_letter_once ON public.organizations_shift USING btree (platform_id, letter) WHERE is_active;

CREATE INDEX sign_ins_of_a_person ON public.accounts_signin USING btree (user_id, begun_at DESC);

CREATE INDEX sign_ins_open ON public.accounts_signin USING btree (begun_at DESC) WHERE (ended_at IS NULL);

CREATE INDEX supervision_watch_case_id_d629917b ON public.supervision_watch USING btree (case_id);

CREATE INDEX turns_of_a_day ON public.organizations_turn USING btree (platform_id, begins_at);

CREATE INDEX turns_of_a_team ON public.organizations_turn USING btree (unit_id, post_id, day);

CREATE INDEX turns_open ON public.organizations_turn USING btree (appointment_id) WHERE ((signed_off_at IS NULL) AND (signed_on_at IS NOT NULL));

CREATE INDEX whole_cell_by_row_column ON public.grids_unitgrid USING btree (grid_run_id, grid_row, grid_column) WHERE whole;

ALTER INDEX public.records_of_an_appointment ATTACH PARTITION public.cases_caserecord_rest_appointment_id_at_idx;

ALTER INDEX public.cases_caserecord_pkey ATTACH PARTITION public.cases_caserecord_rest_pkey;

ALTER INDEX public.records_by_position ATTACH PARTITION public.cases_caserecord_rest_position_idx;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit_auditrow FOR EACH ROW EXECUTE FUNCTION public.audit_append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit_headstamp FOR EACH ROW EXECUTE FUNCTION public.audit_append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit_leaf FOR EACH ROW EXECUTE FUNCTION public.audit_append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit_node FOR EACH ROW EXECUTE FUNCTION public.audit_append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit_treehead FOR EACH ROW EXECUTE FUNCTION public.audit_append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.cases_caserecord FOR EACH ROW EXECUTE FUNCTION public.cases_caserecord_append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.service_requests_requestrecord FOR EACH ROW EXECUTE FUNCTION public.service_requests_append_only();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();

ALTER TABLE ONLY public.accounts_apitoken
    ADD CONSTRAINT accounts_apitoken_device_id_8820cc9b_fk_accounts_device_id FOREIGN KEY (device_id) REFERENCES public.accounts_device(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_apitoken
    ADD CONSTRAINT accounts_apitoken_user_id_bbee13e0_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_device
    ADD CONSTRAINT accounts_device_platform_id_4d2e4c4b_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_device
    ADD CONSTRAINT accounts_device_user_id_f8e29eb4_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_recoverycode
    ADD CONSTRAINT accounts_recoverycode_user_id_994761d3_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_secondfactor
    ADD CONSTRAINT accounts_secondfactor_user_id_1e182b70_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_signin
    ADD CONSTRAINT accounts_signin_device_id_93dda2a4_fk_accounts_device_id FOREIGN KEY (device_id) REFERENCES public.accounts_device(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_signin
    ADD CONSTRAINT accounts_signin_user_id_700b4e69_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_platform_id_0e604a28_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.addresses_building
    ADD CONSTRAINT addresses_building_platform_id_77f8bf9c_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.addresses_doornumber
    ADD CONSTRAINT addresses_doornumber_platform_id_812684a5_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.addresses_doornumber
    ADD CONSTRAINT addresses_doornumber_road_id_0c70b0b3_fk_grids_road_id FOREIGN KEY (road_id) REFERENCES public.grids_road(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.addresses_landmark
    ADD CONSTRAINT addresses_landmark_platform_id_73e248e2_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.addresses_surface
    ADD CONSTRAINT addresses_surface_platform_id_641c41d6_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_auditrow
    ADD CONSTRAINT audit_auditrow_platform_id_c57675dd_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_headstamp
    ADD CONSTRAINT audit_headstamp_size_5b177252_fk_audit_treehead_size FOREIGN KEY (size) REFERENCES public.audit_treehead(size) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_personaldata
    ADD CONSTRAINT audit_personaldata_platform_id_ca909ad9_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_called_unit_id_8e0a3ce5_fk_organizations_unit_id FOREIGN KEY (called_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_category_id_c6dc5a5a_fk_catalog_category_id FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_cell_id_3c6b0975_fk_grids_unitgrid_id FOREIGN KEY (cell_id) REFERENCES public.grids_unitgrid(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_command_unit_id_a8f336bd_fk_organizations_unit_id FOREIGN KEY (command_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_community_id_2bab8062_fk_grids_division_id FOREIGN KEY (community_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_concerned_unit_id_62c6de34_fk_organizations_unit_id FOREIGN KEY (concerned_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_condition_id_f93fc510_fk_catalog_filingcondition_id FOREIGN KEY (condition_id) REFERENCES public.catalog_filingcondition(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_district_id_60fa1ba0_fk_grids_division_id FOREIGN KEY (district_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_handler_unit_id_5c60445f_fk_organizations_unit_id FOREIGN KEY (handler_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_platform_id_aa283a8e_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_process_id_f4c6cf7b_fk_cases_processdefinition_id FOREIGN KEY (process_id) REFERENCES public.cases_processdefinition(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_settled_unit_id_8643741c_fk_organizations_unit_id FOREIGN KEY (settled_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_subdistrict_id_b096a8f1_fk_grids_division_id FOREIGN KEY (subdistrict_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caseaccess
    ADD CONSTRAINT cases_caseaccess_case_id_7eedafd0_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caseaccess
    ADD CONSTRAINT cases_caseaccess_division_id_da312e8c_fk_grids_division_id FOREIGN KEY (division_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caseaccess
    ADD CONSTRAINT cases_caseaccess_unit_id_829f451a_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE public.cases_caserecord
    ADD CONSTRAINT cases_caserecord_case_id_b9e4ed6d_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserelation
    ADD CONSTRAINT cases_caserelation_case_id_1723a8e9_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserelation
    ADD CONSTRAINT cases_caserelation_made_by_id_5716491e_fk_organizat FOREIGN KEY (made_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserelation
    ADD CONSTRAINT cases_caserelation_other_id_c6860250_fk_cases_case_id FOREIGN KEY (other_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_casereport
    ADD CONSTRAINT cases_casereport_case_id_68166209_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_casereport
    ADD CONSTRAINT cases_casereport_report_id_a2449767_fk_cases_report_id FOREIGN KEY (report_id) REFERENCES public.cases_report(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserequest
    ADD CONSTRAINT cases_caserequest_asked_by_id_56906298_fk_organizat FOREIGN KEY (asked_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserequest
    ADD CONSTRAINT cases_caserequest_case_id_41bf84c3_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserequest
    ADD CONSTRAINT cases_caserequest_decided_by_id_4184ff47_fk_organizat FOREIGN KEY (decided_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserequest
    ADD CONSTRAINT cases_caserequest_parent_id_19c74ca8_fk_cases_caserequest_id FOREIGN KEY (parent_id) REFERENCES public.cases_caserequest(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserequest
    ADD CONSTRAINT cases_caserequest_platform_id_6d1c0740_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserequest
    ADD CONSTRAINT cases_caserequest_target_unit_id_74a7e8f8_fk_organizat FOREIGN KEY (target_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_caserequest
    ADD CONSTRAINT cases_caserequest_unit_id_4bcd9ddb_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_clock
    ADD CONSTRAINT cases_clock_case_id_bf0c46ff_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_clock
    ADD CONSTRAINT cases_clock_item_id_820473e9_fk_cases_workitem_id FOREIGN KEY (item_id) REFERENCES public.cases_workitem(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_clock
    ADD CONSTRAINT cases_clock_unit_id_cbd9c5ce_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_closingauthorisation
    ADD CONSTRAINT cases_closingauthori_appointment_id_086dfe01_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_closingauthorisation
    ADD CONSTRAINT cases_closingauthori_ended_by_id_6d9344e7_fk_organizat FOREIGN KEY (ended_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_closingauthorisation
    ADD CONSTRAINT cases_closingauthori_given_by_id_4d3a9de4_fk_organizat FOREIGN KEY (given_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_closingauthorisation
    ADD CONSTRAINT cases_closingauthori_platform_id_f2dd7d0d_fk_core_plat FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_closingauthorisation
    ADD CONSTRAINT cases_closingauthori_unit_id_5f30d5a4_fk_organizat FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_dailysheet
    ADD CONSTRAINT cases_dailysheet_platform_id_34b5f0f4_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_draft
    ADD CONSTRAINT cases_draft_case_id_2bc2a7d9_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_draft
    ADD CONSTRAINT cases_draft_user_id_61805eab_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_export
    ADD CONSTRAINT cases_export_appointment_id_3eb1499b_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_export
    ADD CONSTRAINT cases_export_platform_id_7976a2e7_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_export
    ADD CONSTRAINT cases_export_user_id_8b990f9b_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_namedhandler
    ADD CONSTRAINT cases_namedhandler_appointment_id_c560c033_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_namedhandler
    ADD CONSTRAINT cases_namedhandler_case_id_7346d569_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_namedhandler
    ADD CONSTRAINT cases_namedhandler_named_by_id_144c124c_fk_organizat FOREIGN KEY (named_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_numberseries
    ADD CONSTRAINT cases_numberseries_platform_id_84b94537_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_plan
    ADD CONSTRAINT cases_plan_ended_by_id_64c0bf4d_fk_organizations_appointment_id FOREIGN KEY (ended_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_plan
    ADD CONSTRAINT cases_plan_made_by_id_40a2f8e2_fk_organizations_appointment_id FOREIGN KEY (made_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_plan
    ADD CONSTRAINT cases_plan_platform_id_a1a70979_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_plan
    ADD CONSTRAINT cases_plan_started_by_id_fb39ec5f_fk_organizat FOREIGN KEY (started_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_planeffect
    ADD CONSTRAINT cases_planeffect_case_id_4f52dd74_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_planeffect
    ADD CONSTRAINT cases_planeffect_plan_id_d566e4a9_fk_cases_plan_id FOREIGN KEY (plan_id) REFERENCES public.cases_plan(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_processdefinition
    ADD CONSTRAINT cases_processdefinit_base_id_c41309f8_fk_cases_pro FOREIGN KEY (base_id) REFERENCES public.cases_processdefinition(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_processdefinition
    ADD CONSTRAINT cases_processdefinit_platform_id_43dfe0c5_fk_core_plat FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_processdraft
    ADD CONSTRAINT cases_processdraft_begun_from_id_10f7be3b_fk_cases_pro FOREIGN KEY (begun_from_id) REFERENCES public.cases_processdefinition(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_processdraft
    ADD CONSTRAINT cases_processdraft_platform_id_620b95e2_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_processrun
    ADD CONSTRAINT cases_processrun_draft_id_9c2fb057_fk_cases_processdraft_id FOREIGN KEY (draft_id) REFERENCES public.cases_processdraft(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_processrun
    ADD CONSTRAINT cases_processrun_platform_id_ed2ba9bb_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_recordfile
    ADD CONSTRAINT cases_recordfile_case_id_67e7986b_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_recordfile
    ADD CONSTRAINT cases_recordfile_file_id_3964a79e_fk_core_storedfile_id FOREIGN KEY (file_id) REFERENCES public.core_storedfile(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_recordsecret
    ADD CONSTRAINT cases_recordsecret_case_id_5a045e5c_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_remark
    ADD CONSTRAINT cases_remark_case_id_64b97c10_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_remark
    ADD CONSTRAINT cases_remark_to_unit_id_83856b87_fk_organizations_unit_id FOREIGN KEY (to_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_remark
    ADD CONSTRAINT cases_remark_unit_id_fc14240b_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_remarkread
    ADD CONSTRAINT cases_remarkread_appointment_id_131d8825_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_remarkread
    ADD CONSTRAINT cases_remarkread_remark_id_ff034c75_fk_cases_remark_id FOREIGN KEY (remark_id) REFERENCES public.cases_remark(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_remarkread
    ADD CONSTRAINT cases_remarkread_unit_id_321586e5_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_category_id_4642f6a6_fk_catalog_category_id FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_cell_id_e596751e_fk_grids_unitgrid_id FOREIGN KEY (cell_id) REFERENCES public.grids_unitgrid(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_community_id_7ee44bff_fk_grids_division_id FOREIGN KEY (community_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_condition_id_a9a951ba_fk_catalog_f FOREIGN KEY (condition_id) REFERENCES public.catalog_filingcondition(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_contact_id_7d83d283_fk_audit_personaldata_id FOREIGN KEY (contact_id) REFERENCES public.audit_personaldata(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_district_id_b72b1f35_fk_grids_division_id FOREIGN KEY (district_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_platform_id_aba62c17_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_reporter_appointment_88fafed9_fk_organizat FOREIGN KEY (reporter_appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_report
    ADD CONSTRAINT cases_report_subdistrict_id_fd5923ff_fk_grids_division_id FOREIGN KEY (subdistrict_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_reportfile
    ADD CONSTRAINT cases_reportfile_file_id_70351113_fk_core_storedfile_id FOREIGN KEY (file_id) REFERENCES public.core_storedfile(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_reportfile
    ADD CONSTRAINT cases_reportfile_report_id_8a8f0bfb_fk_cases_report_id FOREIGN KEY (report_id) REFERENCES public.cases_report(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_savedsearch
    ADD CONSTRAINT cases_savedsearch_platform_id_c9d1d3ea_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_savedsearch
    ADD CONSTRAINT cases_savedsearch_user_id_72d2b63a_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_after_id_79dbf14a_fk_core_storedfile_id FOREIGN KEY (after_id) REFERENCES public.core_storedfile(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_appointment_id_9fc2b33c_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_before_id_3f2e810d_fk_core_storedfile_id FOREIGN KEY (before_id) REFERENCES public.core_storedfile(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_category_id_dba854c6_fk_catalog_category_id FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_cell_id_36c31486_fk_grids_unitgrid_id FOREIGN KEY (cell_id) REFERENCES public.grids_unitgrid(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_community_id_cd18853f_fk_grids_division_id FOREIGN KEY (community_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_district_id_b7de6ab8_fk_grids_division_id FOREIGN KEY (district_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_draw_id_0cdfa552_fk_cases_sel FOREIGN KEY (draw_id) REFERENCES public.cases_selfdisposaldraw(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_judged_by_id_53fa46c6_fk_organizat FOREIGN KEY (judged_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_platform_id_fd4778ec_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_rechecked_by_id_c2d3b594_fk_organizat FOREIGN KEY (rechecked_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposal
    ADD CONSTRAINT cases_selfdisposal_subdistrict_id_09f9512a_fk_grids_division_id FOREIGN KEY (subdistrict_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_selfdisposaldraw
    ADD CONSTRAINT cases_selfdisposaldraw_platform_id_57c607d1_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_weeklysheet
    ADD CONSTRAINT cases_weeklysheet_platform_id_93b5e288_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_appointment_id_85fd2697_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_case_id_4d657895_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_claimed_by_id_5b5f51b7_fk_organizat FOREIGN KEY (claimed_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_closed_by_id_68484ae9_fk_organizat FOREIGN KEY (closed_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_platform_id_960d2fbc_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_report_id_0e81e23e_fk_cases_report_id FOREIGN KEY (report_id) REFERENCES public.cases_report(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_request_id_8dddd6fd_fk_cases_caserequest_id FOREIGN KEY (request_id) REFERENCES public.cases_caserequest(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cases_workitem
    ADD CONSTRAINT cases_workitem_unit_id_86e872c6_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_calendaruse
    ADD CONSTRAINT catalog_calendaruse_category_id_bb38af78_fk_catalog_category_id FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_calendaruse
    ADD CONSTRAINT catalog_calendaruse_platform_id_71630725_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_catalogversion
    ADD CONSTRAINT catalog_catalogversion_platform_id_d0bd11cc_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT catalog_category_equivalent_id_32bda4eb_fk_catalog_category_id FOREIGN KEY (equivalent_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT catalog_category_version_id_9e5cdd57_fk_catalog_c FOREIGN KEY (version_id) REFERENCES public.catalog_catalogversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_categoryrule
    ADD CONSTRAINT catalog_categoryrule_category_id_2b9eb965_fk_catalog_c FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_categoryrule
    ADD CONSTRAINT catalog_categoryrule_platform_id_32e684ec_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_company_categories
    ADD CONSTRAINT catalog_company_cate_category_id_eb2ca414_fk_catalog_c FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_company_categories
    ADD CONSTRAINT catalog_company_cate_company_id_4168314b_fk_catalog_c FOREIGN KEY (company_id) REFERENCES public.catalog_company(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_company_divisions
    ADD CONSTRAINT catalog_company_divi_company_id_0b63a3c6_fk_catalog_c FOREIGN KEY (company_id) REFERENCES public.catalog_company(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_company_divisions
    ADD CONSTRAINT catalog_company_divi_division_id_636f62de_fk_grids_div FOREIGN KEY (division_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_company
    ADD CONSTRAINT catalog_company_kind_id_b6c1623b_fk_catalog_companykind_id FOREIGN KEY (kind_id) REFERENCES public.catalog_companykind(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_company
    ADD CONSTRAINT catalog_company_platform_id_c65349f7_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_company
    ADD CONSTRAINT catalog_company_unit_id_374d023f_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_companycontact
    ADD CONSTRAINT catalog_companyconta_company_id_e1660fd9_fk_catalog_c FOREIGN KEY (company_id) REFERENCES public.catalog_company(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_companykind
    ADD CONSTRAINT catalog_companykind_platform_id_71c748f7_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_filingcondition
    ADD CONSTRAINT catalog_filingcondit_category_id_b3d77a51_fk_catalog_c FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_filingcondition
    ADD CONSTRAINT catalog_filingcondit_platform_id_dc1759d7_fk_core_plat FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_legalarticle_categories
    ADD CONSTRAINT catalog_legalarticle_category_id_66e72b78_fk_catalog_c FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_legalarticle_categories
    ADD CONSTRAINT catalog_legalarticle_legalarticle_id_dbed02cc_fk_catalog_l FOREIGN KEY (legalarticle_id) REFERENCES public.catalog_legalarticle(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_legalarticle
    ADD CONSTRAINT catalog_legalarticle_platform_id_907b3fdd_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_line
    ADD CONSTRAINT catalog_line_category_id_53926fc4_fk_catalog_category_id FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_line
    ADD CONSTRAINT catalog_line_platform_id_fb6db049_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_line
    ADD CONSTRAINT catalog_line_unit_id_a4be51c9_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_reasoncode
    ADD CONSTRAINT catalog_reasoncode_platform_id_cdf25861_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_regulation
    ADD CONSTRAINT catalog_regulation_file_id_1674e4e7_fk_core_storedfile_id FOREIGN KEY (file_id) REFERENCES public.core_storedfile(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_regulation
    ADD CONSTRAINT catalog_regulation_platform_id_24bf0c42_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_responsibility
    ADD CONSTRAINT catalog_responsibili_category_id_14ca6eae_fk_catalog_c FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_responsibility
    ADD CONSTRAINT catalog_responsibili_division_id_c0307c86_fk_grids_div FOREIGN KEY (division_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_responsibility
    ADD CONSTRAINT catalog_responsibili_replaces_id_1cd4a7d0_fk_catalog_r FOREIGN KEY (replaces_id) REFERENCES public.catalog_responsibility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_responsibility
    ADD CONSTRAINT catalog_responsibili_unit_id_f9c4227d_fk_organizat FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_responsibility
    ADD CONSTRAINT catalog_responsibility_platform_id_d5612747_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_source
    ADD CONSTRAINT catalog_source_platform_id_3c92e91b_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_stagedtable
    ADD CONSTRAINT catalog_stagedtable_platform_id_ba88991a_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_timelimit
    ADD CONSTRAINT catalog_timelimit_condition_id_a658dfc2_fk_catalog_f FOREIGN KEY (condition_id) REFERENCES public.catalog_filingcondition(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.catalog_workcalendar
    ADD CONSTRAINT catalog_workcalendar_platform_id_fedd95d7_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.core_parkeddelivery
    ADD CONSTRAINT core_parkeddelivery_entry_id_10d67aa1_fk_core_outboxentry_id FOREIGN KEY (entry_id) REFERENCES public.core_outboxentry(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.core_platform
    ADD CONSTRAINT core_platform_parent_id_d4ef876e_fk_core_platform_id FOREIGN KEY (parent_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.core_storedfile
    ADD CONSTRAINT core_storedfile_platform_id_76229a9c_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_attempt
    ADD CONSTRAINT courses_attempt_participant_id_eb2b9386_fk_courses_p FOREIGN KEY (participant_id) REFERENCES public.courses_participant(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_course
    ADD CONSTRAINT courses_course_made_by_id_f70d26e2_fk_organizat FOREIGN KEY (made_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_course
    ADD CONSTRAINT courses_course_platform_id_f72126c7_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_course
    ADD CONSTRAINT courses_course_regulation_id_280e9045_fk_catalog_regulation_id FOREIGN KEY (regulation_id) REFERENCES public.catalog_regulation(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_participant
    ADD CONSTRAINT courses_participant_appointment_id_437d752f_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_participant
    ADD CONSTRAINT courses_participant_course_id_f4e642d3_fk_courses_course_id FOREIGN KEY (course_id) REFERENCES public.courses_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_participant
    ADD CONSTRAINT courses_participant_entered_by_id_135d7ce6_fk_organizat FOREIGN KEY (entered_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_participant
    ADD CONSTRAINT courses_participant_user_id_777d4582_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_question
    ADD CONSTRAINT courses_question_quiz_id_7bd87b34_fk_courses_quiz_id FOREIGN KEY (quiz_id) REFERENCES public.courses_quiz(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.courses_quiz
    ADD CONSTRAINT courses_quiz_course_id_1a0543d1_fk_courses_course_id FOREIGN KEY (course_id) REFERENCES public.courses_course(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_areagrade
    ADD CONSTRAINT grids_areagrade_platform_id_1a0405bf_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_division
    ADD CONSTRAINT grids_division_parent_id_8a6cbf67_fk_grids_division_id FOREIGN KEY (parent_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_division
    ADD CONSTRAINT grids_division_platform_id_601a9ab4_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_gridrun
    ADD CONSTRAINT grids_gridrun_platform_id_efaf7b54_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_gridsource
    ADD CONSTRAINT grids_gridsource_grid_run_id_cf6ab447_fk_grids_gridrun_id FOREIGN KEY (grid_run_id) REFERENCES public.grids_gridrun(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_responsibilitygrid
    ADD CONSTRAINT grids_responsibility_platform_id_9c3000e1_fk_core_plat FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_responsibilitygrid_cells
    ADD CONSTRAINT grids_responsibility_responsibilitygrid_i_d0f52035_fk_grids_res FOREIGN KEY (responsibilitygrid_id) REFERENCES public.grids_responsibilitygrid(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_responsibilitygrid_cells
    ADD CONSTRAINT grids_responsibility_unitgrid_id_751b5c10_fk_grids_uni FOREIGN KEY (unitgrid_id) REFERENCES public.grids_unitgrid(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_road
    ADD CONSTRAINT grids_road_platform_id_0c2976c1_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_unitgrid
    ADD CONSTRAINT grids_unitgrid_community_id_685416a8_fk_grids_division_id FOREIGN KEY (community_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_unitgrid
    ADD CONSTRAINT grids_unitgrid_district_id_425ac1e1_fk_grids_division_id FOREIGN KEY (district_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_unitgrid
    ADD CONSTRAINT grids_unitgrid_grid_run_id_f9993f54_fk_grids_gridrun_id FOREIGN KEY (grid_run_id) REFERENCES public.grids_gridrun(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_unitgrid
    ADD CONSTRAINT grids_unitgrid_platform_id_4ff313d3_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.grids_unitgrid
    ADD CONSTRAINT grids_unitgrid_subdistrict_id_a2b50efd_fk_grids_division_id FOREIGN KEY (subdistrict_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.guides_owntext
    ADD CONSTRAINT guides_owntext_platform_id_72fb0cd5_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_notice
    ADD CONSTRAINT messaging_notice_appointment_id_c448a7c4_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_notice
    ADD CONSTRAINT messaging_notice_platform_id_b6f1b9a5_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_notice
    ADD CONSTRAINT messaging_notice_unit_id_6d31fbfa_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_noticeread
    ADD CONSTRAINT messaging_noticeread_appointment_id_fcbbb239_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_noticeread
    ADD CONSTRAINT messaging_noticeread_notice_id_0cad0a8e_fk_messaging_notice_id FOREIGN KEY (notice_id) REFERENCES public.messaging_notice(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_readupto
    ADD CONSTRAINT messaging_readupto_appointment_id_348d682e_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_switch
    ADD CONSTRAINT messaging_switch_platform_id_4e911ebd_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_switch
    ADD CONSTRAINT messaging_switch_unit_id_a668661f_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_threshold
    ADD CONSTRAINT messaging_threshold_platform_id_14a2590b_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_appointment
    ADD CONSTRAINT organizations_appoin_director_unit_id_8f5f40ad_fk_organizat FOREIGN KEY (director_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_appointment
    ADD CONSTRAINT organizations_appoin_division_id_1b3a14b0_fk_grids_div FOREIGN KEY (division_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_appointment
    ADD CONSTRAINT organizations_appoin_home_unit_id_ef4cb002_fk_organizat FOREIGN KEY (home_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_appointment
    ADD CONSTRAINT organizations_appoin_platform_id_1f5299cc_fk_core_plat FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_appointment
    ADD CONSTRAINT organizations_appoin_post_id_a92ed289_fk_organizat FOREIGN KEY (post_id) REFERENCES public.organizations_post(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_appointment
    ADD CONSTRAINT organizations_appoin_unit_id_e4478cb1_fk_organizat FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_appointment
    ADD CONSTRAINT organizations_appointment_user_id_70aedced_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_cellduty
    ADD CONSTRAINT organizations_celldu_appointment_id_1ae108b5_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_cellduty
    ADD CONSTRAINT organizations_cellduty_cell_id_e681f988_fk_grids_unitgrid_id FOREIGN KEY (cell_id) REFERENCES public.grids_unitgrid(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_exclusionlift
    ADD CONSTRAINT organizations_exclus_lifted_by_id_662783d3_fk_organizat FOREIGN KEY (lifted_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_exclusionlift
    ADD CONSTRAINT organizations_exclus_platform_id_3e4c5659_fk_core_plat FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_exclusionlift
    ADD CONSTRAINT organizations_exclus_user_id_837c524b_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_handover
    ADD CONSTRAINT organizations_handov_answered_by_id_c53b4b8c_fk_organizat FOREIGN KEY (answered_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_handover
    ADD CONSTRAINT organizations_handov_given_by_id_1c816985_fk_organizat FOREIGN KEY (given_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_handover
    ADD CONSTRAINT organizations_handov_post_id_c53f5435_fk_organizat FOREIGN KEY (post_id) REFERENCES public.organizations_post(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_handover
    ADD CONSTRAINT organizations_handov_unit_id_c6438875_fk_organizat FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_handover
    ADD CONSTRAINT organizations_handover_platform_id_b23c56a4_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_leave
    ADD CONSTRAINT organizations_leave_appointment_id_2a6048e8_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_leave
    ADD CONSTRAINT organizations_leave_decided_by_id_6f993675_fk_organizat FOREIGN KEY (decided_by_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_leave
    ADD CONSTRAINT organizations_leave_given_id_c759c933_fk_organizat FOREIGN KEY (given_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_leave
    ADD CONSTRAINT organizations_leave_platform_id_1bfd91de_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_leave
    ADD CONSTRAINT organizations_leave_stand_in_id_12579b0b_fk_organizat FOREIGN KEY (stand_in_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_post
    ADD CONSTRAINT organizations_post_platform_id_9e0b0c58_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_shift
    ADD CONSTRAINT organizations_shift_platform_id_683558d5_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_staffing
    ADD CONSTRAINT organizations_staffi_post_id_483181b2_fk_organizat FOREIGN KEY (post_id) REFERENCES public.organizations_post(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_staffing
    ADD CONSTRAINT organizations_staffi_shift_id_2c550851_fk_organizat FOREIGN KEY (shift_id) REFERENCES public.organizations_shift(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_staffing
    ADD CONSTRAINT organizations_staffi_unit_id_016a32ae_fk_organizat FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_staffing
    ADD CONSTRAINT organizations_staffing_platform_id_1b1fec11_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_turn
    ADD CONSTRAINT organizations_turn_appointment_id_c2b52544_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_turn
    ADD CONSTRAINT organizations_turn_platform_id_61932fb1_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_turn
    ADD CONSTRAINT organizations_turn_post_id_c9889356_fk_organizations_post_id FOREIGN KEY (post_id) REFERENCES public.organizations_post(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_turn
    ADD CONSTRAINT organizations_turn_shift_id_c02c8349_fk_organizations_shift_id FOREIGN KEY (shift_id) REFERENCES public.organizations_shift(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_turn
    ADD CONSTRAINT organizations_turn_stands_in_for_id_1e1ddd89_fk_organizat FOREIGN KEY (stands_in_for_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_turn
    ADD CONSTRAINT organizations_turn_unit_id_ada9a573_fk_organizations_unit_id FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_unit
    ADD CONSTRAINT organizations_unit_division_id_bf803a0c_fk_grids_division_id FOREIGN KEY (division_id) REFERENCES public.grids_division(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_unit
    ADD CONSTRAINT organizations_unit_parent_id_4c825b63_fk_organizations_unit_id FOREIGN KEY (parent_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organizations_unit
    ADD CONSTRAINT organizations_unit_platform_id_56bee682_fk_core_platform_id FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);

ALTER TABLE ONLY public.service_requests_phrase
    ADD CONSTRAINT service_requests_phr_platform_id_7be397c1_fk_core_plat FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_requesthandler
    ADD CONSTRAINT service_requests_req_appointment_id_36810dc3_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_requestrecord
    ADD CONSTRAINT service_requests_req_request_id_572ab674_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_requestcase
    ADD CONSTRAINT service_requests_req_request_id_874004cd_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_requesthandler
    ADD CONSTRAINT service_requests_req_request_id_be9318d2_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_requestcase
    ADD CONSTRAINT service_requests_requestcase_case_id_df123f13_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_category_id_dee6f09d_fk_catalog_c FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_concerned_unit_id_f423bf90_fk_organizat FOREIGN KEY (concerned_unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_contact_id_552c102e_fk_audit_per FOREIGN KEY (contact_id) REFERENCES public.audit_personaldata(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_platform_id_ff0df0e4_fk_core_plat FOREIGN KEY (platform_id) REFERENCES public.core_platform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_report_id_2a92eea3_fk_cases_rep FOREIGN KEY (report_id) REFERENCES public.cases_report(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_unit_id_5f54191f_fk_organizat FOREIGN KEY (unit_id) REFERENCES public.organizations_unit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.supervision_watch
    ADD CONSTRAINT supervision_watch_appointment_id_d43f61ca_fk_organizat FOREIGN KEY (appointment_id) REFERENCES public.organizations_appointment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.supervision_watch
    ADD CONSTRAINT supervision_watch_case_id_d629917b_fk_cases_case_id FOREIGN KEY (case_id) REFERENCES public.cases_case(id) DEFERRABLE INITIALLY DEFERRED;
