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
