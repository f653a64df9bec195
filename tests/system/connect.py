"""`penstock check --connect`: logins, subscriptions, tables and rights, tried against a real broker and
a real database, and what an operator must change."""

import glob
import json
import os
import socket
import unittest

from flow import Flow
from services import PENSTOCK, Broker, Database, Engine, free_port, run_process, temporary_folder

DYNAMIC_SECURITY = glob.glob("/usr/lib/*/mosquitto_dynamic_security.so")


class Connect(Flow):
    def check(self, pipeline=None, format="text", **variables):
        """Exit code and words, with the variables of an engine between broker and database."""
        engine = Engine(self.folder, pipeline or self.pipeline(), self.broker, self.database, "check",
                        **variables)
        done = run_process([PENSTOCK, "check", "--connect", "--format", format, engine.pipeline],
                           env=engine.environment, cwd=engine.folder, capture_output=True,
                           text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def assert_says(self, words, pipeline=None, **variables):
        code, text = self.check(pipeline, **variables)
        for each in [words] if isinstance(words, str) else words:
            self.assertIn(each, text)
        self.assertEqual(code, 1, text)

    def test_what_is_well_is_said_to_be_and_nothing_is_changed(self):
        code, text = self.check()
        self.assertEqual(code, 0, text)
        self.assertIn("note: nodes.mqtt: connected to " + self.broker.url +
                      " and subscribed to 2 topic filters", text)
        self.assertRegex(text, r"note: nodes\.database: connected to nexus_historian as "
                               r"nexus_ingestion \(PostgreSQL 1\d.*table and privileges are ok")
        self.assertEqual(self.database.count(), 0)
        found = json.loads(self.check(format="json")[1])
        self.assertEqual({each["severity"] for each in found}, {"note"})

    def test_an_engine_that_runs_keeps_its_session_and_all_of_its_messages(self):
        engine = self.engine()
        points = 60_000
        machines = self.load(points, "--rate", "15000")
        while machines.poll() is None:
            self.assertEqual(self.check(INGESTION_MQTT_CLIENT_ID="test-engine")[0], 0)
        self.assert_all_stored(points)
        self.assertEqual(engine.metric("penstock_mqtt_connections_lost_total"), 0)

    # ---- The broker ----

    def test_the_longest_client_id_is_tried_with_a_shorter_one(self):
        longest = "c" * 65_533 + "ö"  # in bytes, 65,535
        for receiver in ("bulk", "paho"):
            pipeline = self.pipeline(("qos           = 1", f'qos = 1\nreceiver = "{receiver}"'))
            code, text = self.check(pipeline, INGESTION_MQTT_CLIENT_ID=longest)
            self.assertEqual(code, 0, text)
        self.assert_says("client_id: is longer than 65,535 bytes", INGESTION_MQTT_CLIENT_ID=longest + "c")

    @unittest.skipUnless(DYNAMIC_SECURITY, "mosquitto has no dynamic security here")
    def test_an_acl_that_forbids_a_subscription_is_named_with_the_user_and_the_topic(self):
        for receiver in ("bulk", "paho"):
            with self.subTest(receiver), temporary_folder() as folder:
                self.guard(folder)
                pipeline = self.pipeline(("qos           = 1", f'qos = 1\nreceiver = "{receiver}"'))
                self.assert_says(
                    ["topics: the broker refused the subscription to $share/ingestion/uns/#",
                     'have the broker\'s access control allow the user "plant" to subscribe to '
                     "$share/ingestion/uns/#"], pipeline, MQTT_USERNAME="plant", MQTT_PASSWORD="ok")
                code, text = self.check(pipeline, MQTT_USERNAME="plant", MQTT_PASSWORD="ok",
                                        INGESTION_MQTT_TOPICS="$share/ingestion/dev/#")
                self.assertEqual(code, 0, text)
                self.broker.stop()

    @unittest.skipUnless(DYNAMIC_SECURITY, "mosquitto has no dynamic security here")
    def test_a_wrong_password_is_named_and_never_shown(self):
        with temporary_folder() as folder:
            self.guard(folder)
            code, text = self.check(MQTT_USERNAME="plant", MQTT_PASSWORD="guessed-wrong")
            self.assertEqual(code, 1)
            self.assertIn("broker_url: cannot connect to " + self.broker.url, text)
            self.assertIn("set username and password", text)
            self.assertNotIn("guessed-wrong", text)
            self.broker.stop()

    def guard(self, folder):
        """A broker on which the user `plant` may subscribe to dev/#, of any group, alone."""
        self.broker.stop()
        config = os.path.join(folder, "security.json")
        run_process(["mosquitto_ctrl", "dynsec", "init", config, "admin", "admin"], check=True,
                    capture_output=True)
        self.broker = Broker(folder, f"allow_anonymous false\nplugin {DYNAMIC_SECURITY[0]}\n"
                                     f"plugin_opt_config_file {config}\n")
        for command in (["createRole", "reader"],
                        ["addRoleACL", "reader", "subscribePattern", "$share/+/dev/#", "allow", "5"],
                        ["addRoleACL", "reader", "unsubscribePattern", "#", "allow", "5"],
                        ["createClient", "plant", "-p", "ok"],
                        ["addClientRole", "plant", "reader", "5"]):
            run_process(["mosquitto_ctrl", "-h", "127.0.0.1", "-p", str(self.broker.port), "-u",
                         "admin", "-P", "admin", "dynsec", *command], check=True,
                        capture_output=True)

    def test_a_broker_that_is_not_there_or_does_not_answer_is_told_apart(self):
        self.assert_says(["broker_url: cannot connect to tcp://localhost:", "Connection refused",
                          "start the broker, or check broker_url"],
                         INGESTION_MQTT_BROKER_URL=f"tcp://localhost:{free_port()}")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            pipeline = self.pipeline(("qos           = 1", 'qos = 1\nconnect_timeout = "1s"'))
            self.assert_says("check broker_url and firewalls",
                             pipeline, INGESTION_MQTT_BROKER_URL="tcp://127.0.0.1:%d"
                                                                 % silent.getsockname()[1])
        self.assert_says("check the host name in broker_url",
                         INGESTION_MQTT_BROKER_URL="tcp://no-such-host.invalid:1883")

    # ---- The database ----

    def test_a_table_that_does_not_fit_is_told_with_the_statements_that_mend_it(self):
        self.database.leave_columnstore()  # which allows no column that is NOT NULL
        self.database.psql("ALTER TABLE metrics DROP COLUMN value_str;"
                           "ALTER TABLE metrics ALTER COLUMN value TYPE bytea USING NULL;"
                           "ALTER TABLE metrics ADD COLUMN plant text NOT NULL;"
                           "REVOKE INSERT ON metrics FROM nexus_ingestion")
        said = [
            'table: it has no column "value_str": ALTER TABLE "metrics" ADD COLUMN "value_str" text',
            'table: its column "value" is bytea, which cannot hold the values of "value" (double precision): '
            'ALTER TABLE "metrics" ALTER COLUMN "value" TYPE double precision',
            'table: its column "plant" is NOT NULL without a default',
            'table: nexus_ingestion has no INSERT privilege on "metrics": GRANT INSERT ON "metrics" TO '
            '"nexus_ingestion"']
        self.assert_says(said)
        for statement in (said[0].split(": ", 2)[2], said[1].split(": ", 2)[2] + " USING NULL",
                          'ALTER TABLE "metrics" ALTER COLUMN plant SET DEFAULT \'here\'',
                          said[3].split(": ", 2)[2]):
            self.database.psql(statement)
        code, text = self.check()
        self.assertEqual(code, 0, text)

    def test_a_missing_table_is_told_unless_it_is_to_be_made(self):
        self.database.psql("DROP TABLE metrics")
        self.assert_says(["has no table \"metrics\"", "create it with sql/init.sql"])
        creates = self.pipeline(("pool_size   = 10", "pool_size = 10\ncreate_table = true"))
        self.assert_says("nexus_ingestion may not create it", creates)
        self.database.psql("GRANT CREATE ON SCHEMA public TO nexus_ingestion")
        code, text = self.check(creates)
        self.assertEqual(code, 0, text)
        self.assertEqual(self.database.psql("SELECT to_regclass('metrics') IS NULL"), "t")

    def test_the_ledger_the_unique_key_and_temporary_tables_are_looked_for(self):
        self.database.psql("REVOKE DELETE ON penstock_ledger FROM nexus_ingestion;"
                           "REVOKE TEMPORARY ON DATABASE nexus_historian FROM nexus_ingestion, PUBLIC;"
                           "REVOKE SELECT, UPDATE ON metrics FROM nexus_ingestion")
        pipeline = self.pipeline(("pool_size   = 10", 'pool_size = 10\ndelivery = "exactly_once"\n'
                                  'on_conflict = "update"\nconflict_key = ["time", "topic"]\nnewer_by = "time"'))
        self.assert_says(["ledger_table: nexus_ingestion has no DELETE privilege",
                          "GRANT TEMPORARY ON DATABASE",
                          "no SELECT privilege", "no UPDATE privilege",
                          "conflict_key: the table has no unique key of exactly these columns: CREATE "
                          'UNIQUE INDEX ON "metrics" ("time", "topic")'], pipeline)
        self.database.psql("CREATE UNIQUE INDEX ON metrics (topic, time);"
                           "GRANT SELECT, UPDATE ON metrics TO nexus_ingestion;"
                           "GRANT DELETE ON penstock_ledger TO nexus_ingestion;"
                           "GRANT TEMPORARY ON DATABASE nexus_historian TO nexus_ingestion")
        code, text = self.check(pipeline)
        self.assertEqual(code, 0, text)

    def test_a_database_that_does_not_let_in_is_told_apart(self):
        self.assert_says(["host: ", "Connection refused", "listen_addresses"],
                         INGESTION_DB_PORT=str(free_port()))
        code, text = self.check(INGESTION_DB_PASSWORD="guessed-wrong")
        self.assertIn("password authentication failed", text)
        self.assertIn("set user and password", text)
        self.assertNotIn("guessed-wrong", text)
        self.assert_says('database "elsewhere" does not exist', INGESTION_DB_NAME="elsewhere")
        self.assert_says("set host to a name that this machine can look up",
                         INGESTION_DB_HOST="no-such-host.invalid")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            pipeline = self.pipeline(("pool_size   = 10", 'pool_size = 10\nconnect_timeout = "2s"'))
            self.assert_says(["timeout expired", "look for a firewall"], pipeline,
                             INGESTION_DB_PORT=str(silent.getsockname()[1]))

    def test_a_read_only_server_is_told(self):
        self.database.psql("ALTER DATABASE nexus_historian SET default_transaction_read_only = on")
        self.assert_says("the server is read-only (a standby?); name the primary")

    # ---- Folders ----

    def test_folders_that_cannot_be_written_and_disks_that_are_too_small_are_told(self):
        self.assert_says("is a file, not a folder; choose another path", STATE_DIRECTORY=self.pipeline())
        code, text = self.check(INGESTION_BUFFER_BYTES="16000GiB")
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"warning: path: max_bytes is 16000GiB, but its disk has .* free")
        if os.geteuid() != 0:
            self.assert_says(["cannot use the intake folder //intake: Permission denied", "sudo install -d",
                              "cannot write //dead-letters.ndjson: Permission denied"],
                             STATE_DIRECTORY="/")


if __name__ == "__main__":
    unittest.main()
