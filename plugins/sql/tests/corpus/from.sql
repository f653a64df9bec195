-- LATERAL (SELECT …): expressions with names.
SELECT s.x, s.y FROM input, LATERAL (SELECT i4 + 1 AS x, t || '!' AS y) s WHERE i4 < 100
SELECT x FROM input, LATERAL (SELECT i4 / 0 AS x, t AS y) s WHERE false
SELECT y FROM input, LATERAL (SELECT i4 / 0 AS x, t AS y) s
SELECT s.* FROM input CROSS JOIN LATERAL (SELECT upper(t), i4 + 1, 'lit', NULL, CASE WHEN b THEN 1 END) s WHERE i4 < 100
SELECT a, c FROM input, LATERAL (SELECT t, i4) AS s(a, c) WHERE a ~ 'a'
SELECT a FROM input, LATERAL (SELECT t, i4) AS s(a, c, d)
SELECT s2.z FROM input, LATERAL (SELECT i4 * 2::bigint AS x) s1, LATERAL (SELECT s1.x + 1 AS z) s2 WHERE s2.z > 3
SELECT x FROM input, LATERAL (SELECT i4 AS x WHERE i4 > 2) s
SELECT x FROM input, LATERAL (SELECT i4 AS x WHERE x > 2) s
SELECT x FROM input, LATERAL (SELECT i4 AS x WHERE 1) s
SELECT m.key, s.v FROM input, jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j END) m, LATERAL (SELECT m.value ->> 'c' AS v, t AS w) s
SELECT s.w, m.key FROM input, LATERAL (SELECT t AS w, CASE WHEN jsonb_typeof(j) = 'object' THEN j END AS o) s, jsonb_each(s.o) m
SELECT x FROM input, (SELECT 1 AS x) s
SELECT x FROM input, (SELECT i4 AS x) s
SELECT i4 FROM input, LATERAL (SELECT i4) s
SELECT s.i4, input.i4 FROM input, LATERAL (SELECT input.i4) s WHERE s.i4 = 1
SELECT x FROM input LEFT JOIN LATERAL (SELECT i4 AS x) s ON true
SELECT s.x + s.x FROM input JOIN LATERAL (SELECT i4 % 10 AS x) s ON s.x > 1
SELECT s.x FROM input JOIN LATERAL (SELECT i4 AS x) s ON s.x
SELECT x::int FROM input, LATERAL (SELECT j ->> 'a' AS x) s WHERE x ~ '^\d+$'
-- VALUES.
SELECT v.a, v.b FROM input, LATERAL (VALUES ('t', i4::text), ('u', u), (NULL, NULL)) AS v(a, b) WHERE i4 > 0
SELECT column1, column2 FROM input, LATERAL (VALUES (i4, 1), (2, i8), (NULL, 2.5)) v WHERE i4 BETWEEN 0 AND 3
SELECT v.* FROM input, (VALUES (1, 'x'), (2, 'y')) AS v(n1, s) WHERE i4 = 1
SELECT v.n1 FROM input, (VALUES (i4)) AS v(n1)
SELECT v.n1 FROM input, LATERAL (VALUES (1), (2, 3)) AS v(n1)
SELECT v.n1 FROM input, LATERAL (VALUES (1), ('x')) AS v(n1)
SELECT v.n1 FROM input, LATERAL (VALUES (1), (true)) AS v(n1)
SELECT v.n1 FROM input, LATERAL (VALUES (NULL), ('x')) AS v(n1)
SELECT v.n1 FROM input, LATERAL (VALUES (1), (i4 / i2)) AS v(n1)
SELECT v.n1 FROM input, LATERAL (VALUES (1), (2)) AS v(n1, n2)
SELECT m, v FROM input, LATERAL (VALUES ('temp', f4), ('hum', f8)) AS p(m, v) WHERE v > 0
SELECT k, x FROM input, LATERAL (VALUES ('a'), ('bb'), ('zz')) AS w(k), LATERAL (SELECT j -> w.k AS x) s WHERE x IS NOT NULL
SELECT a.v, c.v FROM input, LATERAL (VALUES (1), (2)) a(v), LATERAL (VALUES (a.v * 10), (a.v * 20)) c(v) WHERE i4 = 1
-- LEFT JOIN … ON a condition.
SELECT i4, m.key, m.value FROM input LEFT JOIN jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j END) m ON m.key = 'a'
SELECT i4, g FROM input LEFT JOIN generate_series(1, 5) g ON g = i4
SELECT i4, g FROM input LEFT JOIN generate_series(1, 5) g ON g > i4 AND g < i4 + 3
SELECT i4, g FROM input LEFT JOIN generate_series(1, 3) g ON NULL
SELECT i4, g FROM input LEFT JOIN generate_series(1, 3) g ON false WHERE g IS NULL
SELECT i4, g FROM input LEFT JOIN generate_series(1, 3) g ON 10 / (g - 2) > 0
SELECT i4, g FROM input LEFT JOIN generate_series(1, 3) g ON i4
SELECT i4, v.x FROM input LEFT JOIN LATERAL (VALUES (1), (i4)) v(x) ON v.x = i4
SELECT g, h FROM input LEFT JOIN generate_series(1, 3) g ON g = i2 LEFT JOIN generate_series(1, 2) h ON h = g WHERE i4 < 20
SELECT g, h FROM input LEFT JOIN generate_series(1, i2) g ON g > 2 CROSS JOIN generate_series(7, 7) h WHERE i2 BETWEEN 0 AND 5
SELECT e.value, ordinality FROM input LEFT JOIN jsonb_array_elements(CASE WHEN jsonb_typeof(j) = 'array' THEN j END) WITH ORDINALITY e ON ordinality > 1
SELECT i4, count FROM input LEFT JOIN generate_series(1, 2500) count ON count % 1000 = 7 WHERE i4 < 3
SELECT m.key FROM input JOIN jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j END) m ON m.key <> 'a'
SELECT g FROM input JOIN generate_series(1, 3) g ON g
SELECT g FROM input INNER JOIN LATERAL generate_series(1, i2) g ON g > 1 WHERE i2 < 6
SELECT g FROM input, LATERAL generate_series(1, i2) g WHERE i2 < 4
SELECT i4, x FROM input LEFT JOIN LATERAL (SELECT i4 + 1 AS x WHERE i4 < 20) s ON true
SELECT i4, x, y FROM input LEFT JOIN LATERAL (SELECT i4 % 7 AS x, t AS y WHERE i4 < 2000) s ON x > 2
SELECT i4, x FROM input LEFT JOIN LATERAL (VALUES (i4 % 7)) s(x) ON x > 2 WHERE x IS NULL
SELECT i4, x FROM input LEFT JOIN LATERAL (VALUES (10 / i4)) s(x) ON i4 <> 0
SELECT i4 FROM input LEFT JOIN LATERAL (VALUES (10 / i4)) s(x) ON true
SELECT x FROM input LEFT JOIN LATERAL (SELECT i4 AS x) s ON x
SELECT i4, x, g FROM input LEFT JOIN LATERAL (SELECT i2 AS x) s ON x > 1 LEFT JOIN generate_series(1, 3) g ON g = x
SELECT x FROM input, LATERAL (SELECT COALESCE(NULL, i4, 1 / 0) AS x, COALESCE(i4, 1 / 0) AS y) s
SELECT y FROM input, LATERAL (SELECT 1 AS x, COALESCE(i4, (1 / 0)) AS y, CASE WHEN i4 > 0 THEN 1 / 0 END AS z) s WHERE x = 1
SELECT t FROM input, LATERAL (SELECT 1 / 0 AS x, 'x'::text || '1' AS y) s WHERE y = 'x1'
SELECT CASE WHEN i4 > 0 THEN x END FROM input, LATERAL (SELECT 10 / i4 AS x) s
SELECT t FROM input, LATERAL (VALUES (i4 / i2, 1)) v(x, y) WHERE v.y = 1
SELECT x FROM input, LATERAL (VALUES (i4 / i2, 1)) v(x, y)
