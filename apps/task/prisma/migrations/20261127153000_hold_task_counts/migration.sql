-- For a transaction whose statements touch counters one after another: takes all of an owner's first, in the order in which
-- a single statement takes them, so that nobody waits for anybody in a circle. Gives how many tasks the owner has; that
-- stays true until the transaction ends.
CREATE FUNCTION hold_task_counts(owner bigint) RETURNS bigint
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH held AS (
    INSERT INTO public.task_counts AS counter (owner_id, status, priority, count)
    SELECT owner, status, priority, 0
    FROM unnest(enum_range(NULL::public.task_status)) AS status, unnest(enum_range(NULL::public.task_priority)) AS priority
    ORDER BY status, priority
    ON CONFLICT (owner_id, status, priority) DO UPDATE SET count = counter.count
    RETURNING count
  )
  SELECT sum(count)::bigint FROM held
$$;
REVOKE EXECUTE ON FUNCTION hold_task_counts(bigint) FROM PUBLIC;

-- Whoever reads counters may hold them.
DO $$
DECLARE reader regrole;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee::regrole FROM pg_class, aclexplode(relacl)
    WHERE oid = 'task_counts'::regclass AND grantee <> relowner AND grantee <> 0
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION hold_task_counts(bigint) TO %s', reader);
  END LOOP;
END
$$;
