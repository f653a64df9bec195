"""The intake's folder: a disk without room, a second owner, damage; and a clock that jumps."""

import glob
import json
import os
import resource
import shutil
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import SLOW, Flow  # noqa: E402
from services import BUILD, PENSTOCK, run_process, wait_until  # noqa: E402

POINTS = 20_000 if SLOW else 100_000
RATE = 5_000 if SLOW else 20_000


class IntakeFolder(Flow):
    def small_disk(self, mebibytes):
        path = os.path.join(self.folder, "small")
        os.mkdir(path)
        done = run_process(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", path],
                           capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest("a small file system can't be mounted here: " + done.stderr.strip())
        self.addCleanup(run_process, ["umount", "-l", path])
        return path

    def fill(self, path):
        filler = os.path.join(path, "filler")
        with open(filler, "wb") as f:
            try:
                while f.write(b"x" * 65536):
                    f.flush()
            except OSError:
                pass
        return filler

    def full_disk(self, receiver):
        disk = self.small_disk(64)
        pipeline = self.pipeline(
            ("${STATE_DIRECTORY:-.}/intake", disk + "/intake"),
            ('type      = "disk"', 'type      = "disk"\nsegment_bytes = "1MiB"'),
            ("clean_session = false", f'clean_session = false\nreceiver = "{receiver}"'))
        engine = self.engine(pipeline=pipeline)
        self.database.stop()
        filler = self.fill(disk)
        machines = self.load(POINTS, "--rate", str(RATE), "--window", "20000")
        wait_until(lambda: "No space left on device" in engine.get("/health")[1], "health says why")
        self.assertIsNone(engine.process.poll())
        self.database.start()
        os.remove(filler)
        wait_until(lambda: engine.get("/health")[0] == 200, "it recovers by itself")
        self.assertEqual(machines.wait(120), 0)
        self.wait_stored(POINTS)
        self.assertEqual(engine.metric("data_ingestion_points_dropped_total"), 0)
        self.assertEqual(engine.stop(), 0)

    def loses_folder(self, lose):
        """Its files are taken away under load, with the database down: nothing more is acknowledged."""
        engine = self.engine()
        self.database.stop()
        machines = self.load(POINTS, "--rate", str(RATE), "--window", "2000")
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] > 1000, "messages wait")
        lose(os.path.join(engine.folder, "intake"))
        wait_until(lambda: "were deleted or replaced" in engine.get("/health")[1], "health says it", 10)
        taken = engine.status()["mqtt"]["intake"]["position"]
        self.assertIsNone(engine.process.poll())
        self.database.start()
        self.assertEqual(engine.process.wait(60), 1)
        self.assertIn("exiting to be restarted", engine.log())
        self.assertEqual(self.database.count(), taken)
        engine.start().wait_ready()
        self.assertEqual(machines.wait(120), 0)
        self.wait_stored(POINTS)
        self.assertEqual(engine.stop(), 0)

    def test_a_folder_deleted_while_running_is_told_and_costs_nothing(self):
        self.loses_folder(shutil.rmtree)

    def test_a_folder_moved_away_is_told_and_costs_nothing(self):
        self.loses_folder(lambda folder: os.rename(folder, folder + ".old"))

    def test_segments_replaced_by_copies_are_told_and_cost_nothing(self):
        def replace(folder):
            for path in glob.glob(folder + "/*.segment"):
                shutil.copy(path, path + ".copy")
                os.rename(path + ".copy", path)
        self.loses_folder(replace)

    def test_a_stop_after_a_folder_was_deleted_says_what_is_lost(self):
        engine = self.engine(pipeline=self.pipeline(
            ("buffer_size = 50000", 'buffer_size = 50000\nshutdown_timeout = "2s"')))
        self.database.stop()
        self.broker.publish_lines("dev/a/b", ['{"value":1}'] * 100)
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 100, "messages wait")
        shutil.rmtree(os.path.join(engine.folder, "intake"))
        self.assertEqual(engine.stop(), 2)
        self.assertIn("100 accepted messages are not written", engine.log())

    def test_a_reload_that_ends_a_source_writes_what_a_deleted_folder_held(self):
        engine = self.engine(pipeline=self.pipeline())
        self.database.stop()
        self.broker.publish_lines("dev/a/b", ['{"value":1}'] * 100)
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 100, "messages wait")
        shutil.rmtree(os.path.join(engine.folder, "intake"))
        self.pipeline(("clean_session = false", "clean_session = false\nmax_topic_bytes = 4096"))
        engine.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "configuration valid" in engine.log(), "the reload has begun")
        self.database.start()
        wait_until(lambda: self.database.count() == 100, "all are written", 60)

    def test_segments_deleted_while_running_are_told_and_cost_nothing(self):
        def delete(folder):
            for path in glob.glob(folder + "/*.segment"):
                os.remove(path)
        self.loses_folder(delete)

    def test_a_full_disk_is_backpressure_and_passes_with_bulk(self):
        self.full_disk("bulk")

    def test_a_full_disk_is_backpressure_and_passes_with_paho(self):
        self.full_disk("paho")

    def test_a_full_intake_leaves_the_rest_to_the_broker(self):
        engine = self.engine(INGESTION_BUFFER_BYTES="4MiB")
        self.database.stop()
        self.assertEqual(self.load(POINTS, "--rate", str(RATE)).wait(120), 0)
        self.assertLessEqual(engine.status()["mqtt"]["intake"]["bytes"], 4 << 20)
        self.database.start()
        self.assert_all_stored(POINTS)
        self.assertEqual(engine.stop(), 0)

    def test_more_segments_than_descriptors_cost_nothing(self):
        count, limit = 400, 250
        engine = self.engine(pipeline=self.pipeline(
            ('type      = "disk"', 'type      = "disk"\nsegment_bytes = "256KiB"')),
            INGESTION_BUFFER_BYTES="1GiB")
        resource.prlimit(engine.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        self.database.stop()
        # More than half a segment each.
        self.broker.publish_lines("dev/a/b", (
            json.dumps({"value": i, "metadata": {"text": "x" * 150_000}}) for i in range(count)))
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == count, "all are taken", 60)
        self.assertGreater(len(glob.glob(os.path.join(engine.folder, "intake", "*.segment"))), limit)
        self.database.start()
        wait_until(lambda: self.database.count() == count, "all are stored", 60)
        self.assertEqual(engine.get("/health")[0], 200)
        self.assertEqual(engine.stop(), 0)

    def test_a_second_engine_on_the_folder_is_refused_with_the_pid_of_the_first(self):
        first = self.engine()
        second = self.engine("second", ready=False, STATE_DIRECTORY=first.folder)
        self.assertEqual(second.process.wait(30), 1)
        self.assertIn(f"is in use by process {first.process.pid}", second.log())
        self.assertEqual(first.stop(), 0)

    def check_inspection(self, folder, user):
        """`penstock intake` shows 5,000 messages that are not done, and prints them."""
        shown = run_process([PENSTOCK, "intake", folder], capture_output=True, text=True, check=True)
        self.assertRegex(shown.stdout, r"(?m)^undone     5000 messages, the oldest received \d+s ago$")
        self.assertIn(f"in use by  {user}\n", shown.stdout)
        self.assertIn('source "mqtt" of pipeline "data-ingestion"', shown.stdout)
        dumped = run_process([PENSTOCK, "intake", "--dump", folder], capture_output=True,
                             text=True, check=True)
        messages = [json.loads(line) for line in dumped.stdout.splitlines()]
        self.assertEqual([m["position"] for m in messages], list(range(5000)))
        self.assertEqual({json.loads(m["payload"])["seq"] for m in messages}, set(range(5000)))

    def test_damage_costs_what_is_damaged_and_the_rest_is_stored(self):
        engine = self.engine()
        self.database.stop()
        self.assertEqual(self.load(5000).wait(120), 0)
        wait_until(lambda: engine.status()["mqtt"]["intake"]["received"] == 5000, "all taken in")
        folder = engine.folder + "/intake"
        self.check_inspection(folder, f"process {engine.process.pid}")
        engine.process.kill()
        engine.process.wait()
        self.check_inspection(folder, "nobody")
        segment = sorted(glob.glob(engine.folder + "/intake/*.segment"))[0]
        with open(segment, "r+b") as f:
            f.write(bytes(4096))  # both copies of its header, which the checkpoint has, too
        self.check_inspection(folder, "nobody")
        with open(segment, "r+b") as f:
            data = f.read()
            at = data.index(b'"seq":1234}')
            f.seek(at)
            f.write(b'"seq":9234}')
        self.database.start()
        engine.start().wait_ready()
        self.wait_stored(4999)
        self.assertEqual(self.database.psql("SELECT count(*) FROM metrics WHERE metadata->>'seq' IN "
                                            "('1234', '9234')"), "0")
        self.assertEqual(engine.metric("penstock_intake_damaged_messages_total"), 1)
        self.assertIn("1 messages of the intake were damaged", engine.log())
        self.assertEqual(engine.stop(), 0)

    def test_a_clock_set_back_and_forth_disturbs_nothing(self):
        shim = os.path.join(BUILD, "tests", "clock_shim.so")
        offset = os.path.join(self.folder, "offset")

        def set_clock(seconds):
            with open(offset + ".new", "w") as f:
                f.write(str(seconds))
            os.rename(offset + ".new", offset)

        set_clock(0)
        preload = f"{os.environ.get('LD_PRELOAD', '')} {shim}".strip()
        engine = self.engine(LD_PRELOAD=preload, CLOCK_OFFSET_FILE=offset,
                             ASAN_OPTIONS="verify_asan_link_order=0")
        machines = self.load(POINTS, "--rate", str(RATE))
        for number, seconds in enumerate((-86_400, 86_400, -7, 3_600, 0)):
            wait_until(lambda: self.database.count() > number * POINTS // 10, "points are stored")
            set_clock(seconds)
            received = engine.status()["mqtt"]["messages_received"]
            wait_until(lambda: engine.status()["mqtt"]["messages_received"] > received or
                       machines.poll() is not None, "it goes on")
        self.assertEqual(machines.wait(120), 0)
        self.assert_all_stored(POINTS)
        # The engine did see the jumps: a point without a time gets the engine's.
        set_clock(86_400)
        self.broker.publish("dev/a/b", '{"value":1,"jump":true}')
        wait_until(lambda: self.database.count("metadata ? 'jump'") == 1, "it is stored")
        self.assertEqual(self.database.psql("SELECT time > now() + interval '12 hours' FROM metrics "
                                            "WHERE metadata ? 'jump'"), "t")
        self.assertEqual(engine.stop(), 0)


if __name__ == "__main__":
    unittest.main()
