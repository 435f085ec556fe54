-- What this service has had of the events of others (docs/adr/0041-feed-and-inbox.md): one row for each source.
CREATE TABLE inbox_positions (
  source        text NOT NULL,
  position      text, -- of the last event that was handled; null: nothing was yet
  leader        uuid, -- the one process that reads
  led_until     timestamptz(3) NOT NULL DEFAULT '-infinity',
  failing_event text,
  failures      integer NOT NULL DEFAULT 0, -- of that event
  CONSTRAINT inbox_positions_pkey PRIMARY KEY (source)
);

-- Events that were handled: one that comes again changes nothing.
CREATE TABLE inbox_events (
  source     text NOT NULL,
  id         text NOT NULL,
  handled_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT inbox_events_pkey PRIMARY KEY (source, id)
);
CREATE INDEX inbox_events_handled_at ON inbox_events (handled_at);

-- Events that could not be handled, and those that came after them about the same subject.
CREATE TABLE inbox_set_aside (
  place   bigint GENERATED ALWAYS AS IDENTITY,
  source  text NOT NULL,
  subject text NOT NULL,
  event   json NOT NULL,
  error   text, -- null: it was not tried, since one before it could not be handled
  since   timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT inbox_set_aside_pkey PRIMARY KEY (place)
);
CREATE INDEX inbox_set_aside_subject ON inbox_set_aside (source, subject, place);

-- Accounts that were deleted, until all is gone: a token of theirs may have been good for some seconds more.
CREATE TABLE account_erasures (
  account_id bigint NOT NULL,
  due_at     timestamptz(3) NOT NULL,
  CONSTRAINT account_erasures_pkey PRIMARY KEY (account_id)
);
CREATE INDEX account_erasures_due ON account_erasures (due_at);

-- Counters are written by triggers alone; those of an account that is gone are at 0 and only name it.
CREATE FUNCTION forget_task_counts(owner bigint) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public.task_counts WHERE owner_id = owner AND count = 0
$$;
REVOKE EXECUTE ON FUNCTION forget_task_counts(bigint) FROM PUBLIC;

-- Whoever reads counters may do so.
DO $$
DECLARE reader regrole;
BEGIN
  FOR reader IN
    SELECT DISTINCT grantee::regrole FROM pg_class, aclexplode(relacl)
    WHERE oid = 'task_counts'::regclass AND grantee <> relowner AND grantee <> 0
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION forget_task_counts(bigint) TO %s', reader);
  END LOOP;
END
$$;
