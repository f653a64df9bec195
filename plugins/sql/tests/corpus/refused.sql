-- What PostgreSQL takes, and ours refuses by name (0A000).
SELECT sqrt(n) FROM input
SELECT sqrt(2.0) FROM input
SELECT power(n, 2) FROM input
SELECT power(2, 0.5) FROM input
SELECT pow(n, n) FROM input
SELECT exp(n) FROM input
SELECT ln(n) FROM input
SELECT log(n) FROM input
SELECT log(2.0, 64.0) FROM input
SELECT log10(n) FROM input
SELECT n ^ 2 FROM input
SELECT 2 ^ 0.5 FROM input
SELECT i4 ^ n FROM input
SELECT to_char(ts, 'YYYY') FROM input
SELECT to_char(tz, 'YYYY') FROM input
SELECT to_char(d, 'YYYY') FROM input
SELECT to_char(iv, 'HH24') FROM input
SELECT to_char(n, '999') FROM input
SELECT to_char(i2, '999') FROM input
SELECT to_date(t, 'YYYY') FROM input
SELECT to_timestamp(t, 'YYYY') FROM input
SELECT to_number(t, '99') FROM input
SELECT now() FROM input
SELECT clock_timestamp() FROM input
SELECT random() FROM input
SELECT age(ts) FROM input
SELECT current_timestamp FROM input
SELECT log(i4, 2) FROM input
SELECT t::char(3) FROM input
SELECT t::char FROM input
SELECT t::bpchar FROM input
SELECT '101'::bit(3) FROM input
SELECT '101'::varbit FROM input
SELECT '1'::json FROM input
SELECT '12:00'::time FROM input
SELECT '12:00+00'::timetz FROM input
SELECT '1'::money FROM input
SELECT '127.0.0.1'::inet FROM input
SELECT 'a'::name FROM input
SELECT ia[1:2] FROM input
SELECT ia[:] FROM input
SELECT concat(VARIADIC ta) FROM input
SELECT unnest(ia) FROM input
SELECT jsonb_array_elements(j) FROM input
SELECT jsonb_object_agg(t, i4) FROM input
SELECT array_agg(i4) FROM input
SELECT max(i4) FROM input
SELECT i4 = ANY (SELECT 1) FROM input
SELECT '$'::jsonpath FROM input
SELECT t::jsonpath FROM input
SELECT ARRAY['$'::jsonpath] IS NULL FROM input
SELECT concat('$'::jsonpath) FROM input
SELECT jsonb_path_exists(j, '$x') FROM input
SELECT jsonb_path_exists(j, '$.a ? (@ like_regex "a")') FROM input
SELECT jsonb_path_exists(j, '$.a.datetime()') FROM input
SELECT jsonb_path_exists(j, '$.keyvalue()') FROM input
SELECT jsonb_extract_path_text(j, VARIADIC ta) FROM input
SELECT a.t FROM input a, input b
SELECT a.t FROM input a JOIN input b ON true
