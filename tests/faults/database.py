"""The database away, stopped, restarted, or cut off in the middle of a COPY or of its commit."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import EXACTLY_ONCE, SLOW, Flow  # noqa: E402
from proxy import CuttingProxy  # noqa: E402
from services import wait_until  # noqa: E402

RATE = 5_000 if SLOW else 20_000


class DatabaseFaults(Flow):
    def outage(self, seconds):
        engine = self.engine()
        points = RATE * (seconds + 4)
        machines = self.load(points, "--rate", str(RATE), "--window", "20000")
        wait_until(lambda: self.database.count() > RATE, "points are stored")
        self.database.stop()
        wait_until(lambda: engine.get("/health")[0] == 503, "health is degraded")
        at_stop = engine.status()["ingestion"]["points_received"]
        wait_until(lambda: engine.status()["ingestion"]["points_received"] - at_stop
                   >= 0.9 * RATE * seconds, "points come in all the while", 3 * seconds + 30)
        anonymous = engine.memory("RssAnon")
        self.database.start()
        self.assertEqual(machines.wait(120), 0)
        self.assert_all_stored(points)
        self.assertEqual(engine.stop(), 0)
        return anonymous

    def test_ten_seconds_without_a_database_lose_nothing(self):
        self.outage(10)

    def test_sixty_seconds_without_a_database_lose_nothing_and_fill_no_memory(self):
        if SLOW:
            self.skipTest("its memory is measured without sanitizers")
        self.assertLess(self.outage(60), 64 << 20)

    def test_many_large_messages_without_a_database_fill_no_memory(self):
        engine = self.engine(pipeline=self.pipeline(("buffer_size = 50000", "buffer_size = 5000")))
        self.database.stop()
        text = '{"value":1,"metadata":{"note":"%s"}}' % ("x" * 500_000)
        for n in range(10):
            self.broker.publish_lines("dev/large", [text] * 20)
            wait_until(lambda: engine.status()["mqtt"]["intake"]["received"] >= 20 * (n + 1), "they came in")
        wait_until(lambda: engine.metric("penstock_in_flight_records") >= 5000, "the graph is full")
        self.assertLessEqual(engine.metric("penstock_in_flight_records"), 5000 + (8 << 20) // 4096)
        if not SLOW:
            self.assertLess(engine.memory("RssAnon"), 100 << 20)
        self.database.start()
        wait_until(lambda: self.database.count() == 200, "all are stored")
        engine.assert_balanced(stored=200)
        self.assertEqual(engine.stop(), 0)

    def test_a_database_that_is_missing_at_the_start_is_waited_for(self):
        self.database.stop()
        engine = self.engine(ready=False)
        wait_until(lambda: engine.status().get("mqtt", {}).get("connected"), "the broker is there")
        machines = self.load(5 * RATE, "--rate", str(RATE), "--window", "20000")
        self.assertEqual(machines.wait(120), 0)
        self.assertEqual(engine.get("/health/ready")[0], 503)
        self.database.start()
        self.assert_all_stored(5 * RATE)
        self.assertEqual(engine.stop(), 0)

    def test_a_database_restarted_again_and_again_in_mid_copy_gets_each_point_once(self):
        engine = self.engine(pipeline=self.pipeline(EXACTLY_ONCE))
        points = 8 * RATE
        machines = self.load(points, "--rate", str(RATE), "--window", "20000")
        for round_number in range(1, 5):
            wait_until(lambda: self.database.count() > round_number * RATE // 2, "points are stored")
            self.database.kill()
            self.database.start()
        self.assertEqual(machines.wait(120), 0)
        self.wait_stored(points)
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        self.assertEqual(self.stored(), (points, points))
        self.assertEqual(engine.stop(), 0)

    def test_a_connection_cut_at_any_byte_of_copy_and_commit_gives_neither_loss_nor_double(self):
        proxy = CuttingProxy(self.database.port)
        self.addCleanup(proxy.close)
        engine = self.engine(
            pipeline=self.pipeline(("parallelism = 4", 'parallelism = 1\ndelivery = "exactly_once"'),
                                   ('interval = "100ms"', 'interval = "1ms"')),
            INGESTION_DB_PORT=str(proxy.port))
        rows = 40

        def batch(number):
            return json.dumps([{"value": 1, "seq": number * rows + i} for i in range(rows)])

        sent = 0

        def publish():
            nonlocal sent
            self.broker.publish("dev/a/b", batch(sent))
            sent += 1
            wait_until(lambda: self.database.count() >= sent * rows, "the batch is stored", 30)

        publish()
        # What one batch takes: the settings, the ledger's entry and the COPY up, the answers down, of
        # which the bytes behind the COMMIT are few.
        trials = [("up", n) for n in range(1, 6000, 240 if SLOW else 100)]
        trials += [("down", n) for n in range(1, 900, 8)]
        for direction, count in trials:
            with self.subTest(direction=direction, bytes=count):
                proxy.cut(direction, count)
                publish()
        self.assertGreater(proxy.cuts, len(trials) // 2)
        self.assertEqual(self.stored(), (sent * rows, sent * rows))
        self.assertGreater(engine.metric("penstock_database_points_skipped_total"), 0)
        self.assertEqual(engine.stop(), 0)


if __name__ == "__main__":
    unittest.main()
