-- Those that packaging/sql/functions.sql has for PostgreSQL.
SELECT quality(t), quality(u), quality(i2), quality(b), quality(NULL::text) FROM input
SELECT quality(i4) FROM input
SELECT quality('Good'), quality('UNCERTAIN'), quality('bad'), quality('not_connected'), quality('Config_Error'), quality('device_failure'), quality('timeout'), quality('sideways'), quality('') FROM input
SELECT quality('192'), quality('"64"'), quality(' 12 '), quality('1.5'), quality('-2.5'), quality('GÖOD'), quality(true), quality(192) FROM input
SELECT quality('99999') FROM input
SELECT quality('1e30') FROM input
SELECT quality(i8) FROM input
SELECT text_number(t), text_number(u), text_number(n::text), text_number(f8::text), text_number(NULL) FROM input
SELECT text_number('1'), text_number(' +1.50 '), text_number('"21.5"'), text_number('" -3e2 "'), text_number('.5'), text_number('5.'), text_number('-.5e-3') FROM input
SELECT text_number(''), text_number('"'), text_number('""'), text_number('.'), text_number('1e'), text_number('1e1000'), text_number('0x1A'), text_number('NaN'), text_number('1 2'), text_number('"1'), text_number('""1""'), text_number('1_0'), text_number('٣') FROM input
SELECT text_number(repeat('9', 400)), text_number(repeat('9', 401)), text_number('1e999'), text_number('1e-999') FROM input
SELECT text_number(i4) FROM input
SELECT json_number(j), json_number(j -> 't'), json_number(j -> 'a'), json_number(j -> 0), json_number(NULL) FROM input
SELECT json_number('1.50'), json_number('"2.50"'), json_number('true'), json_number('null'), json_number('{}'), json_number('[1]'), json_number('" 7 "'), json_number('"x"'), json_number('1e400') FROM input
SELECT json_number(t) FROM input
SELECT l.path, l.value FROM input, json_leaves(j) l
SELECT l.path, l.value FROM input, json_leaves(j, '/') l
SELECT p, v FROM input, json_leaves('{"a": {"b": [1, {"c": null}, [], {}], "d": "x"}, "e": true, "": {"": 1}, "f": {}}') AS l(p, v) WHERE i4 = 1
SELECT l.path, l.value FROM input, json_leaves('[[1, [2, 3]], 4]', '') l WHERE i4 = 1
SELECT l.path, l.value, l.ordinality FROM input, json_leaves('{"b": 1, "aa": 2, "a": {"z": 3}, "b": 5}') WITH ORDINALITY l WHERE i4 = 1
SELECT l.path, l.value FROM input, json_leaves(NULL) l
SELECT l.path, l.value FROM input, json_leaves(j, NULL) l
SELECT l.path FROM input, json_leaves(t) l
SELECT l.path, json_number(l.value) FROM input, json_leaves(j) l WHERE jsonb_typeof(l.value) = 'number'
SELECT s.* FROM input, senml('[{"bn": "urn:dev:ow:10e2073a01080063:", "bt": 1.276020076001e9, "bu": "A", "bver": 5, "n": "voltage", "u": "V", "v": 120.1}, {"n": "current", "t": -5, "v": 1.2}, {"n": "current", "t": -4, "v": 1.3}]', tz) s WHERE i4 = 1
SELECT s.name, s.value, s.time FROM input, senml('[{"n": "a", "v": 1}, {"n": "b", "t": -10, "v": 2}, {"bt": 5, "n": "c", "v": 3}, {"n": "d", "bt": 1705314600.123, "v": 4}]', tz) s
SELECT s.* FROM input, senml('[{"bn": "x/", "bv": 20, "bs": 100}, {"n": "a", "v": 1.5}, {"n": "b", "vs": "text"}, {"n": "c", "vb": true}, {"n": "d", "vd": "aGk"}, {"n": "e", "s": 5}, {"n": "f", "vb": false, "u": "%RH"}, {"bn": null, "n": "g", "v": null}]', tz) s WHERE i4 = 1
SELECT s.name FROM input, senml('[]', tz) s
SELECT s.name FROM input, senml(NULL, tz) s
SELECT s.name FROM input, senml(j, tz) s
SELECT s.name FROM input, senml('{"n": "a", "v": 1}', tz) s WHERE i4 = 1
SELECT s.name FROM input, senml('5', tz) s WHERE i4 = 1
SELECT s.name FROM input, senml('[1]', tz) s WHERE i4 = 1
SELECT s.value FROM input, senml('[{"n": "a", "v": "x"}]', tz) s WHERE i4 = 1
SELECT s.value FROM input, senml('[{"n": "a", "v": "21.5"}, {"n": 5, "v": 1}]', tz) s WHERE i4 = 1
SELECT s.bool_value FROM input, senml('[{"n": "a", "vb": 7}]', tz) s WHERE i4 = 1
SELECT s.value FROM input, senml('[{"bver": 11, "n": "a", "v": 1}]', tz) s WHERE i4 = 1
SELECT s.value FROM input, senml('[{"n": "a", "v": 1, "new_": 2}]', tz) s WHERE i4 = 1
SELECT s.value FROM input, senml('[{"bv": 1e308, "n": "a", "v": 1e308}]', tz) s WHERE i4 = 1
SELECT s.time FROM input, senml('[{"n": "a", "v": 1, "t": 1e20}]', tz) s WHERE i4 = 1
SELECT s.time FROM input, senml('[{"n": "a", "v": 1, "t": -1e20}]', tz) s WHERE i4 = 1
SELECT s.time FROM input, senml('[{"n": "a", "v": 1, "t": -1e14}]', tz) s WHERE i4 = 1
SELECT s.time FROM input, senml('[{"n": "a", "v": 1, "t": 268435455}, {"n": "b", "v": 1, "t": 268435456}]', tz) s WHERE i4 = 1
SELECT s.name FROM input, senml(t, tz) s
SELECT s.* FROM input, senml('[{"bv":10,"n":"b","s":3},{"n":"c","vs":"x"},{"n":"d","v":2}]', '2024-01-15Z') AS s
