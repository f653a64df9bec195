"""What is the server's fault is tried again until it passes, and never makes a letter: also where each
batch has rows that the table does refuse."""

import os
import shutil
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import SLOW, Flow  # noqa: E402
from services import run_process, wait_until  # noqa: E402

POINTS = 8_000 if SLOW else 40_000
RATE = POINTS // 4
REFUSED = 1_000  # one row in so many
TRIGGER = """CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (NEW.metadata->>'seq')::int % 1000 = 7 THEN RAISE EXCEPTION 'no' USING ERRCODE = '45000'; END IF;
  {} RETURN NEW; END $$;
CREATE TRIGGER judge BEFORE INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION judge();"""
# Rows of several batches at once, in orders that differ.
LOCKS = """IF (NEW.metadata->>'seq')::int % 50 = 0 THEN PERFORM pg_sleep(0.001); END IF;
  PERFORM pg_advisory_xact_lock((NEW.metadata->>'seq')::int * 7919 % 16);"""
ROLE = "ALTER ROLE nexus_ingestion SET {}"
OURS = "SELECT {}(pid) FROM pg_stat_activity WHERE usename = 'nexus_ingestion'"


class ServerFaults(Flow):
    def engine_of(self, sql=""):
        self.database.leave_columnstore()
        self.database.psql(TRIGGER.format(sql))
        return self.engine()

    def judge(self, engine):
        bad = POINTS // REFUSED
        wait_until(lambda: self.stored()[1] >= POINTS - bad, "all rows but the refused are stored", 120)
        wait_until(lambda: len(self.letters(engine)) >= bad, "the refused are letters", 60)
        self.assertEqual(self.stored(), (POINTS - bad, POINTS - bad))
        for letter in self.letters(engine):
            self.assertIn("SQLSTATE 45000", letter["detail"])
        engine.assert_balanced(rejected_kept=bad)
        wait_until(lambda: engine.get("/health")[0] == 200, "it is healthy")
        self.assertEqual(engine.stop(), 0)

    def meanwhile(self, hit, seconds):
        """Hits the server again and again while points come in."""
        machines = self.load(POINTS, "--rate", str(RATE))
        end = time.monotonic() + seconds
        hits = 0
        while time.monotonic() < end:
            hits += hit()
            time.sleep(0.02)
        self.assertEqual(machines.wait(60), 0)
        return hits

    def ended(self, function):
        return self.database.psql(OURS.format(function) + " AND state <> 'idle'").count("t")

    def logged(self, words):
        with open(self.database.folder + "/log") as f:
            return f.read().count(words)

    def test_cancelled_statements(self):
        engine = self.engine_of()
        self.assertGreater(self.meanwhile(lambda: self.ended("pg_cancel_backend"), 5), 0)
        self.assertGreater(self.logged("canceling statement due to user request"), 0)
        self.judge(engine)

    def test_ended_sessions(self):
        engine = self.engine_of()
        # What is committed when its session ends, before the engine knows, is stored again.
        self.assertGreater(self.meanwhile(lambda: self.ended("pg_terminate_backend"), 2), 0)
        bad = POINTS // REFUSED
        wait_until(lambda: self.stored()[1] == POINTS - bad, "all rows but the refused are stored", 120)
        for letter in self.letters(engine):
            self.assertIn("SQLSTATE 45000", letter["detail"])
        self.assertEqual(engine.stop(), 0)

    def test_lock_timeouts(self):
        self.database.psql(ROLE.format("lock_timeout = '50ms'"))
        engine = self.engine_of()

        def hold():
            self.database.psql("BEGIN; LOCK TABLE metrics; SELECT pg_sleep(0.4); COMMIT")
            return 1
        self.meanwhile(hold, 4)
        self.assertGreater(self.logged("canceling statement due to lock timeout"), 0)
        self.judge(engine)

    def test_deadlocks(self):
        if SLOW:
            self.skipTest("so few rows rarely meet")
        self.database.psql("ALTER SYSTEM SET deadlock_timeout = '20ms'; ")
        self.database.psql("SELECT pg_reload_conf()")
        engine = self.engine_of(LOCKS)
        self.load(POINTS, "--rate", str(RATE)).wait(60)
        wait_until(lambda: self.logged("deadlock detected") > 0, "lanes have met", 60)
        self.judge(engine)

    def shut_out(self, shut, words, open_again):
        """Every session is ended, and the next cannot write for a while."""
        engine = self.engine_of()
        self.database.psql(shut)
        self.database.psql(OURS.format("pg_terminate_backend"))
        machines = self.load(POINTS, "--rate", str(RATE))
        wait_until(lambda: words in engine.get("/health")[1], f"health says {words!r}")
        self.database.psql(open_again, database="postgres")
        self.assertEqual(machines.wait(60), 0)
        self.judge(engine)

    def test_no_connection_left(self):
        self.shut_out("ALTER ROLE nexus_ingestion CONNECTION LIMIT 0", "too many connections",
                      "ALTER ROLE nexus_ingestion CONNECTION LIMIT -1")

    def test_a_server_that_became_read_only(self):
        self.shut_out("ALTER DATABASE nexus_historian SET default_transaction_read_only = on", "read-only",
                      "ALTER DATABASE nexus_historian SET default_transaction_read_only = off")

    def test_a_full_disk(self):
        space = self.folder + "/space"
        os.mkdir(space)
        if run_process(["mount", "-t", "tmpfs", "-o", f"size={1 if SLOW else 4}m,mode=777", "tmpfs", space],
                       capture_output=True).returncode != 0:
            self.skipTest("needs a file system of its own")
        self.addCleanup(run_process, ["umount", "-l", space])
        if self.database.user:
            shutil.chown(space, self.database.user, self.database.user)
        engine = self.engine_of()
        self.database.psql(f"CREATE TABLESPACE small LOCATION '{space}'")
        self.database.psql("ALTER TABLE metrics SET TABLESPACE small; ALTER INDEX metrics_topic_time SET TABLESPACE "
                           "small" if not self.database.is_hypertable() else
                           "SELECT attach_tablespace('small', 'metrics')")
        machines = self.load(POINTS, "--rate", str(RATE))
        wait_until(lambda: "No space left on device" in engine.get("/health")[1], "health says so", 60)
        self.assertEqual(run_process(["mount", "-o", "remount,size=512m", space]).returncode, 0)
        self.assertEqual(machines.wait(60), 0)
        self.judge(engine)

    def test_rows_that_take_long_get_the_time_that_they_need(self):
        # One message, so that no half can be made of it.
        engine = self.engine_of("PERFORM pg_sleep(1);")
        self.broker.publish("dev/x", "[" + ",".join(f'{{"value":1,"seq":{n}}}' for n in range(8, 48)) + "]")  # none is refused
        wait_until(lambda: self.stored()[1] == 40, "they are stored", 150)
        self.assertGreater(self.logged("canceling statement due to statement timeout"), 0)
        self.assertEqual(engine.stop(), 0)

    def test_statements_that_take_too_long_go_in_halves(self):
        # As if the server's clock did it: of more than 2,000 rows each transaction is cancelled.
        engine = self.engine_of("""
            PERFORM set_config('test.rows', (coalesce(nullif(current_setting('test.rows', true), ''), '0')::int
                                             + 1)::text, true);
            IF current_setting('test.rows')::int > 2000 THEN
              PERFORM pg_cancel_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF;""")
        self.database.stop()
        self.load(POINTS).wait(60)
        self.database.start()
        wait_until(lambda: self.stored()[1] > POINTS // 2, "most are stored", 120)
        self.assertGreater(self.logged("canceling statement due to user request"), 0)
        self.judge(engine)


if __name__ == "__main__":
    unittest.main()
