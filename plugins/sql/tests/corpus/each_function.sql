-- A NULL, an edge and an error of functions and operators of which no other file has all of these.
SELECT array_cat(ia, NULL), array_cat(NULL, ia), array_cat('{}', ia), array_cat(ia, ARRAY[[1,2],[3,4]]) FROM input
SELECT array_cat(ia, ta) FROM input
SELECT array_dims(ia), array_dims('[-1:0]={1,2}'::int[]), array_dims('{}'::int[]), array_dims(NULL::int[]) FROM input
SELECT array_ndims(ia), array_ndims('{{{1}}}'::int[]), array_ndims('{}'::int[]), array_ndims(NULL::int[]) FROM input
SELECT array_dims(i4) FROM input
SELECT array_ndims(t) FROM input
SELECT array_dims(ARRAY[[i4, 1], [2, 3]]), array_ndims(ARRAY[[i4], [1]]) FROM input
SELECT array_lower(ia, 1), array_upper(ia, 1), array_lower(ia, 2), array_upper('[-5:-3]={1,2,3}'::int[], 1), array_lower(ia, NULL) FROM input
SELECT array_lower(ia, t) FROM input
SELECT array_upper(ia, 1, 1) FROM input
SELECT array_positions(ia, i4), array_positions(ta, NULL), array_positions(ta, 'a'), array_positions(NULL::int[], 1) FROM input
SELECT array_positions('{{1,2},{3,4}}'::int[], i4) FROM input
SELECT array_positions(ta, i4) FROM input
SELECT array_prepend(NULL, ia), array_prepend(i4, NULL), array_prepend(i4, '[5:6]={1,2}'), array_append(ia, NULL) FROM input
SELECT array_prepend(i4, '{{1},{2}}'::int[]) FROM input
SELECT array_remove(ia, i4), array_remove(ia, NULL), array_remove(NULL::int[], 1), array_replace(ta, NULL, 'n'), array_replace(ta, 'a', NULL) FROM input
SELECT array_remove(ARRAY[[i4, 1], [2, 3]], 1) FROM input
SELECT array_replace(ia, t, 1) FROM input
SELECT array_replace(ARRAY[[i4, 1], [2, 3]], 1, NULL) FROM input
SELECT ascii(t), ascii(''), ascii(NULL), ascii('€') FROM input
SELECT ascii(i4) FROM input
SELECT bit_length(t), bit_length(y), bit_length(''), bit_length(NULL::text), octet_length(t), octet_length(y), octet_length(NULL::bytea) FROM input
SELECT bit_length(i4) FROM input
SELECT octet_length(i4) FROM input
SELECT octet_length('é'), bit_length('é'), octet_length('\x00ff'::bytea), bit_length('\x'::bytea) FROM input
SELECT char_length(t), character_length(t), length(t), character_length(NULL), char_length(''), character_length('e' || chr(769)) FROM input
SELECT char_length(i4) FROM input
SELECT character_length(y) FROM input
SELECT character_length('日本'), char_length('日本 ') FROM input
SELECT btrim(t), btrim(u), btrim(t, NULL), btrim('xyxabcxy', 'xy'), btrim('', 'x'), btrim('aaa', 'a') FROM input
SELECT ltrim(t), ltrim(u, ' '), ltrim(NULL), ltrim('xyxabc', 'xy'), ltrim('abc', ''), rtrim(t), rtrim(u, ' '), rtrim(NULL), rtrim('abcxy', 'yx') FROM input
SELECT btrim(i4) FROM input
SELECT ltrim(t, 1) FROM input
SELECT rtrim(b) FROM input
SELECT btrim(y, '\x00'), ltrim(y, '\xff'::bytea), rtrim(y, '\xff'::bytea) FROM input
SELECT ceil(f8), ceiling(f8), ceil(n), ceiling(n), ceil(NULL::numeric), ceiling(-0.5), ceil('NaN'::float8), ceil(-0.5::float8) FROM input
SELECT ceil(t) FROM input
SELECT ceiling(d) FROM input
SELECT convert_from(y, 'UTF8'), convert_from(NULL, 'UTF8'), convert_from(y, NULL) FROM input
SELECT convert_from('\xc3a9', 'utf-8'), convert_from('\x', 'UTF8'), convert_from('\xc3', 'UTF8') FROM input
SELECT date_part('hour', tz), date_part('epoch', iv), date_part('year', d), date_part(NULL, ts), date_part('dow', NULL::date) FROM input
SELECT date_part('fortnight', ts) FROM input
SELECT date_part('hour', d), date_part('julian', ts), date_part('isoyear', d) FROM input
SELECT div(n, 3), div(n, NULL), div(-7.5, 2), div(7, -2), div('NaN', 2) FROM input
SELECT div(n, i4) FROM input
SELECT div(1, 0.0) FROM input
SELECT get_byte(y, 0), get_byte(NULL, 0), get_byte(y, NULL) FROM input
SELECT get_byte(y, -1) FROM input
SELECT get_byte('\x00ff', 1), get_byte('\x00ff', 2) FROM input
SELECT initcap(t), initcap(u), initcap(NULL), initcap('hELLO wORLD-x y2z'), initcap('') FROM input
SELECT initcap(i4) FROM input
SELECT initcap('éa ßb ǆx'), initcap('1st o''neil') FROM input
SELECT e FROM input, jsonb_array_elements_text(j) AS e
SELECT e FROM input, jsonb_array_elements_text('[1, "a", null, {"b": 1.0}, [2]]') AS e
SELECT e FROM input, jsonb_array_elements_text(NULL) AS e
SELECT e FROM input, jsonb_array_elements_text('[]') AS e
SELECT jsonb_array_length(j), jsonb_array_length(NULL), jsonb_array_length('[]'), jsonb_array_length('[1,[2,3]]') FROM input WHERE jsonb_typeof(j) = 'array'
SELECT jsonb_array_length(j->'bb') FROM input
SELECT jsonb_build_array(i4, NULL, t, j, ia, b, n, ts, f8) FROM input WHERE f8 < 1e300
SELECT jsonb_build_array(), jsonb_build_array(NULL), jsonb_build_array(NULL::int, 'x') FROM input
SELECT jsonb_build_array(i4) || t FROM input
SELECT jsonb_build_array(iv, d, y, tz) FROM input
SELECT jsonb_delete_path(j, '{bb,c}'), j #- '{bb,c,0}', jsonb_delete_path(j, NULL), jsonb_delete_path(j, '{}') FROM input WHERE jsonb_typeof(j) IN ('object', 'array')
SELECT jsonb_delete_path(j, '{a}') FROM input
SELECT jsonb_delete_path('[1,[2,3]]', '{1,-1}'), jsonb_delete_path('[1]', '{x}') FROM input
SELECT m.key, m.value FROM input, jsonb_each_text(j) AS m
SELECT m.key, m.value FROM input, jsonb_each_text('{"b": null, "a": "x", "c": {"d": [1.0]}}') AS m
SELECT m.key FROM input, jsonb_each_text(NULL) AS m
SELECT jsonb_exists(j, 'a'), jsonb_exists_all(j, '{a,bb}'), jsonb_exists_any(j, '{x,a}'), jsonb_exists_all(j, '{}'), jsonb_exists_any(j, NULL) FROM input
SELECT j ?& '{a}', j ?| '{a,NULL}', j ?& NULL, j ?| '{}' FROM input
SELECT jsonb_exists_all(j, 'a') FROM input
SELECT jsonb_exists_any(j, t) FROM input
SELECT j ?& t FROM input
SELECT jsonb_exists_all('["a","b"]', '{a,b}'), jsonb_exists_any('"a"', '{a}'), '["a"]'::jsonb ?& '{a,a}' FROM input
SELECT jsonb_extract_path_text(j, 'bb', 'c', '1'), jsonb_extract_path_text(j, NULL), jsonb_extract_path_text(j, 'bb', 'c', '-1'), j #>> '{bb,c,2}', j #>> NULL FROM input
SELECT jsonb_extract_path_text(j, 1) FROM input
SELECT j #>> t FROM input
SELECT j #>> '{}', j #>> '{bb,c,9}', '"x"'::jsonb #>> '{}', 'null'::jsonb #>> '{}' FROM input
SELECT jsonb_extract_path_text(t, 'a') FROM input
SELECT k FROM input, jsonb_object_keys(j) AS k
SELECT k FROM input, jsonb_object_keys('{"bb": 1, "a": 2, "a": 3}') AS k
SELECT k FROM input, jsonb_object_keys(NULL) AS k
SELECT k FROM input LEFT JOIN jsonb_object_keys('{}') AS k ON true
SELECT jsonb_pretty(j), jsonb_pretty(NULL), jsonb_pretty('[]'), jsonb_pretty('{"a":{}}') FROM input
SELECT jsonb_pretty(t) FROM input
SELECT jsonb_strip_nulls(j), jsonb_strip_nulls(NULL), jsonb_strip_nulls('{"a":null,"b":[null,{"c":null}]}') FROM input
SELECT jsonb_strip_nulls(t) FROM input
SELECT jsonb_strip_nulls('null'), jsonb_strip_nulls('[null]') FROM input
SELECT like_escape(t, '!'), like_escape(NULL, '!'), like_escape('a!%b', '!'), like_escape('a\b', '!'), like_escape(u, '') FROM input
SELECT like_escape(t, 'ab') FROM input
SELECT t LIKE like_escape('%!_%', '!') FROM input
SELECT ln(f8), ln(NULL::float8), ln(1::float8), ln('Infinity'::float8) FROM input WHERE f8 > 0
SELECT ln(f8), log(f8), log10(f8) FROM input
SELECT log(f8), log(NULL::float8), log(1000::float8), log10(100::float8), log10(NULL::float8), log10(1e-300::float8) FROM input WHERE f8 > 0
SELECT log10(0::float8) FROM input
SELECT ln(-1::float8) FROM input
SELECT log10(t) FROM input
SELECT pow(f8, 2), power(f8, 0.5::float8), pow(NULL::float8, 0), pow(0::float8, 0), pow('NaN'::float8, 0) FROM input WHERE abs(f8) < 1e100 AND f8 >= 0
SELECT pow(f8, 1000) FROM input
SELECT pow(0::float8, -1) FROM input
SELECT lpad(t, 5, 'ab'), lpad(t, 0), lpad(t, -1), lpad(NULL, 3), lpad(t, 3, ''), lpad('x', 4) FROM input
SELECT rpad(t, 5, 'äö'), rpad(t, 0), rpad(t, NULL), rpad('', 3, 'ab'), rpad(t, 2, '') FROM input
SELECT lpad(t, t) FROM input
SELECT rpad(i4, 3) FROM input
SELECT lpad('日本', 1), lpad('a', 3, '日'), rpad('a', 4, '日本') FROM input
SELECT md5(t), md5(''), md5(NULL), md5(y) FROM input
SELECT md5(i4) FROM input
SELECT sha224(y), sha256(y), sha384(y), sha512(y), sha256(NULL), sha512('\x'), sha224(NULL), sha384('\x00') FROM input
SELECT sha224(t) FROM input
SELECT sha256(i4) FROM input
SELECT sha384(t) FROM input
SELECT sha512(j) FROM input
SELECT encode(sha224('abc'), 'hex'), encode(sha384('abc'), 'base64') FROM input
SELECT encode(sha256(''), 'hex'), encode(sha512('abc'), 'hex') FROM input
SELECT position('b' IN t), position('' IN t), position(NULL IN t), position(y IN y) FROM input
SELECT position(1 IN t) FROM input
SELECT position('本' IN '日本'), position('x' IN '') FROM input
SELECT strpos(t, 'a'), strpos(t, ''), strpos(NULL, 'a'), strpos('ääb', 'b') FROM input
SELECT strpos(t, 1) FROM input
SELECT quote_ident(t), quote_ident(NULL), quote_ident('select'), quote_ident('a"b'), quote_ident('') FROM input
SELECT quote_literal(t), quote_literal(NULL), quote_literal(E'a\\b''c'), quote_literal(i4), quote_nullable(NULL), quote_nullable(t), quote_nullable(ia) FROM input
SELECT quote_ident(i4) FROM input
SELECT quote_literal() FROM input
SELECT quote_nullable(t, u) FROM input
SELECT replace(t, 'a', NULL), replace(t, '', 'x'), replace('aaaa', 'aa', 'b'), replace(t, 'b', ''), replace('äöä', 'ä', 'ß') FROM input
SELECT replace(t, 1, 'x') FROM input
SELECT reverse(t), reverse(''), reverse(NULL), reverse('日本e') FROM input
SELECT reverse(i4) FROM input
SELECT right(t, 2), right(t, -1), right(t, 0), right(NULL, 1), right('日本', 1), right(t, -2147483648) FROM input
SELECT right(t, t) FROM input
SELECT sign(f8), sign(n), sign(NULL::numeric), sign('NaN'::numeric), sign('-0'::float8), sign(-0.0), sign(i4) FROM input
SELECT sign(t) FROM input
SELECT starts_with(t, 'a'), starts_with(t, ''), starts_with(NULL, ''), t ^@ 'a', u ^@ NULL, '日本' ^@ '日' FROM input
SELECT starts_with(t, 1) FROM input
SELECT t ^@ i4 FROM input
SELECT starts_with('', 'a'), ''::text ^@ '' FROM input
SELECT substr(t, 2), substr(t, -1, 3), substr(t, 0), substr(NULL, 1), substr('日本語', 2, 1), substr(y, 2), substr(t, 2147483647, 2147483647) FROM input
SELECT substr(t, 1, i4) FROM input
SELECT substr(t, 1, -1) FROM input
SELECT to_hex(i4), to_hex(i8), to_hex(NULL::int), to_hex(-1), to_hex(0) FROM input
SELECT to_hex(t) FROM input
SELECT to_timestamp(f4), to_timestamp(NULL::float8), to_timestamp(1e10), to_timestamp('-Infinity'::float8), to_timestamp(-0.0000005) FROM input WHERE abs(f4) < 1e10
SELECT to_timestamp(f8) FROM input
SELECT to_timestamp('NaN'::float8) FROM input
SELECT translate(t, 'abc', 'x'), translate(t, '', 'x'), translate(NULL, 'a', 'b'), translate('aäa', 'äa', 'b'), translate('aab', 'aa', 'xy') FROM input
SELECT translate(t, 1, 'x') FROM input
SELECT upper(NULL), upper('ß'), upper('ǆ ı'), upper(''), lower('İ ΑΣ') FROM input
SELECT upper(i4) FROM input
SELECT t !~ '^a', t !~* 'A', NULL !~ 'a', t !~* NULL, t ~* 'ÜN' FROM input
SELECT t !~ '(' FROM input
SELECT t !~* '[' FROM input
SELECT t ~* 'a{2,1}' FROM input
SELECT u !~ '', ''  !~* '^$' FROM input
SELECT t !~* 'b+c' FROM input
SELECT t NOT LIKE 'a%', t NOT ILIKE 'A%', NULL NOT LIKE 'a', t NOT ILIKE NULL, t ILIKE 'ün%', u NOT LIKE '%\\%' FROM input
SELECT t NOT LIKE '\' FROM input WHERE t <> ''
SELECT t NOT ILIKE 'a\' FROM input WHERE t <> ''
SELECT t ILIKE '%\' FROM input
SELECT t !~~ 1 FROM input
SELECT '' NOT ILIKE '', 'ä' !~~* 'Ä' FROM input
SELECT i4 & i2, i8 & NULL, -1 & i4, i2 & 32767, i4 << 1, i8 >> 63, i4 << 32, i4 << -1, i4 >> NULL, i2 << 15 FROM input
SELECT f8 & 1 FROM input
SELECT n << 1 FROM input
SELECT i4 >> i8 FROM input
SELECT i8 << 64, i8 >> 65, (-1)::bigint >> 1 FROM input
SELECT i4 <= f8, t <= u, ts <= tz, n <= NULL, ia <= '{1}', j <= '[]', b <= true, iv <= '1 day', d <= ts FROM input
SELECT t <= i4 FROM input
SELECT d >= i4 FROM input
SELECT j <@ '{"a":1}', ia <@ '{1,2,3}', ta <@ NULL, '{}'::int[] <@ ia, '1'::jsonb <@ j FROM input
SELECT ia <@ ta FROM input
SELECT j <@ t FROM input
SELECT t !~~* i4 FROM input
SELECT jsonb_exists(j, 'a'), jsonb_exists(j, NULL), jsonb_contains(j, '{"a": 1}'), jsonb_contained('1', j), jsonb_concat(j, NULL), jsonb_concat('[1]', '2') FROM input
SELECT jsonb_exists(j, 1) FROM input
SELECT jsonb_exists('["a"]', 'a'), jsonb_exists('"a"', 'a'), jsonb_contains('[1,[2]]', '[2]'), jsonb_contained(NULL, j) FROM input
SELECT jsonb_contains(j, t) FROM input
SELECT jsonb_contained(t, j) FROM input
SELECT jsonb_contained('{}', j), jsonb_contains(j, '[]'), jsonb_contained('[1,1]', '[1]') FROM input
SELECT jsonb_concat(j, t) FROM input
SELECT jsonb_concat(j, j), jsonb_concat('{"a":1}', '{"a":2}') FROM input
SELECT jsonb_delete(j, 'a'), jsonb_delete(NULL, 'a') FROM input
SELECT jsonb_delete(j, 0) FROM input
SELECT jsonb_delete('["a",1,"a"]', 'a'), jsonb_delete('[1,2]', -1), jsonb_delete('[1,2]', 5) FROM input
SELECT get_bit(y, 0), get_bit(NULL::bytea, 0), get_bit('\x80'::bytea, 7), get_bit('\x01ff00'::bytea, 8) FROM input WHERE length(y) > 0
SELECT get_bit(y, 15) FROM input
SELECT get_bit(y, -1) FROM input
SELECT set_bit(y, 0, 1), set_bit(y, 3, 0), set_bit(NULL::bytea, 0, 1), set_bit('\x00'::bytea, 7, 1) FROM input WHERE length(y) > 0
SELECT set_bit(y, 0, 2) FROM input
SELECT set_bit(y, 12, 1) FROM input
SELECT set_byte(y, 0, 255), set_byte(y, 0, -1), set_byte(y, 0, 256), set_byte(NULL, 0, 0) FROM input WHERE length(y) > 0
SELECT set_byte(y, 1, 7) FROM input
SELECT set_byte(y, -1, 7) FROM input
SELECT bit_count(y), bit_count(NULL::bytea), bit_count('\xff01'::bytea), bit_count('\x'::bytea) FROM input
SELECT bit_count(t) FROM input
SELECT bit_count(set_byte(y, 0, i4)) FROM input
SELECT substring(y, 2), substring(y, -1), substring(y, 1, 1), substring(y FROM 2 FOR 2147483647), substr(y, 0, 2), substr(y, -5, 3), substring(NULL::bytea, 1) FROM input
SELECT substring(y, 1, i4) FROM input
SELECT substr(y, 2147483647, 2), substr('\x0102'::bytea, 2147483647), substr(y, -2147483648, 2147483647) FROM input
SELECT position(y IN y), position('\x'::bytea IN y), position('\xff'::bytea IN '\x00ff'::bytea), position('\x02'::bytea IN y), position(NULL IN y) FROM input
SELECT btrim('\x0001020000'::bytea, '\x00'), ltrim('\x0001'::bytea, '\x'), rtrim(''::bytea, '\x00'), btrim(y, y), ltrim(y, NULL) FROM input
SELECT trim('\x00'::bytea FROM y), trim(LEADING y FROM y) FROM input
SELECT date_part('second', ts), date_part('milliseconds', ts), date_part('epoch', ts), date_part('julian', ts), date_part('microseconds', tz) FROM input
SELECT date_part('second', iv), date_part('milliseconds', iv), date_part('epoch', iv), date_part('epoch', -iv), date_part('second', '-59.999999 s'::interval) FROM input WHERE i4 < 2147483647 AND i4 > -2147483648
SELECT date_part('epoch', '2024-01-15 10:30:00.123457'::timestamp), date_part('second', '2024-01-15 10:30:36.123457'::timestamptz), date_part('julian', '2024-01-15 10:30:00.123457'::timestamp) FROM input
SELECT date_part('second', ('2024-01-15'::timestamp + i4 * '0.000001 s'::interval)), date_part('epoch', ('2024-01-15'::timestamp + i4 * '0.000001 s'::interval)), date_part('julian', ('2024-01-15'::timestamp + i4 * '0.000017 s'::interval)) FROM input
SELECT jsonb_build_array(t, 1 / i4) FROM input
SELECT 'a' LIKE '%_\' FROM input
SELECT 'a' LIKE '%\', '' LIKE '%\', 'ab' LIKE 'a%_%\', 'a' LIKE '%__\' FROM input
SELECT 'a' LIKE '%__\', '' LIKE '%\' FROM input
SELECT 1e-400::numeric::float8 FROM input
SELECT (n * 1e-320)::float8 FROM input
SELECT '1 ago'::interval FROM input
SELECT '1 day 5 ago'::interval FROM input
SELECT '1-2 3 ago'::interval FROM input
SELECT '01:00 ago'::interval, '5 01:00 ago'::interval, '1 day 01:00:00 ago'::interval, '1 mon 2 days ago'::interval FROM input
SELECT x1, x2 FROM input AS a(x1, x2)
SELECT i4 FROM input AS a(x1, x2)
SELECT a.x1, t FROM input AS a(x1)
