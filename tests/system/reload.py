"""A pipeline file that changes while the pipeline runs: nothing is lost or doubled, and what the file
leaves as it is stays connected."""

import os
import re
import shutil
import signal
import subprocess
import sys
import unittest

from flow import DEFAULT, MEMORY, SLOW, Flow
from services import PENSTOCK, Database, run_process, start_process, wait_until

BRANCH = """
[nodes.archive]
plugin = "file_sink"
inputs = ["decoder"]
path   = "archive.ndjson"
"""


class Reload(Flow):
    def change(self, pipeline, *changes):
        """Texts replaced in the pipeline file, at once as an editor does."""
        with open(pipeline) as f:
            text = f.read()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        with open(pipeline + ".new", "w") as f:
            f.write(text)
        os.rename(pipeline + ".new", pipeline)

    def reload(self, engine):
        """Exit code and words of `penstock reload`."""
        done = run_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)],
                           capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def assert_reloads(self, engine):
        code, words = self.reload(engine)
        self.assertEqual(code, 0, words)
        self.assertRegex(words, r"reloaded: \d+ nodes; the flow paused for \d+ ms")
        print("  " + words.strip(), file=sys.stderr)
        return words

    def sessions(self):
        """How often an engine has connected, as the broker tells it."""
        with open(os.path.join(self.broker.folder, "log")) as log:
            return len(re.findall(r"New client connected from \S+ as test-engine ", log.read()))

    def second_database(self):
        folder = os.path.join(self.folder, "second")
        os.makedirs(folder)
        os.chmod(folder, 0o755)
        database = Database(folder)
        self.addCleanup(database.stop)
        return database

    def move_to(self, pipeline, database):
        self.change(pipeline,
                    ("${INGESTION_DB_PORT:-5432}", str(database.port)),
                    ("${INGESTION_DB_PASSWORD:-${DB_PASSWORD:-${credential:db_password:-}}}",
                     database.password))

    def numbers(self, database):
        text = database.psql("SELECT metadata->>'seq' FROM metrics")
        return [int(n) for n in text.split()]

    def test_a_branch_another_batch_size_and_another_database_under_load(self):
        points = 100_000 if SLOW else 600_000
        pipeline, second = self.pipeline(), self.second_database()
        engine = self.engine(pipeline=pipeline)
        machines = self.load(points, "--rate", "10000" if SLOW else "50000")

        def stored(share):
            wait_until(lambda: self.database.count() >= share * points, "points are stored")

        stored(0.1)
        with open(pipeline) as f:
            before = f.read()
        self.change(pipeline, (before, before + BRANCH))
        self.assertIn("1 source went on receiving", self.assert_reloads(engine))
        stored(0.2)
        self.change(pipeline, ("rows     = 5000", "rows     = 2000"))
        self.assert_reloads(engine)
        stored(0.3)
        self.move_to(pipeline, second)
        self.assert_reloads(engine)
        in_first = self.database.count()
        self.assertEqual(machines.wait(180), 0)
        wait_until(lambda: in_first + second.count() >= points, "all are stored")
        engine.assert_balanced()
        self.assertEqual(sorted(self.numbers(self.database) + self.numbers(second)),
                         list(range(points)))
        self.assertEqual(self.database.count(), in_first, "nothing more goes to the first")
        self.assertEqual(self.sessions(), 1)
        self.assertEqual(engine.metric("penstock_mqtt_connections_lost_total"), 0)
        self.assertEqual(engine.status()["reloads"]["done"], 3)
        self.assertEqual(engine.status()["database"]["points_written"], points)
        # The branch has what came after it was added, each once.
        with open(os.path.join(engine.folder, "archive.ndjson")) as f:
            archived = [int(re.search(r'seq\\?":\s*(\d+)', line).group(1)) for line in f]
        self.assertEqual(len(archived), len(set(archived)))
        self.assertGreater(len(archived), points // 2)
        self.assertEqual(engine.stop(), 0)

    def test_a_wrong_file_changes_nothing_and_the_reason_is_returned_and_logged(self):
        pipeline = self.pipeline()
        engine = self.engine(pipeline=pipeline)
        self.change(pipeline, ('plugin   = "batcher"', 'plugin   = "bacher"'))
        code, words = self.reload(engine)
        self.assertEqual(code, 1)
        self.assertIn("not reloaded: ", words)
        self.assertRegex(words, r'pipeline\.toml:\d+:\d+: .*did you mean "batcher"')
        self.assertIn('did you mean \\"batcher\\"', engine.log())
        self.broker.publish("dev/a/b", '{"value":1}')
        wait_until(lambda: self.database.count() == 1, "it goes on")
        self.assertEqual(engine.status()["reloads"], {"done": 0, "refused": 1, "last_pause_ms": 0})
        self.assertEqual(self.sessions(), 1)

    def test_what_only_a_restart_can_change_is_refused(self):
        pipeline = self.pipeline()
        engine = self.engine(pipeline=pipeline)
        self.change(pipeline, ('"data-ingestion"', '"other"'))
        code, words = self.reload(engine)
        self.assertEqual(code, 1)
        self.assertIn("service.name", words)
        self.assertIn("restart", words)

    def accept_ten_without_a_database(self, engine):
        self.database.stop()
        for i in range(10):
            self.broker.publish("dev/a/b", '{"value":1,"metadata":{"seq":%d}}' % i)
        wait_until(lambda: engine.status()["database"]["lanes"]["retrying"] > 0, "a lane retries")

    def test_what_a_dead_database_did_not_take_goes_to_the_next_one(self):
        for where in ("disk", "memory"):
            with self.subTest(where):
                self.setUp()
                kind = ('type      = "disk"', f'type      = "{where}"')
                more = [] if where == "disk" else [('path      = "${STATE_DIRECTORY:-.}/intake"', "")]
                pipeline, second = self.pipeline(kind, *more), self.second_database()
                engine = self.engine(pipeline=pipeline)
                self.accept_ten_without_a_database(engine)
                self.move_to(pipeline, second)
                self.assertIn("10 messages that could not be stored are dispatched again", self.assert_reloads(engine))
                wait_until(lambda: second.count() == 10, "all are stored")
                engine.assert_balanced(stored=10)
                self.database.start()
                self.assertEqual(self.database.count(), 0)
                self.assertEqual(engine.stop(), 0)
                self.doCleanups()

    def test_a_changed_source_ends_and_begins_with_its_session_and_intake(self):
        points = 60_000
        pipeline = self.pipeline()
        engine = self.engine(pipeline=pipeline)
        machines = self.load(points, "--rate", "15000")
        wait_until(lambda: self.database.count() > points // 4, "points are stored")
        self.change(pipeline, ("qos           = 1", "qos           = 1\nkeep_alive    = \"20s\""))
        self.assertIn("0 sources went on receiving", self.assert_reloads(engine))
        self.assertEqual(machines.wait(120), 0)
        self.wait_stored(points)
        self.assertEqual(self.sessions(), 2)
        self.assertEqual(engine.metric("penstock_intake_received_messages_total"), points)
        self.assertEqual(engine.metric("penstock_intake_done_messages_total"), points)
        self.assertEqual(engine.stop(), 0)

    def test_a_source_whose_messages_are_only_in_memory_stays_until_they_are_written(self):
        pipeline = self.pipeline(MEMORY)
        engine = self.engine(pipeline=pipeline)
        self.accept_ten_without_a_database(engine)
        keep_alive = ("qos           = 1", "qos           = 1\nkeep_alive    = \"20s\"")
        self.change(pipeline, keep_alive, ("0.0.0.0:${INGESTION_HTTP_PORT:-8080}", "127.0.0.1:0"))
        code, words = self.reload(engine)
        self.assertEqual(code, 1)
        self.assertIn("holds 10 messages in memory, which cannot be written now", words)
        self.assertEqual(engine.get("/health/live")[0], 200, "the listener has not moved either")
        for _ in range(10):
            self.broker.publish("dev/a/b", '{"value":1}')
        self.database.start()
        wait_until(lambda: self.database.count() == 20, "all are stored")
        engine.assert_balanced(stored=20)
        self.assertIn("0 sources went on receiving", self.assert_reloads(engine))

    def test_received_never_goes_down(self):
        pipeline = self.pipeline()
        engine = self.engine(pipeline=pipeline)
        self.accept_ten_without_a_database(engine)
        self.change(pipeline, ("-.}/intake", "-.}/another"))
        self.assertIn("10 messages were in the intakes of sources that ended", self.assert_reloads(engine))
        accounting = engine.status()["accounting"]
        self.assertEqual((accounting["received"], accounting["left_on_disk"]), (10, 10))
        self.assertTrue(accounting["balanced"])
        self.change(pipeline, ("-.}/another", "-.}/intake"))
        self.assert_reloads(engine)
        self.database.start()
        wait_until(lambda: self.database.count() == 10, "all are stored")
        engine.assert_balanced(received=20, stored=10, left_on_disk=10)

    def test_the_listener_moves_with_the_file_and_a_taken_port_is_refused(self):
        pipeline = self.pipeline()
        engine = self.engine(pipeline=pipeline)
        listens = "0.0.0.0:${INGESTION_HTTP_PORT:-8080}"
        self.change(pipeline, (listens, f"127.0.0.1:{self.broker.port}"))
        code, words = self.reload(engine)
        self.assertEqual(code, 1)
        self.assertIn("is in use by ", words)
        self.assertEqual(engine.get("/health/live")[0], 200)
        self.change(pipeline, (f"127.0.0.1:{self.broker.port}", "127.0.0.1:0"))
        self.assert_reloads(engine)
        self.assertEqual(engine.get("/health/live")[0], 0)
        engine.port = int(re.findall(r"status at http://127.0.0.1:(\d+)", engine.log())[-1])
        self.assertEqual(engine.get("/health/live")[0], 200)

    def test_a_stop_that_comes_while_a_reload_still_writes_ends_the_engine(self):
        engine = self.engine()
        self.slow_inserts()
        wait_until(lambda: engine.status()["database"]["lanes"]["working"] == 1, "a lane writes")
        asking = start_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)], stderr=subprocess.PIPE,
                               text=True)
        wait_until(lambda: "reload: " in engine.log(), "the reload has begun")
        self.assertEqual(engine.stop(), 0)
        self.assertEqual(self.database.count(), 1)
        self.assertIn("Terminated came first", asking.communicate(timeout=60)[1])

    def test_of_several_engines_one_must_be_chosen(self):
        engines = [self.engine(name=name) for name in ("one", "two")]
        done = run_process([PENSTOCK, "reload"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("several engines run here: choose one of --pid ", done.stderr)
        for engine in engines:
            self.assertIn(str(engine.process.pid), done.stderr)
        done = run_process([PENSTOCK, "reload", "--pid", str(os.getpid())], capture_output=True,
                           text=True)
        self.assertIn(f"no engine runs as process {os.getpid()}", done.stderr)

    def slow_inserts(self):
        self.database.psql("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
                           "$$ BEGIN PERFORM pg_sleep(5); RETURN NEW; END $$;"
                           "CREATE TRIGGER wait BEFORE INSERT ON metrics FOR EACH STATEMENT "
                           "EXECUTE FUNCTION wait()")
        self.broker.publish("dev/a/b", '{"value":1}')

    def test_a_change_that_comes_while_another_is_taken_is_taken_afterwards(self):
        pipeline = self.pipeline()
        engine = self.engine(pipeline=pipeline)
        self.slow_inserts()
        wait_until(lambda: engine.status()["database"]["lanes"]["working"] == 1, "a lane writes")
        os.kill(engine.process.pid, signal.SIGHUP)
        wait_until(lambda: "reload: " in engine.log(), "the first has begun")
        with open(pipeline) as f:
            before = f.read()
        self.change(pipeline, (before, before + BRANCH))
        os.kill(engine.process.pid, signal.SIGHUP)
        wait_until(lambda: engine.status().get("reloads", {}).get("done") == 2, "both are taken", 60)
        self.assertIn("archive", engine.status())

    def test_an_engine_of_another_user_does_not_listen(self):
        engine = self.engine()
        if os.geteuid() != 0:
            self.skipTest("needs root to become somebody else")
        # A copy, since nobody else may be able to enter the folder that we build in.
        program = shutil.copy(PENSTOCK, self.folder)
        done = run_process([program, "reload", "--pid", str(engine.process.pid)], user="nobody",
                           cwd="/", capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("only the user that the engine runs as", done.stderr)
        self.assertEqual(engine.status()["reloads"]["refused"], 0)


if __name__ == "__main__":
    unittest.main()
