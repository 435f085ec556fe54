-- A constant default is kept beside the table: no row is written, and the lock is held for a moment.
ALTER TABLE "users" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;

-- One more with each change of what the account's owner is shown, whoever writes: the release before knows nothing of
-- versions. What is not shown changes without: a new hash of the same password, say. Rows are compared as JSON, so that no column
-- is bound to the trigger and can't be dropped one day.
CREATE FUNCTION "advance_account_version"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    not_shown CONSTANT TEXT[] := '{password_hash,email_twin,version}';
BEGIN
    IF to_jsonb(OLD) - not_shown <> to_jsonb(NEW) - not_shown THEN
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER "users_version" BEFORE UPDATE ON "users"
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "advance_account_version"();
