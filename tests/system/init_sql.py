"""packaging/sql/init.sql succeeds on every server, makes a hypertable where it can, and says what
to do where it cannot yet."""

import os
import re
import unittest

from services import ROOT, Database, run_process, server_programs, temporary_folder, timescaledb_of

INIT = os.path.join(ROOT, "packaging", "sql", "init.sql")
INSTALLED = timescaledb_of(server_programs())


class InitSql(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def server(self, *conf, **how):
        """A server with these lines in its postgresql.conf."""
        self.database = Database(self.folder, **how)
        self.addCleanup(self.database.stop)
        self.configure(*conf)
        return self.database

    def configure(self, *conf):
        if conf:
            with open(self.database.folder + "/data/postgresql.conf", "a") as f:
                f.write("".join(f"{line}\n" for line in conf))
            self.database.stop()
            self.database.start()

    def run_init(self, role="postgres", database="nexus_historian", more=()):
        """Run as the packages' documentation has it."""
        return run_process(
            ["psql", "-X", "-q", *more, "-h", self.database.folder, "-p", str(self.database.port), "-U",
             role, "-d", database, "-f", INIT],
            capture_output=True, text=True)

    def init(self, *who, **more):
        """What it says on a server where it succeeds."""
        done = self.run_init(*who, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("ERROR", done.stderr)
        return done.stderr

    def insert(self, rows):
        self.database.psql("INSERT INTO metrics (time, topic, value) SELECT now() - n * interval '1 day',"
                           f" 'dev/a', n FROM generate_series(1, {rows}) n")

    def kind(self):
        return "hypertable" if self.database.is_hypertable() else "plain"

    def test_the_table_is_a_hypertable_where_the_extension_is_and_else_a_plain_one(self):
        self.server()
        self.assertEqual(self.kind(), "hypertable" if INSTALLED else "plain")
        self.insert(20)
        for _ in range(2):
            self.assertNotIn("WARNING", self.init())
        self.assertEqual(self.database.count(), 20)

    @unittest.skipUnless(INSTALLED, "TimescaleDB is not installed")
    def test_a_server_that_has_not_preloaded_the_extension_gets_a_plain_table_and_the_line_to_set(self):
        self.server("shared_preload_libraries = 'auto_explain'", plain=True)
        said = self.init()
        self.assertIn("TimescaleDB is installed but not preloaded: metrics is a plain table", said)
        self.assertIn("restart PostgreSQL, and run this script again", said)
        self.assertIn(f"Set this line in {self.database.folder}/data/postgresql.conf:", said)
        line = re.search(r"^ *(shared_preload_libraries = .*)", said, re.MULTILINE)[1]
        self.assertEqual(line, "shared_preload_libraries = 'auto_explain,timescaledb'")
        self.assertEqual(self.kind(), "plain")
        self.insert(20)
        # What it says, done.
        self.configure(line, "timescaledb.telemetry_level = off")
        self.assertNotIn("WARNING", self.init())
        self.assertEqual(self.kind(), "hypertable")
        self.assertEqual(self.database.count(), 20)
        self.assertEqual(self.database.psql("SELECT count(*) FROM ONLY metrics"), "0")

    @unittest.skipUnless(INSTALLED, "TimescaleDB is not installed")
    def test_a_server_that_no_longer_preloads_the_databases_extension_is_named(self):
        self.server()
        self.insert(20)
        self.database.stop()
        self.database.settings = []
        self.database.start()
        done = self.run_init()
        self.assertEqual(done.returncode, 3)
        self.assertIn("the database nexus_historian has the extension timescaledb, but the server does "
                      "not preload it", done.stderr)
        self.assertIn("Add timescaledb to shared_preload_libraries", done.stderr)
        self.assertNotIn("FATAL", done.stderr)

    @unittest.skipUnless(INSTALLED, "TimescaleDB is not installed")
    def test_settings_of_the_extension_alone_are_not_taken_for_it(self):
        self.server("timescaledb.max_background_workers = 8", plain=True)
        self.assertIn("shared_preload_libraries = 'timescaledb'", self.init())

    @unittest.skipUnless(INSTALLED, "TimescaleDB is not installed")
    def test_compressed_chunks_stay_when_it_is_run_again(self):
        self.server()
        self.insert(20)
        self.database.psql("SELECT remove_compression_policy('metrics')")  # its job would do the same
        self.database.psql("SELECT count(compress_chunk(c)) FROM show_chunks('metrics') c")
        self.assertNotIn("WARNING", self.init())
        self.assertEqual(self.database.count(), 20)

    @unittest.skipUnless(INSTALLED, "TimescaleDB is not installed")
    def test_the_apache_edition_gets_a_hypertable_without_compression(self):
        self.server("timescaledb.license = 'apache'")
        self.database.psql("DROP TABLE metrics, penstock_ledger")
        self.assertIn("has no compression", self.init())
        self.assertEqual(self.kind(), "hypertable")
        self.insert(20)

    @unittest.skipUnless(INSTALLED, "TimescaleDB is not installed")
    def test_an_extension_in_another_schema_is_found(self):
        self.server()
        self.database.psql("CREATE DATABASE second")
        self.database.psql("CREATE SCHEMA ext", "second")
        self.database.psql("CREATE EXTENSION timescaledb SCHEMA ext", "second")
        self.init("postgres", "second")
        self.assertEqual(self.database.psql("SELECT count(*) FROM timescaledb_information.hypertables",
                                            "second"), "1")

    def test_a_role_that_may_not_log_in_may_afterwards_and_an_empty_password_takes_none_away(self):
        self.server()
        self.database.psql("ALTER ROLE nexus_ingestion NOLOGIN")
        before = self.database.psql("SELECT rolpassword FROM pg_authid WHERE rolname = 'nexus_ingestion'")
        self.assertTrue(before)
        self.init(more=["-v", "password="])
        self.assertEqual(self.database.psql(
            "SELECT rolcanlogin, rolpassword FROM pg_authid WHERE rolname = 'nexus_ingestion'"), "t|" + before)

    def test_a_failure_ends_it_with_an_error(self):
        self.server(plain=True)
        self.database.psql("DROP TABLE metrics; CREATE VIEW metrics AS SELECT 1")
        done = self.run_init()
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stderr.count("ERROR"), 1)

    def another_database(self):
        """Of a role that may make roles and tables, and nothing on the server."""
        self.database.psql("CREATE ROLE owner LOGIN CREATEROLE; GRANT nexus_ingestion TO owner")
        self.database.psql("CREATE DATABASE second")
        self.database.psql("GRANT CREATE ON SCHEMA public TO owner", "second")

    @unittest.skipUnless(INSTALLED, "TimescaleDB is not installed")
    def test_a_role_that_may_not_create_the_extension_is_told_who_may(self):
        self.server()
        self.another_database()
        self.assertIn("Have a superuser run CREATE EXTENSION timescaledb in the database second",
                      self.init("owner", "second"))
        self.assertEqual(self.database.psql("SELECT count(*) FROM metrics", "second"), "0")
        self.database.psql("CREATE EXTENSION timescaledb", "second")
        self.assertNotIn("WARNING:  the role", self.init("owner", "second"))
        self.assertEqual(self.database.psql("SELECT count(*) FROM timescaledb_information.hypertables",
                                            "second"), "1")

    @unittest.skipUnless(INSTALLED, "TimescaleDB is not installed")
    def test_a_role_that_may_not_read_the_servers_settings_is_told_what_to_add(self):
        self.server("shared_preload_libraries = 'auto_explain'", plain=True)
        self.another_database()
        said = self.init("owner", "second")
        self.assertIn("shared_preload_libraries = '…,timescaledb'", said)
        self.assertNotIn("auto_explain", said)

    def test_a_role_that_is_no_superuser_makes_a_plain_table(self):
        self.server(plain=True)
        self.another_database()
        self.init("owner", "second")
        self.assertEqual(self.database.psql("SELECT count(*) FROM metrics", "second"), "0")


if __name__ == "__main__":
    unittest.main()
