SELECT jsonb_path_exists(j, '$ a') FROM input
SELECT jsonb_path_exists(j, '$ a.b') FROM input
SELECT jsonb_path_exists(j, '$.') FROM input
SELECT jsonb_path_exists(j, '$.a && $.b') FROM input
SELECT jsonb_path_exists(j, '$ ? (@.a)') FROM input
SELECT jsonb_path_exists(j, '$ "abc"') FROM input
SELECT jsonb_path_exists(j, '!$.a') FROM input
SELECT jsonb_path_exists(j, '$.a == ($.b > 1)') FROM input
SELECT jsonb_path_exists(j, '@') FROM input
SELECT jsonb_path_exists(j, 'last') FROM input
SELECT jsonb_path_exists(j, '$[1') FROM input
SELECT jsonb_path_exists(j, '$[]') FROM input
SELECT jsonb_path_exists(j, '1a') FROM input
SELECT jsonb_path_exists(j, '$.a[1.5') FROM input
SELECT jsonb_path_exists(j, '01') FROM input
SELECT jsonb_path_exists(j, '1e') FROM input
SELECT jsonb_path_exists(j, '1e+') FROM input
SELECT jsonb_path_exists(j, '1.type()') FROM input
SELECT jsonb_path_exists(j, '$.foo()') FROM input
SELECT jsonb_path_exists(j, '$.**{-1}') FROM input
SELECT jsonb_path_exists(j, '$.a = 1') FROM input
SELECT jsonb_path_exists(j, '$.a === 1') FROM input
SELECT jsonb_path_exists(j, '$.a & 1') FROM input
SELECT jsonb_path_exists(j, '$.a | 1') FROM input
SELECT jsonb_path_exists(j, '$.a#') FROM input
SELECT jsonb_path_exists(j, '$."a') FROM input
SELECT jsonb_path_exists(j, '$.a/*x*/.b') FROM input
SELECT jsonb_path_exists(j, '$.a/*x') FROM input
SELECT jsonb_path_exists(j, 'TRUE') FROM input
SELECT jsonb_path_exists(j, '$.$') FROM input
SELECT jsonb_path_exists(j, '$..a') FROM input
SELECT jsonb_path_exists(j, '$.1a') FROM input
SELECT jsonb_path_exists(j, '$.1') FROM input
SELECT jsonb_path_exists(j, '$.a > 1 > 2') FROM input
SELECT jsonb_path_exists(j, '$.a b') FROM input
SELECT jsonb_path_exists(j, '$.a )') FROM input
SELECT jsonb_path_exists(j, 'a') FROM input
SELECT jsonb_path_exists(j, '$.exists(@)') FROM input
SELECT jsonb_path_exists(j, '1 + ') FROM input
SELECT jsonb_path_exists(j, '$.**{99999999999}') FROM input
SELECT jsonb_path_exists(j, '$.a ? (@ == "\u0000")') FROM input
SELECT jsonb_path_exists(j, '$.a ? (@ == "\ud800")') FROM input
SELECT jsonb_path_exists(j, '$.a ? (@ == "\xZZ")') FROM input
SELECT jsonb_path_exists(j, '$."\u{110000}"') FROM input
SELECT jsonb_path_exists(j, '$."\ude00"') FROM input
SELECT jsonb_path_exists(j, '$."\u12"') FROM input
SELECT jsonb_path_exists(j, '$."\u{}"') FROM input
SELECT jsonb_path_exists(j, '$."a\') FROM input
SELECT jsonb_path_exists(j, '$.a\') FROM input
SELECT jsonb_path_exists(j, '$.a.size(1)') FROM input
SELECT jsonb_path_exists(j, '($.a > 1) + 1') FROM input
SELECT jsonb_path_exists(j, '$.a is unknown') FROM input
SELECT jsonb_path_exists(j, '($.a) is unknown') FROM input
SELECT jsonb_path_exists(j, '!!(1>2)') FROM input
SELECT jsonb_path_exists(j, '!(1>2) == 1') FROM input
SELECT jsonb_path_exists(j, 'exists($.a).b') FROM input
SELECT jsonb_path_exists(j, '$.a starts with 1') FROM input
SELECT jsonb_path_exists(j, '$.a starts') FROM input
SELECT jsonb_path_exists(j, '$[1 to]') FROM input
SELECT jsonb_path_exists(j, '$[to]') FROM input
SELECT jsonb_path_exists(j, '$[$.a, @]') FROM input
SELECT jsonb_path_exists(j, '$[1 == 1]') FROM input
SELECT jsonb_path_exists(j, '$[*') FROM input
SELECT jsonb_path_exists(j, '$.a ? @.b > 1') FROM input
SELECT jsonb_path_exists(j, '$.**{a}') FROM input
SELECT jsonb_path_exists(j, '$.**{1.5}') FROM input
SELECT jsonb_path_exists(j, 'strict') FROM input
SELECT jsonb_path_exists(j, 'strict strict') FROM input
SELECT jsonb_path_exists(j, 'lax.a') FROM input
SELECT jsonb_path_exists(j, '/* x */') FROM input
SELECT jsonb_path_exists(j, '$.a."x"()') FROM input
SELECT jsonb_path_exists(j, '$.a.**.') FROM input
SELECT jsonb_path_exists(j, '-') FROM input
SELECT jsonb_path_exists(j, '$ ? ()') FROM input
SELECT jsonb_path_exists(j, '') FROM input
SELECT jsonb_path_exists(j, ' ') FROM input
SELECT q FROM input, jsonb_path_query(j, '$') q
SELECT q FROM input, jsonb_path_query(j, 'lax $') q
SELECT q FROM input, jsonb_path_query(j, 'STRICT $.a') q
SELECT q FROM input, jsonb_path_query(j, '$.a') q
SELECT q FROM input, jsonb_path_query(j, '$."a"') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[1]') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[*]') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[0 to 2]') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[0, 2 to last]') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[last - 1]') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[-1]') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.bb.c[-1]') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.bb.c[99]') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.bb.c[2 to 1]') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c["x"]') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[1.9]') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[99999999999]') q
SELECT q FROM input, jsonb_path_query(j, '$[0]') q
SELECT q FROM input, jsonb_path_query(j, '$[*]') q
SELECT q FROM input, jsonb_path_query(j, 'strict $[*]') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.a') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.a.b') q
SELECT q FROM input, jsonb_path_query(j, '$[4].five') q
SELECT q FROM input, jsonb_path_query(j, '$[*].five') q
SELECT q FROM input, jsonb_path_query(j, 'strict $[*].five') q
SELECT q FROM input, jsonb_path_query(j, '$.*') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.*') q
SELECT q FROM input, jsonb_path_query(j, '$[*].*') q
SELECT q FROM input, jsonb_path_query(j, '$.**') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.**') q
SELECT q FROM input, jsonb_path_query(j, '$.**{0}') q
SELECT q FROM input, jsonb_path_query(j, '$.**{1}') q
SELECT q FROM input, jsonb_path_query(j, '$.**{1 to 2}') q
SELECT q FROM input, jsonb_path_query(j, '$.**{last}') q
SELECT q FROM input, jsonb_path_query(j, '$.**{2 to last}') q
SELECT q FROM input, jsonb_path_query(j, '$.**.c') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.**.c') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.**{1}.c') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.**[0]') q
SELECT q FROM input, jsonb_path_query(j, '$.type()') q
SELECT q FROM input, jsonb_path_query(j, '$[*].type()') q
SELECT q FROM input, jsonb_path_query(j, '$.size()') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.size()') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c.size()') q
SELECT q FROM input, jsonb_path_query(j, '$.a.double()') q
SELECT q FROM input, jsonb_path_query(j, '$.t.double()') q
SELECT q FROM input, jsonb_path_query(j, '$[1].double()') q
SELECT q FROM input, jsonb_path_query(j, '$[*].double()') q
SELECT q FROM input, jsonb_path_query(j, 'strict $[*].double()') q
SELECT q FROM input, jsonb_path_query(j, '$.n.double()') q
SELECT q FROM input, jsonb_path_query(j, '$.abs()') q
SELECT q FROM input, jsonb_path_query(j, '$.floor()') q
SELECT q FROM input, jsonb_path_query(j, '$[*].ceiling()') q
SELECT q FROM input, jsonb_path_query(j, '$.a ? (@ > 1)') q
SELECT q FROM input, jsonb_path_query(j, '$[*] ? (@ > 1)') q
SELECT q FROM input, jsonb_path_query(j, '$[*] ? (@ >= 1 && @ < 3)') q
SELECT q FROM input, jsonb_path_query(j, '$[*] ? (@ == 1 || @ == "two")') q
SELECT q FROM input, jsonb_path_query(j, '$[*] ? (!(@ == 1))') q
SELECT q FROM input, jsonb_path_query(j, '$[*] ? (@ != null)') q
SELECT q FROM input, jsonb_path_query(j, '$.n ? (@ == null)') q
SELECT q FROM input, jsonb_path_query(j, '$.* ? (exists (@.c))') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.* ? (exists (@.c))') q
SELECT q FROM input, jsonb_path_query(j, '$[*] ? ((@ > 1) is unknown)') q
SELECT q FROM input, jsonb_path_query(j, '$[*] ? (@ starts with "t")') q
SELECT q FROM input, jsonb_path_query(j, '$.t starts with "21"') q
SELECT q FROM input, jsonb_path_query(j, '$.a > 1') q
SELECT q FROM input, jsonb_path_query(j, 'strict $.a > 1') q
SELECT q FROM input, jsonb_path_query(j, '$.a == 2') q
SELECT q FROM input, jsonb_path_query(j, '($.a > 1).type()') q
SELECT q FROM input, jsonb_path_query(j, '$.a + 1') q
SELECT q FROM input, jsonb_path_query(j, '$.a * 2.50') q
SELECT q FROM input, jsonb_path_query(j, '$.a / 0') q
SELECT q FROM input, jsonb_path_query(j, '$.a / 3') q
SELECT q FROM input, jsonb_path_query(j, '$.a % 2') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c + 1') q
SELECT q FROM input, jsonb_path_query(j, '1 + 2 * 3 - -4') q
SELECT q FROM input, jsonb_path_query(j, '-$.a') q
SELECT q FROM input, jsonb_path_query(j, '-$[*]') q
SELECT q FROM input, jsonb_path_query(j, '+$.bb.c[0]') q
SELECT q FROM input, jsonb_path_query(j, '-$.t') q
SELECT q FROM input, jsonb_path_query(j, '$ == 12.5') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c == 2.5') q
SELECT q FROM input, jsonb_path_query(j, '$[3] == 4') q
SELECT q FROM input, jsonb_path_query(j, '$ ? (@.a == 2).bb.c[*] ? (@.type() == "number")') q
SELECT q FROM input, jsonb_path_query(j, '$.bb ? (@.c[0] == $.a - 1)') q
SELECT q FROM input, jsonb_path_query(j, '"x"') q
SELECT q FROM input, jsonb_path_query(j, '1.50') q
SELECT q FROM input, jsonb_path_query(j, 'null') q
SELECT q FROM input, jsonb_path_query(j, 'true') q
SELECT q FROM input, jsonb_path_query(j, '$.""') q
SELECT q FROM input, jsonb_path_query(j, '$.z') q
SELECT q FROM input, jsonb_path_query(j, '$.y.*') q
SELECT q FROM input, jsonb_path_query(j, '$.bb.c[*] ? (@ == $.bb.c[0])') q
SELECT q FROM input, jsonb_path_query(j, '$ ? (1 == 1)') q
SELECT q FROM input, jsonb_path_query(j, '$ ? (@.a > 1 && @.zzz < 1)') q
SELECT q FROM input, jsonb_path_query(j, '$ ? (@.a > 5 || @.zzz < 1)') q
SELECT q FROM input, jsonb_path_query(j, 'exists($.a)') q
SELECT q FROM input, jsonb_path_query(j, 'exists($.a[*] ? (@ > 5))') q
SELECT q FROM input, jsonb_path_query(j, '$.k == "é\"q"') q
SELECT q FROM input, jsonb_path_query(j, '$."k" == "\u00e9\x22\u{71}"') q
SELECT q FROM input, jsonb_path_query(j, '$.to.is.null') q
SELECT q FROM input, jsonb_path_query(j, '$.a ? (@ > "x")') q
SELECT q FROM input, jsonb_path_query(j, '$.* ? (@.size() > 0)') q
SELECT q FROM input, jsonb_path_query(j, '$.NULL') q
SELECT q FROM input, jsonb_path_query(j, '$[0] ? (@ == 1).type()') q
SELECT q FROM input, jsonb_path_query(j, '- -1') q
SELECT q FROM input, jsonb_path_query(j, '-(1)') q
SELECT q FROM input, jsonb_path_query(j, '1 < 2') q
SELECT q FROM input, jsonb_path_query(j, '$.a <> 1') q
SELECT q FROM input, jsonb_path_query(j, '$.**{last}.type()') q
SELECT q FROM input, jsonb_path_query(j, '$.** ? (@ == 1)') q
SELECT q FROM input, jsonb_path_query(j, '$.**{1 to 1}.**{1 to 1}') q
SELECT q FROM input, jsonb_path_query(j, '$[(1 == 1).type().size()]') q
SELECT jsonb_path_query_first(j, '$'), jsonb_path_query_array(j, '$', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.a'), jsonb_path_query_array(j, '$.a', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.bb.c[*]'), jsonb_path_query_array(j, '$.bb.c[*]', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.bb.c[last - 1]'), jsonb_path_query_array(j, '$.bb.c[last - 1]', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'strict $.bb.c[99]'), jsonb_path_query_array(j, 'strict $.bb.c[99]', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.bb.c[1.9]'), jsonb_path_query_array(j, '$.bb.c[1.9]', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$[*]'), jsonb_path_query_array(j, '$[*]', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'strict $.a.b'), jsonb_path_query_array(j, 'strict $.a.b', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'strict $[*].five'), jsonb_path_query_array(j, 'strict $[*].five', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$[*].*'), jsonb_path_query_array(j, '$[*].*', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.**{0}'), jsonb_path_query_array(j, '$.**{0}', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.**{last}'), jsonb_path_query_array(j, '$.**{last}', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'strict $.**.c'), jsonb_path_query_array(j, 'strict $.**.c', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.type()'), jsonb_path_query_array(j, '$.type()', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'strict $.size()'), jsonb_path_query_array(j, 'strict $.size()', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.t.double()'), jsonb_path_query_array(j, '$.t.double()', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'strict $[*].double()'), jsonb_path_query_array(j, 'strict $[*].double()', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.floor()'), jsonb_path_query_array(j, '$.floor()', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$[*] ? (@ > 1)'), jsonb_path_query_array(j, '$[*] ? (@ > 1)', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$[*] ? (!(@ == 1))'), jsonb_path_query_array(j, '$[*] ? (!(@ == 1))', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.* ? (exists (@.c))'), jsonb_path_query_array(j, '$.* ? (exists (@.c))', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$[*] ? (@ starts with "t")'), jsonb_path_query_array(j, '$[*] ? (@ starts with "t")', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'strict $.a > 1'), jsonb_path_query_array(j, 'strict $.a > 1', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.a + 1'), jsonb_path_query_array(j, '$.a + 1', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.a / 3'), jsonb_path_query_array(j, '$.a / 3', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '1 + 2 * 3 - -4'), jsonb_path_query_array(j, '1 + 2 * 3 - -4', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '+$.bb.c[0]'), jsonb_path_query_array(j, '+$.bb.c[0]', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.bb.c == 2.5'), jsonb_path_query_array(j, '$.bb.c == 2.5', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.bb ? (@.c[0] == $.a - 1)'), jsonb_path_query_array(j, '$.bb ? (@.c[0] == $.a - 1)', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'null'), jsonb_path_query_array(j, 'null', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.z'), jsonb_path_query_array(j, '$.z', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$ ? (1 == 1)'), jsonb_path_query_array(j, '$ ? (1 == 1)', '{}', true) FROM input
SELECT jsonb_path_query_first(j, 'exists($.a)'), jsonb_path_query_array(j, 'exists($.a)', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$."k" == "\u00e9\x22\u{71}"'), jsonb_path_query_array(j, '$."k" == "\u00e9\x22\u{71}"', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.* ? (@.size() > 0)'), jsonb_path_query_array(j, '$.* ? (@.size() > 0)', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '- -1'), jsonb_path_query_array(j, '- -1', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.a <> 1'), jsonb_path_query_array(j, '$.a <> 1', '{}', true) FROM input
SELECT jsonb_path_query_first(j, '$.**{1 to 1}.**{1 to 1}'), jsonb_path_query_array(j, '$.**{1 to 1}.**{1 to 1}', '{}', true) FROM input
SELECT jsonb_path_exists(j, 'lax $'), j @? 'lax $', j @@ 'lax $' FROM input
SELECT jsonb_path_exists(j, '$."a"'), j @? '$."a"', j @@ '$."a"' FROM input
SELECT jsonb_path_exists(j, '$.bb.c[0 to 2]'), j @? '$.bb.c[0 to 2]', j @@ '$.bb.c[0 to 2]' FROM input
SELECT jsonb_path_exists(j, '$.bb.c[-1]'), j @? '$.bb.c[-1]', j @@ '$.bb.c[-1]' FROM input
SELECT jsonb_path_exists(j, 'strict $.bb.c[2 to 1]'), j @? 'strict $.bb.c[2 to 1]', j @@ 'strict $.bb.c[2 to 1]' FROM input
SELECT jsonb_path_exists(j, '$.bb.c[99999999999]'), j @? '$.bb.c[99999999999]', j @@ '$.bb.c[99999999999]' FROM input
SELECT jsonb_path_exists(j, 'strict $[*]'), j @? 'strict $[*]', j @@ 'strict $[*]' FROM input
SELECT jsonb_path_exists(j, '$[4].five'), j @? '$[4].five', j @@ '$[4].five' FROM input
SELECT jsonb_path_exists(j, '$.*'), j @? '$.*', j @@ '$.*' FROM input
SELECT jsonb_path_exists(j, '$.**'), j @? '$.**', j @@ '$.**' FROM input
SELECT jsonb_path_exists(j, '$.**{1}'), j @? '$.**{1}', j @@ '$.**{1}' FROM input
SELECT jsonb_path_exists(j, '$.**{2 to last}'), j @? '$.**{2 to last}', j @@ '$.**{2 to last}' FROM input
SELECT jsonb_path_exists(j, 'strict $.**{1}.c'), j @? 'strict $.**{1}.c', j @@ 'strict $.**{1}.c' FROM input
SELECT jsonb_path_exists(j, '$[*].type()'), j @? '$[*].type()', j @@ '$[*].type()' FROM input
SELECT jsonb_path_exists(j, '$.bb.c.size()'), j @? '$.bb.c.size()', j @@ '$.bb.c.size()' FROM input
SELECT jsonb_path_exists(j, '$[1].double()'), j @? '$[1].double()', j @@ '$[1].double()' FROM input
SELECT jsonb_path_exists(j, '$.n.double()'), j @? '$.n.double()', j @@ '$.n.double()' FROM input
SELECT jsonb_path_exists(j, '$[*].ceiling()'), j @? '$[*].ceiling()', j @@ '$[*].ceiling()' FROM input
SELECT jsonb_path_exists(j, '$[*] ? (@ >= 1 && @ < 3)'), j @? '$[*] ? (@ >= 1 && @ < 3)', j @@ '$[*] ? (@ >= 1 && @ < 3)' FROM input
SELECT jsonb_path_exists(j, '$[*] ? (@ != null)'), j @? '$[*] ? (@ != null)', j @@ '$[*] ? (@ != null)' FROM input
SELECT jsonb_path_exists(j, 'strict $.* ? (exists (@.c))'), j @? 'strict $.* ? (exists (@.c))', j @@ 'strict $.* ? (exists (@.c))' FROM input
SELECT jsonb_path_exists(j, '$.t starts with "21"'), j @? '$.t starts with "21"', j @@ '$.t starts with "21"' FROM input
SELECT jsonb_path_exists(j, '$.a == 2'), j @? '$.a == 2', j @@ '$.a == 2' FROM input
SELECT jsonb_path_exists(j, '$.a * 2.50'), j @? '$.a * 2.50', j @@ '$.a * 2.50' FROM input
SELECT jsonb_path_exists(j, '$.a % 2'), j @? '$.a % 2', j @@ '$.a % 2' FROM input
SELECT jsonb_path_exists(j, '-$.a'), j @? '-$.a', j @@ '-$.a' FROM input
SELECT jsonb_path_exists(j, '-$.t'), j @? '-$.t', j @@ '-$.t' FROM input
SELECT jsonb_path_exists(j, '$[3] == 4'), j @? '$[3] == 4', j @@ '$[3] == 4' FROM input
SELECT jsonb_path_exists(j, '"x"'), j @? '"x"', j @@ '"x"' FROM input
SELECT jsonb_path_exists(j, 'true'), j @? 'true', j @@ 'true' FROM input
SELECT jsonb_path_exists(j, '$.y.*'), j @? '$.y.*', j @@ '$.y.*' FROM input
SELECT jsonb_path_exists(j, '$ ? (@.a > 1 && @.zzz < 1)'), j @? '$ ? (@.a > 1 && @.zzz < 1)', j @@ '$ ? (@.a > 1 && @.zzz < 1)' FROM input
SELECT jsonb_path_exists(j, 'exists($.a[*] ? (@ > 5))'), j @? 'exists($.a[*] ? (@ > 5))', j @@ 'exists($.a[*] ? (@ > 5))' FROM input
SELECT jsonb_path_exists(j, '$.to.is.null'), j @? '$.to.is.null', j @@ '$.to.is.null' FROM input
SELECT jsonb_path_exists(j, '$.NULL'), j @? '$.NULL', j @@ '$.NULL' FROM input
SELECT jsonb_path_exists(j, '-(1)'), j @? '-(1)', j @@ '-(1)' FROM input
SELECT jsonb_path_exists(j, '$.**{last}.type()'), j @? '$.**{last}.type()', j @@ '$.**{last}.type()' FROM input
SELECT jsonb_path_exists(j, '$[(1 == 1).type().size()]'), j @? '$[(1 == 1).type().size()]', j @@ '$[(1 == 1).type().size()]' FROM input
SELECT jsonb_path_match(j, '$.a == 2') FROM input
SELECT jsonb_path_match(j, '$.a') FROM input
SELECT jsonb_path_match(j, '$.a', '{}', true), jsonb_path_match(j, '$.a > 1') FROM input
SELECT jsonb_path_query_first(j, '$.a', '[]') FROM input
SELECT jsonb_path_query_first(j, 'strict $.a', '{}', b), jsonb_path_query_first(j, '$.a', NULL), jsonb_path_query_first(NULL, '$') FROM input
SELECT q FROM input, jsonb_path_query(j, 'strict $.bb.c[*]', '{}', true) q
SELECT q FROM input, jsonb_path_query(j, '$', '1') q
SELECT q.*, n2 FROM input CROSS JOIN LATERAL jsonb_path_query(j, '$[*]') WITH ORDINALITY AS q(v, n2)
SELECT i4 FROM input LEFT JOIN jsonb_path_query(j, '$.bb.c[*]') q ON true
SELECT jsonb_path_exists(j, '$.a'::jsonpath), jsonb_path_exists(j, CASE WHEN b THEN '$.a'::jsonpath ELSE '$[0]' END) FROM input
SELECT jsonb_path_exists(j, NULL), j @? NULL FROM input
SELECT jsonb_path_exists(t, '$') FROM input
SELECT jsonb_path_exists(j, 1) FROM input
SELECT (jsonb_path_query_first(j, '$.a'))::int + 1 FROM input
