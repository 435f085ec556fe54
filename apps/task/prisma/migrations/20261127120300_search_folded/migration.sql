-- As tasks_search, which the release before uses and a later one drops, but over the folded text; its
-- expression for the owner is another, so that neither index can answer for the other. Beside writers, so
-- nothing else may stand in this file. `migrate` clears up after
-- a build that failed or was interrupted.
CREATE INDEX CONCURRENTLY tasks_search_folded ON tasks USING gin (
  (0 + owner_id), (fold_text(title || ' ' || coalesce(description, ''))) gin_trgm_ops
) WITH (gin_pending_list_limit = 1024);
