-- Reads the table beside writers.
ALTER TABLE tasks VALIDATE CONSTRAINT tasks_estimate_minutes_range;
