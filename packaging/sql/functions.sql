-- The functions that the sql node has besides PostgreSQL's, in PostgreSQL's own language, so that a query of the node
-- gives the same in the database. Run it with psql in a database where its queries are to be tried. It can be run again.
--
--   psql -d nexus_historian -f functions.sql

\set ON_ERROR_STOP on

-- The number that a text is, with blanks around it or in quotes; NULL of any other text, and of one of more than 400
-- bytes.
CREATE OR REPLACE FUNCTION text_number(value text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  blanks CONSTANT text := E' \t\n\r';
  digits text := btrim(value, blanks);
BEGIN
  IF octet_length(value) > 400 THEN RETURN NULL; END IF;
  IF length(digits) >= 2 AND digits ~ '^".*"$' THEN digits := btrim(substr(digits, 2, length(digits) - 2), blanks); END IF;
  IF digits !~ '^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$' THEN RETURN NULL; END IF;
  RETURN digits::numeric;
END $$;

-- The number that a JSON value is, or that its text is; NULL of any other.
CREATE OR REPLACE FUNCTION json_number(value jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof(value)
    WHEN 'number' THEN (value #>> '{}')::numeric
    WHEN 'string' THEN text_number(value #>> '{}')
  END
$$;

-- The number of an OPC quality, by the names that gateways have; 64, uncertain, of a name that is not known.
CREATE OR REPLACE FUNCTION quality(name text) RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE lower(name COLLATE "C")
    WHEN 'good' THEN 192
    WHEN 'uncertain' THEN 64
    WHEN 'bad' THEN 0
    WHEN 'not_connected' THEN 0
    WHEN 'config_error' THEN 0
    WHEN 'device_failure' THEN 0
    WHEN 'timeout' THEN 0
    ELSE coalesce(text_number(name), 64)
  END::smallint
$$;

CREATE OR REPLACE FUNCTION quality(number integer) RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT number::smallint $$;

CREATE OR REPLACE FUNCTION quality(is_good boolean) RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT CASE WHEN is_good THEN 192 ELSE 0 END::smallint $$;

-- All that is in a document but for objects and arrays, with the names and numbers that lead to it.
CREATE OR REPLACE FUNCTION json_leaves(document jsonb, separator text DEFAULT '.')
RETURNS TABLE (path text, value jsonb) LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  step text;
  below jsonb;
  number bigint := 0;
BEGIN
  IF jsonb_typeof(document) = 'object' THEN
    FOR step, below IN SELECT m.key, m.value FROM jsonb_each(document) m LOOP
      RETURN QUERY SELECT CASE WHEN jsonb_typeof(below) IN ('object', 'array') THEN step || separator || l.path
                               ELSE step END, l.value FROM json_leaves(below, separator) l;
    END LOOP;
  ELSIF jsonb_typeof(document) = 'array' THEN
    FOR below IN SELECT e FROM jsonb_array_elements(document) e LOOP
      RETURN QUERY SELECT CASE WHEN jsonb_typeof(below) IN ('object', 'array') THEN number || separator || l.path
                               ELSE number::text END, l.value FROM json_leaves(below, separator) l;
      number := number + 1;
    END LOOP;
  ELSE
    path := '';
    value := document;
    RETURN NEXT;
  END IF;
END $$;

-- The records of a SenML pack (RFC 8428) with what they inherit; times that are counted from now are counted from
-- `received`.
CREATE OR REPLACE FUNCTION senml(pack jsonb, received timestamptz)
RETURNS TABLE (name text, unit text, value double precision, string_value text, bool_value boolean, data_value text,
               sum double precision, "time" timestamptz)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  r jsonb;
  base_name text := '';
  base_unit text;
  base_value double precision;
  base_sum double precision;
  base_time double precision := 0;
  seconds double precision;
BEGIN
  FOR r IN SELECT e FROM jsonb_array_elements(pack) e LOOP
    IF jsonb_typeof(r) <> 'object' THEN
      RAISE 'senml: a record is not an object' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF (r ->> 'bver')::double precision > 10 THEN
      RAISE 'senml: version % is not supported', r ->> 'bver' USING ERRCODE = 'feature_not_supported';
    END IF;
    IF EXISTS (SELECT FROM jsonb_object_keys(r) label WHERE right(label, 1) = '_') THEN
      RAISE 'senml: a label that ends in _ is not supported' USING ERRCODE = 'feature_not_supported';
    END IF;
    base_name := coalesce(r ->> 'bn', base_name);
    base_unit := coalesce(r ->> 'bu', base_unit);
    base_value := coalesce((r ->> 'bv')::double precision, base_value);
    base_sum := coalesce((r ->> 'bs')::double precision, base_sum);
    base_time := coalesce((r ->> 'bt')::double precision, base_time);
    CONTINUE WHEN NOT r ?| '{v,vs,vb,vd,s}';
    name := base_name || coalesce(r ->> 'n', '');
    unit := coalesce(r ->> 'u', base_unit);
    value := coalesce(base_value, 0) + (r ->> 'v')::double precision;
    string_value := r ->> 'vs';
    bool_value := (r ->> 'vb')::boolean;
    data_value := r ->> 'vd';
    sum := CASE WHEN base_sum IS NULL THEN (r ->> 's')::double precision
                ELSE base_sum + coalesce((r ->> 's')::double precision, 0) END;
    seconds := base_time + coalesce((r ->> 't')::double precision, 0);
    "time" := CASE WHEN seconds < 268435456 THEN received + seconds * interval '1 second'
                   ELSE to_timestamp(seconds) END;
    RETURN NEXT;
  END LOOP;
END $$;
