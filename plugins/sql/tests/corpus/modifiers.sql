-- Digits of a second.
SELECT ts::timestamp(0), ts::timestamp(1), ts::timestamp(3), ts::timestamp(6), ts::timestamp(7) FROM input
SELECT tz::timestamptz(0), tz::timestamp(2) with time zone, tz::timestamptz(5), NULL::timestamptz(2) FROM input
SELECT '2024-01-02 03:04:05.678901'::timestamp(3), '1999-12-31 23:59:59.5'::timestamp(0), '1999-12-31 23:59:58.5'::timestamp(0), timestamp(2) '2024-01-02 03:04:05.678901', '294276-12-31 23:59:59.999999'::timestamp(6) FROM input
SELECT CAST(t AS timestamp(3)) FROM input
SELECT d::timestamp(0), ts::timestamptz(1) FROM input
-- Intervals.
SELECT iv::interval(0), iv::interval(3) FROM input
SELECT iv::interval year, iv::interval month, iv::interval day, iv::interval hour, iv::interval minute, iv::interval second FROM input
SELECT iv::interval year to month, iv::interval day to hour, iv::interval day to minute, iv::interval hour to minute FROM input
SELECT iv::interval day to second(1), iv::interval second(2) FROM input
SELECT interval '1' year, interval '1' month, interval '1' day, interval '1' hour, interval '1' minute, interval '1' second, interval '1.256' second(1) FROM input
SELECT interval '1-2' year to month, interval '1 2' day to hour, interval '1 2:03' day to minute, interval '1 2:03:04' day to second, interval '2:03' hour to minute, interval '2:03:04' hour to second, interval '03:04' minute to second, interval '1 2:03:04' hour FROM input
SELECT interval '2' year to month, interval '2' day to second, interval(0) '1.5', interval(9) '1.23456789', '1'::interval hour, NULL::interval hour FROM input
SELECT interval '1 day 2:03' minute to second, interval '02:03.5' minute to second, interval 'P1D' hour, interval '1 month ago' day FROM input
SELECT interval 'x' hour FROM input
SELECT '1'::text::interval hour, u::interval hour FROM input
SELECT t::interval(2) FROM input
-- varchar.
SELECT u::varchar(3), t::varchar(1), t::varchar, u::character varying(2), 'abc'::varchar(2), NULL::varchar(2) FROM input
SELECT i4::varchar(2), b::varchar(2), n::varchar(4), d::varchar(4), f8::varchar FROM input
SELECT length(t::varchar(2)), t::varchar(3) || u::varchar(2), u::varchar(1) = 'a' FROM input
SELECT varchar(3) 'abcdef', varchar 'abc' FROM input
SELECT u::varchar(0) FROM input
SELECT u::varchar(10485761) FROM input
SELECT u::text(3) FROM input
SELECT i4::int4(3) FROM input
SELECT f8::float(24), f8::float(25), f8::float(53), f8::float FROM input WHERE abs(f8) < 1e6 AND abs(f8) > 1e-6
SELECT f8::float(0) FROM input
SELECT f8::float(54) FROM input
SELECT n::numeric(10,2) FROM input
SELECT n::numeric(3) FROM input
SELECT n::numeric(5,-2), n::decimal(1001) FROM input
SELECT n::numeric(1,2,3) FROM input
SELECT '1.005'::numeric(5,2), NULL::numeric(5,2), '123.456'::dec(6,1) FROM input
SELECT '1000'::numeric(3) FROM input
