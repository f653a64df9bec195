"""kill -9 of the engine at random moments, twenty times in one load: every point is there."""

import os
import random
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import BULK, EXACTLY_ONCE, MEMORY, PAHO, SLOW, SYNCED, Flow  # noqa: E402
from services import start_process, wait_until  # noqa: E402

POINTS = 40_000 if SLOW else 200_000
KILLS = 4 if SLOW else 20
PUBLISHED = 4_000 if SLOW else 40_000
RATE = 5_000 if SLOW else 20_000


class Crash(Flow):
    def survive(self, *changes):
        engine = self.engine(pipeline=self.pipeline(*changes))
        machines = self.load(POINTS, "--rate", str(RATE), "--window", "2000")
        moments = random.Random(1)
        for _ in range(KILLS):
            # Not a wait for something: the moment of the kill is what is random.
            time.sleep(moments.uniform(0.1, 2 * POINTS / RATE / KILLS))
            engine.process.send_signal(signal.SIGKILL)
            engine.process.wait()
            engine.start()
        engine.wait_ready()
        self.assertEqual(machines.wait(300), 0)
        self.wait_stored(POINTS)
        return engine

    def publish_through_kills(self, qos, *changes):
        """Numbered messages by mosquitto_pub at this QoS, whose own window is small; the engine that took them."""
        engine = self.engine(pipeline=self.pipeline(BULK, ("qos           = 1", f"qos           = {qos}"), *changes))
        self.show_identifiers(engine)
        to = start_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", str(qos), "-t",
                            "dev/x", "-l"], stdin=subprocess.PIPE, text=True)
        moments = random.Random(2)
        for kill in range(KILLS):
            for number in range(kill * PUBLISHED // KILLS, (kill + 1) * PUBLISHED // KILLS):
                to.stdin.write(f'{{"value":1,"seq":{number}}}\n')
            to.stdin.flush()
            time.sleep(moments.uniform(0.02, 0.4))
            engine.process.send_signal(signal.SIGKILL)
            engine.process.wait()
            engine.start()
        to.stdin.close()
        engine.wait_ready()
        self.assertEqual(to.wait(300), 0)
        self.wait_stored(PUBLISHED)
        return engine

    def test_quality_of_service_2_is_one_row_for_each_message(self):
        engine = self.publish_through_kills(2, EXACTLY_ONCE)
        self.assertEqual(self.stored(), (PUBLISHED, PUBLISHED))
        self.finish(engine)

    def test_quality_of_service_1_is_a_row_for_each_message_and_few_more(self):
        engine = self.publish_through_kills(1, EXACTLY_ONCE)
        rows, messages = self.stored()
        self.assertEqual(messages, PUBLISHED)
        # Not all that comes again can be told from a new message.
        self.assertLess(rows, PUBLISHED * 21 // 20)
        self.finish(engine)

    def finish(self, engine):
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        self.assertEqual(engine.metric("data_ingestion_points_dropped_total"), 0)
        self.assertEqual(engine.metric("penstock_intake_damaged_messages_total"), 0)
        self.assertEqual(engine.stop(), 0)

    def test_bulk_and_disk_lose_nothing(self):
        self.finish(self.survive(BULK))

    def test_paho_and_disk_lose_nothing(self):
        self.finish(self.survive(PAHO))

    def test_bulk_and_memory_lose_nothing(self):
        self.finish(self.survive(BULK, MEMORY))

    def test_bulk_and_a_synced_disk_lose_nothing(self):
        self.finish(self.survive(BULK, SYNCED))

    def exactly_once(self, *changes):
        engine = self.survive(*changes, EXACTLY_ONCE)
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        # Each message that the intake ever took is one row: what is more than the points is what
        # the broker itself sent twice, in another packet of another connection.
        taken = engine.status()["mqtt"]["intake"]["position"]
        self.assertEqual(self.stored(), (taken, POINTS))
        # The ledger forgets what cannot come again.
        self.broker.publish("dev/a/b", '{"value":1}')
        self.broker.publish("dev/a/b", '{"value":2}')
        wait_until(lambda: int(self.database.psql("SELECT count(*) FROM penstock_ledger")) < 100,
                   "the ledger is pruned")
        self.finish(engine)

    def test_bulk_and_disk_store_each_message_exactly_once(self):
        self.exactly_once(BULK)

    def test_paho_and_disk_store_each_message_exactly_once(self):
        self.exactly_once(PAHO)

    def test_inserts_store_each_message_exactly_once(self):
        self.exactly_once(BULK, ("pool_size   = 10", "pool_size   = 10\nuse_copy_protocol = false"))

    def test_a_batcher_before_the_decoder_stores_each_message_exactly_once(self):
        """What is made of batches that are put together otherwise after each crash."""
        self.exactly_once(BULK, ('plugin = "json_decoder"\ninputs = ["mqtt"]',
                                 'plugin = "json_decoder"\ninputs = ["batcher"]'),
                          ('inputs   = ["decoder"]', 'inputs   = ["mqtt"]'),
                          ('inputs      = ["batcher"]', 'inputs      = ["decoder"]'))

    def test_two_sinks_behind_one_intake_store_each_message_exactly_once_each(self):
        self.database.psql("CREATE TABLE second (LIKE metrics); "
                           "GRANT SELECT, INSERT ON second TO nexus_ingestion")
        with open(self.pipeline()) as f:
            text = f.read()
        section = text[text.index("[nodes.database]"):text.index("# What could not be decoded")]
        second = section.replace("[nodes.database]", "[nodes.second]").replace(
            "parallelism = 4", 'parallelism = 2\ntable = "second"')
        engine = self.survive(BULK, (section, section + second), EXACTLY_ONCE,
                              ("parallelism = 2", 'parallelism = 2\ndelivery = "exactly_once"'))
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        taken = engine.status()["mqtt"]["intake"]["position"]
        self.assertEqual(self.stored(), (taken, POINTS))
        self.assertEqual(self.database.psql("SELECT count(*) FROM second"), str(taken))
        self.finish(engine)

    def test_a_slice_that_damage_has_cut_is_no_more_than_what_is_left_of_it(self):
        """Refused rows, which the ledger has by their numbers, are behind the damage."""
        self.database.psql("ALTER TABLE metrics ADD CHECK (value <> 7)")
        engine = self.engine(pipeline=self.pipeline(EXACTLY_ONCE))
        letters = engine.folder + "/dead-letters.ndjson"
        os.mkdir(letters)  # so that nothing is done
        bad = [i for i in range(500) if i % 5 == 3]
        self.broker.publish_lines("dev/a/b", [f'{{"value":{7 if i in bad else 1},"seq":{i}}}' for i in range(500)])
        wait_until(lambda: self.database.count() == 400, "the good ones are stored")
        engine.process.kill()
        engine.process.wait()
        segment = engine.folder + "/intake/00000001.segment"
        with open(segment, "r+b") as f:
            data = f.read()
            f.seek(data.index(b'"seq":250'))
            f.write(b"#")
        os.rmdir(letters)
        engine.start().wait_ready()
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        self.assertEqual(engine.metric("penstock_intake_damaged_messages_total"), 1)
        self.assertEqual(self.stored()[1], 400)
        with open(letters) as f:
            numbers = [int(re.search(r'seq\\*":\s*(\d+)', line)[1]) for line in f]
        self.assertEqual(sorted(numbers), bad)
        engine.assert_balanced(rejected_kept=100)
        self.assertEqual(engine.stop(), 0)


if __name__ == "__main__":
    unittest.main()
