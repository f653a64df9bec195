SELECT j -> 'a', j ->> 'a', j -> 'bb' -> 'c' -> 1, j -> 'bb' -> 'c' ->> -1 FROM input
SELECT j -> 0, j ->> 0, j -> -1, j ->> 1, j -> 99, j -> -99 FROM input
SELECT j -> '', j ->> 'k', j ->> 'n', j -> 'n' FROM input
SELECT j ->> 't' || 'x' FROM input
SELECT (j ->> 't')::float8 FROM input
SELECT (j -> 'a')::int + 1 FROM input
SELECT jsonb_typeof(j), jsonb_typeof(j -> 'n'), jsonb_typeof(j -> 4) FROM input
SELECT jsonb_array_length(j) FROM input
SELECT j ? 'a', j ? 'two', j ? 'string', j ? '' FROM input
SELECT j::text, j -> 'bb' FROM input
SELECT m.key, m.value FROM input, jsonb_each(j) m
SELECT m.key, m.value FROM input, jsonb_each_text(j) AS m
SELECT k, v FROM input, jsonb_each(j) AS m(k, v)
SELECT m.* FROM input CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(j) WHEN 'object' THEN j END) AS m
SELECT e FROM input, jsonb_array_elements(j) e
SELECT e.value, e.ordinality FROM input, jsonb_array_elements(j) WITH ORDINALITY e
SELECT x, n2 FROM input, jsonb_array_elements_text(CASE WHEN jsonb_typeof(j) = 'array' THEN j END) WITH ORDINALITY AS e(x, n2)
SELECT k FROM input, jsonb_object_keys(j) k
SELECT i4, m.key FROM input LEFT JOIN jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j END) m ON true
SELECT m.key, e FROM input, jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j END) m, jsonb_array_elements(CASE WHEN jsonb_typeof(m.value) = 'array' THEN m.value ELSE '[0]' END) e
SELECT m.value::int FROM input, jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j END) m
SELECT m.key FROM input, jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j END) m WHERE m.key > 'a' AND i4 > 0
SELECT g FROM input, generate_series(1, i2) g WHERE i2 < 20
SELECT g FROM input, generate_series(i4, i4 + 2) g
SELECT g FROM input, generate_series(1, 10, i2) g
SELECT g FROM input, generate_series(1, i8, 3) g WHERE i8 < 100
SELECT j -> 'a' = '2', j -> 'a' < '10', j = '[]', j > '[]', j < '{}' FROM input
SELECT j -> i4 FROM input
SELECT j ->> t FROM input
SELECT -i4 -> 'a' FROM input
SELECT j -> 'a' || 'x' FROM input
SELECT j ->> 'a' || 'x' FROM input
SELECT j @> '{"a": 2}', j @> '[1]', j @> '[[4]]', j @> '{"bb": {}}', j @> '"string"', '[1, [2, 3]]' @> j FROM input
SELECT j <@ '{"a": 2, "b": 3}', j <@ '[1, 2, null]', j <@ j, j @> j FROM input
SELECT '["a", "b"]'::jsonb @> '"a"', '"a"'::jsonb @> '["a"]', '[[1]]'::jsonb @> '1', '[]'::jsonb @> '{}' FROM input
SELECT j - 'a', j - 'two' FROM input
SELECT j - 0 FROM input
SELECT j - -1 FROM input
SELECT j || '{"new": 1, "a": null}', '[0]' || j, j || j FROM input
SELECT j || 'null', 'true' || j FROM input
SELECT jsonb_strip_nulls(j) FROM input
SELECT j - 'a' || '{"a": 5}' FROM input
