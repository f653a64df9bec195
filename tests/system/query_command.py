"""`penstock sql`: what a query makes of messages, in three forms, is what PostgreSQL makes of them."""

import json
import os
import select
import subprocess
import unittest

from services import PENSTOCK, Broker, Database, Engine, run_process, temporary_folder, wait_until

SQL_PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "sql.md")

QUERY = ("SELECT topic, m.key, m.value, m.value #>> '{}' AS text, received, NULLIF(m.key, 'empty') AS absent, "
         "(body->>'n')::numeric / 3 AS third, body FROM input, jsonb_each(body) AS m "
         "WHERE m.key <> 'n' OR (body->>'n')::int % 100 = 7")


def payload(number):
    """Of many kinds; each 50th is no JSON."""
    if number % 50 == 49:
        return "not JSON"
    return json.dumps({"n": number,
                       "text": ["", "a,b", 'quo"ted', "two\nlines", "\\.", "ä€😀\u2028", " x\r", "\x1b"][number % 8],
                       "empty": None, "x": [1.50, number * 1e15, -0.0, True, {"a": [number]}][number % 5]})


MESSAGES = [{"topic": f"dev/{number % 3}", "payload": payload(number),
             "received": f"2024-01-15T10:30:{number % 60:02d}.{number:06d}Z"} for number in range(300)]


