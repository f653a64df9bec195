"""Payloads of three kinds, each by a query into a table that the sink creates: every row once, over ten kills."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import SLOW  # noqa: E402
from services import Broker, Database, Engine, start_process, temporary_folder, wait_until  # noqa: E402

KILLS = 10
MESSAGES = 3_000 if SLOW else 30_000

PIPELINE = '''[service]
name = "queries"

[http]
listen = "127.0.0.1:${{INGESTION_HTTP_PORT}}"

[nodes.mqtt]
plugin        = "mqtt_source"
broker_url    = "${{INGESTION_MQTT_BROKER_URL}}"
client_id     = "queries"
topics        = "dev/#"
qos           = 2
clean_session = false

[nodes.mqtt.buffer]
type = "disk"
path = "${{STATE_DIRECTORY}}/intake"

[nodes.query]
plugin = "sql"
inputs = ["mqtt"]
query  = """
{query}
"""

[nodes.batcher]
plugin = "batcher"
inputs = ["query"]

[nodes.table]
plugin       = "timescale_sink"
inputs       = ["batcher"]
host         = "127.0.0.1"
port         = "${{INGESTION_DB_PORT}}"
database     = "nexus_historian"
user         = "postgres"
password     = "${{INGESTION_DB_PASSWORD}}"
table        = "made"
create_table = true
parallelism  = 4
delivery     = "exactly_once"

[nodes.letters]
plugin = "file_sink"
inputs = ["query.rejected", "table.rejected"]
path   = "${{STATE_DIRECTORY}}/dead-letters.ndjson"
'''


class Queries(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.broker, self.database = Broker(self.folder), Database(self.folder)
        self.addCleanup(self.database.stop)
        self.addCleanup(self.broker.stop)
        self.database.psql(f"ALTER ROLE postgres PASSWORD '{self.database.password}'")

    def run_through_kills(self, query, payload):
        """Publishes numbered payloads while the engine is killed ten times; the engine, when all is done."""
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.format(query=query.strip()))
        engine = Engine(self.folder, path, self.broker, self.database).start()
        self.addCleanup(engine.stop)
        engine.wait_ready()
        self.show_identifiers(engine)
        to = start_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "2", "-t",
                            "dev/line1/press", "-l"], stdin=subprocess.PIPE, text=True)
        moments = random.Random(3)
        for kill in range(KILLS):
            for number in range(kill * MESSAGES // KILLS, (kill + 1) * MESSAGES // KILLS):
                to.stdin.write(payload(number) + "\n")
            to.stdin.flush()
            time.sleep(moments.uniform(0.02, 0.4))  # the moment of the kill is what is random
            engine.process.send_signal(signal.SIGKILL)
            engine.process.wait()
            engine.start()
        to.stdin.close()
        engine.wait_ready()
        self.assertEqual(to.wait(300), 0)
        return engine

    def show_identifiers(self, engine):
        """That the broker keeps and counts up its packet identifiers, by messages that the queries leave out."""
        seen = 0
        for messages in 5000, 200, 1:
            if messages == 1:
                self.assertEqual(engine.stop(), 0)
                engine.start().wait_ready()
                seen = 0
            self.broker.publish_lines("dev/left/out", ["1"] * messages)
            seen += messages
            wait_until(lambda: engine.status()["accounting"]["received"] == seen, "they are received", 60)

    def assert_made(self, engine, columns, rows, checks):
        """The table has these columns and so many rows; `checks` are queries of one value, and what they give."""
        wait_until(lambda: int(self.database.psql("SELECT count(*) FROM made")) >= rows, "all is stored", 180, every_s=0.1)
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        self.assertEqual(self.database.psql(
            "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) "
            "FROM pg_attribute WHERE attrelid = 'made'::regclass AND attnum > 0"), columns)
        self.assertEqual(int(self.database.psql("SELECT count(*) FROM made")), rows)
        for query, given in checks:
            self.assertEqual(self.database.psql(query), str(given), query)
        self.assertFalse(os.path.exists(os.path.join(engine.folder, "dead-letters.ndjson")))
        self.assertEqual(engine.stop(), 0)

    def test_a_number_and_a_unit_as_bare_text(self):
        engine = self.run_through_kills("""
SELECT received AS time, split_part(topic, '/', 3) AS machine,
       split_part(text, ' ', 1)::numeric AS value, split_part(text, ' ', 2) AS unit,
       split_part(text, ' ', 3)::int AS seq
FROM input WHERE topic LIKE 'dev/line%'""", lambda number: f"{number % 100}.50 bar {number}")
        self.assert_made(engine, "time timestamp with time zone, machine text, value numeric, unit text, seq integer",
                         MESSAGES, [("SELECT count(DISTINCT seq) FROM made", MESSAGES),
                                    ("SELECT sum(value) FROM made", f"{MESSAGES * 50}.00"),
                                    ("SELECT DISTINCT machine || unit FROM made", "pressbar")])

    def test_an_object_with_a_value_for_each_name(self):
        engine = self.run_through_kills("""
SELECT to_timestamp((body->>'at')::float8) AS time, m.key AS measurement, m.value::float8 AS value,
       (body->>'seq')::bigint AS seq
FROM input, jsonb_each(body->'values') AS m
WHERE topic <> 'dev/left/out' AND jsonb_typeof(m.value) = 'number'""", lambda number: json.dumps(
            {"at": 1_700_000_000 + number / 8, "seq": number, "values": {"temp": number / 4, "hum": 40, "state": "on"}}))
        self.assert_made(engine, "time timestamp with time zone, measurement text, value double precision, seq bigint",
                         2 * MESSAGES, [
                             ("SELECT count(DISTINCT (measurement, seq)) FROM made", 2 * MESSAGES),
                             ("SELECT count(*) FROM made WHERE measurement = 'temp' AND value <> seq / 4.0", 0),
                             ("SELECT count(*) FROM made WHERE time <> to_timestamp(1700000000 + seq / 8.0)", 0)])

    def test_an_array_of_readings_with_flags_and_whatever_else(self):
        engine = self.run_through_kills("""
SELECT (body->>'ts')::timestamptz AS time, r.value->>'id' AS id, r.n::smallint AS place, (body->'seq')::int AS seq,
       ((r.value->'flags')::int & 4) <> 0 AS alarm, (body->>'took')::interval AS took,
       r.value - 'id' AS rest
FROM input, jsonb_array_elements(body->'readings') WITH ORDINALITY AS r(value, n)
WHERE topic <> 'dev/left/out'""", lambda number: json.dumps(
            {"ts": "2024-05-06T07:08:09.5+02:00", "seq": number, "took": "PT1.5S", "readings": [
                {"id": "a", "flags": number % 8, "v": [number, None]}, {"id": "b", "flags": 0}]}))
        self.assert_made(engine, "time timestamp with time zone, id text, place smallint, seq integer, alarm boolean, "
                                 "took interval, rest jsonb",
                         2 * MESSAGES, [
                             ("SELECT count(DISTINCT (id, seq)) FROM made", 2 * MESSAGES),
                             ("SELECT count(*) FROM made WHERE (id = 'a') <> (place = 1)", 0),
                             ("SELECT count(*) FROM made WHERE alarm <> (id = 'a' AND seq % 8 >= 4)", 0),
                             ("SELECT count(*) FROM made WHERE id = 'a' AND (rest->'v'->0)::int <> seq", 0),
                             ("SELECT DISTINCT extract(epoch FROM time) || ' ' || took FROM made",
                              "1714972089.500000 00:00:01.5")])


if __name__ == "__main__":
    unittest.main()
