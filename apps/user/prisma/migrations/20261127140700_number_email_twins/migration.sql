-- In a transaction of its own: only the rows of twins are locked. Where the index is there already, it has seen to this.
UPDATE "users" SET "email_twin" = "twins"."number"
FROM (
    SELECT "id", row_number() OVER (PARTITION BY "email_key"("email") ORDER BY "id") - 1 AS "number" FROM "users"
) AS "twins"
WHERE "twins"."id" = "users"."id" AND "twins"."number" > 0 AND to_regclass('users_email_meaning_key') IS NULL;
