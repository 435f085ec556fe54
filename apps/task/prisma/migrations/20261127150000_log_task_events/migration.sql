-- What happened, as CloudEvents: written by the change's own transaction. Rows are read in the order of (horizon, position);
-- docs/adr/0031-outbox-and-changes.md says why.
CREATE TABLE outbox_events (
  horizon    bigint NOT NULL,
  position   bigint GENERATED ALWAYS AS IDENTITY,
  id         uuid NOT NULL,
  type       text NOT NULL,
  subject    text NOT NULL,
  time       timestamptz(3) NOT NULL,
  account_id bigint NOT NULL,
  data       json NOT NULL,
  CONSTRAINT outbox_events_pkey PRIMARY KEY (horizon, position)
);
CREATE INDEX outbox_events_account ON outbox_events (account_id, horizon, position);

-- The last event that was removed, because it was too old: one row.
CREATE TABLE outbox_start (
  single   boolean PRIMARY KEY DEFAULT true CHECK (single),
  horizon  bigint NOT NULL,
  position bigint NOT NULL
);
INSERT INTO outbox_start (horizon, position) VALUES (0, 0);

-- The newest transaction that had begun when an event was written, as far as one can tell: no event with a lower horizon
-- appears any more once all transactions up to it have ended. Asked in a statement that begins after the change, so that
-- it is never lower than that of an earlier change of the same subject, whichever transaction began first.
CREATE FUNCTION event_horizon() RETURNS bigint LANGUAGE sql VOLATILE RETURN
  greatest(pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1);

-- Only triggers write events: whoever got rows by default keeps reading them, and removes old ones.
DO $$
DECLARE reader regrole;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee::regrole FROM pg_class, aclexplode(relacl)
    WHERE oid = 'outbox_events'::regclass AND grantee <> relowner AND grantee <> 0
  LOOP
    EXECUTE format('REVOKE ALL ON outbox_events, outbox_start FROM %s', reader);
    EXECUTE format('GRANT SELECT, DELETE ON outbox_events TO %s', reader);
    EXECUTE format('GRANT SELECT, UPDATE ON outbox_start TO %s', reader);
  END LOOP;
END
$$;

-- By triggers, so that every change is told, that of the release before too, which runs while this is new; by the row, because
-- an update needs both of its sides. `task` has the members and the bytes of the API's answers, in both functions.
CREATE FUNCTION log_task_event() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written public.tasks;
BEGIN
  IF TG_OP = 'DELETE' THEN written := OLD; ELSE written := NEW; END IF;
  INSERT INTO public.outbox_events (horizon, id, type, subject, time, account_id, data) VALUES (
    public.event_horizon(), uuidv7(), TG_ARGV[0], 'tasks/' || written.id, clock_timestamp(), written.owner_id, (
      SELECT row_to_json(event) FROM (
        SELECT written.owner_id, task FROM (
          SELECT written.title, written.description, written.status, written.priority,
            to_char(written.due_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS due_date,
            written.id, written.status = 'done' AS is_completed, written.owner_id,
            to_char(written.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
            to_char(written.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at,
            written.estimate_minutes, written.version
        ) AS task
      ) AS event
    )
  );
  RETURN NULL;
END
$$;

-- The same with what has changed, and what it was before.
CREATE FUNCTION log_task_update() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed text[] := array_remove(ARRAY[
    CASE WHEN NEW.title IS DISTINCT FROM OLD.title THEN 'title' END,
    CASE WHEN NEW.description IS DISTINCT FROM OLD.description THEN 'description' END,
    CASE WHEN NEW.status IS DISTINCT FROM OLD.status THEN 'status' END,
    CASE WHEN NEW.priority IS DISTINCT FROM OLD.priority THEN 'priority' END,
    CASE WHEN NEW.due_date IS DISTINCT FROM OLD.due_date THEN 'due_date' END,
    CASE WHEN NEW.estimate_minutes IS DISTINCT FROM OLD.estimate_minutes THEN 'estimate_minutes' END
  ], NULL);
  previous json := (
    SELECT coalesce(json_object_agg(key, value), '{}') FROM json_each((
      SELECT row_to_json(before) FROM (
        SELECT OLD.title, OLD.description, OLD.status, OLD.priority,
          to_char(OLD.due_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS due_date, OLD.estimate_minutes
      ) AS before
    )) WHERE key = ANY (changed)
  );
BEGIN
  INSERT INTO public.outbox_events (horizon, id, type, subject, time, account_id, data) VALUES (
    public.event_horizon(), uuidv7(), 'task.updated.v1', 'tasks/' || NEW.id, clock_timestamp(), NEW.owner_id, (
      SELECT row_to_json(event) FROM (
        SELECT NEW.owner_id, task, changed, previous FROM (
          SELECT NEW.title, NEW.description, NEW.status, NEW.priority,
            to_char(NEW.due_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS due_date,
            NEW.id, NEW.status = 'done' AS is_completed, NEW.owner_id,
            to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
            to_char(NEW.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at,
            NEW.estimate_minutes, NEW.version
        ) AS task
      ) AS event
    )
  );
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION log_task_event(), log_task_update() FROM PUBLIC;

CREATE TRIGGER tasks_log_created AFTER INSERT ON tasks
  FOR EACH ROW EXECUTE FUNCTION log_task_event('task.created.v1');
CREATE TRIGGER tasks_log_deleted AFTER DELETE ON tasks
  FOR EACH ROW EXECUTE FUNCTION log_task_event('task.deleted.v1');
CREATE TRIGGER tasks_log_updated AFTER UPDATE ON tasks
  FOR EACH ROW WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION log_task_update();
