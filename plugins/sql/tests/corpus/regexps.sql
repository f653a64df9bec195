-- Greedy, lazy and both.
SELECT t ~ 'a', t ~* 'A', t !~ 'a', t !~* 'ABC', u ~ t FROM input
SELECT t ~ '', t ~ '^$', '' ~ t, NULL ~ t, t ~ NULL FROM input
SELECT t ~ '(' FROM input
SELECT 'abc' ~ '[' FROM input
SELECT substring(t from '[a-z]+'), substring(t, '.'), substring(t from 'x(y)?') FROM input
SELECT substring('foobar' from 'o(.)b'), substring('foobar' from 'o.b'), substring('foo' from 'foo(bar)?') FROM input
SELECT substring('XY1234Z' from 'Y*([0-9]{1,3})'), substring('XY1234Z' from 'Y*?([0-9]{1,3})') FROM input
SELECT regexp_replace('abc', '(?:(?:a)b*?)c*', 'x'), regexp_substr('abcabc', 'a.*?c'), regexp_substr('abcabc', 'a.*c') FROM input
SELECT regexp_substr('xyzy', 'x??(?:x[^z]*?z)??y'), regexp_substr('aaa', 'a*?'), regexp_substr('aaa', 'a+?'), regexp_substr('aaaa', 'a{2,}?') FROM input
SELECT regexp_substr('aab', 'a*?b+'), regexp_substr('aabbb', 'a+?b*'), regexp_substr('aabbb', 'a+b*?'), regexp_substr('abbbb', '(?:a|ab)b*?') FROM input
SELECT substring('key=value=more' from '^(.*?)=(.*)$'), substring('key=value=more' from '^(.*)=(.*)$'), substring('key=value=more' from '=(.*?)=') FROM input
SELECT regexp_substr('abcd', '(a|ab)(c|bcd)(d*)'), regexp_substr('abcd', '(a|ab)(c|bcd)(d*)', 1, 1, '', 1), regexp_substr('abcd', '(a|ab)(c|bcd)(d*)', 1, 1, '', 2), regexp_substr('abcd', '(a|ab)(c|bcd)(d*)', 1, 1, '', 3) FROM input
SELECT regexp_substr('plant/line1/pump7/temp', '^([^/]+)/([^/]+)/(.*)$', 1, 1, '', 1), regexp_substr('plant/line1/pump7/temp', '^([^/]+)/([^/]+)/(.*)$', 1, 1, '', 3) FROM input
SELECT regexp_replace('12.5 bar', '^(\d+)(?:\.(\d+))? ?(\w*)$', '<\1|\2|\3|\4|\&>'), regexp_replace('12', '^(\d+)(?:\.(\d+))? ?(\w*)$', '<\1|\2|\3>') FROM input
SELECT substring('aaa' from '(a)*'), substring('ab' from '((a)|b)+'), substring('abcabd' from '(ab.)+') FROM input
SELECT substring('abab' from '(?:(a)|b)*') FROM input
SELECT substring('abab' from '(ab)*c?'), substring('xabab' from 'x(ab){1,2}'), substring('x' from 'x(ab)?'), substring('ab' from '(a){0}(b)') FROM input
SELECT substring('a1b2' from '([a-z])([0-9])$'), substring('foo.bar.baz' from '([^.]*)$'), substring('foo.bar.baz' from '^(.*)\.'), substring('foo.bar.baz' from '^(.*?)\.') FROM input
-- Classes, escapes, brackets.
SELECT t ~ '\d', t ~ '\D', t ~ '^\w+$', t ~ '\W', t ~ '\s', t ~ '^\S*$' FROM input
SELECT 'é' ~ '^\w$', 'ß' ~ '[[:alpha:]]', '٣' ~ '\d', ' ' ~ '\s', '日' ~ '^[[:alnum:]]$', '_' ~ '\w', 'é' ~ '[[:word:]]' FROM input
SELECT t ~ '[[:upper:]]', t ~ '[[:lower:]]', t ~ '[[:punct:]]', t ~ '[[:space:]]', t ~ '[[:digit:]]', t ~ '[[:cntrl:]]', t ~ '[[:xdigit:]]' FROM input
SELECT t ~ '[[:print:]]', t ~ '[[:graph:]]', t ~ '[[:blank:]]', t ~ '[[:ascii:]]', t ~ '[^[:ascii:]]' FROM input
SELECT t ~ '[[:upp:]]' FROM input
SELECT 'É' ~* 'é', 'ß' ~* 'SS', 'K' ~* 'k', 'k' ~* 'K', 'ǅ' ~* 'ǆ', 'ǅ' ~* 'ǅ', 'Σ' ~* 'ς', 'ς' ~* 'Σ' FROM input
SELECT 'b' ~* '[A-C]', 'é' ~* '[É]', 'E' ~* '[[:lower:]]', 'a' ~ '[[:upper:]]', 'B' ~* '[^b]', 'Q' ~* '[a-z]' FROM input
SELECT 'a-b' ~ '^[a-]', '-' ~ '[-a]', ']' ~ '[]a]', 'x' ~ '[^]a]', '\' ~ '[\\]', ']' ~ '[a\]]', '^' ~ '[a^]' FROM input
SELECT 'b' ~ '[a-c]', 'a' ~ '[c-a]' FROM input
SELECT 'a' ~ '[a-c-e]' FROM input
SELECT 'a' ~ '[[.a.]]', 'b' ~ '[[.a.]-c]', 'a' ~ '[[=a=]]', '-' ~ '[[.-.]]', 'x' ~ '[[=x=]-z]' FROM input
SELECT '3' ~ '[\d]', 'x' ~ '[\D]', ' ' ~ '[\s]', 'a' ~ '[\w]', '!' ~ '[\W]', '3' ~ '[^\D]' FROM input
SELECT 'a' ~ '[\A]' FROM input
SELECT E'\t' ~ '\t', E'\n' ~ '\n', E'\r' ~ '\r', E'\f' ~ '\f', E'\v' ~ '\v', E'\b' ~ '\b', E'\033' ~ '\e', E'\007' ~ '\a', '\' ~ '\B' FROM input
SELECT 'A' ~ '\x41', 'A' ~ '\u0041', 'A' ~ '\U00000041', 'A' ~ '\101', 'é' ~ '\xe9', E'\001' ~ '\cA', 'A1' ~ '\1011' FROM input
SELECT 'A' ~ '\u41' FROM input
SELECT 'A' ~ '\q' FROM input
SELECT 'A' ~ 'A\' FROM input
SELECT 'a.b' ~ 'a\.b', 'a+b' ~ 'a\+b', 'a|b' ~ 'a\|b', '(a)' ~ '\(a\)', 'a{1}' ~ 'a\{1\}' FROM input
SELECT E'a\nb' ~ 'a.b', E'a\nb' ~ 'a[^x]b', E'a\nb' ~ '^b', E'a\nb' ~ 'a$', E'a\nb' ~ '\Aa', E'a\nb' ~ 'b\Z' FROM input
-- Words.
SELECT t ~ '\ma', t ~ 'a\M', t ~ '\yb', t ~ '\Yb', t ~ '[[:<:]]c', t ~ 'c[[:>:]]' FROM input
SELECT 'das Äpfel' ~ '\mÄ', 'xÄpfel' ~ '\mÄ', 'Öl' ~ '\yl', 'Öl öl' ~ 'Öl\M', 'a_b' ~ '\mb', 'a-b' ~ '\mb' FROM input
SELECT regexp_replace(t, '\m(\w)', '<\1>', 'g'), regexp_replace(t, '\y', '|', 'g'), regexp_replace(t, '\w+\M', '#', 'g') FROM input
SELECT regexp_replace('Größe und ß', '\y\w', '^', 'g'), regexp_instr('Größe und Öl', '\mÖ'), regexp_substr('a éb', '\m\w+\M', 2) FROM input
SELECT 'a b' ~ '\m.' FROM input
-- Bounds.
SELECT 'aaa' ~ '^a{3}$', 'aaa' ~ '^a{2,}$', 'aaa' ~ '^a{1,2}$', 'aaa' ~ '^a{0}$', '' ~ '^a{0}$', 'a{' ~ 'a{', 'a{x' ~ 'a{x' FROM input
SELECT 'a' ~ 'a{2,1}' FROM input
SELECT 'a' ~ 'a{256}' FROM input
SELECT 'a' ~ 'a{1' FROM input
SELECT 'a' ~ 'a{1x}' FROM input
SELECT 'a' ~ 'a{1,2,3}' FROM input
SELECT 'a' ~ 'a**' FROM input
SELECT 'a' ~ '*a' FROM input
SELECT 'a' ~ 'a|*b' FROM input
SELECT 'a' ~ '^*' FROM input
SELECT 'a' ~ '(*a)' FROM input
SELECT 'a' ~ 'a)' FROM input
SELECT 'a' ~ '((a)' FROM input
SELECT 'a' ~ '()' , 'a' ~ '(|b)', 'a' ~ 'x|', 'a' ~ '|' FROM input
SELECT 'a' ~ '(?:a' FROM input
SELECT 'a' ~ '(?' FROM input
SELECT 'a' ~ '(?z)a' FROM input
SELECT 'a' ~ '(?i' FROM input
SELECT 'a' ~ 'a(?i)' FROM input
SELECT 'a' ~ '(?<a)' FROM input
SELECT 'a' ~ '[a' FROM input
SELECT 'a' ~ '[[:alpha:' FROM input
SELECT 'a' ~ '[[::]]' FROM input
SELECT 'a' ~ '[[..]]' FROM input
SELECT 'a' ~ '[[:alpha:]-z]' FROM input
SELECT 'a' ~ '\1' FROM input
SELECT 'aa' ~ '(a)\2' FROM input
-- Prefixes and options.
SELECT 'A' ~ '(?i)a', E'a\nb' ~ '(?n)^b', E'a\nb' ~ '(?n)a.b', E'a\nb' ~ '(?p)a.b', E'a\nb' ~ '(?p)^b', E'a\nb' ~ '(?w)a.b', E'a\nb' ~ '(?w)^b', 'ab' ~ '(?x) a b # c', 'a' ~ '(?xt)a ' FROM input
SELECT 'a.b' ~ '***=a.b', 'axb' ~ '***=a.b', 'a.b' ~ '***:a.b', 'A.B' ~* '***=a.b', 'a.b' ~ '(?q)a.b', '(?i)' ~ '***=(?i)', 'A' ~ '***:(?i)a' FROM input
SELECT 'a' ~ '***a' FROM input
SELECT 'a' ~ '***?' FROM input
SELECT 'a' ~ '(?e)a', 'a)' ~ '(?e)a)', 'ad' ~ '(?e)a\d', '\' ~ '(?e)[\]', 'a' ~ '(?e)a*?' FROM input
SELECT 'ab' ~ 'a(?#comment)b', 'a' ~ 'a(?#open', 'ab' ~ '(?x)a (?#x) b' FROM input
SELECT E'a\nb' ~ '(?n)a$', E'a\n' ~ '(?n)^$', E'a\nb' ~ '(?n)a[^x]b', E'a\nb' ~ '(?n)a\Db', E'a\nb' ~ '(?n)a\Wb', E'a\nb' ~ '(?n)\Ab', E'a\nb' ~ '(?n)a\Z' FROM input
SELECT regexp_like(t, 'A', 'i'), regexp_like(t, 'a'), regexp_like(t, 'a b', 'x'), regexp_like(t, '^new', 'n'), regexp_like(t, NULL) FROM input
SELECT regexp_like(t, 'a', 'g') FROM input
SELECT regexp_like(t, 'a', 'é') FROM input
SELECT regexp_like(t, 'a', u) FROM input
SELECT regexp_like('a.c', 'a.c', 'q'), regexp_like('A.c', 'a.c', 'qi'), regexp_like('abc', 'a.c', 'q') FROM input
SELECT regexp_like('a', 'a', 'qx') FROM input
SELECT regexp_like('a', 'a', 'qn') FROM input
-- Replacing.
SELECT regexp_replace(t, 'a', 'X'), regexp_replace(t, 'a', 'X', 'g'), regexp_replace(t, 'A', 'X', 'gi'), regexp_replace(t, NULL, 'x') FROM input
SELECT regexp_replace(t, '', '-'), regexp_replace(t, '', '-', 'g'), regexp_replace(t, 'x*', '-', 'g'), regexp_replace(t, '$', '!', 'g'), regexp_replace(t, '^', '!', 'g') FROM input
SELECT regexp_replace(t, '([a-z])([a-z])', '\2\1', 'g'), regexp_replace(t, '[a-z]', '<\&>', 'g'), regexp_replace(t, '[a-z]', '\\', 'g'), regexp_replace(t, '[a-z]', '\x\', 'g') FROM input
SELECT regexp_replace(t, 'a', '\1'), regexp_replace(t, 'a|(b)', '[\1]', 'g'), regexp_replace(t, '.', '\0') FROM input
SELECT regexp_replace(t, 'a', 'X', 2), regexp_replace(t, 'a', 'X', 1, 2), regexp_replace(t, 'A', 'X', 1, 0, 'i'), regexp_replace(t, '.', 'X', 3, 2, '') FROM input
SELECT regexp_replace('abcabc', 'b', 'X', 100), regexp_replace('abcabc', 'c$', 'X', 6), regexp_replace('abcabc', '^', 'X', 2), regexp_replace('aé', 'é', 'e', 2) FROM input
SELECT regexp_replace(t, 'a', 'X', 0) FROM input
SELECT regexp_replace(t, 'a', 'X', i4) FROM input
SELECT regexp_replace(t, 'a', 'X', 1, -1) FROM input
SELECT regexp_replace(t, 'a', 'X', '1') FROM input
SELECT regexp_replace(t, 'a', 'X', 'gz') FROM input
SELECT regexp_replace(t, u, '.', 'g') FROM input
SELECT regexp_replace(t, t, u) FROM input
SELECT regexp_replace(E'a\nb\nc', '^', '> ', 'gn'), regexp_replace(E'a\nb', '.$', '!', 'gn'), regexp_replace(E'a\nb', '.+', '!', 'g') FROM input
SELECT regexp_replace('aaa bbb', '(a+?)(b*)', '<\1>', 'g'), regexp_replace('2024-05-06', '(\d+)-(\d+)-(\d+)', '\3.\2.\1') FROM input
SELECT regexp_replace('temp_1.value', '^([a-z]+)_(\d+)\.(.+)$', '\1/\2/\3'), regexp_replace('  x  ', '^\s+|\s+$', '', 'g') FROM input
-- Counting, finding.
SELECT regexp_count(t, 'a'), regexp_count(t, ''), regexp_count(t, '.', 2), regexp_count(t, 'A', 1, 'i'), regexp_count(t, 'a', 100), regexp_count(NULL, 'a') FROM input
SELECT regexp_count(t, 'a', 0) FROM input
SELECT regexp_count(t, 'a', 1, 'g') FROM input
SELECT regexp_count(t, 'a', i2) FROM input
SELECT regexp_count('aaaa', 'a*?'), regexp_count('aaaa', 'a+?'), regexp_count('abab', '(ab)*'), regexp_count('ababab', 'aba') FROM input
SELECT regexp_instr(t, 'b'), regexp_instr(t, 'b', 2), regexp_instr(t, '.', 1, 3), regexp_instr(t, 'b', 1, 1, 1), regexp_instr(t, 'B', 1, 1, 0, 'i') FROM input
SELECT regexp_instr('xaby', '(a)(b)', 1, 1, 0, '', 2), regexp_instr('xaby', '(a)(b)', 1, 1, 1, '', 1), regexp_instr('xaby', '(a)(b)', 1, 1, 0, '', 3), regexp_instr('xaby', 'ab', 1, 1, 0, '', 1), regexp_instr('xay', '(a)(b)?', 1, 1, 0, '', 2) FROM input
SELECT regexp_instr(t, 'a', 1, 0) FROM input
SELECT regexp_instr(t, 'a', 1, 1, 2) FROM input
SELECT regexp_instr(t, 'a', 1, 1, -1) FROM input
SELECT regexp_instr(t, 'a', 1, 1, 0, '', -1) FROM input
SELECT regexp_instr(t, 'a', 1, 1, 0, 'g') FROM input
SELECT regexp_substr(t, '[a-z]+'), regexp_substr(t, '[a-z]+', 2), regexp_substr(t, '[a-z]', 1, 2), regexp_substr(t, '[A-Z]+', 1, 1, 'i'), regexp_substr(t, '([a-z])(.)', 1, 1, '', 2) FROM input
SELECT regexp_substr(t, 'a', -1) FROM input
SELECT regexp_substr(t, 'a', 1, 1, 'g') FROM input
SELECT regexp_substr(t, 'a', 1, 1, '', -1) FROM input
SELECT regexp_substr(t, 'a', 1, i4) FROM input
-- SIMILAR TO.
SELECT t SIMILAR TO 'a%', t SIMILAR TO '%(b|c)%', t NOT SIMILAR TO '_', t SIMILAR TO '[a-c]+', t SIMILAR TO NULL FROM input
SELECT 'a.c' SIMILAR TO 'a.c', 'abc' SIMILAR TO 'a.c', 'a%c' SIMILAR TO 'a#%c' ESCAPE '#', 'a\c' SIMILAR TO 'a\c' ESCAPE '', '^$' SIMILAR TO '^$', 'aaa' SIMILAR TO 'a{3}' FROM input
SELECT t SIMILAR TO 'a' ESCAPE 'xx' FROM input
SELECT t SIMILAR TO t FROM input
SELECT substring('foobar' similar '#"o_b#"%' escape '#'), substring('foobar' similar '%#"o_b#"%' escape '#'), substring('abc' similar 'a#"b#"c' escape '#') FROM input
SELECT substring('abc' similar 'a#"b#"c#"' escape '#') FROM input
-- Refused: RE2 can't do these, or not as PostgreSQL.
SELECT 'aa' ~ '(a)\1' FROM input
SELECT 'ab' ~ 'a(?=b)' FROM input
SELECT 'ab' ~ '(?<!x)b' FROM input
SELECT 'ab' ~ '(?b)a\(b\)' FROM input
SELECT substring('ab' from '(a?)(ab)?(b?)') FROM input
SELECT regexp_replace('xay', '(a*)*', '\1') FROM input
-- What plants send.
SELECT regexp_replace(t, '^\s*([-+]?[0-9]+(?:[.,][0-9]+)?)\s*([^0-9]*)$', '\1;\2') FROM input
SELECT substring('Channel1.Device2.Tag_3' from '^[^.]+\.([^.]+)\.'), substring('ns=2;s=Line.Temp' from 's=(.*)$'), substring('zigbee2mqtt/0x00158d/set' from '/(0x[0-9a-f]+)(?:/|$)') FROM input
SELECT CASE WHEN t ~ '^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$' THEN t::float8 END FROM input
SELECT t FROM input WHERE t ~ '^[a-z]' AND t !~ 'x'
SELECT t FROM input WHERE t ~ '['
-- Large ones.
SELECT t ~ '^\w{1,64}$', t ~ '^\w{1,255}\s', t ~ '^[[:alpha:]-]{2,100}$', regexp_replace(t, '\w{2,255}', '<\&>', 'g'), substring(t from '(\w{3,200})') FROM input
SELECT regexp_replace('Größe_ß 日本', '(\w{1,99})(\s)', '\2\1'), regexp_instr('  äöü x', '\w{2,200}'), regexp_substr('é.é', '\w{1,128}?\.') FROM input
SELECT t ~ repeat('\w?', 1000), t ~ (repeat('[[:alnum:]]*', 300) || '$') FROM input
-- Splitting.
SELECT p FROM input, regexp_split_to_table(t, ',') p
SELECT p, ordinality FROM input, regexp_split_to_table(t, '[aeiou]+') WITH ORDINALITY AS s(p, ordinality)
SELECT p FROM input, regexp_split_to_table(t, '') p
SELECT p FROM input, regexp_split_to_table(t, 'x*') p
SELECT p FROM input, regexp_split_to_table('the quick  brown fox', '\s+') p WHERE i4 = 1
SELECT p FROM input, regexp_split_to_table('aXbxc', 'x', 'i') p WHERE i4 = 1
SELECT p FROM input, regexp_split_to_table(',a,,b,', ',') p WHERE i4 = 1
SELECT p FROM input, regexp_split_to_table('ab', '$|^|b*?') p WHERE i4 = 1
SELECT p FROM input, regexp_split_to_table('äöü', 'ö') p, regexp_split_to_table(p || '-x', '-') q WHERE i4 = 1 AND q ~ u
SELECT p FROM input, regexp_split_to_table(t, ',', 'g') p
SELECT p FROM input, regexp_split_to_table(t, '(') p WHERE i4 = 1
SELECT p FROM input, regexp_split_to_table(t, NULL) p
SELECT p, q FROM input, regexp_split_to_table(t, u) p, LATERAL (SELECT regexp_replace(p, t, '-') AS q) s
