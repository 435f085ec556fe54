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

-- By a trigger, so that no road forgets it: the service, its operator's command, the release before, a person with psql. An update
-- is told if it changes what an event tells: compared in here, so that no column is bound to the trigger. Of a deleted account nothing is left but that: what was told of the person before goes
-- from the log in the same statement.
CREATE FUNCTION log_account_event() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  account public.users;
BEGIN
  IF TG_OP = 'DELETE' THEN
    account := OLD;
    DELETE FROM public.outbox_events WHERE account_id = OLD.id;
  ELSE
    account := NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (OLD.username, OLD.email, OLD.full_name) IS NOT DISTINCT FROM (NEW.username, NEW.email, NEW.full_name) THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO public.outbox_events (horizon, id, type, subject, time, account_id, data) VALUES (
    public.event_horizon(), uuidv7(), TG_ARGV[0], 'accounts/' || account.id, clock_timestamp(), account.id,
    CASE TG_OP
      WHEN 'DELETE' THEN json_build_object('account_id', account.id)
      ELSE json_build_object(
        'account_id', account.id, 'username', account.username, 'email', account.email, 'full_name', account.full_name
      )
    END
  );
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION log_account_event() FROM PUBLIC;

CREATE TRIGGER users_log_registered AFTER INSERT ON users
  FOR EACH ROW EXECUTE FUNCTION log_account_event('account.registered.v1');
CREATE TRIGGER users_log_updated AFTER UPDATE ON users
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION log_account_event('account.updated.v1');
CREATE TRIGGER users_log_deleted AFTER DELETE ON users
  FOR EACH ROW EXECUTE FUNCTION log_account_event('account.deleted.v1');
