"""A server that is gone and another in its place; a path that swallows everything; logins that change
while the engine runs."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import EXACTLY_ONCE, SLOW, Flow  # noqa: E402
from proxy import CuttingProxy  # noqa: E402
from services import wait_until  # noqa: E402

RATE = 5_000 if SLOW else 15_000
POINTS = 6 * RATE
# Until each wait has ended once: a statement, a session, an attempt to connect.
SWALLOWED_S = int(os.environ.get("PENSTOCK_SWALLOWED_S", "60"))


class Failover(Flow):
    def numbers(self, database):
        return {int(n) for n in database.psql("SELECT metadata->>'seq' FROM metrics").split()}

    def fail_over(self, cut_off):
        standby = self.database.standby()
        self.addCleanup(standby.stop)
        if not cut_off:
            self.database.psql("ALTER SYSTEM SET synchronous_standby_names = '*'")
            self.database.psql("SELECT pg_reload_conf()")
        pipeline = self.pipeline(EXACTLY_ONCE)
        hosts = f"127.0.0.1,localhost:{standby.port}"
        engine = self.engine(pipeline=pipeline, INGESTION_DB_HOST=hosts)
        machines = self.load(POINTS, "--rate", str(RATE))
        wait_until(lambda: self.database.count() > POINTS // 3, "points are stored")
        if cut_off:
            standby.psql("ALTER SYSTEM SET primary_conninfo = ''")
            standby.psql("SELECT pg_reload_conf()")
            seen = self.database.count()
            wait_until(lambda: self.database.count() > seen + RATE // 4, "more is stored, and not sent on")
        self.database.kill()
        wait_until(lambda: engine.get("/health")[0] == 503, "health is degraded")
        standby.promote()
        self.assertEqual(machines.wait(60), 0)
        wait_until(lambda: engine.status()["accounting"]["in_flight"] == 0, "all is stored", 120)
        wait_until(lambda: engine.get("/health")[0] == 200, "health is ok")
        engine.assert_balanced()
        found = self.numbers(standby)
        self.assertEqual(standby.count(), len(found), "none is stored twice")
        self.assertIn("a standby was promoted (timeline 00000002, was 00000001)", engine.log())
        lost = set(range(POINTS)) - found
        self.assertIn(f"the rows of {len(lost)} messages, by the ledger" if lost
                      else "it has everything that the old primary had committed", engine.log())
        self.database.start()
        self.assertLessEqual(lost, self.numbers(self.database), "the old server has what is lost")
        self.assertEqual(engine.stop(), 0)
        return lost

    def test_to_a_standby_that_was_cut_off(self):
        self.assertGreater(len(self.fail_over(True)), 0)

    def test_to_a_synchronous_standby(self):
        self.assertEqual(self.fail_over(False), set())

    def test_a_path_that_swallows_everything(self):
        proxy = CuttingProxy(self.database.port)
        self.addCleanup(proxy.close)
        engine = self.engine(pipeline=self.pipeline(EXACTLY_ONCE), INGESTION_DB_PORT=str(proxy.port))
        machines = self.load(POINTS, "--rate", str(RATE))
        wait_until(lambda: self.database.count() > RATE, "points are stored")
        proxy.swallow()
        begin = time.monotonic()
        said = set()
        while time.monotonic() - begin < SWALLOWED_S or len(said) < 3 and time.monotonic() - begin < 240:
            self.assertEqual(engine.get("/health/live")[0], 200)
            code, text = engine.get("/health")
            for words in ("has not answered a statement for", "no answer from the server for 45 s", "timeout expired"):
                if words in text:
                    self.assertEqual(code, 503)
                    said.add(words)
            time.sleep(0.5)
        self.assertEqual(len(said), 3, said)
        proxy.heal()
        self.assertEqual(machines.wait(60), 0)
        self.assert_all_stored(POINTS)
        self.assertEqual(engine.stop(), 0)

    def test_a_login_that_was_changed_in_its_file(self):
        self.change_login("${file:" + self.folder + "/password}")

    def test_a_login_that_was_changed_in_its_credential(self):
        self.change_login("${credential:password:-}", CREDENTIALS_DIRECTORY=self.folder)

    def change_login(self, password, **variables):
        path = self.folder + "/password"

        def write(password):
            with open(path + "~", "w") as f:
                f.write(password + "\n")
            os.rename(path + "~", path)

        write(self.database.password)
        engine = self.engine(pipeline=self.pipeline(
            ("${INGESTION_DB_PASSWORD:-${DB_PASSWORD:-${credential:db_password:-}}}", password)), **variables)
        self.broker.publish_lines("dev/a", ['{"value":1,"seq":1}'])
        wait_until(lambda: self.database.count() == 1, "a row is stored")
        self.database.psql("ALTER ROLE nexus_ingestion PASSWORD 'another''s'")
        self.database.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE usename = 'nexus_ingestion'")
        self.broker.publish_lines("dev/a", ['{"value":1,"seq":2}'])
        wait_until(lambda: "password authentication failed" in engine.get("/health")[1], "health says so")
        write("another's")
        wait_until(lambda: self.database.count() == 2, "the next connection uses it")
        wait_until(lambda: self.database.psql("SELECT count(*) FROM pg_stat_activity WHERE usename = "
                                              "'nexus_ingestion'") == "4", "all lanes are connected")
        self.assertEqual(engine.get("/health")[0], 200)
        self.assertEqual(engine.status()["reloads"]["done"], 0)
        self.assertNotIn("another's", engine.log())
        # Where the file is gone, the password that was last known goes on.
        os.unlink(path)
        self.database.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE usename = 'nexus_ingestion'")
        self.broker.publish_lines("dev/a", ['{"value":1,"seq":3}'])
        wait_until(lambda: self.database.count() == 3, "a row is stored")
        self.assertEqual(engine.stop(), 0)


if __name__ == "__main__":
    unittest.main()
