"""A pipeline between a private broker and database, whose points are numbered, so that each one
can be accounted for."""

import glob
import json
import os
import subprocess
import unittest

from services import ROOT, Broker, Database, Engine, temporary_folder, wait_until

DEFAULT = os.path.join(ROOT, "pipelines", "default.toml")
# Sanitizers slow the engine down, not the claim.
SLOW = "asan" in os.environ.get("PENSTOCK_BUILD", "") or "tsan" in os.environ.get("PENSTOCK_BUILD", "")

# Changes of the default pipeline.
BULK = ("clean_session = false", 'clean_session = false\nreceiver = "bulk"')
PAHO = ("clean_session = false", 'clean_session = false\nreceiver = "paho"')
DISK = ('type      = "disk"\npath      = "${STATE_DIRECTORY:-.}/intake"\n'
        'max_bytes = "${INGESTION_BUFFER_BYTES:-4GiB}"\n')
MEMORY = (DISK, 'type = "memory"\n')
SYNCED = ('type      = "disk"', 'type      = "disk"\ndurability = "machine"')
EXACTLY_ONCE = ("parallelism = 4", 'parallelism = 4\ndelivery = "exactly_once"')


class Flow(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.broker, self.database = Broker(self.folder), Database(self.folder)
        self.engines = []
        self.addCleanup(self.database.stop)
        self.addCleanup(self.broker.stop)

    def pipeline(self, *changes):
        """The default pipeline with texts replaced; its path."""
        with open(DEFAULT) as f:
            text = f.read()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(text)
        return path

    def engine(self, name="engine", pipeline=DEFAULT, ready=True, **variables):
        engine = Engine(self.folder, pipeline, self.broker, self.database, name, **variables).start()
        self.engines.append(engine)
        self.addCleanup(engine.stop)
        return engine.wait_ready() if ready else engine

    def load(self, points, *more):
        machines = self.broker.load(points, "--sequence", *more)
        self.addCleanup(lambda: (machines.kill(), machines.wait(), machines.stdout.close()))
        return machines

    def show_identifiers(self, engine):
        """That the broker keeps and counts up its packet identifiers: by some thousand messages, some more after
        these were acknowledged, and one on the next connection. Then the table is empty again."""
        stored = 0
        for messages in 5000, 200, 1:
            if messages == 1:
                self.assertEqual(engine.stop(), 0)
                engine.start().wait_ready()
            self.broker.publish_lines("dev/a/b", ['{"value":1}'] * messages)
            stored += messages
            wait_until(lambda: self.database.count() == stored, "they are stored", 60)
        self.database.psql("TRUNCATE metrics")

    def lock_table(self):
        """A transaction of somebody else's that holds the table."""
        holder = subprocess.Popen(
            self.database.psql_command(), stdin=subprocess.PIPE, text=True,
            env={**os.environ, "PGAPPNAME": "a report"})
        self.addCleanup(lambda: (holder.kill(), holder.wait(), holder.stdin.close()))
        holder.stdin.write("BEGIN; LOCK TABLE metrics;\n")
        holder.stdin.flush()
        wait_until(lambda: self.database.psql(
            "SELECT count(*) FROM pg_locks WHERE relation = 'metrics'::regclass AND granted AND "
            "mode = 'AccessExclusiveLock'") == "1", "the table is locked")
        return holder

    def letters(self, engine):
        """Its dead letters, of all files."""
        letters = []
        for path in sorted(glob.glob(engine.folder + "/dead-letters.ndjson*")):
            if os.path.isfile(path):
                with open(path) as f:
                    letters += [json.loads(line) for line in f]
        return letters

    def stored(self):
        """Rows, and how many different points they are."""
        both = self.database.psql("SELECT count(*), count(DISTINCT metadata->>'seq') FROM metrics")
        return tuple(int(n) for n in both.split("|"))

    def wait_stored(self, points, deadline_s=180):
        wait_until(lambda: self.stored()[1] >= points, f"{points} different points are stored",
                   deadline_s, every_s=0.1)
        self.assertEqual(self.stored()[1], points)
        for engine in self.engines:
            if engine.process.poll() is None and engine.get("/status")[0] == 200:
                engine.assert_balanced()

    def assert_all_stored(self, points):
        self.wait_stored(points)
        self.assertEqual(self.stored(), (points, points))
