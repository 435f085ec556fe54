-- Trusted extensions: a database's owner may create them. btree_gin puts the owner into the search index.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TYPE task_status AS ENUM ('todo', 'in_progress', 'done');
CREATE TYPE task_priority AS ENUM ('low', 'medium', 'high');

CREATE TABLE tasks (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id    bigint NOT NULL,
  title       text NOT NULL,
  description text,
  status      task_status NOT NULL DEFAULT 'todo',
  priority    task_priority NOT NULL DEFAULT 'medium',
  due_date    timestamptz(3),
  created_at  timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at  timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT tasks_title_length CHECK (char_length(title) BETWEEN 1 AND 255),
  CONSTRAINT tasks_description_length CHECK (char_length(description) <= 10000)
);

-- The default list. Every other order and every filter is a merge over (status, priority), one range of an index each.
CREATE INDEX tasks_newest ON tasks (owner_id, created_at, id);
CREATE INDEX tasks_by_created ON tasks (owner_id, status, priority, created_at, id);
CREATE INDEX tasks_by_updated ON tasks (owner_id, status, priority, updated_at, id);
-- Nulls come last in both directions, so each direction has a key of its own.
CREATE INDEX tasks_by_due ON tasks (owner_id, status, priority, (coalesce(due_date, 'infinity')), id);
CREATE INDEX tasks_by_due_desc ON tasks (owner_id, status, priority, (coalesce(due_date, '-infinity')), id);
-- Trigrams within an owner's tasks. The owner as an expression, so that no other index can answer instead: without
-- statistics the planner takes reading an owner's every task to be cheaper.
CREATE INDEX tasks_search ON tasks USING gin (
  (owner_id + 0), (lower((title || ' ' || coalesce(description, '')) COLLATE pg_c_utf8)) gin_trgm_ops
) WITH (gin_pending_list_limit = 1024); -- kB, which each search reads through; a write costs as with the usual 4096

-- How many tasks an owner has of each (status, priority): at most nine rows, so totals cost the same at any number of
-- tasks (docs/adr/0007-exact-counts.md). Each write rewrites a row in place: the free space keeps that on its page.
CREATE TABLE task_counts (
  owner_id bigint NOT NULL,
  status   task_status NOT NULL,
  priority task_priority NOT NULL,
  count    bigint NOT NULL,
  PRIMARY KEY (owner_id, status, priority)
) WITH (fillfactor = 50);

-- Once per statement and in its transaction. Net changes only, so an update that moves no task between counters touches
-- none; counters are taken in key order, so two statements never wait for each other in a circle.
CREATE FUNCTION count_tasks() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN
      INSERT INTO public.task_counts AS counter (owner_id, status, priority, count)
      SELECT owner_id, status, priority, count(*) FROM added
      GROUP BY owner_id, status, priority ORDER BY owner_id, status, priority
      ON CONFLICT (owner_id, status, priority) DO UPDATE SET count = counter.count + excluded.count;
    WHEN 'DELETE' THEN
      INSERT INTO public.task_counts AS counter (owner_id, status, priority, count)
      SELECT owner_id, status, priority, -count(*) FROM removed
      GROUP BY owner_id, status, priority ORDER BY owner_id, status, priority
      ON CONFLICT (owner_id, status, priority) DO UPDATE SET count = counter.count + excluded.count;
    WHEN 'UPDATE' THEN
      INSERT INTO public.task_counts AS counter (owner_id, status, priority, count)
      SELECT owner_id, status, priority, sum(change) FROM (
        SELECT owner_id, status, priority, 1 AS change FROM added
        UNION ALL
        SELECT owner_id, status, priority, -1 FROM removed
      ) AS changes
      GROUP BY owner_id, status, priority HAVING sum(change) <> 0 ORDER BY owner_id, status, priority
      ON CONFLICT (owner_id, status, priority) DO UPDATE SET count = counter.count + excluded.count;
    WHEN 'TRUNCATE' THEN
      DELETE FROM public.task_counts;
  END CASE;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION count_tasks() FROM PUBLIC;

CREATE TRIGGER tasks_count_added AFTER INSERT ON tasks
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_tasks();
CREATE TRIGGER tasks_count_removed AFTER DELETE ON tasks
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_tasks();
CREATE TRIGGER tasks_count_changed AFTER UPDATE ON tasks
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_tasks();
CREATE TRIGGER tasks_count_none AFTER TRUNCATE ON tasks
  FOR EACH STATEMENT EXECUTE FUNCTION count_tasks();

-- Only the triggers write counters: whoever got rows by default keeps reading them.
DO $$
DECLARE reader regrole;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee::regrole FROM pg_class, aclexplode(relacl)
    WHERE oid = 'task_counts'::regclass AND grantee <> relowner AND grantee <> 0
  LOOP
    EXECUTE format('REVOKE ALL ON task_counts FROM %s', reader);
    EXECUTE format('GRANT SELECT ON task_counts TO %s', reader);
  END LOOP;
END
$$;
