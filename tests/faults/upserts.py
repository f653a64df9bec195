"""Upserts of few keys under four lanes that must try again: the newest value wins, whatever the order in
which the lanes come through."""

import os
import random
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import SLOW, Flow  # noqa: E402
from services import PENSTOCK, run_process, start_process, wait_until  # noqa: E402

KEYS = 20
ROUNDS = 40 if SLOW else 150
ENDED = 10  # sessions
UPSERT = 'on_conflict = "update"\nconflict_key = "quality"\ncolumns = ["quality", "time", "value"]\n'
NEWER = "parallelism = 4\n" + UPSERT + 'newer_by = "time"\n'


class Upserts(Flow):
    def setUp(self):
        super().setUp()
        self.database.psql("DROP TABLE metrics; CREATE TABLE metrics (quality smallint PRIMARY KEY, "
                           "time timestamptz, value float8 CHECK (value <> 7));"
                           "GRANT SELECT, INSERT, UPDATE ON metrics TO nexus_ingestion;"
                           "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                           "$$ BEGIN PERFORM pg_sleep(random() * 0.03); RETURN NULL; END $$;"
                           "CREATE TRIGGER slow BEFORE INSERT ON metrics EXECUTE FUNCTION slow()")

    def end_sessions(self):
        """The process that ends sessions at work, one after the other."""
        return start_process([*self.database.psql_command(), "-c", f"""DO $$ BEGIN
            FOR ended IN 1 .. {ENDED} LOOP
              LOOP
                PERFORM pg_stat_clear_snapshot();
                PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE usename = 'nexus_ingestion' AND state <> 'idle' ORDER BY random() LIMIT 1;
                EXIT WHEN FOUND;
                PERFORM pg_sleep(0.001);
              END LOOP;
              PERFORM pg_sleep(0.05);
            END LOOP; END $$"""], stdout=subprocess.DEVNULL)

    def update(self, options, late, refused=0.0):
        """Each key once a round; by key what the table should have: the newest time, or the last."""
        pipeline = self.pipeline(("parallelism = 4\n", options), ("rows     = 5000", "rows     = 50"))
        engine = self.engine(pipeline=pipeline)
        to = start_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1", "-t", "dev/x",
                            "-l"], stdin=subprocess.PIPE, text=True)
        random.seed(20)
        expected = {}
        number = 0
        ending = self.end_sessions()
        while number < ROUNDS or ending.poll() is None:
            keys = list(range(KEYS))
            random.shuffle(keys)
            for key in keys:
                seconds = 10 * number + random.choice(late)
                is_refused = random.random() < refused
                to.stdin.write(f'{{"value":{7 if is_refused else seconds},"quality":{key},"ts":{1700000000 + seconds}}}\n')
                if not is_refused and ("newer_by" not in options or seconds > expected.get(key, -100)):
                    expected[key] = seconds
            to.stdin.flush()
            number += 1
            wait_until(lambda: engine.status()["accounting"]["in_flight"] < 5 * KEYS, "the lanes keep up", 60)
        self.assertEqual(ending.wait(), 0)
        to.stdin.close()
        self.assertEqual(to.wait(60), 0)
        wait_until(lambda: engine.status()["accounting"]["received"] == number * KEYS, "all came", 60)
        engine.assert_balanced()
        self.assertGreater(engine.metric("data_ingestion_write_errors_total"), 0, "some had to try again")
        found = dict(row.split("|") for row in self.database.psql("SELECT quality, value FROM metrics").split())
        self.assertEqual(found, {str(key): str(value) for key, value in expected.items()})
        return engine

    def test_the_newest_wins_under_four_lanes(self):
        self.update(NEWER, [0, 1, -25])

    def test_the_newest_wins_where_rows_are_refused_too(self):
        engine = self.update(NEWER, [0, 1, -25], refused=0.02)
        self.assertGreater(engine.status()["accounting"]["rejected_kept"], 0)

    def test_with_one_lane_the_last_wins(self):
        self.update("parallelism = 1\n" + UPSERT, [0, 1, -25])

    def test_several_lanes_need_to_know_what_is_newer(self):
        path = self.pipeline(("parallelism = 4\n", "parallelism = 4\n" + UPSERT))
        done = run_process([PENSTOCK, "check", path], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("write parallelism = 1, or newer_by = ", done.stderr + done.stdout)


if __name__ == "__main__":
    unittest.main()
