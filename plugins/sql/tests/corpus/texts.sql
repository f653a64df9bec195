SELECT t || u, t || 'x', 'x' || 'y', t || NULL FROM input
SELECT lower(t), upper(t), lower(u), upper(u) FROM input
SELECT length(t), char_length(u), octet_length(t), length(y) FROM input
SELECT substring(t from 2), substring(t from 0 for 3), substring(t, -1, 3), substr(u, 3), substring(u from 2 for 100) FROM input
SELECT substring(t from 1 for -1) FROM input
SELECT substring(u, 2147483647, 2147483647), substring(u, -2147483648, 2147483647) FROM input
SELECT left(t, 2), left(t, -1), right(t, 2), right(t, -1), left(u, 0), left(u, -100), right(u, -100) FROM input
SELECT split_part(u, ',', 1), split_part(u, ',', 2), split_part(u, ',', -1), split_part(u, ',', 9), split_part(u, '', 1) FROM input
SELECT split_part(u, '.', 0) FROM input
SELECT split_part(u, '.', i2) FROM input
SELECT replace(u, 'a', 'xy'), replace(u, '', 'x'), replace(t, 'ö', 'oe'), replace(u, 'b', '') FROM input
SELECT translate(u, 'abc', 'xy'), translate(t, 'Üö', 'Uo') FROM input
SELECT trim(u), trim(both 'a' from u), ltrim(u), rtrim(u), btrim(u, 'ab'), ltrim(u, 'a'), rtrim(u, 'c'), trim(leading from u), trim(trailing 'e' from u) FROM input
SELECT strpos(u, 'b'), position('c' in u), strpos(t, ''), strpos(u, 'テ') FROM input
SELECT starts_with(u, 'a'), u ^@ 'a', starts_with(t, '') FROM input
SELECT lpad(u, 5), rpad(u, 5), lpad(u, 5, 'xy'), rpad(u, 5, 'é'), lpad(u, -1), lpad(u, 2, ''), lpad(u, 20, '') FROM input
SELECT reverse(u), repeat(t, 2), repeat(t, 0), repeat(t, -1) FROM input
SELECT u LIKE 'a%', u LIKE '%b%', u LIKE '_', u LIKE 'a_', u NOT LIKE '%c', u LIKE '', u LIKE '%', u LIKE 'a\%b' FROM input
SELECT u LIKE 'a#%b' ESCAPE '#', u LIKE 'x!_y' ESCAPE '!', u LIKE 'a\b' ESCAPE '' FROM input
SELECT u LIKE u, t LIKE u FROM input
SELECT u LIKE 'a\' FROM input
SELECT t ILIKE 'ÜNÏ%', u ILIKE 'LOWER%', u NOT ILIKE 'A%', u ~~ 'a%', u !~~ 'a%', u ~~* 'A%', u !~~* 'A%' FROM input
SELECT u LIKE '日本%', u LIKE '___テ%' FROM input
SELECT convert_from(y, 'UTF8') FROM input
SELECT get_byte(y, 0) FROM input
SELECT length(convert_from(y, 'utf-8')) FROM input
SELECT lower(i4) FROM input
SELECT length(i4) FROM input
SELECT nosuch(t) FROM input
SELECT lower(t, u) FROM input
SELECT lower(NULL), length(NULL), lower('ABC') FROM input
