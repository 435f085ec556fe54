ALTER TABLE tasks ADD COLUMN estimate_minutes integer;
-- Not checked against the rows that are there, all of them null: that would hold every write up. The next migration does.
ALTER TABLE tasks ADD CONSTRAINT tasks_estimate_minutes_range CHECK (estimate_minutes BETWEEN 0 AND 100000) NOT VALID;
