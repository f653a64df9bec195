SELECT t::int FROM input
SELECT t::smallint FROM input
SELECT t::bigint FROM input
SELECT t::float8 FROM input
SELECT t::real FROM input
SELECT t::numeric FROM input
SELECT t::boolean FROM input
SELECT t::bytea FROM input
SELECT u::bytea FROM input
SELECT t::jsonb FROM input
SELECT u::jsonb FROM input
SELECT j::int FROM input
SELECT j::smallint FROM input
SELECT j::bigint FROM input
SELECT j::float8 FROM input
SELECT j::real FROM input
SELECT j::numeric FROM input
SELECT j::boolean FROM input
SELECT j::text FROM input
SELECT i2::text, i4::text, i8::text FROM input
SELECT f4::text, f8::text, n::text, b::text FROM input
SELECT y::text FROM input
SELECT f8::int FROM input
SELECT f8::smallint FROM input
SELECT f8::bigint FROM input
SELECT f4::int FROM input
SELECT f8::real FROM input
SELECT f4::float8, f4::numeric, f8::numeric FROM input
SELECT n::int FROM input
SELECT n::smallint FROM input
SELECT n::bigint FROM input
SELECT n::real FROM input
SELECT n::float8 FROM input
SELECT i4::smallint FROM input
SELECT i8::int, i8::smallint FROM input
SELECT i4::bool, b::int FROM input
SELECT i2::bool FROM input
SELECT 0.5::int, 1.5::int, 2.5::int, 0.5::float8::int, 1.5::float8::int, 2.5::float8::int, -2.5::float8::int FROM input
SELECT 1e15::float8, 1e14::float8, 0.0001::float8, 0.00001::float8, 123456::real, 1234567::real FROM input
SELECT '1'::int, ' 1 '::int, '-32768'::smallint FROM input
SELECT '32768'::smallint FROM input
SELECT '1x'::int FROM input
SELECT ''::int FROM input
SELECT '99999999999x'::int FROM input
SELECT '1e400'::float8 FROM input
SELECT '1e-400'::float8 FROM input
SELECT '1e5'::numeric, '1.50e-3'::numeric, '-.5'::numeric, '5.'::numeric, 'NaN'::numeric, '-inf'::numeric FROM input
SELECT '1e200000'::numeric FROM input
SELECT '-'::numeric FROM input
SELECT '\x6g'::bytea FROM input
SELECT '\x6'::bytea FROM input
SELECT 'a\\b\101'::bytea FROM input
SELECT int4('7'), float8(i4), text(i4) FROM input
SELECT jsonb('{"a":1}') FROM input
SELECT '{"a":'::jsonb FROM input
SELECT '{"a":1}}'::jsonb FROM input
SELECT '"\u0000"'::jsonb FROM input
SELECT '"\ud800"'::jsonb FROM input
SELECT '"\ud83d\ude00"'::jsonb FROM input
SELECT '[01]'::jsonb FROM input
SELECT '1 2'::jsonb FROM input
SELECT '[1e-3, 1E+2, -0, 1.10, 1e0]'::jsonb FROM input
SELECT '{"b":1,"a":2,"aa":3,"b":4}'::jsonb FROM input
SELECT 'x'::nosuch FROM input
SELECT i4::jsonb FROM input
SELECT true::text || 'x', i4 || 'x', 'x' || f8 FROM input
SELECT 50331648::float4, 100663296::float4, (-97517568)::float4, 52354345668182016::float8, 65830294429739515904::numeric::float8, 108086391056891904::float8, (100663296::float4)::text FROM input
SELECT '1e400x'::float8 FROM input
SELECT ' 1e400x'::real FROM input
SELECT 123469136::real, 1.2345678e8::real, 33554434::real, 9007199254740993::float8, 1.8014398509481990e16::float8, (i8 / 3)::real, (i8 / 7)::float8, 4503599627370497.5::float8, 9e15::float8 + i4 FROM input
SELECT b::integer FROM input
SELECT i4, b::integer IS NULL FROM input WHERE b::integer IS DISTINCT FROM NULL AND 10 / i4 > 0 OR b IS NULL
SELECT b::integer, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT b::text FROM input
SELECT i4, b::text IS NULL FROM input WHERE b::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR b IS NULL
SELECT b::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i2::integer FROM input
SELECT i4, i2::integer IS NULL FROM input WHERE i2::integer IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i2 IS NULL
SELECT i2::integer, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i2::bigint FROM input
SELECT i4, i2::bigint IS NULL FROM input WHERE i2::bigint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i2 IS NULL
SELECT i2::bigint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i2::real FROM input
SELECT i4, i2::real IS NULL FROM input WHERE i2::real IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i2 IS NULL
SELECT i2::real, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i2::float8 FROM input
SELECT i4, i2::float8 IS NULL FROM input WHERE i2::float8 IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i2 IS NULL
SELECT i2::float8, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i2::numeric FROM input
SELECT i4, i2::numeric IS NULL FROM input WHERE i2::numeric IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i2 IS NULL
SELECT i2::numeric, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i2::text FROM input
SELECT i4, i2::text IS NULL FROM input WHERE i2::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i2 IS NULL
SELECT i2::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i4::bigint FROM input
SELECT i4, i4::bigint IS NULL FROM input WHERE i4::bigint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i4 IS NULL
SELECT i4::bigint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i4::real FROM input
SELECT i4, i4::real IS NULL FROM input WHERE i4::real IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i4 IS NULL
SELECT i4::real, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i4::float8 FROM input
SELECT i4, i4::float8 IS NULL FROM input WHERE i4::float8 IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i4 IS NULL
SELECT i4::float8, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i4::numeric FROM input
SELECT i4, i4::numeric IS NULL FROM input WHERE i4::numeric IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i4 IS NULL
SELECT i4::numeric, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i4::boolean FROM input
SELECT i4, i4::boolean IS NULL FROM input WHERE i4::boolean IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i4 IS NULL
SELECT i4::boolean, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i4::smallint FROM input
SELECT i4, i4::smallint IS NULL FROM input WHERE i4::smallint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i4 IS NULL
SELECT i4::smallint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i4::text FROM input
SELECT i4, i4::text IS NULL FROM input WHERE i4::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i4 IS NULL
SELECT i4::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i8::real FROM input
SELECT i4, i8::real IS NULL FROM input WHERE i8::real IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i8 IS NULL
SELECT i8::real, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i8::float8 FROM input
SELECT i4, i8::float8 IS NULL FROM input WHERE i8::float8 IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i8 IS NULL
SELECT i8::float8, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i8::numeric FROM input
SELECT i4, i8::numeric IS NULL FROM input WHERE i8::numeric IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i8 IS NULL
SELECT i8::numeric, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i8::smallint FROM input
SELECT i4, i8::smallint IS NULL FROM input WHERE i8::smallint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i8 IS NULL
SELECT i8::smallint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i8::integer FROM input
SELECT i4, i8::integer IS NULL FROM input WHERE i8::integer IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i8 IS NULL
SELECT i8::integer, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT i8::text FROM input
SELECT i4, i8::text IS NULL FROM input WHERE i8::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR i8 IS NULL
SELECT i8::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f4::float8 FROM input
SELECT i4, f4::float8 IS NULL FROM input WHERE f4::float8 IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f4 IS NULL
SELECT f4::float8, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f4::smallint FROM input
SELECT i4, f4::smallint IS NULL FROM input WHERE f4::smallint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f4 IS NULL
SELECT f4::smallint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f4::integer FROM input
SELECT i4, f4::integer IS NULL FROM input WHERE f4::integer IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f4 IS NULL
SELECT f4::integer, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f4::bigint FROM input
SELECT i4, f4::bigint IS NULL FROM input WHERE f4::bigint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f4 IS NULL
SELECT f4::bigint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f4::numeric FROM input
SELECT i4, f4::numeric IS NULL FROM input WHERE f4::numeric IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f4 IS NULL
SELECT f4::numeric, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f4::text FROM input
SELECT i4, f4::text IS NULL FROM input WHERE f4::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f4 IS NULL
SELECT f4::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f8::smallint FROM input
SELECT i4, f8::smallint IS NULL FROM input WHERE f8::smallint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f8 IS NULL
SELECT f8::smallint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f8::integer FROM input
SELECT i4, f8::integer IS NULL FROM input WHERE f8::integer IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f8 IS NULL
SELECT f8::integer, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f8::bigint FROM input
SELECT i4, f8::bigint IS NULL FROM input WHERE f8::bigint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f8 IS NULL
SELECT f8::bigint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f8::real FROM input
SELECT i4, f8::real IS NULL FROM input WHERE f8::real IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f8 IS NULL
SELECT f8::real, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f8::numeric FROM input
SELECT i4, f8::numeric IS NULL FROM input WHERE f8::numeric IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f8 IS NULL
SELECT f8::numeric, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT f8::text FROM input
SELECT i4, f8::text IS NULL FROM input WHERE f8::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR f8 IS NULL
SELECT f8::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT n::real FROM input
SELECT i4, n::real IS NULL FROM input WHERE n::real IS DISTINCT FROM NULL AND 10 / i4 > 0 OR n IS NULL
SELECT n::real, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT n::float8 FROM input
SELECT i4, n::float8 IS NULL FROM input WHERE n::float8 IS DISTINCT FROM NULL AND 10 / i4 > 0 OR n IS NULL
SELECT n::float8, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT n::smallint FROM input
SELECT i4, n::smallint IS NULL FROM input WHERE n::smallint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR n IS NULL
SELECT n::smallint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT n::integer FROM input
SELECT i4, n::integer IS NULL FROM input WHERE n::integer IS DISTINCT FROM NULL AND 10 / i4 > 0 OR n IS NULL
SELECT n::integer, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT n::bigint FROM input
SELECT i4, n::bigint IS NULL FROM input WHERE n::bigint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR n IS NULL
SELECT n::bigint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT n::text FROM input
SELECT i4, n::text IS NULL FROM input WHERE n::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR n IS NULL
SELECT n::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::boolean FROM input
SELECT i4, t::boolean IS NULL FROM input WHERE t::boolean IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::boolean, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::smallint FROM input
SELECT i4, t::smallint IS NULL FROM input WHERE t::smallint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::smallint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::integer FROM input
SELECT i4, t::integer IS NULL FROM input WHERE t::integer IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::integer, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::bigint FROM input
SELECT i4, t::bigint IS NULL FROM input WHERE t::bigint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::bigint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::real FROM input
SELECT i4, t::real IS NULL FROM input WHERE t::real IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::real, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::float8 FROM input
SELECT i4, t::float8 IS NULL FROM input WHERE t::float8 IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::float8, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::numeric FROM input
SELECT i4, t::numeric IS NULL FROM input WHERE t::numeric IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::numeric, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::bytea FROM input
SELECT i4, t::bytea IS NULL FROM input WHERE t::bytea IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::bytea, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::jsonb FROM input
SELECT i4, t::jsonb IS NULL FROM input WHERE t::jsonb IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::jsonb, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::date FROM input
SELECT i4, t::date IS NULL FROM input WHERE t::date IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::date, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::timestamp FROM input
SELECT i4, t::timestamp IS NULL FROM input WHERE t::timestamp IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::timestamp, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::timestamptz FROM input
SELECT i4, t::timestamptz IS NULL FROM input WHERE t::timestamptz IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::timestamptz, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::interval FROM input
SELECT i4, t::interval IS NULL FROM input WHERE t::interval IS DISTINCT FROM NULL AND 10 / i4 > 0 OR t IS NULL
SELECT t::interval, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT y::text FROM input
SELECT i4, y::text IS NULL FROM input WHERE y::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR y IS NULL
SELECT y::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT j::boolean FROM input
SELECT i4, j::boolean IS NULL FROM input WHERE j::boolean IS DISTINCT FROM NULL AND 10 / i4 > 0 OR j IS NULL
SELECT j::boolean, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT j::smallint FROM input
SELECT i4, j::smallint IS NULL FROM input WHERE j::smallint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR j IS NULL
SELECT j::smallint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT j::integer FROM input
SELECT i4, j::integer IS NULL FROM input WHERE j::integer IS DISTINCT FROM NULL AND 10 / i4 > 0 OR j IS NULL
SELECT j::integer, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT j::bigint FROM input
SELECT i4, j::bigint IS NULL FROM input WHERE j::bigint IS DISTINCT FROM NULL AND 10 / i4 > 0 OR j IS NULL
SELECT j::bigint, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT j::real FROM input
SELECT i4, j::real IS NULL FROM input WHERE j::real IS DISTINCT FROM NULL AND 10 / i4 > 0 OR j IS NULL
SELECT j::real, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT j::float8 FROM input
SELECT i4, j::float8 IS NULL FROM input WHERE j::float8 IS DISTINCT FROM NULL AND 10 / i4 > 0 OR j IS NULL
SELECT j::float8, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT j::numeric FROM input
SELECT i4, j::numeric IS NULL FROM input WHERE j::numeric IS DISTINCT FROM NULL AND 10 / i4 > 0 OR j IS NULL
SELECT j::numeric, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT j::text FROM input
SELECT i4, j::text IS NULL FROM input WHERE j::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR j IS NULL
SELECT j::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT d::timestamp FROM input
SELECT i4, d::timestamp IS NULL FROM input WHERE d::timestamp IS DISTINCT FROM NULL AND 10 / i4 > 0 OR d IS NULL
SELECT d::timestamp, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT d::timestamptz FROM input
SELECT i4, d::timestamptz IS NULL FROM input WHERE d::timestamptz IS DISTINCT FROM NULL AND 10 / i4 > 0 OR d IS NULL
SELECT d::timestamptz, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT d::text FROM input
SELECT i4, d::text IS NULL FROM input WHERE d::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR d IS NULL
SELECT d::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT ts::timestamptz FROM input
SELECT i4, ts::timestamptz IS NULL FROM input WHERE ts::timestamptz IS DISTINCT FROM NULL AND 10 / i4 > 0 OR ts IS NULL
SELECT ts::timestamptz, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT ts::text FROM input
SELECT i4, ts::text IS NULL FROM input WHERE ts::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR ts IS NULL
SELECT ts::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT ts::date FROM input
SELECT i4, ts::date IS NULL FROM input WHERE ts::date IS DISTINCT FROM NULL AND 10 / i4 > 0 OR ts IS NULL
SELECT ts::date, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT tz::text FROM input
SELECT i4, tz::text IS NULL FROM input WHERE tz::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR tz IS NULL
SELECT tz::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT tz::date FROM input
SELECT i4, tz::date IS NULL FROM input WHERE tz::date IS DISTINCT FROM NULL AND 10 / i4 > 0 OR tz IS NULL
SELECT tz::date, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT tz::timestamp FROM input
SELECT i4, tz::timestamp IS NULL FROM input WHERE tz::timestamp IS DISTINCT FROM NULL AND 10 / i4 > 0 OR tz IS NULL
SELECT tz::timestamp, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT iv::text FROM input
SELECT i4, iv::text IS NULL FROM input WHERE iv::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR iv IS NULL
SELECT iv::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT ia::text FROM input
SELECT i4, ia::text IS NULL FROM input WHERE ia::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR ia IS NULL
SELECT ia::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT ia::text[] FROM input
SELECT i4, ia::text[] IS NULL FROM input WHERE ia::text[] IS DISTINCT FROM NULL AND 10 / i4 > 0 OR ia IS NULL
SELECT ia::text[], 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT ta::text FROM input
SELECT i4, ta::text IS NULL FROM input WHERE ta::text IS DISTINCT FROM NULL AND 10 / i4 > 0 OR ta IS NULL
SELECT ta::text, 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT ta::int[] FROM input
SELECT i4, ta::int[] IS NULL FROM input WHERE ta::int[] IS DISTINCT FROM NULL AND 10 / i4 > 0 OR ta IS NULL
SELECT ta::int[], 1 / (i4 - 2) FROM input WHERE i2 IS NULL OR i2 < 5
SELECT t::int[], u::text[] FROM input
SELECT t::int[]::text FROM input WHERE t IS NULL OR t LIKE '{%'
SELECT u::text[]::text, NULL::text::int[] FROM input WHERE u::int[] IS NULL
