-- The functions that the sql node has besides PostgreSQL's, in PostgreSQL's own language, so that a query of the node
-- gives the same in the database. Run it with psql in a database where its queries are to be tried. It can be run again.
--
--   psql -d nexus_historian -f functions.sql
--
-- Where TimescaleDB is installed, its own time_bucket is used and this one is not made.

\set ON_ERROR_STOP on

SELECT NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') AS makes_time_bucket \gset
\if :makes_time_bucket

-- The beginning of the bucket of this width in which a time is. Buckets are counted from an origin: 2000-01-03, a
-- Monday, or, where the width is in months, from the origin's month on, 2000-01.
CREATE OR REPLACE FUNCTION time_bucket(bucket_width interval, ts timestamp, origin timestamp) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  months integer := extract(year FROM bucket_width)::integer * 12 + extract(month FROM bucket_width)::integer;
  rest interval := bucket_width - make_interval(months => months);
  us numeric := extract(epoch FROM rest) * 1000000;
  -- Years as they are counted: 0 is 1 BC.
  year_of_time integer;
  year_of_origin integer;
  month integer;
  year integer;
  since_2000 numeric;
  begins numeric;
BEGIN
  IF NOT isfinite(ts) THEN RETURN ts; END IF;
  IF months <> 0 AND (extract(day FROM rest) <> 0 OR us <> extract(day FROM rest) * 86400000000) THEN
    RAISE 'month intervals cannot have day or time component' USING ERRCODE = 'feature_not_supported';
  END IF;
  IF months < 0 OR (months = 0 AND us <= 0) THEN
    RAISE 'period must be greater than 0' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF NOT isfinite(origin) THEN RAISE 'timestamp out of range' USING ERRCODE = 'datetime_field_overflow'; END IF;
  IF months = 0 THEN
    -- From 2000 on: what extract(epoch …) of a timestamp counts is not exact for the last years.
    since_2000 := extract(epoch FROM ts - timestamp '2000-01-01') * 1000000;
    begins := mod(since_2000 - extract(epoch FROM origin - timestamp '2000-01-01') * 1000000, us);
    IF begins < 0 THEN begins := begins + us; END IF;
    IF since_2000 - begins < -211813488000000000 THEN
      RAISE 'timestamp out of range' USING ERRCODE = 'datetime_field_overflow';
    END IF;
    RETURN ts - make_interval(days => div(begins, 86400000000)::integer)
              - mod(begins, 86400000000)::bigint * interval '1 microsecond';
  END IF;
  year_of_time := extract(year FROM ts) + (extract(year FROM ts) < 0)::integer;
  year_of_origin := extract(year FROM origin) + (extract(year FROM origin) < 0)::integer;
  month := (year_of_time - year_of_origin) * 12 + (extract(month FROM ts) - extract(month FROM origin))::integer;
  begins := floor(month::numeric / months) * months + year_of_origin * 12 + extract(month FROM origin) - 1;
  IF begins < -4713 * 12 + 11 THEN RAISE 'timestamp out of range' USING ERRCODE = 'datetime_field_overflow'; END IF;
  year := floor(begins / 12);
  RETURN make_timestamp(year - (year <= 0)::integer, (begins - year * 12)::integer + 1, 1, 0, 0, 0);
END $$;

CREATE OR REPLACE FUNCTION time_bucket(bucket_width interval, ts timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT time_bucket(bucket_width, ts, timestamp '2000-01-03') $$;

-- Of a moment, by its time in UTC.
CREATE OR REPLACE FUNCTION time_bucket(bucket_width interval, ts timestamptz, origin timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT time_bucket(bucket_width, ts AT TIME ZONE 'UTC', origin AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
$$;

CREATE OR REPLACE FUNCTION time_bucket(bucket_width interval, ts timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT time_bucket(bucket_width, ts AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
$$;

-- By the time that clocks of a zone show.
CREATE OR REPLACE FUNCTION time_bucket(bucket_width interval, ts timestamptz, timezone text) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN time_bucket(bucket_width, ts AT TIME ZONE timezone) AT TIME ZONE timezone;
END $$;

CREATE OR REPLACE FUNCTION time_bucket(bucket_width interval, ts date, origin date) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  seconds numeric := extract(epoch FROM bucket_width);
BEGIN
  IF NOT isfinite(ts) THEN RETURN ts; END IF;
  IF extract(year FROM bucket_width) = 0 AND extract(month FROM bucket_width) = 0 THEN
    IF seconds < 86400 THEN
      RAISE 'interval must not have sub-day precision' USING ERRCODE = 'feature_not_supported';
    END IF;
    IF mod(seconds, 86400) <> 0 THEN
      RAISE 'interval must be a multiple of a day' USING ERRCODE = 'feature_not_supported';
    END IF;
  END IF;
  RETURN time_bucket(bucket_width, ts::timestamp, origin::timestamp)::date;
END $$;

CREATE OR REPLACE FUNCTION time_bucket(bucket_width interval, ts date) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT time_bucket(bucket_width, ts, date '2000-01-03') $$;

\endif

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
    value := CASE WHEN base_value IS NULL OR r ?| '{vs,vb,vd}'
                  THEN coalesce(base_value, 0) + (r ->> 'v')::double precision
                  ELSE base_value + coalesce((r ->> 'v')::double precision, 0) END;
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
