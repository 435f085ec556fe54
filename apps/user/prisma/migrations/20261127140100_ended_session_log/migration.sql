-- What verifiers poll: each session that ended, under the transaction that ended it. Ids of transactions are given out in their order
-- but commit in any; a reader who remembers the oldest transaction that was still running misses none (ADR 0037).
CREATE TABLE "ended_sessions" (
    "transaction_id" BIGINT NOT NULL,
    "session_id" BIGINT NOT NULL,
    -- Minutes since 1970, rounded up: its access tokens have expired then.
    "expiry_minute" INTEGER NOT NULL,

    CONSTRAINT "ended_sessions_pkey" PRIMARY KEY ("transaction_id", "session_id")
);

-- A trigger, so that sessions which the release before ends are in the log as well.
CREATE FUNCTION "log_ended_session"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "ended_sessions" ("transaction_id", "session_id", "expiry_minute")
    VALUES (pg_current_xact_id()::text::bigint, NEW."id", ceil(extract(epoch FROM NEW."access_expires_at") / 60));
    RETURN NULL;
END
$$;

CREATE TRIGGER "sessions_ended" AFTER UPDATE OF "ended_at" ON "sessions"
FOR EACH ROW WHEN (OLD."ended_at" IS NULL AND NEW."ended_at" IS NOT NULL) EXECUTE FUNCTION "log_ended_session"();
