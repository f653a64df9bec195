"""Nothing is lost and nothing doubled as long as no process is killed: outages of the broker
and the database, a stop in mid-flow, several engines on one subscription."""

import os
import signal
import subprocess
import time
import unittest

from flow import MEMORY, SLOW, Flow
from services import MQTT_LOAD, PENSTOCK, start_process, wait_until

POINTS = 20_000 if SLOW else 60_000


class Delivery(Flow):
    def sessions(self, where):
        return int(self.database.psql(f"SELECT count(*) FROM pg_stat_activity WHERE {where}"))

    def test_every_published_point_is_stored_once_by_four_lanes_at_once(self):
        engine = self.engine()
        # Lanes write at once when a lock holds each of them inside its COPY. It is held before
        # the first point comes, so that no lane can be through before the others begin.
        self.database.psql("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
                           "$$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END $$;"
                           "CREATE TRIGGER wait BEFORE INSERT ON metrics FOR EACH STATEMENT "
                           "EXECUTE FUNCTION wait()")
        holder = start_process(
            ["psql", "-X", "-q", "-h", self.database.folder, "-p", str(self.database.port), "-U",
             "postgres", "-d", "nexus_historian", "-c", "SELECT pg_advisory_lock(7)", "-c",
             "SELECT pg_sleep(600)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: self.sessions("query LIKE 'SELECT pg_sleep%'") == 1, "the lock is held")
            machines = self.load(POINTS, "--window", "5000")
            wait_until(lambda: self.sessions("usename = 'nexus_ingestion' AND wait_event = 'advisory' "
                                             "AND query LIKE '%COPY%'") == 4,
                       "four COPYs are going on at once")
        finally:
            self.database.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE query LIKE 'SELECT pg_sleep%'")
            holder.wait(60)
        self.assertEqual(machines.wait(120), 0)
        self.assert_all_stored(POINTS)
        self.assertEqual(engine.stop(), 0)

    def test_a_database_that_stops_and_comes_back_loses_nothing(self):
        engine = self.engine()
        machines = self.load(POINTS, "--rate", "10000")
        wait_until(lambda: self.database.count() > POINTS // 10, "some points are stored")
        self.database.stop()
        wait_until(lambda: engine.get("/health")[0] == 503, "health is degraded")
        self.assertEqual(engine.get("/health/live")[0], 200)
        self.assertIn("database", engine.get("/health/ready")[1])
        self.assertEqual(machines.wait(120), 0)
        self.database.start()
        wait_until(lambda: engine.get("/health")[0] == 200, "health is ok again")
        wait_until(lambda: self.stored()[1] >= POINTS, "all points are stored")
        self.assertEqual(self.stored()[1], POINTS)
        self.assertGreater(engine.metric("data_ingestion_write_errors_total"), 0)
        self.assertEqual(engine.stop(), 0)

    def test_a_broker_that_stops_and_comes_back_loses_nothing(self):
        engine = self.engine()
        self.assertEqual(self.load(POINTS // 2).wait(120), 0)
        self.broker.stop()
        wait_until(lambda: engine.get("/health/ready")[0] == 503, "not ready without a broker")
        self.broker.start()
        engine.wait_ready()
        machines = self.broker.load(POINTS // 2)
        self.addCleanup(machines.stdout.close)
        self.assertEqual(machines.wait(120), 0)
        wait_until(lambda: self.database.count() >= POINTS // 2 * 2, "all points are stored")
        self.assertEqual(self.stored()[1], POINTS // 2)
        self.assertEqual(engine.stop(), 0)

    def test_a_stop_with_data_in_flight_writes_all_that_was_accepted(self):
        engine = self.engine()
        machines = self.load(POINTS)
        wait_until(lambda: self.database.count() > 0, "data flows")
        self.assertEqual(engine.stop(signal.SIGTERM), 0)
        # What the engine had not accepted the broker keeps, and the next start gets it.
        engine.start().wait_ready()
        self.assertEqual(machines.wait(120), 0)
        wait_until(lambda: self.stored()[1] >= POINTS, "all points are stored")
        self.assertEqual(self.stored()[1], POINTS)
        self.assertEqual(engine.stop(signal.SIGINT), 0)

    def test_a_stop_with_a_memory_intake_acknowledges_what_it_stored(self):
        engine = self.engine(pipeline=self.pipeline(MEMORY))
        machines = self.load(POINTS, "--rate", str(POINTS // 3))
        for _ in range(3):
            stored = self.database.count()
            wait_until(lambda: self.database.count() > min(stored, POINTS - 1), "data flows")
            self.assertEqual(engine.stop(), 0)
            engine.start().wait_ready()
        self.assertEqual(machines.wait(120), 0)
        self.assert_all_stored(POINTS)
        self.assertEqual(engine.stop(), 0)

    def test_a_stop_waits_until_a_busy_broker_has_read_what_was_acknowledged(self):
        engine = self.engine(pipeline=self.pipeline(MEMORY))
        holder = self.lock_table()
        machines = self.load(POINTS, "--rate", str(POINTS // 6))
        wait_until(lambda: engine.status()["mqtt"]["messages_received"] > 1000, "some are received")
        # While it does not come to it, more is sent to it, which it then passes on to the engine.
        self.addCleanup(self.broker.process.send_signal, signal.SIGCONT)
        self.broker.process.send_signal(signal.SIGSTOP)
        holder.stdin.write("COMMIT;\n")
        holder.stdin.flush()
        wait_until(lambda: self.database.count() == engine.status()["mqtt"]["messages_received"],
                   "they are stored", 30)
        engine.process.send_signal(signal.SIGTERM)
        time.sleep(3)
        self.broker.process.send_signal(signal.SIGCONT)
        self.assertEqual(engine.process.wait(60), 0)
        engine.start().wait_ready()
        self.assertEqual(machines.wait(120), 0)
        self.assert_all_stored(POINTS)
        self.assertEqual(engine.stop(), 0)

    def test_two_engines_share_a_subscription_without_doubles_or_gaps(self):
        engines = [self.engine("one"), self.engine("two")]
        self.assertEqual(self.load(POINTS).wait(120), 0)
        self.assert_all_stored(POINTS)
        received = [engine.status()["mqtt"]["messages_received"] for engine in engines]
        self.assertEqual(sum(received), POINTS)
        self.assertTrue(all(received), received)
        for engine in engines:
            self.assertEqual(engine.stop(), 0)

    def test_two_connections_of_one_source_share_the_messages(self):
        engine = self.engine(pipeline=self.pipeline(
            ("clean_session = false", "clean_session = false\nconnections = 2")))
        self.assertEqual(self.load(POINTS).wait(120), 0)
        self.assert_all_stored(POINTS)
        with open(os.path.join(self.broker.folder, "log")) as f:
            log = f.read()
        self.assertIn("test-engine-2", log)
        self.assertEqual(engine.status()["mqtt"]["messages_received"], POINTS)
        self.assertEqual(engine.stop(), 0)

    def test_a_stop_that_cannot_write_says_so_and_a_second_signal_ends_at_once(self):
        engine = self.engine()
        self.database.stop()
        self.broker.publish("dev/a/b", '{"value":1}')
        wait_until(lambda: engine.status()["ingestion"]["points_received"] == 1, "received")
        engine.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "writing what was accepted" in engine.log(), "the stop has begun")
        # Unless it has ended by itself by then, since it does not wait for a sink that tries again.
        code = engine.stop(signal.SIGTERM, deadline_s=10)
        self.assertEqual(code == 0, "not waiting for a sink that is retrying" in engine.log())
        self.assertIn("1 accepted messages stay in the intake", engine.log())
        self.database.start()
        engine.start().wait_ready()
        wait_until(lambda: self.database.count() == 1, "the point is stored by the next start")
        self.assertEqual(engine.stop(), 0)

    def test_a_batch_that_the_server_refuses_for_its_data_is_kept_with_the_reason(self):
        self.database.psql("ALTER TABLE metrics ADD CHECK (value < 1000)")
        engine = self.engine()
        self.broker.publish("dev/a/b", '{"value":5000}')
        letters = os.path.join(engine.folder, "dead-letters.ndjson")
        wait_until(lambda: os.path.exists(letters) and os.path.getsize(letters), "a dead letter")
        with open(letters) as f:
            letter = f.read()
        self.assertIn('"node":"database"', letter)
        self.assertIn("SQLSTATE 23514", letter)
        self.assertEqual(engine.metric("data_ingestion_points_dropped_total"), 0)
        self.broker.publish("dev/a/b", '{"value":5}')
        wait_until(lambda: self.database.count() == 1, "good points go on")
        self.assertEqual(engine.stop(), 0)

    def test_a_missing_table_is_waited_for(self):
        self.database.psql("ALTER TABLE metrics RENAME TO elsewhere")
        engine = self.engine(ready=False).wait_subscribed()
        self.broker.publish("dev/a/b", '{"value":5}')
        wait_until(lambda: "does not exist" in engine.get("/health")[1], "health says so")
        self.database.psql("ALTER TABLE elsewhere RENAME TO metrics")
        wait_until(lambda: self.database.count() == 1, "the point is stored")
        self.assertEqual(engine.stop(), 0)


if __name__ == "__main__":
    assert os.path.exists(MQTT_LOAD) and os.path.exists(PENSTOCK)
    unittest.main()
