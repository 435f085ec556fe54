-- Each sign-in looks for the oldest live sessions of its account, however many have ended lately.
CREATE INDEX CONCURRENTLY "sessions_live_idx" ON "sessions" ("user_id", "id") WHERE "ended_at" IS NULL;
