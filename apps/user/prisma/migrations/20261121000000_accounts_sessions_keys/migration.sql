CREATE TABLE "users" (
    "id" BIGSERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "full_name" TEXT,
    "password_hash" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "is_superuser" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "users_email_check" CHECK (char_length("email") <= 255 AND "email" LIKE '_%@_%'),
    CONSTRAINT "users_username_check" CHECK ("username" ~ '^[A-Za-z0-9._-]{3,100}$'),
    CONSTRAINT "users_full_name_check" CHECK (char_length("full_name") <= 255)
);

-- Names are unique without regard to case; the collation is named, so that the database's own plays no part.
CREATE UNIQUE INDEX "users_username_key" ON "users" (lower("username" COLLATE pg_c_utf8));
CREATE UNIQUE INDEX "users_email_key" ON "users" (lower("email" COLLATE pg_c_utf8));

CREATE TABLE "sessions" (
    "id" BIGSERIAL NOT NULL,
    "user_id" BIGINT,
    "family_hash" BYTEA NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "previous_hash" BYTEA,
    "successor_salt" BYTEA,
    "rotated_at" TIMESTAMPTZ(3),
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "access_expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "sessions_hashes_check" CHECK (
        octet_length("family_hash") = 32 AND octet_length("token_hash") = 32 AND octet_length("previous_hash") = 32
    ),
    CONSTRAINT "sessions_rotation_check" CHECK (num_nulls("previous_hash", "successor_salt", "rotated_at") IN (0, 3)),
    CONSTRAINT "sessions_user_agent_check" CHECK (char_length("user_agent") <= 255),
    CONSTRAINT "sessions_access_expires_at_check" CHECK ("access_expires_at" <= "expires_at"),
    CONSTRAINT "sessions_end_check" CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL)),
    CONSTRAINT "sessions_end_reason_check" CHECK (
        "end_reason" IN ('signed_out', 'ended_elsewhere', 'password_changed', 'replayed', 'deactivated', 'account_deleted')
    ),
    -- Only an ended session may outlive its account.
    CONSTRAINT "sessions_owner_check" CHECK ("user_id" IS NOT NULL OR "ended_at" IS NOT NULL)
);

CREATE UNIQUE INDEX "sessions_family_hash_key" ON "sessions" ("family_hash");
CREATE INDEX "sessions_user_id_idx" ON "sessions" ("user_id");
-- The list that verifiers poll: ended, but an access token may still live.
CREATE INDEX "sessions_ended_idx" ON "sessions" ("access_expires_at") WHERE "ended_at" IS NOT NULL;
-- Housekeeping: when nothing needs the row any more.
CREATE INDEX "sessions_removable_idx" ON "sessions" ((CASE WHEN "ended_at" IS NULL THEN "expires_at" ELSE "access_expires_at" END));

CREATE TABLE "signing_keys" (
    "kid" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "sealed_private_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "signs_from" TIMESTAMPTZ(3) NOT NULL,
    "longest_token_seconds" INTEGER NOT NULL,

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid"),
    CONSTRAINT "signing_keys_signs_from_check" CHECK ("signs_from" >= "created_at")
);
