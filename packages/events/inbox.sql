-- What this service has had of the events of others (docs/adr/0041-feed-and-inbox.md): one row for each source.
CREATE TABLE inbox_positions (
  source        text NOT NULL,
  position      text, -- of the last event that was handled; null: nothing was yet
  leader        uuid, -- the one process that reads
  led_until     timestamptz(3) NOT NULL DEFAULT '-infinity',
  failing_event text,
  failures      integer NOT NULL DEFAULT 0, -- of that event
  CONSTRAINT inbox_positions_pkey PRIMARY KEY (source)
);

-- Events that were handled: one that comes again changes nothing.
CREATE TABLE inbox_events (
  source     text NOT NULL,
  id         text NOT NULL,
  handled_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT inbox_events_pkey PRIMARY KEY (source, id)
);
CREATE INDEX inbox_events_handled_at ON inbox_events (handled_at);

-- Events that could not be handled, and those that came after them about the same subject.
CREATE TABLE inbox_set_aside (
  place   bigint GENERATED ALWAYS AS IDENTITY,
  source  text NOT NULL,
  subject text NOT NULL,
  event   json NOT NULL,
  error   text, -- null: it was not tried, since one before it could not be handled
  since   timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT inbox_set_aside_pkey PRIMARY KEY (place)
);
CREATE INDEX inbox_set_aside_subject ON inbox_set_aside (source, subject, place);
