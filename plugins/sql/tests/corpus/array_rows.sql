SELECT e FROM input, unnest(ia) e
SELECT e.e, e.ordinality FROM input, unnest(ta) WITH ORDINALITY e
SELECT x, n2 FROM input CROSS JOIN LATERAL unnest(ia) WITH ORDINALITY AS e(x, n2) WHERE x > 1
SELECT unnest FROM input, unnest(ARRAY[i4, i2])
SELECT i4, x FROM input LEFT JOIN unnest(ia) x ON true
SELECT p, length(p) FROM input, unnest(string_to_array(u, ',')) p
SELECT a, b2 FROM input, unnest(ia) a, unnest(ta) b2 WHERE a < 10
SELECT v::int FROM input, unnest(ta) v WHERE v <> 'a'
SELECT m -> 'a' FROM input, unnest(ARRAY[j, '{"a": 1}']) m
SELECT e FROM input, unnest(NULL::int[]) e
SELECT e FROM input, unnest(ARRAY[ts, NULL]) e
SELECT e FROM input, unnest(i4) e
SELECT e FROM input, unnest() e
SELECT g FROM input, generate_series(1, array_length(ia, 1)) g
SELECT ia[g] FROM input, generate_series(array_lower(ia, 1), array_upper(ia, 1)) g
