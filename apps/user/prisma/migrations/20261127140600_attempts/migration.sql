-- Tries that count towards a limit: wrong passwords and registrations. The keys are hashes under a secret, and name an account, an address or a
-- device. Times in milliseconds since 1970, ascending, and only those that a limit still asks for.
CREATE TABLE "attempts" (
    "key" BYTEA NOT NULL,
    "times" BIGINT[] NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("key"),
    CONSTRAINT "attempts_key_check" CHECK (octet_length("key") = 16)
);
CREATE INDEX "attempts_last_at_idx" ON "attempts" ("last_at");

-- Where the holder of an account has signed in from: a hash of the network's address under a secret.
CREATE TABLE "known_devices" (
    "user_id" BIGINT NOT NULL,
    "network" BYTEA NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "known_devices_pkey" PRIMARY KEY ("user_id", "network"),
    CONSTRAINT "known_devices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "known_devices_network_check" CHECK (octet_length("network") = 16)
);
CREATE INDEX "known_devices_seen_at_idx" ON "known_devices" ("seen_at");
