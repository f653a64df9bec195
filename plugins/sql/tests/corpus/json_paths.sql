SELECT j #> '{a}', j #> '{bb,c,1}', j #> '{4,five}', j #> '{-1}', j #> '{}', j #> '{0}', j #> '{NULL}', j #> NULL FROM input
SELECT j #>> '{a}', j #>> '{bb,c,1}', j #>> '{bb,c,3}', j #>> '{bb,c}', j #>> '{}', j #>> '{n}', j #>> '{1}' FROM input
SELECT j #> '{ 0}', j #> '{+1}', j #> ARRAY['0 '], j #> ARRAY[' 1'], j #> '{0x0}', j #> '{99999999999}', j #> '{-99}', j #> '{+-1}' FROM input
SELECT j #> ta, j #> ARRAY[t], j #>> ARRAY['bb', 'c', i2::text], j #> '{{bb,c}}' FROM input
SELECT j #> '{a' FROM input
SELECT j #> 'a' FROM input
SELECT j #> 1 FROM input
SELECT j #> ia FROM input
SELECT '[1]' #> '{0}' FROM input
SELECT j ?| '{a,two}', j ?& '{a,bb}', j ?| '{}', j ?& '{}', j ?| '{NULL}', j ?& '{NULL,a}', j ?| '{{a,b},{c,string}}', j ?| NULL FROM input
SELECT j ?| ta, j ?& ta, jsonb_exists_any(j, ta), jsonb_exists_all(j, ARRAY[t]) FROM input
SELECT j ?| 'a' FROM input
SELECT j - '{a,two}'::text[] FROM input
SELECT j - ta FROM input
SELECT j - ARRAY['a', NULL, 'bb'] FROM input WHERE jsonb_typeof(j) IN ('object', 'array')
SELECT j - '{{a}}'::text[] FROM input
SELECT '["a","b","a",1]'::jsonb - '{a,NULL}'::text[], '{}'::jsonb - '{a}'::text[], '{"a":1}'::jsonb - '{}'::text[] FROM input
SELECT jsonb_extract_path(j, 'a'), jsonb_extract_path(j, 'bb', 'c', '0'), jsonb_extract_path(j, NULL), jsonb_extract_path(j, t, u) FROM input
SELECT jsonb_extract_path_text(j, 'bb', 'c', '2'), jsonb_extract_path_text(j, 'n'), jsonb_extract_path_text(j, '1') FROM input
SELECT jsonb_extract_path(j) FROM input
SELECT jsonb_extract_path(j, 1) FROM input
SELECT j['a'], j['bb']['c'][1], j[0], j[-1], j['0'], j[4]['five'], j[NULL], j[i2], j[t] FROM input
SELECT (j['bb'])['c'], (j -> 'bb')['c'], ('[1, [2, 3]]'::jsonb)[1][0], (j || '{"x": 1}')['x'] FROM input WHERE jsonb_typeof(j) = 'object'
SELECT j[i8] FROM input
SELECT j[1.5] FROM input
SELECT j[b] FROM input
SELECT j[0:1] FROM input
SELECT j #- '{a}' FROM input WHERE jsonb_typeof(j) = 'object'
SELECT j #- '{bb,c,1}', j #- '{}', j #- '{bb,c,-1}', j #- '{x,y}', jsonb_delete_path(j, '{bb}') FROM input WHERE jsonb_typeof(j) = 'object'
SELECT j #- '{0}' FROM input
SELECT j #- '{a}' FROM input
SELECT j #- '{NULL}' FROM input
SELECT j #- '{{a}}' FROM input
SELECT j #- '{bb,c,x}' FROM input
SELECT '[1,[2,3],4]'::jsonb #- '{1,0}', '[1,2]'::jsonb #- '{-3}', '[1,2]'::jsonb #- '{2}', '{"a":1}'::jsonb #- NULL FROM input
SELECT jsonb_set(j, '{a}', '[9]'), jsonb_set(j, '{new}', 'null'), jsonb_set(j, '{new}', '1', false), jsonb_set(j, '{bb,c,-1}', '"z"'), jsonb_set(j, '{bb,x,y}', '1') FROM input WHERE jsonb_typeof(j) = 'object'
SELECT jsonb_set(j, '{0}', '9') FROM input
SELECT jsonb_set(j, '{a}', '9') FROM input
SELECT jsonb_set(j, '{99}', '9'), jsonb_set(j, '{-99}', '9'), jsonb_set(j, '{-99}', '9', false), jsonb_set(j, '{1}', '9', b), jsonb_set(j, '{}', '9'), jsonb_set(j, '{3,0}', '9') FROM input WHERE jsonb_typeof(j) = 'array'
SELECT jsonb_set(j, '{a}', NULL), jsonb_set(j, '{a}', '1', NULL), jsonb_set(NULL, '{a}', '1') FROM input
SELECT jsonb_set(j, '{NULL}', '1') FROM input
SELECT jsonb_set(j, '{a,NULL}', '1') FROM input
SELECT jsonb_set(j, '{{a}}', '1') FROM input
SELECT jsonb_set(j, 'a', '1') FROM input
SELECT jsonb_set(j, '{a}', 1) FROM input
SELECT jsonb_set('{"a": [1, {"b": 2}]}', '{a,1,b}', j), jsonb_set('{"a": 1, "a": 2}', '{a}', '3'), jsonb_set('{}', '{a}', '1'), jsonb_set('[]', '{5}', '1') FROM input
SELECT jsonb_set('{"a": 1}', ARRAY[t], to_jsonb(n)) FROM input
SELECT jsonb_insert('{"a": [1, 2]}', '{a,0}', '9'), jsonb_insert('{"a": [1, 2]}', '{a,0}', '9', true), jsonb_insert('{"a": [1, 2]}', '{a,-1}', '9', true), jsonb_insert('{"a": [1, 2]}', '{a,-9}', '9', b), jsonb_insert('[1]', '{9}', '2'), jsonb_insert('{}', '{a}', '2'), jsonb_insert('[]', '{0}', '2', true) FROM input
SELECT jsonb_insert(j, '{a}', '9') FROM input
SELECT jsonb_insert(j, '{0}', '{"x": 1}') FROM input WHERE jsonb_typeof(j) = 'array'
SELECT jsonb_insert(j, NULL, '9') FROM input
SELECT jsonb_pretty(j), jsonb_pretty('{"a": [1, {"b": []}, {}], "bb": "x\ny"}'), jsonb_pretty(NULL) FROM input
SELECT jsonb_pretty(t) FROM input
SELECT '{"a": 1}' -> 'a' FROM input
SELECT '{"a": 1}' ->> t FROM input
