SELECT format('Hello %s, %1$s', u), format('%s', t), format('%% %s%%', i4), format('no arguments'), format('') FROM input
SELECT format('%I %L', u, t), format('%I', 'select'), format('%I', 'name'), format('%I', 'a"b'), format('%L', 'it''s'), format('%L', E'a\\b'), format('%L', NULL), format('%s|', NULL) FROM input
SELECT format('|%10s|%-10s|', u, u), format('|%*s|', i2, t), format('|%-*s|', 8, u), format('|%2$*1$s|', 7, u), format('|%1$10s|', u), format('|%2$-*1$s|', 6, u), format('|%*s|', -6, u), format('|%*s|', NULL, u), format('|%-3s|', u), format('|%05s|', u) FROM input
SELECT format('%2$s %1$s %s', t, u, i4), format('%s %1$s %s', t, u), format('%3$s', 1, 2, 3) FROM input
SELECT format('%s %s %s %s', b, f8, n, d), format('%s %s %s', ts, tz, iv), format('%s %s', y, j), format('%L %I', b, d) FROM input
SELECT format('|%*s|', '5', u), format('|%*s|', 5::bigint, u) FROM input
SELECT format(NULL), format(NULL, u), format(t) FROM input WHERE t IS NULL OR t = 'a'
SELECT format('%') FROM input
SELECT format('%1') FROM input
SELECT format('%1$') FROM input
SELECT format('%-') FROM input
SELECT format('%*') FROM input
SELECT format('%s') FROM input
SELECT format('%2$s', u) FROM input
SELECT format('%0$s', u) FROM input
SELECT format('%*0$s', u) FROM input
SELECT format('%*1s', u) FROM input
SELECT format('%x', u) FROM input
SELECT format('%é', u) FROM input
SELECT format('%*x') FROM input
SELECT format('%I', NULL) FROM input
SELECT format('%99999999999s', u) FROM input
SELECT format('%*s', -2147483648, u) FROM input
SELECT format('%*s', 'x', u) FROM input
SELECT format('%*s', u, u) FROM input
SELECT format(u, t) FROM input
SELECT quote_ident(u), quote_ident(t), quote_ident('a1_b'), quote_ident('1a'), quote_ident('Abc'), quote_ident('table'), quote_ident('between'), quote_ident('abs'), quote_ident('user'), quote_ident(''), quote_ident(NULL) FROM input
SELECT quote_literal(u), quote_literal(t), quote_literal(i4), quote_literal(b), quote_literal(ts), quote_literal(NULL), quote_literal('x''y') FROM input
SELECT quote_nullable(u), quote_nullable(t), quote_nullable(i4), quote_nullable(b), quote_nullable(NULL) FROM input
SELECT quote_ident(i4) FROM input
-- Bytes as texts.
SELECT encode(y, 'hex'), encode(y, 'base64'), encode(y, 'escape'), encode(y, 'HEX'), encode(NULL, 'hex'), encode(y, NULL) FROM input
SELECT encode(repeat('abc', 19)::bytea, 'base64'), encode(repeat('abc', 20)::bytea, 'base64'), encode('a', 'base64'), encode('ab', 'base64'), encode('', 'base64'), encode('\x005c41ff', 'escape') FROM input
SELECT encode(y, 'nosuch') FROM input
SELECT decode('00ff 4A', 'hex'), decode('YWJj', 'base64'), decode('YQ==', 'base64'), decode(E'Y W\nI=', 'base64'), decode('', 'base64'), decode('a\\b\101', 'escape'), decode(NULL, 'hex') FROM input
SELECT decode('0', 'hex') FROM input
SELECT decode('0g', 'hex') FROM input
SELECT decode('é', 'hex') FROM input
SELECT decode('YWJ', 'base64') FROM input
SELECT decode('Y===', 'base64') FROM input
SELECT decode('YQ=Q', 'base64'), decode('YWI=YWI=', 'base64') FROM input
SELECT decode('YW!j', 'base64') FROM input
SELECT decode('YWé', 'base64') FROM input
SELECT decode('=', 'base64') FROM input
SELECT decode('\1', 'escape') FROM input
SELECT decode('\x41', 'escape') FROM input
SELECT decode(u, 'base64') FROM input
SELECT decode(t, 'hex') FROM input
SELECT decode(u, 'escape') FROM input
SELECT decode('YWJj', 'base32') FROM input
SELECT decode(encode(y, 'base64'), 'base64') = y, decode(encode(y, 'escape'), 'escape') = y FROM input
SELECT E'\\x41\x0b42'::bytea FROM input
SELECT '\xé'::bytea FROM input
SELECT md5(u), md5(t), md5(y), md5(''), md5(NULL::text) FROM input
SELECT sha224(y), sha256(y), sha384(y), sha512(y), sha256(NULL), sha256('abc') FROM input
SELECT md5(i4) FROM input
SELECT ascii(u), ascii(t), ascii(''), ascii('é'), ascii('😀'), ascii(NULL) FROM input
SELECT chr(65), chr(233), chr(8364), chr(128512), chr(1114111), chr(NULL) FROM input
SELECT chr(i4) FROM input
SELECT chr(0) FROM input
SELECT chr(-1) FROM input
SELECT chr(1114112) FROM input
SELECT chr(55296) FROM input
SELECT to_hex(i4), to_hex(i8), to_hex(i2), to_hex(0), to_hex(NULL::int) FROM input
SELECT to_hex(n) FROM input
SELECT initcap(u), initcap(t), initcap('hello wORLD x2y ünï-cödé éa'), initcap(NULL) FROM input
SELECT bit_length(u), bit_length(y), octet_length(t), bit_length(NULL::text) FROM input
SELECT reverse(t), reverse(''), reverse(NULL) FROM input
SELECT format('%s %L %I', ia, ta, ta), quote_literal(ia), quote_nullable(ta), t || ' ' || i4 FROM input
