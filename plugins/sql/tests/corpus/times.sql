-- Texts.
SELECT '2024-02-29 12:34:56.789'::timestamp, '2024-02-29 12:34:56.789+02'::timestamptz, '2024-02-29'::date FROM input
SELECT '2024-02-30'::date FROM input
SELECT '2023-02-29 00:00'::timestamp FROM input
SELECT '2024-13-01'::date FROM input
SELECT '01/02/2024'::date, '1/2/24'::date, '1-2-70'::date, '1-2-69'::date, 'Jan 2 2024'::date, '2 January 2024'::date, '2024 Jan 2'::date FROM input
SELECT '20240102'::date, '240102'::date, '20240102T030405'::timestamp, '20240102 030405.5'::timestamp, '2024.032'::date, '2024-032'::date FROM input
SELECT 'J2451545'::date, 'J2451545.5'::timestamp, 'julian 2451545'::date FROM input
SELECT '2024-01-02T03:04:05Z'::timestamptz, '2024-01-02 03:04:05 UTC'::timestamptz, '2024-01-02 03:04:05 EST'::timestamptz, '2024-01-02 03:04:05 CEST'::timestamptz FROM input
SELECT '2024-01-02 03:04:05-0330'::timestamptz, '2024-01-02 03:04:05+05:45'::timestamptz, '2024-01-02 03:04:05+01:02:03'::timestamptz FROM input
SELECT '2024-01-02 03:04:05+16'::timestamptz FROM input
SELECT '2024-01-02 03:04:05 +02'::timestamp, '2024-01-02 03:04:05 EST'::timestamp FROM input
SELECT '2024-01-02 3:04 PM'::timestamp, '2024-01-02 12:04 AM'::timestamp, '2024-01-02 12:04 pm'::timestamp FROM input
SELECT '2024-01-02 13:04 PM'::timestamp FROM input
SELECT '2024-01-02 24:00:00'::timestamp, '2024-12-31 23:59:60'::timestamp FROM input
SELECT '2024-01-02 24:00:01'::timestamp FROM input
SELECT '2024-01-02 25:00'::timestamp FROM input
SELECT '2024-01-02 12:60'::timestamp FROM input
SELECT '2024-01-02 12:34:56.1234565'::timestamp, '2024-01-02 12:34:56.9999999'::timestamp FROM input
SELECT '0044-03-15 BC'::date, 'March 15, 44 BC'::timestamp, '0001-01-01 BC'::timestamptz FROM input
SELECT '0000-01-01'::date FROM input
SELECT 'infinity'::timestamp, '-infinity'::timestamptz, 'infinity'::date, 'epoch'::timestamptz, 'epoch'::date FROM input
SELECT '4714-11-24 BC'::timestamp, '294276-12-31 23:59:59.999999'::timestamp, '5874897-12-31'::date FROM input
SELECT '4714-11-23 BC'::timestamp FROM input
SELECT '294277-01-01'::timestamp FROM input
SELECT '5874898-01-01'::date FROM input
SELECT ''::timestamp FROM input
SELECT 'x'::timestamptz FROM input
SELECT '12:34'::timestamp FROM input
SELECT '2024-01-02 x'::date FROM input
SELECT '2024-01-02 Mars/Olympus'::timestamptz FROM input
SELECT 'Fri Jan 02 03:04:05 2024'::timestamp, 'Fri Jan 02 03:04:05 2024 PST'::timestamptz, '2024-Jan-02'::date, '02-Jan-2024'::date, 'Jan-02-2024'::date FROM input
SELECT '2024-01-02 allballs'::timestamptz, '2024-01-02 on 3:04'::timestamp FROM input
SELECT 'y2024m02d03'::date, 'y2024m02d03 h04mm05s06'::timestamp FROM input
SELECT '1 2 3'::date, '99 Jan 1'::date, 'Jan 1 99'::date FROM input
SELECT '2024-01-02 03:04:05 MET DST'::timestamptz FROM input
SELECT '  2024-01-02   03:04:05  '::timestamp FROM input
SELECT t::timestamp FROM input
SELECT t::date FROM input
SELECT u::timestamptz FROM input
SELECT t::interval FROM input
SELECT u::interval FROM input
-- Intervals.
SELECT '1 day'::interval, '1 year 2 months 3 days 4 hours 5 minutes 6.789 seconds'::interval, '-1 day +02:03'::interval FROM input
SELECT '1-2'::interval, '3 4:05:06'::interval, '1-2 3 4:05:06'::interval, '-1-2 +3 -4:05:06'::interval FROM input
SELECT '1.5 days'::interval, '1.5 months'::interval, '1.5 years'::interval, '1.5 weeks'::interval, '0.1 months'::interval FROM input
SELECT 'P1Y2M3DT4H5M6.7S'::interval, 'P1W'::interval, 'PT36H'::interval, 'P-1Y2M'::interval, 'P0001-02-03T04:05:06'::interval, 'P00010203T040506'::interval FROM input
SELECT '1 hour ago'::interval, '@ 1 minute ago'::interval, '1 day 2 hours ago'::interval FROM input
SELECT '90'::interval, '90 m'::interval, '1 century 1 decade 1 millennium'::interval, '1h30m'::interval, '5 us 3 ms'::interval FROM input
SELECT '100:00:00'::interval, '-00:00:01'::interval, '00:00'::interval, '12:34.5'::interval FROM input
SELECT '1 day 1 day'::interval FROM input
SELECT '1 fortnight'::interval FROM input
SELECT ''::interval FROM input
SELECT 'day'::interval FROM input
SELECT '99999999999 years'::interval FROM input
SELECT '2147483647 months 1 month'::interval FROM input
SELECT '178956970 years 8 months'::interval FROM input
SELECT '1 year -1 day'::interval, '-1 month 5 days'::interval, '1 mon -1 hour'::interval FROM input
-- Arithmetic.
SELECT '2024-01-31'::date + 1, 1 + '2024-01-31'::date, '2024-03-01'::date - 1, '2024-03-01'::date - '2024-02-01'::date FROM input
SELECT '2024-01-31'::timestamp + '1 month'::interval, '2024-03-31'::timestamptz - '1 month'::interval, '2024-02-29'::date + '1 year'::interval FROM input
SELECT '2024-01-31'::timestamp + i4 * '1 day'::interval FROM input
SELECT '2024-01-31'::date + i4 FROM input
SELECT '2024-01-31'::timestamp - '2023-12-25 13:14:15'::timestamp, '2024-01-31+02'::timestamptz - '2024-01-31'::timestamptz FROM input
SELECT '1 day'::interval * 2.5, 2 * '1 month 1 day'::interval, '1 month'::interval / 4, '1 day 2 hours'::interval * -0.1, '1 year'::interval * 0.3 FROM input
SELECT '1 day'::interval / 0 FROM input
SELECT '1 day'::interval * f8 FROM input
SELECT '1 month 3 days'::interval / n FROM input
SELECT '1 day'::interval + '2 hours', '1 day'::interval - '25 hours'::interval, -'1 day 2 hours'::interval FROM input
SELECT 'infinity'::timestamp + '1 day'::interval, '-infinity'::date + 1 FROM input
SELECT 'infinity'::timestamp - '2024-01-01'::timestamp FROM input
SELECT '294276-12-31'::timestamp + '1 year'::interval FROM input
SELECT '2024-01-01'::timestamp < '2024-01-02', '2024-01-01'::date = '2024-01-01'::timestamp, '1 month'::interval = '30 days'::interval, '1 day'::interval > '23 hours' FROM input
SELECT '2024-01-01 12:00'::timestamp::date, '2024-01-01 12:00+02'::timestamptz::timestamp, '2024-01-01'::date::timestamptz, 'infinity'::date::timestamp FROM input
SELECT '5874897-12-31'::date::timestamp FROM input
SELECT to_timestamp(f8) FROM input
SELECT to_timestamp(i8), to_timestamp(1700000000.123456) FROM input
SELECT make_interval(1, 2, 3, 4, 5, 6, 7.5) FROM input
SELECT '1' + '2' FROM input
SELECT '2024-01-01'::timestamp::text || 'x', '1 day'::interval || '', '2024-01-01'::date::text FROM input
SELECT GREATEST('2024-01-01'::date, '2024-01-02'), COALESCE(NULL, '2024-01-01'::timestamptz), '2024-01-01'::date IN ('2024-01-01', '2024-01-02') FROM input
SELECT CASE WHEN b THEN '2024-01-01'::date ELSE '2024-01-01 12:00'::timestamp END FROM input
SELECT d, ts, tz, iv FROM input
SELECT d + 1, d - 1 FROM input
SELECT d - '2000-01-01' FROM input
SELECT ts + iv FROM input
SELECT tz - iv FROM input
SELECT d + iv FROM input
SELECT ts - '2000-01-01' FROM input
SELECT tz - tz, ts - ts FROM input
SELECT iv + iv FROM input
SELECT -iv FROM input
SELECT iv * 2, iv / 3 FROM input
SELECT iv * 0.7 FROM input
SELECT iv * 1e-3, iv / 7.3 FROM input
SELECT ts + '1 month', ts + '1 month 1 day -1 hour' FROM input
SELECT ts + '-4000 years' FROM input
SELECT d = ts, d < tz, ts = tz, d > '2000-01-01', iv > '1 day', iv = iv FROM input
SELECT ts::date, tz::date, ts::timestamptz, tz::timestamp FROM input
SELECT d::timestamp FROM input
SELECT d::timestamptz FROM input
SELECT d::text, ts::text, tz::text, iv::text FROM input
SELECT extract(year from d), extract(month from d), extract(day from d), extract(week from d), extract(quarter from d), extract(dow from d), extract(isodow from d), extract(doy from d), extract(isoyear from d), extract(epoch from d), extract(julian from d) FROM input
SELECT extract(decade from d), extract(century from d), extract(millennium from d) FROM input
SELECT extract(year from ts), extract(hour from ts), extract(minute from ts), extract(second from ts), extract(milliseconds from ts), extract(microseconds from ts), extract(epoch from ts), extract(week from ts), extract(isoyear from ts) FROM input
SELECT extract(decade from ts), extract(century from ts), extract(millennium from ts), extract(julian from ts) FROM input
SELECT extract(epoch from tz), extract(timezone from tz), extract(timezone_hour from tz), extract(timezone_minute from tz) FROM input
SELECT extract(timezone from ts) FROM input
SELECT extract(hour from d) FROM input
SELECT extract(nosuch from ts) FROM input
SELECT extract(epoch from iv), extract(year from iv), extract(month from iv), extract(day from iv), extract(hour from iv), extract(minute from iv), extract(second from iv), extract(quarter from iv), extract(decade from iv), extract(century from iv), extract(millennium from iv) FROM input
SELECT extract(week from iv) FROM input
SELECT date_part('epoch', ts), date_part('YEAR', tz), date_part('second', iv), date_part('dow', d) FROM input
SELECT date_trunc('microseconds', ts), date_trunc('milliseconds', ts), date_trunc('second', ts), date_trunc('minute', ts), date_trunc('hour', ts), date_trunc('day', ts) FROM input
SELECT date_trunc('month', ts), date_trunc('quarter', ts), date_trunc('year', ts) FROM input
SELECT date_trunc('week', ts) FROM input
SELECT date_trunc('decade', ts) FROM input
SELECT date_trunc('century', ts) FROM input
SELECT date_trunc('millennium', ts) FROM input
SELECT date_trunc('hour', tz), date_trunc('day', d) FROM input
SELECT date_trunc('day', iv), date_trunc('hour', iv), date_trunc('month', iv), date_trunc('year', iv), date_trunc('century', iv) FROM input
SELECT date_trunc('week', iv) FROM input
SELECT date_trunc('nosuch', ts) FROM input
SELECT date_trunc(t, ts) FROM input
SELECT GREATEST(d, '2000-01-01'), LEAST(ts, tz), GREATEST(iv, '1 day') FROM input
SELECT i4 FROM input WHERE ts > '2000-01-01' AND d IS NOT NULL
SELECT ts + i4 * '1 second'::interval FROM input
SELECT tz || 'x', 'x' || iv FROM input
-- As machines write them, and what is nearly so.
SELECT '2024-02-29T23:59:59.123456Z'::timestamptz AS a, '2024-02-29 23:59:59.1+0130'::timestamptz AS b, '0001-01-01T00:00:00-15:59'::timestamptz AS c, '9999-12-31T23:59:59.999999+15'::timestamptz AS d, '2024-02-29T12:00:00+02:00'::timestamp AS e FROM input
SELECT '2024-02-29T23:59:59.1234567Z'::timestamptz AS a, '2024-02-29T24:00:00Z'::timestamptz AS b, '2024-02-29T23:59:60Z'::timestamptz AS c, '2024-1-2T3:04:05Z'::timestamptz AS d, '2024-02-29T23:59:59.Z'::timestamptz AS e, '2024-02-29T23:59Z'::timestamptz AS f FROM input
SELECT ('2023-02-29T10:00:00Z' || left(t, 0))::timestamptz AS a FROM input
SELECT ('2024-02-29T10:00:00+16:00' || left(t, 0))::timestamptz AS a FROM input
SELECT ('2024-02-29T10:00:00+01:60' || left(t, 0))::timestamptz AS a FROM input
SELECT ('0000-02-01T10:00:00Z' || left(t, 0))::timestamptz AS a FROM input
SELECT ('2024-04-31T10:00:00Z' || left(t, 0))::timestamp AS a FROM input
SELECT ('2024-02-29T10:00:00z' || left(t, 0))::timestamptz AS a, ('2024-02-29t10:00:00Z' || left(t, 0))::timestamptz AS b FROM input
SELECT make_interval(secs => 5), make_interval(days => 1, hours => i2), make_interval(1, weeks => 2), make_interval(), make_interval(2), make_interval(mins := 3), make_interval(secs => f8) FROM input WHERE abs(f8) < 1e9
SELECT make_interval(days => NULL), make_interval(secs => 0.25) FROM input
SELECT make_interval(days => 1.5) FROM input
SELECT make_interval(dys => 1) FROM input
SELECT make_interval(days => 1, 2) FROM input
SELECT make_interval(days => 1, days => 2) FROM input
SELECT make_interval(1, years => 2) FROM input
SELECT make_date(day => 3, year => 2024, month => 2), make_timestamptz(2024, 7, 1, 12, sec => 1, min => 2, timezone => 'Europe/Berlin') FROM input
SELECT make_date(2024, month => 2) FROM input
SELECT lower(t => 'x') FROM input
SELECT ts + make_interval(hours => i4) FROM input WHERE abs(i8) < 10000
SELECT 'd 2 y'::interval, 'd2y'::interval, 'h 3 mon'::interval, 'd h 2y'::interval FROM input
SELECT 'd'::interval FROM input
SELECT 'd h'::interval FROM input
SELECT 'xx2y'::interval FROM input
SELECT '2000-01-01 12:'::timestamp, '2000-01-01 12::30'::text::timestamp, '2000-01-01 12::'::timestamp, '2000-01-01 12:30:'::timestamp FROM input
SELECT '1212:'::text::date FROM input
SELECT '2000-01-01 1212:'::text::timestamp FROM input
SELECT '2000-01-01 12:.5'::text::timestamp, '2000-01-01 12:30:.5'::text::timestamptz FROM input
SELECT '12:'::text::interval, '12::30'::text::interval, '12:.5'::text::interval, '1212:'::text::interval FROM input
