SELECT time_bucket('7 days', ts), time_bucket('15 minutes', ts), time_bucket('1.5 s', ts) FROM input
SELECT time_bucket('5 minutes', tz), time_bucket('1 day', tz), time_bucket('36 hours', tz) FROM input
SELECT time_bucket('1 day', d), time_bucket('1 week', d) FROM input
SELECT time_bucket('1 month', ts), time_bucket('3 months', tz), time_bucket('1 year', ts) FROM input
SELECT time_bucket('7 months', d) FROM input
SELECT time_bucket('5 days', ts, '2000-01-01'::timestamp), time_bucket('1 hour', tz, '2024-01-01 00:20Z'::timestamptz) FROM input
SELECT time_bucket('10 days', d, '2024-02-03'::date) FROM input
SELECT time_bucket('5 months', ts, '1999-03-20'::timestamp) FROM input
SELECT time_bucket('1 day', tz, 'Europe/Berlin'), time_bucket('1 month', tz, 'America/New_York'), time_bucket('1 hour', tz, 'Asia/Kathmandu') FROM input
SELECT time_bucket('1 day', '2024-03-31 12:00Z'::timestamptz, 'Europe/Berlin'), time_bucket('1 week', '2024-04-03 12:00Z'::timestamptz, 'Europe/Berlin') FROM input
SELECT time_bucket(NULL, ts), time_bucket('1 day', NULL::timestamp), time_bucket('1 day', ts, NULL::timestamp) FROM input
SELECT time_bucket('0', ts) FROM input
SELECT time_bucket('-1 month', ts) FROM input
SELECT time_bucket('1 month 1 day', ts) FROM input
SELECT time_bucket('1 hour', d) FROM input
SELECT time_bucket('36 hours', d) FROM input
SELECT time_bucket('1 day', ts, 'infinity'::timestamp) FROM input
SELECT time_bucket('1 day', tz, 'Mars/Olympus') FROM input
SELECT time_bucket(iv, ts) FROM input
SELECT time_bucket(iv, tz) FROM input
SELECT time_bucket(iv, d) FROM input
SELECT time_bucket('1 day', ts, '2024-01-01') FROM input
SELECT time_bucket('1 day', i4) FROM input
SELECT date_bin('15 minutes', ts, '2001-01-01') FROM input
SELECT date_bin('15 minutes', tz, '2001-01-01'), date_bin('7 days', d, '2001-01-01') FROM input
SELECT date_bin(iv, ts, '2001-01-01') FROM input
SELECT date_bin('1 month', ts, '2001-01-01') FROM input
SELECT date_bin('0 days', ts, '2001-01-01') FROM input
SELECT date_bin('1 day', ts, 'infinity') FROM input
SELECT date_bin('2147483647 days', ts, '2001-01-01') FROM input
SELECT date_bin('1000 days', '4714-11-24 BC'::timestamp, '2001-01-01') FROM input
SELECT date_bin('1 day', ts, ts), date_bin(NULL, ts, ts), date_bin('1 hour', tz, tz) FROM input
SELECT time_bucket('1 day', tz, repeat('ä', 200)), tz AT TIME ZONE repeat('ä', 200) FROM input
SELECT tz AT TIME ZONE repeat('ä', 200) FROM input
SELECT time_bucket('1 day', ts, origin => '2024-01-01 06:00'::timestamp), time_bucket('1 week', tz, timezone => 'Asia/Tokyo'), time_bucket(ts => d, bucket_width => '2 days') FROM input
SELECT time_bucket('1 week', tz, origin => '2024-01-01') FROM input
SELECT time_bucket('1 week', tz, timezone => 5) FROM input
SELECT time_bucket('1 day', ts, start => '2024-01-01') FROM input
