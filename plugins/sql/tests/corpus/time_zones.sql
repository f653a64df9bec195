-- AT TIME ZONE.
SELECT tz AT TIME ZONE 'Europe/Berlin', ts AT TIME ZONE 'Europe/Berlin' FROM input
SELECT tz AT TIME ZONE 'America/New_York', ts AT TIME ZONE 'america/new_york' FROM input
SELECT tz AT TIME ZONE 'Asia/Kathmandu', ts AT TIME ZONE 'Australia/Lord_Howe' FROM input
SELECT d AT TIME ZONE 'Europe/Berlin' FROM input
SELECT tz AT TIME ZONE t FROM input
SELECT ts AT TIME ZONE u FROM input
SELECT tz AT TIME ZONE NULL, ts AT TIME ZONE NULL::text, NULL::timestamptz AT TIME ZONE 'UTC' FROM input
SELECT tz AT TIME ZONE '', ts FROM input
SELECT tz AT TIME ZONE 'Mars/Olympus' FROM input
SELECT ts AT TIME ZONE 'Europe' FROM input
SELECT ts AT TIME ZONE 'zone.tab' FROM input
SELECT ts AT TIME ZONE '../../../etc/passwd' FROM input
SELECT ts AT TIME ZONE '/etc/passwd' FROM input
SELECT tz AT TIME ZONE 'EST', ts AT TIME ZONE 'est', tz AT TIME ZONE 'CEST', ts AT TIME ZONE 'Z', ts AT TIME ZONE 'NZDT' FROM input
SELECT ts AT TIME ZONE 'GMT', ts AT TIME ZONE 'gmt', ts AT TIME ZONE 'UTC', ts AT TIME ZONE 'Zulu', ts AT TIME ZONE 'GB-Eire', ts AT TIME ZONE 'Etc/GMT+5' FROM input
-- A folder of zones more, and the signs of POSIX: west is positive.
SELECT ts AT TIME ZONE '+02', tz AT TIME ZONE '+02', ts AT TIME ZONE '-05:30', ts AT TIME ZONE '<+02>-2', tz AT TIME ZONE 'XYZ-3:15:20' FROM input
SELECT ts AT TIME ZONE 'EST5EDT', tz AT TIME ZONE 'est5edt', tz AT TIME ZONE 'FOO5BAR', ts AT TIME ZONE 'CET-1CEST,M3.5.0,M10.5.0/3', ts AT TIME ZONE 'cet-1cest,m3.5.0,m10.5.0/3' FROM input
SELECT ts AT TIME ZONE 'AAA3BBB,J60,J300', ts AT TIME ZONE 'AAA3BBB1,59/0,299/25:00:30', tz AT TIME ZONE 'XXX3EDT4,0/0,J365/23', ts AT TIME ZONE 'NZS-12NZD,M9.5.0,M4.1.0/3' FROM input
SELECT ts AT TIME ZONE 'A167', tz AT TIME ZONE 'A-167' FROM input
SELECT ts AT TIME ZONE 'A168' FROM input
SELECT ts AT TIME ZONE 'CET-1CEST,M3.5.0' FROM input
SELECT ts AT TIME ZONE 'CET-1CEST,M13.5.0,M10.5.0' FROM input
SELECT ts AT TIME ZONE 'FOO' FROM input
SELECT ts AT TIME ZONE '2' FROM input
-- What an abbreviation stood for depends on the time.
SELECT '2012-01-01'::timestamp AT TIME ZONE 'MSK', '2020-01-01'::timestamp AT TIME ZONE 'MSK', '2012-01-01'::timestamptz AT TIME ZONE 'MSK', '1900-01-01'::timestamptz AT TIME ZONE 'msk' FROM input
SELECT ts AT TIME ZONE 'MSK', tz AT TIME ZONE 'VOLT', ts AT TIME ZONE 'ART', tz AT TIME ZONE 'LKT', tz AT TIME ZONE 'VET' FROM input
SELECT '2012-01-01 00:00 MSK'::timestamptz, '2020-01-01 00:00 msk'::timestamptz, '2020-01-01 00:00 MSK'::timestamp, '1980-06-01 VLAST'::timestamptz FROM input
-- What a change of the clocks leaves out or repeats.
SELECT '2024-03-31 01:59:59.999999'::timestamp AT TIME ZONE 'Europe/Berlin', '2024-03-31 02:00'::timestamp AT TIME ZONE 'Europe/Berlin', '2024-03-31 02:30'::timestamp AT TIME ZONE 'Europe/Berlin', '2024-03-31 03:00'::timestamp AT TIME ZONE 'Europe/Berlin' FROM input
SELECT '2024-10-27 01:59:59'::timestamp AT TIME ZONE 'Europe/Berlin', '2024-10-27 02:00'::timestamp AT TIME ZONE 'Europe/Berlin', '2024-10-27 02:59:59.999999'::timestamp AT TIME ZONE 'Europe/Berlin', '2024-10-27 03:00'::timestamp AT TIME ZONE 'Europe/Berlin' FROM input
SELECT '2024-03-31 00:59:59.999999Z'::timestamptz AT TIME ZONE 'Europe/Berlin', '2024-03-31 01:00Z'::timestamptz AT TIME ZONE 'Europe/Berlin', '2024-10-27 00:59:59Z'::timestamptz AT TIME ZONE 'Europe/Berlin', '2024-10-27 01:00Z'::timestamptz AT TIME ZONE 'Europe/Berlin' FROM input
SELECT '2014-10-26 01:30'::timestamp AT TIME ZONE 'Europe/Moscow', '2011-12-30 12:00'::timestamp AT TIME ZONE 'Pacific/Apia', '1883-11-18 12:01'::timestamp AT TIME ZONE 'America/New_York', '2024-04-07 01:45'::timestamp AT TIME ZONE 'Australia/Lord_Howe' FROM input
SELECT '1700-01-01'::timestamp AT TIME ZONE 'Europe/Berlin', '1700-01-01Z'::timestamptz AT TIME ZONE 'Europe/Berlin', '2500-07-01'::timestamp AT TIME ZONE 'Europe/Berlin', '12345-07-01Z'::timestamptz AT TIME ZONE 'Europe/Berlin', '1700-07-01'::timestamp AT TIME ZONE 'CET-1CEST,M3.5.0,M10.5.0/3' FROM input
SELECT (ts + i4 * '1 hour'::interval) AT TIME ZONE 'Europe/Berlin' FROM input
SELECT (tz + i4 * '7 days'::interval) AT TIME ZONE 'America/Santiago' FROM input
SELECT '4714-11-24 00:00:00+00 BC'::timestamptz AT TIME ZONE 'America/New_York' FROM input
SELECT '294276-12-31 23:59:59+00'::timestamptz AT TIME ZONE 'Asia/Tokyo' FROM input
SELECT ts AT TIME ZONE '1 hour'::interval, tz AT TIME ZONE '-02:30'::interval, ts AT TIME ZONE '00:00:01.9'::interval FROM input
SELECT ts AT TIME ZONE '1 day'::interval FROM input
SELECT tz AT TIME ZONE iv FROM input
SELECT ts AT TIME ZONE iv FROM input
SELECT timezone('Europe/Berlin', ts), timezone('Europe/Berlin', tz), timezone('1 hour'::interval, tz), pg_catalog.timezone('UTC', tz) FROM input
SELECT timezone(ts) FROM input
SELECT i4 AT TIME ZONE 'UTC' FROM input
-- In literals.
SELECT '2024-07-01 12:00 Europe/Berlin'::timestamptz, '2024-07-01 12:00 europe/berlin'::timestamptz, '2024-07-01 12:00 America/Argentina/Buenos_Aires'::timestamptz, '2024-07-01 12:00 EST5EDT'::timestamptz FROM input
SELECT '2024-07-01 12:00 Europe/Berlin'::timestamp, '2024-07-01 Europe/Berlin'::date, '2024-07-01 12:00 Japan'::timestamptz, '2024-07-01 12:00 nz'::timestamptz, '2024-07-01 12:00 GB-Eire'::timestamptz FROM input
SELECT '2024-03-31 02:30 Europe/Berlin'::timestamptz, '2024-10-27 02:30 Europe/Berlin'::timestamptz, 'Jan 02 03:04:05 Europe/Berlin 2024'::timestamptz FROM input
SELECT '2024-07-01 12:00 Europe/Berlln'::timestamptz FROM input
SELECT '2024-07-01 12:00 Europe/Berlin DST'::timestamptz FROM input
SELECT '2024-07-01 12:00 DST'::timestamptz FROM input
SELECT '2024-07-01 12:00 EST DST'::timestamptz FROM input
SELECT '2024-07-01 12:00 MSK DST'::timestamptz FROM input
SELECT ('2024-07-01 12:00 ' || u)::timestamptz FROM input
SELECT ('2024-07-01 12:00 ' || t)::timestamp FROM input
-- date_trunc in a zone.
SELECT date_trunc('day', tz, 'Europe/Berlin'), date_trunc('hour', tz, 'Asia/Kathmandu'), date_trunc('week', tz, 'America/New_York'), date_trunc('year', tz, 'Asia/Tokyo') FROM input
SELECT date_trunc('day', '2024-03-31 12:00Z'::timestamptz, 'Europe/Berlin'), date_trunc('hour', '2024-10-27 00:30Z'::timestamptz, 'Europe/Berlin'), date_trunc('hour', '2024-10-27 01:30Z'::timestamptz, 'Europe/Berlin'), date_trunc('day', '2012-06-01Z'::timestamptz, 'MSK'), date_trunc('day', '2012-06-01Z'::timestamptz, 'EST') FROM input
SELECT date_trunc('month', '2018-11-04 12:00Z'::timestamptz, 'America/Sao_Paulo'), date_trunc('day', '2018-11-04 12:00Z'::timestamptz, 'America/Sao_Paulo'), date_trunc(NULL, tz, 'UTC'), date_trunc('day', tz, NULL) FROM input
SELECT date_trunc('day', tz, 'Mars/Olympus') FROM input
SELECT date_trunc('nosuch', tz, 'UTC') FROM input
SELECT date_trunc('timezone', tz, 'UTC') FROM input
SELECT date_trunc('day', tz, t) FROM input
SELECT date_trunc('infinity', ts) FROM input
SELECT date_trunc('dow', ts) FROM input
SELECT date_trunc(repeat('ä', 40), ts) FROM input
SELECT extract(timezone from tz), extract(timezone_hour from tz), extract(timezone_minute from tz) FROM input
-- Made of parts.
SELECT make_timestamp(2024, 2, 29, 12, 34, 56.789), make_timestamp(-44, 3, 15, 0, 0, 0), make_date(2024, 2, 29), make_date(-1, 1, 1), make_timestamp(2024, 1, 1, 24, 0, 0), make_timestamp(2024, 1, 1, 1, 1, 60) FROM input
SELECT make_timestamptz(2024, 7, 1, 12, 0, 0), make_timestamptz(2024, 7, 1, 12, 0, 0, 'Europe/Berlin'), make_timestamptz(2024, 7, 1, 12, 0, 0, '+02'), make_timestamptz(2024, 7, 1, 12, 0, 0, '-05:30'), make_timestamptz(2012, 7, 1, 12, 0, 0, 'MSK'), make_timestamptz(2024, 3, 31, 2, 30, 0, 'Europe/Berlin') FROM input
SELECT make_timestamptz(2024, 7, 1, 12, 0, 0, NULL), make_timestamp(NULL, 1, 1, 1, 1, 1), make_date(i4, 1, NULL) FROM input
SELECT make_timestamp(2024, 2, 30, 0, 0, 0) FROM input
SELECT make_timestamp(0, 2, 3, 0, 0, 0) FROM input
SELECT make_timestamp(2024, 13, 1, 0, 0, 0) FROM input
SELECT make_timestamp(2024, 1, 1, 25, 0, 0) FROM input
SELECT make_timestamp(2024, 1, 1, 24, 0, 1) FROM input
SELECT make_timestamp(2024, 1, 1, 1, 60, 0) FROM input
SELECT make_timestamp(2024, 1, 1, 1, 1, 60.5) FROM input
SELECT make_timestamp(2024, 1, 1, 1, 1, 'NaN') FROM input
SELECT make_timestamp(300000, 1, 1, 1, 1, 1.25) FROM input
SELECT make_timestamp(-5000, 1, 1, 1, 1, 1) FROM input
SELECT make_date(6000000, 1, 1) FROM input
SELECT make_date(i4, i2, i2) FROM input
SELECT make_timestamp(2024, 1, 1, i2, i2, f8) FROM input
SELECT make_timestamptz(2024, 7, 1, 12, 0, 0, '5') FROM input
SELECT make_timestamptz(2024, 7, 1, 12, 0, 0, '+16') FROM input
SELECT make_timestamptz(2024, 7, 1, 12, 0, 0, 'nosuch') FROM input
SELECT make_timestamptz(2024, 7, 1, 12, 0, 0, u) FROM input
SELECT (ts + i4 * '1 hour'::interval) AT TIME ZONE 'CET-1CEST,M3.5.0,M10.5.0/3', (ts + i2 * '37 days'::interval) AT TIME ZONE 'NZS-12NZD,M9.5.0,M4.1.0/3' FROM input WHERE abs(i8) < 1000000
SELECT (tz + i4 * '11 days'::interval) AT TIME ZONE 'EST5EDT', (tz + i4 * '1 day'::interval) AT TIME ZONE 'AAA-3BBB,J60/-100,J300/100' FROM input WHERE abs(i8) < 1000000
SELECT (ts + g * '13 hours'::interval) AT TIME ZONE 'AAA2BBB,59/0,M11.1.3', (ts - g * '1001 days'::interval) AT TIME ZONE 'CET-1CEST,M3.5.0,M10.5.0/3', (tz + g * '733 days'::interval) AT TIME ZONE 'EST5EDT' FROM input, generate_series(1, 500) g WHERE i4 = 3
SELECT ('2024-12-31'::timestamp + g * '1 hour'::interval) AT TIME ZONE 'AAA2BBB,J1/20,J364/3', ('2023-12-31'::timestamptz + g * '1 hour'::interval) AT TIME ZONE 'AAA-2BBB,M1.1.1/2,M12.5.5/2' FROM input, generate_series(1, 48) g WHERE i4 = 3
SELECT ts AT TIME ZONE ':30' FROM input
SELECT timezone(-('36 hours'::interval * 33554432), tz), timezone('36 hours'::interval * 33554432, tz), timezone('596523:14:08'::interval, tz), timezone('-596523:14:08'::interval, tz) FROM input WHERE tz > '1900-01-01' AND tz < '2100-01-01'
SELECT timezone(-('36 hours'::interval * 33554432), ts), timezone('36 hours'::interval * 33554432, ts), timezone('596523:14:08'::interval, ts), timezone('-596523:14:08'::interval, ts) FROM input WHERE ts > '1900-01-01' AND ts < '2100-01-01'
