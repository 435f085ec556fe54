-- The index before, `users_email_key`, stays for the release before, which looks addresses up by it. Beside writers: if one of them has
-- brought a second spelling of an address since the twins were numbered, this fails; run the UPDATE of `number_email_twins` again, then `migrate`.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "users_email_meaning_key" ON "users" ("email_key"("email"), "email_twin");
