"""kill -9 of the engine at random moments, with a broker that knows which numbers were acknowledged: each
of them is a row, or a letter that can be read. PENSTOCK_ROUNDS: so many kills."""

import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import BULK, DISK, EXACTLY_ONCE, MEMORY, PAHO, SLOW, SYNCED, Flow  # noqa: E402
from services import MQTT_LOAD, PENSTOCK, end_process, free_port, run_process, start_process, wait_until  # noqa: E402,E501

KILLS = int(os.environ.get("PENSTOCK_ROUNDS", 3 if SLOW else 6))
RATE = 3_000 if SLOW else 15_000
POINTS = RATE * KILLS
BROKEN_EVERY, REFUSED_EVERY = 200, 500
PLAUSIBLE = f"CHECK ((metadata->>'seq')::bigint % {REFUSED_EVERY} <> 7)"

SMALL_MEMORY = (DISK, 'type = "memory"\nmax_bytes = "1MiB"\n')
SMALL_MESSAGES = ("qos           = 1", 'qos = 1\nmax_message_bytes = "64KiB"\nmax_topic_bytes = 4096')
MOST_HELD = (1 << 20) // 150  # messages of the load


class Acknowledged(Flow):
    def kills(self, *changes, load=(), replays=False):
        """Kills under load, until the broker has an acknowledgement of all. The engine."""
        self.dice = random.Random(KILLS)
        port = free_port()
        self.acknowledged_path = os.path.join(self.folder, "acknowledged")
        self.server = start_process(
            [MQTT_LOAD, "--serve", "--sessions", "--sequence", "--port", str(port), "--points", str(POINTS),
             "--rate", str(RATE), "--window", "2000", "--acknowledged", self.acknowledged_path, *load],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.kill)
        engine = self.engine(pipeline=self.pipeline(*changes), ready=False,
                             INGESTION_MQTT_BROKER_URL=f"tcp://127.0.0.1:{port}")
        replay, in_load = None, 0
        for _ in range(KILLS):
            # Not a wait for something: the moment of the kill is what is random.
            time.sleep(self.dice.uniform(0.05, 1))
            in_load += not self.has_served(0)
            engine.process.kill()
            engine.process.wait()
            if replays:
                replay = self.go_on_with_replay(engine, replay)
            engine.start()
        self.assertGreater(in_load, 0, "kills hit the load")
        self.assertTrue(self.has_served(300))
        words = self.server.stdout.readline().split()
        self.assertEqual(words[:6], ["sent", str(POINTS), "acknowledged", str(POINTS), "wrong", "0"])
        self.again = int(words[-1])
        if replay:
            self.assertIn(replay.wait(120), (0, -signal.SIGKILL))
        wait_until(lambda: engine.status() and engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        self.taken = engine.status()["mqtt"]["intake"]["position"]
        self.assertLessEqual(self.taken, POINTS + self.again)
        return engine

    def has_served(self, deadline_s):
        """Whether the broker has an acknowledgement of all."""
        return bool(select.select([self.server.stdout], [], [], deadline_s)[0])

    def go_on_with_replay(self, engine, replay):
        """Begins one, breaks it off, or lets it run."""
        if replay and replay.poll() is None:
            if self.dice.random() < 0.5:
                replay.kill()
                replay.wait()
            return replay
        if replay:
            self.assertIn(replay.returncode, (0, -signal.SIGKILL))
        if not os.path.exists(self.letters_path(engine)):
            return None
        return start_process(self.replay_command(engine), env=engine.environment, cwd=engine.folder,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @staticmethod
    def letters_path(engine):
        return engine.folder + "/dead-letters.ndjson"

    def replay_command(self, engine):
        return [PENSTOCK, "replay", self.letters_path(engine), "--pipeline", engine.pipeline]

    def acknowledged(self):
        end_process(self.server)
        with open(self.acknowledged_path) as f:
            return {int(line) for line in f}

    def rows(self):
        return {int(number) for number in self.database.psql("SELECT metadata->>'seq' FROM metrics").split()}

    def report(self, rows, acknowledged, lost=0):
        print(f"\n  {KILLS} kills, {acknowledged} acknowledged, {rows} rows, {lost} lost, {self.again} sent "
              "again by the broker", file=sys.stderr)

    def check(self, *changes):
        """Each acknowledged number is a row; with exactly_once each message of the intake is one."""
        engine = self.kills(*changes)
        acknowledged, rows = self.acknowledged(), self.rows()
        self.assertEqual(len(acknowledged), POINTS)
        self.assertEqual(acknowledged - rows, set())
        count = self.database.count()
        if EXACTLY_ONCE in changes:
            self.assertEqual(count, self.taken)
        self.report(count, len(acknowledged))
        engine.assert_balanced()
        self.assertEqual(engine.stop(), 0)

    def letters(self, engine):
        """Numbers of those that wait to be replayed, and how many lines they are."""
        numbers, lines, torn = set(), 0, 0
        with open(self.letters_path(engine), errors="replace") as f:
            for line in f:
                try:
                    letter = json.loads(line)
                except ValueError:
                    torn += 1
                    continue
                if letter["replayed"]:
                    continue
                lines += 1
                text = json.dumps(letter.get("metadata") or letter.get("payload"))
                numbers.add(int(re.search(r'seq\\*":\s*(\d+)', text)[1]))
        self.assertLessEqual(torn, 2 * KILLS)  # of engines, and of replays
        return numbers, lines

    def check_with_letters(self, *changes):
        """The same; what is rejected is a letter, also when replays begin and break off in the load."""
        self.database.psql(f"ALTER TABLE metrics ADD CONSTRAINT plausible {PLAUSIBLE}")
        engine = self.kills(*changes, load=("--broken-every", str(BROKEN_EVERY)), replays=True)
        acknowledged = self.acknowledged()
        broken = {n for n in range(POINTS) if n % BROKEN_EVERY == BROKEN_EVERY // 2}
        refused = {n for n in range(POINTS) if n % REFUSED_EVERY == 7} - broken
        self.replay(engine)
        numbers, lines = self.letters(engine)
        self.assertEqual(numbers, broken | refused)
        self.assertEqual(acknowledged - numbers, self.rows())
        self.database.psql("ALTER TABLE metrics DROP CONSTRAINT plausible")
        self.replay(engine)
        numbers, _ = self.letters(engine)
        self.assertEqual(numbers, broken)
        self.assertEqual(acknowledged - broken, self.rows())
        # A kill between a letter's line and its end writes the line again.
        repeated = lines - len(broken | refused)
        count = self.database.count()
        if EXACTLY_ONCE in changes:
            self.assertLessEqual(count + len(broken), self.taken + repeated)
        self.report(count, len(acknowledged))
        print(f"  {len(broken | refused)} letters, {repeated} repeated", file=sys.stderr)
        engine.assert_balanced()
        self.assertEqual(engine.stop(), 0)

    def replay(self, engine):
        done = run_process(self.replay_command(engine), env=engine.environment, cwd=engine.folder,
                           capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_a_disk_intake_acknowledged_is_stored_once(self):
        self.check(BULK, EXACTLY_ONCE)

    def test_what_a_synced_intake_acknowledged_is_stored_once(self):
        self.check(BULK, SYNCED, EXACTLY_ONCE)

    def test_what_a_memory_intake_acknowledged_is_stored(self):
        self.check(BULK, MEMORY)

    def test_what_paho_acknowledged_into_a_disk_intake_is_stored_once(self):
        self.check(PAHO, EXACTLY_ONCE)

    def test_letters_of_a_disk_intake_are_kept_through_kills_and_replays(self):
        self.check_with_letters(BULK, EXACTLY_ONCE)

    def test_letters_of_a_synced_intake_are_kept_through_kills_and_replays(self):
        self.check_with_letters(BULK, SYNCED, EXACTLY_ONCE)

    def test_letters_of_a_memory_intake_are_kept_through_kills_and_replays(self):
        self.check_with_letters(BULK, MEMORY)

    def test_letters_of_paho_are_kept_through_kills_and_replays(self):
        self.check_with_letters(PAHO, EXACTLY_ONCE)

    def test_paho_with_a_memory_intake_loses_no_more_than_that_held(self):
        """The one exception that delivery.md names."""
        if KILLS * MOST_HELD >= POINTS:
            self.skipTest("so few messages may all be lost")
        engine = self.kills(PAHO, SMALL_MEMORY, SMALL_MESSAGES)
        acknowledged, rows = self.acknowledged(), self.rows()
        lost = acknowledged - rows
        self.assertLessEqual(len(lost), KILLS * MOST_HELD)
        self.report(self.database.count(), len(acknowledged), len(lost))
        self.assertEqual(engine.stop(), 0)


if __name__ == "__main__":
    unittest.main()
