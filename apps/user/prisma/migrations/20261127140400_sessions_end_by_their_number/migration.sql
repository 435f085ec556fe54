-- The same and one more; checked against the rows that are there by the next migration.
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_end_reason_check", ADD CONSTRAINT "sessions_end_reason_check" CHECK (
    "end_reason" IN (
        'signed_out', 'ended_elsewhere', 'password_changed', 'replayed', 'deactivated', 'account_deleted', 'too_many'
    )
) NOT VALID;
