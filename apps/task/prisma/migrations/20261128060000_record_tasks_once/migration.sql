-- One trigger that logs and counts what a statement has added or removed, instead of one for each: much of what they cost was
-- their beginnings. The events come first, and say how many rows there are. For a single one, as nearly every statement
-- has, its counter is changed without the grouping and sorting that many need: 94 µs for both instead of 143
-- (docs/adr/0007-exact-counts.md). count_tasks() still counts updates and TRUNCATE, log_task_update() logs updates.
CREATE FUNCTION record_tasks() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  change constant bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  logged bigint;
BEGIN
  INSERT INTO public.outbox_events (horizon, id, type, subject, time, account_id, data)
  SELECT public.event_horizon(), uuidv7(), TG_ARGV[0], 'tasks/' || written.id, clock_timestamp(), written.owner_id, (
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
  FROM written;
  GET DIAGNOSTICS logged = ROW_COUNT;

  IF logged = 1 THEN
    INSERT INTO public.task_counts AS counter (owner_id, status, priority, count)
    SELECT owner_id, status, priority, change FROM written
    ON CONFLICT (owner_id, status, priority) DO UPDATE SET count = counter.count + excluded.count;
  ELSIF logged > 1 THEN
    INSERT INTO public.task_counts AS counter (owner_id, status, priority, count)
    SELECT owner_id, status, priority, change * count(*) FROM written
    GROUP BY owner_id, status, priority ORDER BY owner_id, status, priority
    ON CONFLICT (owner_id, status, priority) DO UPDATE SET count = counter.count + excluded.count;
  END IF;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION record_tasks() FROM PUBLIC;

-- In one transaction, so that no statement is counted twice or not at all.
DROP TRIGGER tasks_log_created ON tasks;
DROP TRIGGER tasks_log_deleted ON tasks;
DROP TRIGGER tasks_count_added ON tasks;
DROP TRIGGER tasks_count_removed ON tasks;
CREATE TRIGGER tasks_record_added AFTER INSERT ON tasks
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION record_tasks('task.created.v1');
CREATE TRIGGER tasks_record_removed AFTER DELETE ON tasks
  REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION record_tasks('task.deleted.v1');
DROP FUNCTION log_task_event();
