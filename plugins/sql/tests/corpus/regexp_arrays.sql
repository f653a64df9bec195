SELECT regexp_match(t, '[a-z]+'), regexp_match(t, '([a-z])(.)'), regexp_match(t, 'x(y)?'), regexp_match(t, NULL) FROM input
SELECT regexp_match('foobarbequebaz', '(bar)(beque)'), regexp_match('foo', 'foo(bar)?'), regexp_match('Abc', 'B', 'i'), regexp_match('a,"b', '.*') FROM input
SELECT (regexp_match('temp_12.value', '^([a-z]+)_(\d+)'))[2], (regexp_match(t, '(.)(.)'))[1] FROM input
SELECT regexp_match(t, 'a', 'g') FROM input
SELECT regexp_match(t, '(') FROM input
SELECT regexp_match(t, 'a', 'y') FROM input
SELECT regexp_match(t, u) FROM input
SELECT regexp_split_to_array(t, ','), regexp_split_to_array(t, ''), regexp_split_to_array(t, '[aeiou]'), regexp_split_to_array(NULL, 'x') FROM input
SELECT regexp_split_to_array(',a,,b,', ','), regexp_split_to_array('', ','), regexp_split_to_array('aXb', 'x', 'i'), regexp_split_to_array('ab', '$|^|b*?') FROM input
SELECT regexp_split_to_array(t, ',', 'g') FROM input
SELECT regexp_split_to_array(t, ',', u) FROM input
SELECT m FROM input, regexp_matches(t, '([a-z])([^a-z])?', 'g') m
SELECT m[1], n FROM input, regexp_matches(t, '[a-z]+', 'g') WITH ORDINALITY AS r(m, n)
SELECT m FROM input, regexp_matches(t, 'a') m
SELECT m FROM input, regexp_matches('', '', 'g') m WHERE i4 = 1
SELECT m FROM input, regexp_matches('k1=v1;k2=v2', '(\w+)=(\w+)', 'g') m WHERE i4 = 1
SELECT m FROM input, regexp_matches(t, '(') m WHERE i4 = 1
SELECT m FROM input, regexp_matches(t, NULL) m
SELECT m, regexp_match(m[1], u) FROM input, regexp_matches(t, '\w', 'g') m
