-- One spelling of a host name's label, as IDNA has it (UTS 46, RFC 3492): `Bücher` and `xn--bcher-kva` give the latter.
-- `test/email-keys.int.test.ts` holds it to what Node says.
CREATE FUNCTION "a_label"("label" TEXT) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    mapped CONSTANT TEXT := normalize(lower(normalize(label, NFKC) COLLATE pg_c_utf8), NFKC);
    basic CONSTANT TEXT := regexp_replace(mapped, '[^\x01-\x7f]', '', 'g');
    points CONSTANT INTEGER[] := ARRAY(SELECT ascii(letter) FROM string_to_table(mapped, NULL) AS letter);
    digits CONSTANT TEXT := 'abcdefghijklmnopqrstuvwxyz0123456789';
    encoded TEXT := CASE WHEN basic = '' THEN 'xn--' ELSE 'xn--' || basic || '-' END;
    handled INTEGER := length(basic);
    least_point INTEGER := 128;
    next_point INTEGER;
    point INTEGER;
    delta INTEGER := 0;
    bias INTEGER := 72;
    rest INTEGER;
    k INTEGER;
    threshold INTEGER;
BEGIN
    IF basic = mapped OR length(mapped) > 63 THEN
        RETURN mapped;
    END IF;
    WHILE handled < cardinality(points) LOOP
        SELECT min(p) INTO next_point FROM unnest(points) AS p WHERE p >= least_point;
        delta := delta + (next_point - least_point) * (handled + 1);
        least_point := next_point;
        FOREACH point IN ARRAY points LOOP
            IF point < least_point THEN
                delta := delta + 1;
            END IF;
            CONTINUE WHEN point <> least_point;
            rest := delta;
            k := 36;
            LOOP
                threshold := least(greatest(k - bias, 1), 26);
                EXIT WHEN rest < threshold;
                encoded := encoded || substr(digits, threshold + (rest - threshold) % (36 - threshold) + 1, 1);
                rest := (rest - threshold) / (36 - threshold);
                k := k + 36;
            END LOOP;
            encoded := encoded || substr(digits, rest + 1, 1);
            delta := delta / (CASE WHEN handled = length(basic) THEN 700 ELSE 2 END);
            handled := handled + 1;
            delta := delta + delta / handled;
            k := 0;
            WHILE delta > 455 LOOP
                delta := delta / 35;
                k := k + 36;
            END LOOP;
            bias := k + 36 * delta / (delta + 38);
            delta := 0;
        END LOOP;
        delta := delta + 1;
        least_point := least_point + 1;
    END LOOP;
    RETURN encoded;
END
$$;

-- What all spellings of an e-mail address have in common: the local part folded, the domain's labels as above, without a
-- last dot. Bodies like these are bound to their functions now: neither a caller's search path nor a restore's matters.
CREATE FUNCTION "international_email_key"("email" TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN normalize(casefold(normalize(regexp_replace("email", '@[^@]*$', ''), NFC) COLLATE pg_unicode_fast), NFC) || '@' || (
    SELECT string_agg("a_label"("label"), '.' ORDER BY "place")
    FROM string_to_table(
        regexp_replace(translate(regexp_replace("email", '^.*@', ''), '。．｡', '...'), '\.$', ''), '.'
    ) WITH ORDINALITY AS "labels" ("label", "place")
);

-- The same, and quick for ASCII, where there is nothing to map. Postgres puts an expression as short as this one in place of its call.
CREATE FUNCTION "email_key"("email" TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE octet_length("email")
    WHEN char_length("email") THEN lower(rtrim("email", '.') COLLATE pg_c_utf8)
    ELSE "international_email_key"("email")
END;

-- 0, and counting up for accounts that share their address with an older one: until now two spellings were two addresses.
-- They stay as they are and sign in with the spelling they have; a new one can't come. The numbers and the index that holds them are made
-- by `number_email_twins` and `emails_once`, while nobody has to wait.
ALTER TABLE "users" ADD COLUMN "email_twin" INTEGER NOT NULL DEFAULT 0;
