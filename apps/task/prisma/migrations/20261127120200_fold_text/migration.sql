-- The form in which texts are compared: by Unicode's full case folding, and by NFC before and after it, because folding
-- can take characters apart. The branches give the same; each is for texts that need less (a normalisation costs ten
-- times a folding). Other branches for the same text would corrupt the index on it: change it never, make another.
CREATE FUNCTION fold_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
  WHEN octet_length(value) = char_length(value) THEN lower(value COLLATE "C") COLLATE "C"
  WHEN value IS NFC NORMALIZED AND casefold(value COLLATE pg_unicode_fast) IS NFC NORMALIZED
    THEN casefold(value COLLATE pg_unicode_fast) COLLATE "C"
  ELSE normalize(casefold(normalize(value, NFC) COLLATE pg_unicode_fast), NFC) COLLATE "C"
END;
