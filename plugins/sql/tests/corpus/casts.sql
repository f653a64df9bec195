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