class QueryCommand(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.path = os.path.join(self.folder, "messages.ndjson")
        with open(self.path, "w") as f:
            f.writelines(json.dumps(message) + "\n" for message in MESSAGES)

    def sql(self, *arguments, code=0, **more):
        done = run_process([PENSTOCK, "sql", *arguments], capture_output=True, text=True, timeout=60, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def test_csv_is_what_postgresql_copies_out(self):
        database = Database(self.folder, plain=True)
        self.addCleanup(database.stop)
        database.psql("CREATE TABLE message (number int, topic text, payload bytea, received timestamptz)")
        rows = "".join(f"{number}\t{message['topic']}\t\\\\x{message['payload'].encode().hex()}\t{message['received']}\n"
                       for number, message in enumerate(MESSAGES, 1) if message["payload"] != "not JSON")
        database.psql_arguments("nexus_historian", "-c", "COPY message FROM STDIN", stdin=rows)
        database.psql("CREATE VIEW input AS SELECT *, convert_from(payload, 'UTF8')::jsonb AS body FROM message")
        theirs = database.psql_arguments(
            "nexus_historian", "-c", "SET TIME ZONE 'UTC'", "-c",
            f"COPY (SELECT number AS n, {QUERY.removeprefix('SELECT ')}) TO STDOUT (FORMAT csv, HEADER)")
        ours, errors = self.sql("--input", self.path, "--format", "csv", "--row-numbers", QUERY, code=1)
        self.assertEqual(ours.rstrip("\n"), theirs)
        self.assertEqual(errors, "".join(f"row {number}: 22P02: invalid input syntax for type json\n"
                                         for number in range(50, 301, 50)))

    def test_ndjson_has_the_same_values(self):
        text, _ = self.sql("--input", self.path, "--format", "ndjson", "--row-numbers", QUERY, code=1)
        rows = [json.loads(line) for line in text.splitlines()]
        expected = []
        for number, message in enumerate(MESSAGES, 1):
            if message["payload"] == "not JSON":
                continue
            body = json.loads(message["payload"])
            for key in sorted(body, key=lambda name: (len(name), name)):
                if key != "n" or body["n"] % 100 == 7:
                    expected.append((number, message["topic"], key, body[key]))
        self.assertEqual([(row["n"], row["topic"], row["key"], row["value"]) for row in rows], expected)

    def test_a_table_has_a_line_for_each_row_and_their_count(self):
        text, _ = self.sql("--input", self.path, "SELECT topic, length(text) AS length, NULL AS none FROM input "
                                                 "WHERE text LIKE 'not%'")
        lines = text.splitlines()
        self.assertEqual(lines[0], " topic | length | none")
        self.assertEqual(lines[1], "-------+--------+------")
        self.assertEqual(lines[2], " dev/1 |      8 |")
        self.assertEqual(len(lines), 2 + 6 + 1)
        self.assertEqual(lines[-1], "(6 rows)")

    def test_a_wrong_query_is_shown_with_its_place(self):
        _, errors = self.sql("SELECT topic,\n       tpoic FROM input", code=2, input="")
        self.assertEqual(errors, 'column "tpoic" does not exist (SQLSTATE 42703)\n'
                                 "line 2:        tpoic FROM input\n"
                                 "               ^\n")

    def test_what_a_query_does_is_explained(self):
        query = "SELECT topic, m.value::float8 * (9.0 / 5) AS f FROM input, jsonb_each(body->'data') AS m"
        text, _ = self.sql("--explain", query, input="")
        with open(SQL_PAGE, encoding="utf-8") as page:
            shown = page.read().split("$ penstock sql --explain ")[1].split("```")[0]
        self.assertEqual(shown, f'"{query}"\n{text}')
        _, errors = self.sql("--explain", "SELECT\n  tpoic FROM input", code=2, input="")
        self.assertEqual(errors, 'column "tpoic" does not exist (SQLSTATE 42703)\n'
                                 "line 2:   tpoic FROM input\n"
                                 "          ^\n")

    def test_a_line_that_is_no_message_is_named(self):
        text, errors = self.sql("--format", "csv", "SELECT topic FROM input", code=1,
                                input='{"topic":"a","payload":"1"}\nrubbish\n{"topic":"b","payload":"2"}\n')
        self.assertEqual(text, "topic\na\nb\n")
        self.assertIn("-:2: skipped: ", errors)

    def test_the_query_of_a_node(self):
        pipeline = os.path.join(self.folder, "pipeline.toml")
        with open(pipeline, "w") as f:
            f.write('[nodes.in]\nplugin = "file_source"\npath = "messages.ndjson"\n'
                    '[nodes.points]\nplugin = "sql"\ninputs = ["in"]\n'
                    "query = \"SELECT topic, count FROM input, jsonb_to_text(body) AS count\"\n"
                    '[nodes.out]\nplugin = "discard_sink"\ninputs = ["points", "points.rejected"]\n')
        _, errors = self.sql("--pipeline", pipeline, "--node", "points", code=1, input="", cwd=self.folder)
        self.assertIn("function jsonb_to_text(jsonb) does not exist", errors)
        with open(pipeline) as f:
            text = f.read().replace("jsonb_to_text(body)", "generate_series(1, 2)")
        with open(pipeline, "w") as f:
            f.write(text)
        text, _ = self.sql("--pipeline", pipeline, "--node", "points", "--format", "csv", cwd=self.folder,
                           input='{"topic":"a","payload":"1"}\n')
        self.assertEqual(text, "topic,count\na,1\na,2\n")
        _, errors = self.sql("--pipeline", pipeline, "--node", "pints", code=1, input="", cwd=self.folder)
        self.assertIn('has no node "pints"', errors)

    def test_live_behind_tap(self):
        broker = Broker(self.folder)
        self.addCleanup(broker.stop)
        pipeline = os.path.join(self.folder, "pipeline.toml")
        with open(pipeline, "w") as f:
            f.write('[http]\nlisten = "127.0.0.1:${INGESTION_HTTP_PORT}"\n'
                    '[nodes.mqtt]\nplugin = "mqtt_source"\nbroker_url = "${INGESTION_MQTT_BROKER_URL}"\n'
                    'client_id = "live"\ntopics = "dev/#"\n'
                    '[nodes.out]\nplugin = "discard_sink"\ninputs = ["mqtt"]\n')
        engine = Engine(self.folder, pipeline, broker).start()
        self.addCleanup(engine.stop)
        engine.wait_ready()
        tap = subprocess.Popen([PENSTOCK, "tap", "mqtt", "--rate", "1000", "--url", f"http://127.0.0.1:{engine.port}"],
                               stdout=subprocess.PIPE)
        self.addCleanup(lambda: (tap.kill(), tap.wait(), tap.stdout.close()))
        sql = subprocess.Popen([PENSTOCK, "sql", "--format", "csv", "SELECT topic, body->'v' AS v FROM input"],
                               stdin=tap.stdout, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (sql.kill(), sql.wait(), sql.stdout.close()))
        self.assertEqual(sql.stdout.readline(), "topic,v\n")

        def arrives():
            # What comes before the tap is open is not seen.
            broker.publish_lines("dev/a", [json.dumps({"v": 1})])
            return select.select([sql.stdout], [], [], 0.2)[0]
        wait_until(arrives, "a row comes through the tap")
        self.assertEqual(sql.stdout.readline(), "dev/a,1\n")


if __name__ == "__main__":
    unittest.main()
