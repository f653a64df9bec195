SELECT concat(t, u, i4, f8, n, b, j), concat(NULL), concat(ts, d, iv, y) FROM input
SELECT concat_ws(',', t, NULL, i4, b), concat_ws(NULL, t), concat_ws('', u, d) FROM input
SELECT concat() FROM input
SELECT concat_ws(',') FROM input
SELECT jsonb_build_object('a', i4, 'b', t, 'c', NULL, 'd', j), jsonb_build_object() FROM input
SELECT jsonb_build_object('f4', f4, 'f8', f8, 'n', n, 'i8', i8, 'b', b) FROM input
SELECT jsonb_build_object('ts', ts, 'tz', tz, 'd', d, 'iv', iv, 'y', y) FROM input
SELECT jsonb_build_object(i4, 1, b, 2, ts, 3) FROM input
SELECT jsonb_build_object('a') FROM input
SELECT jsonb_build_object(t, 1) FROM input
SELECT jsonb_build_object(j, 1) FROM input
SELECT jsonb_build_object('b', 1, 'a', 2, 'b', 3) FROM input
SELECT jsonb_build_array(i4, t, NULL, j, n, d), jsonb_build_array() FROM input
SELECT to_jsonb(i4), to_jsonb(t), to_jsonb(n), to_jsonb(f8), to_jsonb(b), to_jsonb(j), to_jsonb(tz) FROM input
SELECT to_jsonb(NULL::int), to_jsonb('x'::text) FROM input
