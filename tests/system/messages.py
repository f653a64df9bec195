"""Each rule for messages, from mosquitto_pub to the row that psql reads back, on both ways of
writing."""

import json
import os
import unittest

from services import ROOT, Broker, Database, Engine, temporary_folder, wait_until

DOCUMENTED = ('{"value":75.5,"quality":192,"unit":"°C","timestamp":"2024-01-15T10:30:00.123Z",'
              '"device_id":"plc-001","tag_id":"temperature"}')
COMPACT = ('{"v":75.5,"q":"good","u":"°C","ts":1705314600123,"device_id":"plc-001",'
           '"tag_id":"temperature","source_ts":1705314600100}')
IDS = '"tag_id": "temperature", "device_id": "plc-001"'
NOW = "now"

# payload → rows as (time in UTC, value, value_str, quality, metadata); metadata as jsonb shows it.
CASES = [
    (DOCUMENTED, [("2024-01-15 10:30:00.123", "75.5", None, "192", '{"unit": "°C", ' + IDS + '}')]),
    (COMPACT, [("2024-01-15 10:30:00.123", "75.5", None, "192",
                '{"unit": "°C", ' + IDS + ', "source_ts": 1705314600100}')]),
    ('{"value":true,"n":1}', [(NOW, "1", None, "192", '{"n": 1}')]),
    ('{"value":false,"n":2}', [(NOW, "0", None, "192", '{"n": 2}')]),
    ('{"value":"running \\"ä\\"","n":3}', [(NOW, None, 'running "ä"', "192", '{"n": 3}')]),
    ('{"value":null,"n":4}', [(NOW, None, None, "192", '{"n": 4}')]),
    ('{"value":{"a": [1]},"n":5}', [(NOW, None, '{"a": [1]}', "192", '{"n": 5}')]),
    ('{"value":1,"quality":"uncertain","n":6}', [(NOW, "1", None, "64", '{"n": 6}')]),
    ('{"value":1,"quality":"timeout","n":7}', [(NOW, "1", None, "0", '{"n": 7}')]),
    ('{"value":1,"quality":"odd","n":8}',
     [(NOW, "1", None, "64", '{"n": 8, "quality_text": "odd"}')]),
    ('{"value":1,"timestamp":"2024-01-15T12:00:00.123456789+01:30"}',
     [("2024-01-15 10:30:00.123457", "1", None, "192", "{}")]),
    ('{"value":1,"ts":1705314600}', [("2024-01-15 10:30:00", "1", None, "192", "{}")]),
    ('{"value":1,"ts":1705314600123456}', [("2024-01-15 10:30:00.123456", "1", None, "192", "{}")]),
    ('{"value":1,"ts":1705314600123456789}',
     [("2024-01-15 10:30:00.123457", "1", None, "192", "{}")]),
    ('{"value":1,"nested":{"a":[true,null,"x"]},"n":9}',
     [(NOW, "1", None, "192", '{"n": 9, "nested": {"a": [true, null, "x"]}}')]),
    ('[{"value":1,"n":10},{"value":2,"n":11}]',
     [(NOW, "1", None, "192", '{"n": 10}'), (NOW, "2", None, "192", '{"n": 11}')]),
    ('{"value":1,"quality":true,"n":12}', [(NOW, "1", None, "192", '{"n": 12}')]),
    ('{"value":1,"quality":false,"n":13}', [(NOW, "1", None, "0", '{"n": 13}')]),
    ('{"value":1,"timestamp":"2024-01-15T12:00+0130"}',
     [("2024-01-15 10:30:00", "1", None, "192", "{}")]),
    ('{"quality":192}', []),
    ('{"value":1,"timestamp":"yesterday"}', []),
    ('not JSON', []),
    ('{"value":1,"quality":99999}', []),
]
TOPICS = ["dev/plc-001/temperature", "uns/site/line"]


class Messages(unittest.TestCase):
    def run_cases(self, pipeline_text, prepare="SELECT 1"):
        folder = self.enterContext(temporary_folder())
        broker, database = Broker(folder), Database(folder)
        self.addCleanup(broker.stop)
        self.addCleanup(database.stop)
        database.psql(prepare)
        pipeline = os.path.join(folder, "p.toml")
        with open(pipeline, "w") as f:
            f.write(pipeline_text)
        engine = Engine(folder, pipeline, broker, database).start()
        self.addCleanup(engine.stop)
        engine.wait_ready()
        expected, rejected = [], 0
        for topic in TOPICS:
            for payload, rows in CASES:
                broker.publish(topic, payload)
                expected += [(topic, *row) for row in rows]
                rejected += not rows
        wait_until(lambda: database.count() >= len(expected), "all rows are stored")
        wait_until(lambda: engine.metric("data_ingestion_parse_errors_total") == rejected,
                   "all bad messages are counted")
        self.assertEqual(engine.stop(), 0)
        self.assertEqual(self.rows(database), sorted(expected, key=str))
        with open(os.path.join(engine.folder, "dead-letters.ndjson")) as f:
            letters = f.read()
        self.assertEqual(letters.count("\n"), rejected)
        self.assertIn('"reason":"there is no value"', letters)
        self.assertIn('"payload":"not JSON"', letters)

    def rows(self, database):
        text = database.psql(
            "SET TimeZone = 'UTC'; SELECT coalesce(jsonb_agg(jsonb_build_array(topic, "
            "CASE WHEN time > now() - interval '1 hour' THEN 'now' ELSE time::timestamp::text END, "
            "value::text, value_str, quality::text, metadata::text)), '[]') FROM metrics")
        return sorted((tuple(row) for row in json.loads(text)), key=str)

    def default(self):
        with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
            return f.read()

    def test_every_rule_by_copy(self):
        self.run_cases(self.default())

    def test_every_rule_by_insert_into_a_table_that_the_sink_creates(self):
        self.run_cases(
            self.default().replace('pool_size   = 10', 'pool_size   = 10\n'
                                   'use_copy_protocol = false\ncreate_table = true'),
            "DROP TABLE metrics; GRANT CREATE ON SCHEMA public TO nexus_ingestion")


if __name__ == "__main__":
    unittest.main()
