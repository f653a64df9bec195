SELECT ia, ta, ia::text, ta::text FROM input
SELECT ARRAY[1, 2, NULL], ARRAY['a', NULL, 'NULL'], ARRAY[i4, i2], ARRAY[i4, n], ARRAY[t, u] FROM input
SELECT ARRAY[i4, f8], ARRAY[b, NULL], ARRAY[y], ARRAY[j], ARRAY[d], ARRAY[ts, tz], ARRAY[iv], ARRAY[f4], ARRAY[n] FROM input
SELECT ARRAY[[1, 2], [3, 4]], ARRAY[[[1]]], ARRAY[ia, ia], ARRAY[ARRAY[i4], ARRAY[i2]] FROM input
SELECT ARRAY[ia, '{1,2}'] FROM input
SELECT ARRAY[ia, NULL] FROM input
SELECT ARRAY[[1, 2], [3]] FROM input
SELECT ARRAY[1, ARRAY[2]] FROM input
SELECT ARRAY[] FROM input
SELECT ARRAY[]::int[], ARRAY[[], []]::text[], ARRAY['1', '2']::int[], ARRAY[1.25, '2.555']::numeric(5,2)[] FROM input
SELECT ARRAY[i4, t]::text[] FROM input
SELECT ARRAY[i4, t]::int[] FROM input
SELECT ARRAY[1, 'a'] FROM input
SELECT ARRAY['a'::text, 1] FROM input
SELECT ARRAY[j, y] FROM input
SELECT ARRAY[[[[[[[1]]]]]]] FROM input
SELECT ARRAY[[[[[[i4]]]]]], ARRAY[ARRAY[[[[[i4]]]]]] FROM input
SELECT ARRAY[NULL], ARRAY[NULL, NULL], ARRAY[NULL::int] FROM input
SELECT COALESCE(j, y) FROM input
SELECT CASE WHEN b THEN j ELSE y END FROM input
SELECT GREATEST(ia, '{2}'), LEAST(ta, '{a}'), COALESCE(ia, '{0}'), NULLIF(ia, '{1}') FROM input
SELECT CASE WHEN b THEN ia ELSE ARRAY[i4] END FROM input
SELECT CASE WHEN b THEN ia ELSE i4 END FROM input
SELECT '{1,2}'::int[], ' { 1 , 2 } '::int[], '{}'::int[], '{NULL,null}'::int[], '{{1,2},{3,4}}'::int[] FROM input
SELECT '{"",a b , "c\"d",\\,nu\ll,"NULL"}'::text[], '{ }'::text[], '{""}'::text[] FROM input
SELECT '[2:3]={1,2}'::int[], '[-1:0][2:2]={{1},{2}}'::int[], '[1:2]={1,2}'::int[], '[2] = {1,2}'::int[] FROM input
SELECT '{1,2'::int[] FROM input
SELECT '{1,}'::int[] FROM input
SELECT '1'::int[] FROM input
SELECT ''::int[] FROM input
SELECT '{1}x'::int[] FROM input
SELECT '{{1,2},{3}}'::int[] FROM input
SELECT '{{1},{2,3}}'::int[] FROM input
SELECT '{a"b"}'::text[] FROM input
SELECT '{"a" "b"}'::text[] FROM input
SELECT '{{}}'::int[] FROM input
SELECT '{{1},{{2}}}'::int[], '{{{1}},{2}}'::int[] FROM input
SELECT '[3:2]={}'::int[] FROM input
SELECT '[1:3]={1}'::int[] FROM input
SELECT '[2147483647:2147483647]={1}'::int[] FROM input
SELECT '{{{{{{{1}}}}}}}'::int[] FROM input
SELECT '{a}'::int[] FROM input
SELECT '{99999999999}'::int[] FROM input
SELECT '{t,f,maybe}'::bool[] FROM input
SELECT '{1.50,NaN,-0}'::numeric[], '{1e15,0.1,Infinity}'::float8[], '{\\x00ff,a}'::bytea[], '{"{\"a\": 1}","[1]",null}'::jsonb[] FROM input
SELECT '{2024-02-29,infinity}'::date[], '{"2024-02-29 12:00",-infinity}'::timestamp[], '{2024-02-29 12:00+01}'::timestamptz[], '{1 day,"1 mon 2 days"}'::interval[] FROM input
SELECT '{1.005,2}'::numeric(5,2)[], ia::numeric(4,1)[] FROM input
SELECT ia::numeric(2,1)[] FROM input
SELECT t::int[] FROM input
SELECT t::text[], u::text[] FROM input
SELECT ta::text::text[], ia::text::int[] FROM input
SELECT ia::text[], ia::bigint[], ia::numeric[], ia::float8[], ia::float4[], ia::bool[] FROM input
SELECT ia::smallint[] FROM input
SELECT ta::int[] FROM input
SELECT ta::jsonb[] FROM input
SELECT ta::date[] FROM input
SELECT ia::jsonb[] FROM input
SELECT ia::date[] FROM input
SELECT ia::int FROM input
SELECT i4::int[] FROM input
SELECT j::int[] FROM input
SELECT ARRAY[j]::int[], ARRAY[j]::text[] FROM input
SELECT ARRAY[ts]::timestamptz[], ARRAY[tz]::date[], ARRAY[d]::timestamp[], ARRAY[f8]::int[] FROM input
SELECT ia::_int4, '{1}'::_text FROM input
SELECT ia[1], ia[0], ia[-1], ia[i2], ta[2], ia[1][2], ia[NULL], ia[1.6], ia['1'] FROM input
SELECT (ARRAY[1, 2, 3])[2], ('{1,2}'::int[])[1], (ARRAY[[1, 2], [3, 4]])[2][1], (ARRAY[j, j])[1] -> 'a' FROM input
SELECT ia[t] FROM input
SELECT ia['x'] FROM input
SELECT i4[1] FROM input
SELECT (ia)[2], ((ia))[1] + 1, ta[1] || 'x' FROM input
SELECT ia[f8], ia[i8] FROM input
SELECT ia[1][1][1][1][1][1][1] FROM input
SELECT ia = '{1}', ia <> '{1}', ia < '{1,2}', ia >= '{NULL}', ia = ia, ia <= ARRAY[i4], ia > '{}' FROM input
SELECT ta = '{a}', ta < '{b}', ta = ARRAY['a'], ta IN ('{a}', '{}'), ta BETWEEN '{}' AND '{b}' FROM input
SELECT ia = ta FROM input
SELECT ia = ARRAY[1.5] FROM input
SELECT ia = 1 FROM input
SELECT '[2:3]={1,2}'::int[] > '{1,2}', '{{1,2}}'::int[] > '{1,2}', '{1,NULL}'::int[] > '{1,2}', '{NULL}'::int[] = '{NULL}' FROM input
SELECT ia IS DISTINCT FROM '{1}', ia IS NOT DISTINCT FROM NULL, ta IS NULL FROM input
SELECT i4 = ANY (ia), i4 <> ALL (ia), i4 < ANY (ia), i4 >= ALL (ia), i2 = ANY (ia), f8 = ANY (ia) FROM input
SELECT i4 = ANY ('{1,2,NULL}'), i4 <> ALL ('{}'), NULL = ANY (ia), i4 = ANY (NULL), i4 = ANY (NULL::int[]), NULL::int = ANY ('{}'::int[]) FROM input
SELECT t = ANY (ta), t LIKE ANY (ta), t ILIKE ALL (ta), t NOT LIKE ANY (ta), t NOT ILIKE ALL (ta) FROM input
SELECT u LIKE ANY ('{a%,%b}'), u LIKE ALL (ARRAY['a%', '%']), u ILIKE ANY (ARRAY['A%', NULL]) FROM input
SELECT u LIKE ANY (ARRAY['a%', 'x\']) FROM input
SELECT u LIKE ALL (ARRAY['a%', 'x\']) FROM input
SELECT j ? ANY (ta), 'a' = ANY (ARRAY[t, u]), j = ANY (ARRAY['1'::jsonb, '"string"']) FROM input
SELECT i4 = ANY (2) FROM input
SELECT i4 = ANY (t) FROM input
SELECT i4 = ANY ('2') FROM input
SELECT i4 + ANY (ia) FROM input
SELECT i4 = ANY (ta) FROM input
SELECT t = ANY (ia) FROM input
SELECT ia = ANY (ARRAY[ia]) FROM input
SELECT i4 = ANY (ARRAY[1, 2.5]), n = ANY (ia), 1 = ANY (ARRAY[i4, i2]) FROM input
SELECT i4 FROM input WHERE i4 = ANY (ia)
SELECT i4 FROM input WHERE t <> ALL ('{true,NaN}')
SELECT ia || 5, 5 || ia FROM input
SELECT ia || ia, ta || ta, ia || '{7,8}', '{7,8}' || ia, ia || '{}', ia || NULL, NULL || ia FROM input
SELECT ia || '{{7,8}}' FROM input
SELECT ia || 1.5, ia || f8, ta || t FROM input WHERE i2 < 3
SELECT ta || 'x' FROM input
SELECT 'x' || ta FROM input
SELECT t || ia FROM input
SELECT ia || ta FROM input
SELECT t || ta, ta || u, t || ARRAY[u] FROM input WHERE i2 < 3
SELECT '[2147483646:2147483646]={1}'::int[] || 5 FROM input
SELECT 5 || '[-2147483648:-2147483648]={1}'::int[] FROM input
SELECT 5 || '[2:3]={1,2}'::int[], '[2:3]={1,2}'::int[] || 5, '[2:3][4:5]={{1,2},{3,4}}'::int[] || '[4:5]={7,8}'::int[] FROM input
SELECT '[4:5]={7,8}'::int[] || '[2:3][4:5]={{1,2},{3,4}}'::int[], '[2:3]={1,2}'::int[] || '{5}' FROM input
SELECT ia @> '{1}', ia <@ '{1,2,3}', ia && ARRAY[1, 5], '{1,3}' <@ ia, ia @> '{}', ia @> '{NULL}', ia && NULL FROM input
SELECT ta @> ARRAY['a'], ta && ARRAY[t, u], ta <@ ta, ta && '{a,two}' FROM input
SELECT ia @> 1 FROM input
SELECT ia && ta FROM input
SELECT ia @> ARRAY[1.0] FROM input
SELECT cardinality(ia), array_length(ia, 1), array_length(ia, 2), array_length(ia, 0), array_upper(ia, 1), array_lower(ia, 1), array_ndims(ia), array_dims(ia) FROM input
SELECT array_length(ia, NULL), array_length(ia, i4), cardinality(ta), array_length('{1}', 1) FROM input
SELECT cardinality(i4) FROM input
SELECT array_length(ia) FROM input
SELECT array_append(ia, 5), array_append(ia, NULL), array_append(NULL, 5), array_append(NULL, NULL) FROM input WHERE i4 < 5
SELECT array_append(ia, 5) FROM input
SELECT array_append(ia, 1.5), array_prepend(i8, ia), array_prepend(NULL, ta) FROM input WHERE i4 < 5
SELECT array_append(ia, t) FROM input
SELECT array_append(i4, 1) FROM input
SELECT array_append(ia, ia) FROM input
SELECT array_prepend(0, ia) FROM input
SELECT array_cat(ia, ia), array_cat(ia, NULL), array_cat(ia, '{{1,2}}') FROM input
SELECT array_position(ia, 1), array_position(ia, NULL), array_position(ia, i4), array_position(ta, 'a') FROM input
SELECT array_position(ia, 1, 2) FROM input
SELECT array_position('{1,2,1}'::int[], 1, i2), array_position('[5:7]={1,2,1}'::int[], 1, 6), array_position('{1,NULL}'::int[], NULL) FROM input
SELECT array_position(NULL::int[], 1), array_position('{}'::int[], 1, NULL) FROM input
SELECT array_position('{1}'::int[], 1, NULL) FROM input
SELECT array_position('{1,2}'::int2[]::float8[], NULL, NULL), array_position('{1}'::int[]::text[], ta[9], NULL) FROM input
SELECT array_positions('{1,NULL,1}'::int[], 1), array_positions(ARRAY[i4, i2], i2), array_positions('{1}'::int[], NULL) FROM input
SELECT array_remove(ia, 1) FROM input
SELECT array_remove('[2:4]={1,2,1}'::int[], 1), array_remove(ta, NULL), array_remove(NULL::int[], 1) FROM input WHERE i4 < 5
SELECT array_replace(ia, 1, 9), array_replace(ia, NULL, 0), array_replace(ta, 'a', NULL), array_replace(ia, 3, i8) FROM input
SELECT trim_array(ia, 1) FROM input
SELECT trim_array('{1,2,3}'::int[], 2), trim_array('[2:3][5:5]={{1},{2}}'::int[], 1), trim_array('{}'::int[], 0) FROM input
SELECT trim_array(ia, -1) FROM input
SELECT array_to_string(ia, ','), array_to_string(ta, ', ', '*'), array_to_string(ia, NULL, 'x'), array_to_string(ta, '', NULL), array_to_string(ARRAY[b], '-') FROM input
SELECT array_to_string(NULL, ',') FROM input
SELECT array_to_string(i4, ',') FROM input
SELECT string_to_array(u, ','), string_to_array(u, ''), string_to_array(u, NULL), string_to_array(t, '.', '5'), string_to_array(u, 'a', '') FROM input
SELECT string_to_array('a,,b', ',', ''), string_to_array('aXXbXXXc', 'XX'), string_to_array('', ','), string_to_array('', NULL), string_to_array('a,', ',') FROM input
SELECT string_to_array(u, ',')::int[] FROM input
SELECT string_to_array(i4, ',') FROM input
SELECT (string_to_array(u, ','))[2], cardinality(string_to_array(u, '.')) FROM input
SELECT to_jsonb(ia), to_jsonb(ta), to_jsonb(ARRAY[j]), to_jsonb(ARRAY[ts, NULL]), to_jsonb(ARRAY[f8]), to_jsonb(ARRAY[b]) FROM input
SELECT to_jsonb(NULL) FROM input
SELECT to_jsonb('x') FROM input
SELECT jsonb_build_object('ia', ia, 'ta', ta), jsonb_build_array(ia, ta, ARRAY[n]) FROM input
SELECT jsonb_build_object(ia, 1) FROM input
SELECT concat(ia, ta), concat_ws(',', ia, ta), concat('x', ARRAY[b, NULL]) FROM input
SELECT string_to_array(repeat('a,b,', 300) || u, ',') @> string_to_array(repeat('b,', 200) || 'abc', ','), string_to_array(repeat('x,', 99), ',', 'x') && string_to_array(repeat('x,', 99) || u, ',', 'x') FROM input
SELECT string_to_array(repeat('a,', 100), ',') <@ string_to_array(repeat('c,b,a,', 100) || u, ','), string_to_array(repeat('1,2,', 60) || '3', ',')::int[] && string_to_array(repeat('5,7,', 60) || i2, ',')::int[] FROM input
SELECT array_cat(ia, '{}'::bigint[]) IN (ia, ia) FROM input
SELECT ia IN (ia, '{1}'), ta IN ('{a}', NULL) FROM input
SELECT v.a FROM input, LATERAL (VALUES (ia), (ta)) v(a)
