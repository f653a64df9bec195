SELECT i4 = 1, i4 <> 1, i4 != 1, i4 < 1, i4 <= 1, i4 > 1, i4 >= 1 FROM input
SELECT i2 = i4, i4 < i8, i2 > i8, f4 = f8, f4 < f8 FROM input
SELECT f8 = f8, f8 > 'Infinity', f8 < 'NaN', n = n, n > 'NaN', n < 'Infinity' FROM input
SELECT n = i4, n < f8, i8 = f8, i4 = n FROM input
SELECT t = u, t < u, t > 'a', t = '' FROM input
SELECT b = true, b < true, b AND i4 > 0, b OR i4 > 0, NOT b FROM input
SELECT j = '{}', j = j, j < '[]', j > '1', j <> 'null' FROM input
SELECT y = '\x00', y < '\xff' FROM input
SELECT b AND NULL, b OR NULL, NULL AND b, NULL OR b, NOT NULL FROM input
SELECT i4 IS NULL, i4 IS NOT NULL, b IS TRUE, b IS NOT TRUE, b IS FALSE, b IS NOT FALSE, b IS UNKNOWN, b IS NOT UNKNOWN FROM input
SELECT i4 IS DISTINCT FROM 1, i4 IS NOT DISTINCT FROM 1, i4 IS DISTINCT FROM NULL, t IS DISTINCT FROM u FROM input
SELECT i4 IN (1, 2, 3), i4 NOT IN (1, 2), i4 IN (1, NULL), t IN ('1', 'NaN'), n IN (1, 2.5), f8 IN (1, 2.5) FROM input
SELECT i4 BETWEEN 0 AND 10, i4 NOT BETWEEN 0 AND 10, i4 BETWEEN SYMMETRIC 10 AND 0 FROM input
SELECT COALESCE(i4, 0), COALESCE(t, u, 'x'), COALESCE(NULL, i8, 1) FROM input
SELECT NULLIF(i4, 1), NULLIF(t, ''), NULLIF(i4, 1.0), NULLIF(n, 0) FROM input
SELECT GREATEST(i4, 5), LEAST(i4, 5), GREATEST(f8, 0), LEAST(n, f8), GREATEST(t, 'm'), GREATEST(NULL, i4) FROM input
SELECT CASE WHEN i4 > 0 THEN 'p' WHEN i4 < 0 THEN 'n' ELSE 'z' END FROM input
SELECT CASE i4 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END FROM input
SELECT CASE WHEN b THEN i4 ELSE n END, CASE WHEN b THEN 1 ELSE 2.5 END FROM input
SELECT CASE WHEN i4 <> 0 THEN 10 / i4 END FROM input
SELECT CASE WHEN t ~~ '%e%' THEN t::float8 END FROM input
SELECT i4 = 0 OR 10 / i4 > 1 FROM input
SELECT i4 <> 0 AND 10 / i4 > 1 FROM input
SELECT COALESCE(i4, 1 / 0) FROM input
SELECT COALESCE(1, 1 / 0) FROM input
SELECT CASE WHEN true THEN 1 ELSE 1 / 0 END FROM input
SELECT i4 FROM input WHERE i4 > 0
SELECT i4 FROM input WHERE b
SELECT i4 FROM input WHERE NULL
SELECT i4 FROM input WHERE i4
SELECT i4 FROM input WHERE t LIKE '1%' AND i4 > 0
SELECT i4 AND true FROM input
SELECT CASE WHEN i4 THEN 1 END FROM input
SELECT CASE WHEN b THEN 1 ELSE 'x' END FROM input
SELECT CASE WHEN b THEN i4 ELSE t END FROM input
SELECT COALESCE(i4, t) FROM input
SELECT GREATEST(i4, b) FROM input
SELECT i4 = t FROM input
SELECT j = i4 FROM input
SELECT t = 1 FROM input
SELECT nosuch FROM input
SELECT input.nosuch FROM input
SELECT x.i4 FROM input
SELECT input.i4, input.* FROM input
SELECT * FROM input
SELECT i4 AS "A b", t AS t2, NULL, 'x', 1 AS one FROM input AS m
SELECT m.i4 FROM input m
SELECT NULLIF(NULL::float8, 1 / i4) FROM input
SELECT NULLIF(1 / i4, NULL) FROM input
SELECT 'x'::int FROM input WHERE 1 / 0 = 1
SELECT 2147483647 + 1 FROM input WHERE 1 / 0 = 1
SELECT i8 IN (f8, 1, 9007199254740993), 9007199254740993 IN (f8, i8, 9007199254740992), i4 IN (f8, 1.5), i4 NOT IN (1, i8, 2) FROM input
SELECT NULL::date IN (t::date, '2000-01-01') FROM input
SELECT i4 FROM input WHERE NULL::date IN (('-3.5'::text)::date, '1969-07-20')
SELECT CASE WHEN j IN (NULL::jsonb, NULL) THEN make_date(2147483647, -1, 1) END FROM input
SELECT CASE WHEN i4 > 0 THEN i8 ELSE (''::bytea || 'a'::text)::bigint END FROM input
SELECT CASE WHEN i4 > 0 THEN '' ELSE ('2000-01-01'::date || 'a'::text)::bigint::text END FROM input
SELECT CASE WHEN i4 > 0 THEN 1 ELSE quote_literal(1.5)::int END FROM input
SELECT CASE WHEN i4 > 0 THEN 1 ELSE quote_nullable(1.5::real)::int END FROM input
