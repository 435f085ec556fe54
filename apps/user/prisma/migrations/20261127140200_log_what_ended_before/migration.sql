-- In a transaction of its own: the trigger's lock on sessions is not held meanwhile. One that ended in between is there twice,
-- which does no harm.
INSERT INTO "ended_sessions" ("transaction_id", "session_id", "expiry_minute")
SELECT pg_current_xact_id()::text::bigint, "id", ceil(extract(epoch FROM "access_expires_at") / 60) FROM "sessions"
WHERE "ended_at" IS NOT NULL AND "access_expires_at" > now() - interval '2 minutes';
