-- Reads the table beside writers.
ALTER TABLE "sessions" VALIDATE CONSTRAINT "sessions_end_reason_check";
