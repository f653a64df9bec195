-- Integers: overflow, minimum / -1, division by zero, widths that meet.
SELECT i2 + i2, i2 - i2, i2 * i2 FROM input
SELECT i4 + 1 FROM input
SELECT i4 * 2 FROM input
SELECT i8 + 1 FROM input
SELECT i8 - i4 FROM input
SELECT i4 / i2 FROM input
SELECT i4 / -1 FROM input
SELECT i8 / -1 FROM input
SELECT i2 / -1::int2 FROM input
SELECT i4 % i2 FROM input
SELECT i8 % -1 FROM input
SELECT mod(i4, i4), mod(i2, 2::smallint) FROM input
SELECT -i2 FROM input
SELECT -i4, +i8 FROM input
SELECT abs(i4), @ i2 FROM input
SELECT i4 & i4, i4 | 1, i4 # 255, ~i4 FROM input
SELECT i4 << 2, i8 << 40, i2 << 3, i4 >> 1, i8 >> 33, i2 >> 1 FROM input
SELECT i4 << 33, i8 >> 65, i4 << -1 FROM input
SELECT -i4 ^ 2 FROM input
SELECT 2 ^ i2 FROM input
SELECT -2::int2 FROM input
SELECT i2 + i8, i4 + i8, i2 * i4 FROM input
-- Floating point.
SELECT f8 + f8 FROM input
SELECT f8 * f8 FROM input
SELECT f8 / f8 FROM input
SELECT f4 * f4 FROM input
SELECT f4 + f8, f8 - f4 FROM input
SELECT f4 / 3 FROM input
SELECT -f8, +f4, abs(f8), @ f4 FROM input
SELECT f8 * 0.1 FROM input
SELECT i4 * 0.1::float8 FROM input
SELECT sqrt(f8) FROM input
SELECT sqrt(i4) FROM input
SELECT power(f8, 2), f8 ^ 0.5::float8 FROM input
SELECT exp(f8) FROM input
SELECT ln(f8) FROM input
SELECT log(f8) FROM input
SELECT ceil(f8), floor(f8), round(f8), trunc(f8), sign(f8) FROM input
SELECT ceil(i4), round(i4) FROM input
-- numeric.
SELECT n + n, n - n, n * n FROM input
SELECT n / 3 FROM input
SELECT 1 / n FROM input
SELECT n / n FROM input
SELECT n / 7.00000 FROM input
SELECT n % 3, mod(n, 0.7) FROM input
SELECT i4 * 0.1 FROM input
SELECT i8 / 3.0 FROM input
SELECT -n, +n, abs(n), @ n, sign(n) FROM input
SELECT round(n), round(n, 2), round(n, -1), trunc(n), trunc(n, 1), ceil(n), floor(n) FROM input
SELECT div(n, 2), div(n, -0.3) FROM input
SELECT n::numeric(10, 2) FROM input
SELECT (i4 * 0.1)::numeric(6, 1) FROM input
SELECT n * 1e20, n / 1e20 FROM input
SELECT 1.10 + 2.200, 1.5 * 2.25, 10 / 4.0, 2 / 3.0, 1e-20 / 3 FROM input
SELECT 12345678901234567890 * 98765432109876543210.5 FROM input
SELECT round(f8::numeric, 3) FROM input
-- What meets what.
SELECT i4 + n, i4 + f8, n + f8, i2 + f4 FROM input
SELECT '1' + i4, i4 + '2', '1.5' + n FROM input
SELECT i4 + 'x' FROM input
SELECT 1 + 1 AS two, 1 / 0 FROM input
SELECT CASE WHEN i4 > 0 THEN 1 / 0 END FROM input
SELECT t + 1 FROM input
SELECT b + 1 FROM input
SELECT 2147483647, 2147483648, 9223372036854775807, 9223372036854775808, -9223372036854775808 FROM input
SELECT 1.0, .5, 1e3 FROM input
SELECT round(1.5, 12345), round(n, -2147483648), trunc(n, -200000), round(1.5, 2147483647) FROM input
-- What PostgreSQL does not have, either.
SELECT round(f8, 2) FROM input
SELECT trunc(f8, 1) FROM input
SELECT f8 % 2 FROM input
SELECT mod(f8, 2.5::float8) FROM input
SELECT div(f8, 2) FROM input
SELECT sqrt(t) FROM input
SELECT sqrt(i4) FROM input WHERE i4 >= 0
SELECT power(i4, 2), 2 ^ 3, i2 ^ f4, exp(1), ln(10), log(100), n::float8 ^ 2 FROM input WHERE abs(i8) < 1000 AND n < 1000
SELECT power(f8, n) FROM input
SELECT n ^ f8 FROM input
SELECT sqrt('4'), exp('0') FROM input
SELECT power('2', '3') FROM input
