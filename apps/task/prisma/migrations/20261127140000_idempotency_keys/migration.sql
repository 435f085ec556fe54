-- What each write that came with an `Idempotency-Key` was answered: committed with the write itself.
CREATE TABLE idempotency_keys (
  caller_id   bigint NOT NULL, -- 0: the service's, for callers who have no account yet
  key_hash    bytea NOT NULL,
  fingerprint bytea NOT NULL,
  expires_at  timestamptz(3) NOT NULL,
  status      smallint NOT NULL,
  location    text,
  etag        text,
  body        text,
  account_id  bigint, -- whose account the answer tells of, if it is not the caller's
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller_id, key_hash),
  CONSTRAINT idempotency_keys_hashes CHECK (octet_length(key_hash) = 32 AND octet_length(fingerprint) = 32)
);

CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);
CREATE INDEX idempotency_keys_account ON idempotency_keys (account_id) WHERE account_id IS NOT NULL;
