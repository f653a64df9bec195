"""Behind pgbouncer in transaction mode, which gives a session to anybody between transactions: every
row is in its own pipeline's table, whichever way it goes."""

import os
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import EXACTLY_ONCE, Flow  # noqa: E402
from services import end_process, free_port, start_process, wait_until  # noqa: E402

POINTS = 400
PGBOUNCER = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
WAYS = {
    "plain": [],
    "exactly once": [EXACTLY_ONCE],
    "upsert": [("parallelism = 4", 'parallelism = 4\non_conflict = "update"\nconflict_key = "topic,time"\n'
                                   'newer_by = "time"')],
    "INSERT": [("pool_size   = 10", "pool_size   = 10\nuse_copy_protocol = false")],
}


@unittest.skipUnless(PGBOUNCER, "pgbouncer is not installed")
class Pooler(Flow):
    def start_pooler(self, sessions):
        self.port = free_port()
        folder = self.folder + "/pgbouncer"
        os.mkdir(folder)
        with open(folder + "/users", "w") as f:
            f.write(f'"nexus_ingestion" "{self.database.password}"\n')
        with open(folder + "/pgbouncer.ini", "w") as f:
            f.write(f"""[databases]
nexus_historian = host=127.0.0.1 port={self.database.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
""")
        user = self.database.user
        if user:
            for path in (folder, folder + "/users", folder + "/pgbouncer.ini"):
                shutil.chown(path, user, user)
        self.pooler = start_process([PGBOUNCER, folder + "/pgbouncer.ini"], user=user, cwd="/",
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(end_process, self.pooler)

    def pipeline_into(self, table, topics, way):
        path = self.pipeline(("${INGESTION_DB_PORT:-5432}", str(self.port)),
                             ("[nodes.database]", f'[nodes.database]\ntable = "{table}"'), *WAYS[way])
        moved = f"{self.folder}/{table}.toml"
        os.rename(path, moved)
        return moved

    def run_way(self, way):
        self.start_pooler(3)
        for table in ("one", "two", "three"):
            self.database.psql(f"CREATE TABLE {table} (LIKE metrics); ALTER TABLE {table} ADD CHECK (value <> 7);"
                               f"CREATE UNIQUE INDEX ON {table} (topic, time);"
                               f"GRANT SELECT, INSERT, UPDATE ON {table} TO nexus_ingestion")
        engines = {table: self.engine(table, pipeline=self.pipeline_into(table, table, way),
                                      INGESTION_MQTT_TOPICS=f"{table}/#") for table in ("one", "two")}

        def publish(table, first):
            self.broker.publish_lines(table + "/x", [
                f'{{"value":{7 if i % 50 == 3 else 1},"ts":{1700000000 + i},"seq":{i}}}'
                for i in range(first, first + POINTS // 4)])

        for part in range(3):
            for table in engines:
                publish(table, part * POINTS // 4)
        for table, engine in engines.items():
            engine.assert_balanced()
        # One goes on into another table.
        with open(engines["one"].pipeline) as f:
            text = f.read()
        with open(engines["one"].pipeline, "w") as f:
            f.write(text.replace('table = "one"', 'table = "three"'))
        wait_until(lambda: engines["one"].status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        self.reload(engines["one"])
        for table in engines:
            publish(table, 3 * POINTS // 4)
        for engine in engines.values():
            wait_until(lambda: engine.status()["accounting"]["received"] == POINTS, "all came in")
            engine.assert_balanced()
        bad = sum(1 for i in range(POINTS) if i % 50 == 3)
        rows = {table: int(self.database.psql(f"SELECT count(*) FROM {table}")) for table in ("one", "two", "three")}
        strangers = [self.database.psql(f"SELECT count(*) FROM {table} WHERE topic NOT LIKE '{topic}/%'")
                     for table, topic in (("one", "one"), ("two", "two"), ("three", "one"))]
        self.assertEqual(strangers, ["0", "0", "0"])
        self.assertEqual(rows["two"], POINTS - bad)
        self.assertEqual(rows["one"] + rows["three"], POINTS - bad)
        self.assertGreater(rows["three"], 0)
        for engine in engines.values():
            self.assertEqual(engine.stop(), 0)

    def test_what_another_client_leaves_in_a_session(self):
        self.start_pooler(1)  # which all share
        engine = self.engine(pipeline=self.pipeline(("${INGESTION_DB_PORT:-5432}", str(self.port))))
        self.database.leave_columnstore()
        self.database.psql("ALTER TABLE metrics ADD CHECK (value <> 7); CREATE SCHEMA staging; CREATE TABLE staging.metrics (LIKE metrics);"
                           "GRANT USAGE ON SCHEMA staging TO nexus_ingestion; GRANT ALL ON staging.metrics TO "
                           "nexus_ingestion; GRANT TEMPORARY ON DATABASE nexus_historian TO nexus_ingestion")
        for left in ("SET search_path = staging", "SET default_transaction_read_only = on",
                     "RESET default_transaction_read_only; CREATE TEMPORARY TABLE IF NOT EXISTS metrics (LIKE public.metrics)"):
            for part in range(6):
                subprocess.run(["psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "nexus_ingestion",
                                "nexus_historian", "-c", left], check=True, capture_output=True,
                               env={**os.environ, "PGPASSWORD": self.database.password})
                self.broker.publish_lines("dev/x", [f'{{"value":{part}}}'] * 10 + ['{"value":7}'])
                wait_until(lambda: engine.status()["accounting"]["in_flight"] == 0, "it is done", 30)
        engine.assert_balanced(stored=180, rejected_kept=18)
        self.assertEqual(self.database.psql("SELECT (SELECT count(*) FROM public.metrics), "
                                            "(SELECT count(*) FROM staging.metrics)"), "180|0")
        self.assertEqual(engine.stop(), 0)

    def reload(self, engine):
        done = engine.status()["reloads"]["done"]
        engine.process.send_signal(signal.SIGHUP)
        wait_until(lambda: engine.status()["reloads"]["done"] == done + 1, "it is reloaded")


def test_of(way):
    return lambda self: self.run_way(way)


for each in WAYS:
    setattr(Pooler, "test_" + each.replace(" ", "_"), test_of(each))


if __name__ == "__main__":
    unittest.main()
