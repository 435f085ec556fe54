CREATE TABLE entries (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id   bigint NOT NULL,
  text       text NOT NULL CONSTRAINT entries_text_length CHECK (char_length(text) BETWEEN 1 AND 255),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX entries_newest ON entries (owner_id, id);
