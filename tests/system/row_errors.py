"""One bad row never costs its neighbours: what PostgreSQL refuses leaves with its reason, all else
is stored, and every point is accounted for."""

import json
import os
import re
import secrets
import signal
import unittest

from flow import EXACTLY_ONCE, SLOW, Flow
from services import ROOT, wait_until

GOOD = 4_000 if SLOW else 20_000

# What only the server knows to refuse: a constraint, a unique index, a trigger, a foreign key (checked
# at the end of a statement), a constraint that waits for COMMIT, and what jsonb and an index can't hold.
RULES = """
ALTER TABLE metrics ADD CONSTRAINT plausible CHECK (value IS NULL OR value < 1e9);
CREATE UNIQUE INDEX one_each ON metrics (topic, time) WHERE topic LIKE 'dev/unique/%';
CREATE FUNCTION only_weekdays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.topic = 'dev/sunday' THEN RAISE EXCEPTION 'not on a Sunday'; END IF; RETURN NEW; END $$;
CREATE TRIGGER weekdays BEFORE INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION only_weekdays();
CREATE TABLE units (unit TEXT PRIMARY KEY);
INSERT INTO units VALUES ('mm');
ALTER TABLE metrics ADD COLUMN unit TEXT GENERATED ALWAYS AS (metadata->>'ref') STORED;
ALTER TABLE metrics ADD FOREIGN KEY (unit) REFERENCES units;
ALTER TABLE metrics ADD CONSTRAINT late UNIQUE (value_str, time) DEFERRABLE INITIALLY DEFERRED;
GRANT SELECT ON units TO nexus_ingestion;
"""
REFUSED = {  # topic: payload, SQLSTATE, a word of reason or detail
    "dev/implausible": ('{"value":1e10}', "23514", "plausible"),
    "dev/unique/1": ('{"value":1,"ts":1700000000}', "23505", "one_each"),
    "dev/sunday": ('{"value":1}', "P0001", "not on a Sunday"),
    "dev/foreign": ('{"value":1,"ref":"furlong"}', "23503", "metrics_unit_fkey"),
    "dev/late": ('{"value":"twice","ts":1700000000}', "23505", "late"),
    "dev/huge-number": ('{"value":1,"n":1e400000}', "22003", "numeric"),
    "dev/long-topic/" + secrets.token_hex(20_000): ('{"value":1}', "54000", "index row"),
    "dev/deep": ('{"value":1,"n":' + "[" * 60 + "]" * 60 + "}", None, None),  # accepted
}


class RowErrors(Flow):
    def refuse_among_good_rows(self, *changes):
        self.database.leave_columnstore()  # which allows no generated column
        self.database.psql(RULES)
        self.database.psql("INSERT INTO metrics (time, topic, value_str) VALUES "
                           "(to_timestamp(1700000000), 'dev/unique/1', NULL), "
                           "(to_timestamp(1700000000), 'x', 'twice')")
        engine = self.engine(pipeline=self.pipeline(*changes))
        machines = self.load(GOOD, "--rate", "20000")
        for topic, (payload, _, _) in REFUSED.items():
            wait_until(lambda: engine.status()["accounting"]["received"] > 0, "points flow")
            self.broker.publish_bytes(topic, payload.encode())
        self.assertEqual(machines.wait(120), 0)
        refused = {topic: case for topic, case in REFUSED.items() if case[1]}
        self.wait_stored(GOOD)
        wait_until(lambda: len(self.letters(engine)) == len(refused), "all refused rows are kept")
        letters = {letter["topic"]: letter for letter in self.letters(engine)}
        for topic, (_, state, word) in refused.items():
            with self.subTest(topic):
                letter = letters[topic]
                self.assertEqual(letter["node"], "database")
                self.assertIn(f"SQLSTATE {state}", letter["detail"])
                self.assertIn(word, letter["reason"] + letter["detail"])
        stored = GOOD + len(REFUSED) - len(refused)
        self.assertEqual(self.database.count(), stored + 2)
        engine.assert_balanced(stored=stored, rejected_kept=len(refused))
        self.assertEqual(engine.stop(), 0)

    def test_refused_rows_cost_only_themselves_by_copy(self):
        self.refuse_among_good_rows()

    def test_refused_rows_cost_only_themselves_by_insert(self):
        self.refuse_among_good_rows(("parallelism = 4", "parallelism = 4\nuse_copy_protocol = false"))

    def test_refused_rows_cost_only_themselves_exactly_once(self):
        self.refuse_among_good_rows(EXACTLY_ONCE)

    def test_a_batch_full_of_bad_rows_costs_four_round_trips(self):
        self.database.stop()
        self.database.settings.append("log_statement=all")
        self.database.start()
        self.database.make_chunk()
        self.database.psql("ALTER TABLE metrics ADD CONSTRAINT none CHECK (value > 1e9)")
        engine = self.engine()
        points = 20_000
        machines = self.load(points)
        self.assertEqual(machines.wait(120), 0)
        wait_until(lambda: engine.status()["accounting"]["rejected_kept"] == points, "all are kept")
        with open(os.path.join(self.database.folder, "log")) as f:
            statements = re.findall(r"LOG:  statement: (BEGIN|COPY|SELECT \* FROM pg_temp|COMMIT|ROLLBACK)",
                                    f.read())
        batches = engine.metric("penstock_database_batches_written_total")
        self.assertLessEqual(len(statements), 4 * batches)
        self.assertEqual(self.database.count(), 0)
        self.assertIn("refused all", engine.log())
        engine.assert_balanced(stored=0, rejected_kept=points)

    def test_a_letter_that_was_not_yet_written_when_the_engine_was_killed_is_written_later(self):
        self.database.psql("ALTER TABLE metrics ADD CONSTRAINT plausible CHECK (value < 1e9)")
        nowhere = self.folder + "/nowhere/dead-letters.ndjson"
        engine = self.engine(pipeline=self.pipeline(
            EXACTLY_ONCE,
            ('"${STATE_DIRECTORY:-.}/dead-letters.ndjson"', f'"{nowhere}"')))
        self.broker.publish("dev/good", '{"value":1}')
        self.broker.publish("dev/bad", '{"value":1e10}')
        wait_until(lambda: self.database.count() == 1 and
                   engine.status()["dead_letters"]["lanes"]["retrying"] == 1, "the letter waits")
        engine.stop(signal.SIGKILL)
        os.mkdir(os.path.dirname(nowhere))
        engine.start().wait_ready()
        wait_until(lambda: os.path.exists(nowhere), "the letter is written")
        with open(nowhere) as f:
            letters = [json.loads(line) for line in f]
        self.assertEqual([letter["topic"] for letter in letters], ["dev/bad"])
        self.assertEqual(self.database.count(), 1)

    def test_a_character_that_the_databases_encoding_lacks_costs_only_its_row(self):
        self.database.psql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
                           database="postgres")
        with open(os.path.join(ROOT, "packaging", "sql", "init.sql")) as f:
            self.database.psql_arguments("latin", stdin=f.read())
        for copy in ("true", "false"):
            with self.subTest(use_copy_protocol=copy):
                engine = self.engine(f"latin-{copy}", pipeline=self.pipeline(
                    ("parallelism = 4", f"parallelism = 4\nuse_copy_protocol = {copy}")),
                    INGESTION_DB_NAME="latin", INGESTION_MQTT_CLIENT_ID="latin")
                self.database.psql("TRUNCATE metrics", database="latin")
                self.broker.publish("dev/latin", '[{"value":"°C"},{"value":"µm"}]')
                self.broker.publish("dev/greek", '{"value":"Ω"}')
                wait_until(lambda: len(self.letters(engine)) == 1, "the letter is kept")
                self.assertIn("SQLSTATE 22P05", self.letters(engine)[0]["detail"])
                engine.assert_balanced(stored=2, rejected_kept=1)
                self.assertEqual(self.database.psql("SELECT count(*) FROM metrics", "latin"), "2")
                self.assertEqual(engine.stop(), 0)

    def test_nul_is_replaced_or_rejected(self):
        payload = '{"value":"a\\u0000b","unit":"\\u0000","q\\u0000":1}'
        engine = self.engine("replacing")
        self.broker.publish("dev/nul", payload)
        wait_until(lambda: self.database.count() == 1, "it is stored")
        self.assertEqual(self.database.psql("SELECT value_str, metadata FROM metrics"),
                         'a\ufffdb|{"q\ufffd": 1, "unit": "\ufffd"}')
        self.assertEqual(engine.metric("penstock_database_points_mended_total"), 1)
        engine.assert_balanced(stored=1)
        engine.stop()
        # The same session: what the group is sent would else wait for the engine that is gone.
        engine = self.engine("rejecting", pipeline=self.pipeline(
            ("parallelism = 4", 'parallelism = 4\nnul = "reject"')),
            INGESTION_MQTT_CLIENT_ID="test-replacing")
        self.broker.publish("dev/nul", payload)
        wait_until(lambda: len(self.letters(engine)) == 1, "it is rejected")
        self.assertEqual(self.letters(engine)[0]["reason"], "value_str: U+0000")
        engine.assert_balanced(stored=0, rejected_kept=1)

    def test_a_key_that_is_there_is_an_error_is_ignored_or_updated(self):
        self.database.psql("CREATE UNIQUE INDEX one ON metrics (time, topic);"
                           "GRANT UPDATE ON metrics TO nexus_ingestion")
        for how, value in (("error", 1), ("ignore", 1), ("update", 3)):
            with self.subTest(how):
                self.database.psql("TRUNCATE metrics")
                key = "" if how == "error" else '\nconflict_key = ["time", "topic"]'
                engine = self.engine(how, pipeline=self.pipeline(
                    ("parallelism = 4", f'parallelism = 1\non_conflict = "{how}"{key}')),
                    INGESTION_MQTT_CLIENT_ID="one-session")
                for each in (1, 2, 3):
                    self.broker.publish("dev/same", f'{{"value":{each},"ts":1700000000}}')
                    wait_until(lambda: engine.status()["accounting"].items() >= {"received": each, "in_flight": 0}.items(),
                               "it has ended")
                self.assertEqual(self.database.psql("SELECT value FROM metrics"), str(value))
                engine.assert_balanced(rejected_kept=2 if how == "error" else 0)
                engine.stop()

    def test_two_of_one_key_in_one_batch_the_last_counts(self):
        self.database.psql("CREATE UNIQUE INDEX one ON metrics (time, topic);"
                           "GRANT UPDATE ON metrics TO nexus_ingestion")
        engine = self.engine(pipeline=self.pipeline(
            ("parallelism = 4", 'parallelism = 1\non_conflict = "update"\n'
                                'conflict_key = "time,topic"')))
        points = ",".join(f'{{"value":{i},"ts":1700000000}}' for i in range(10))
        self.broker.publish("dev/same", f"[{points}]")
        wait_until(lambda: self.database.count() == 1, "it is stored")
        self.assertEqual(self.database.psql("SELECT value FROM metrics"), "9")
        engine.assert_balanced(stored=1, passed_over=9)

    def test_without_the_right_to_stage_nothing_is_lost_and_health_says_what_is_missing(self):
        self.database.psql("ALTER TABLE metrics ADD CONSTRAINT plausible CHECK (value < 1e9);"
                           "REVOKE TEMPORARY ON DATABASE nexus_historian FROM PUBLIC, nexus_ingestion")
        engine = self.engine()
        self.broker.publish("dev/bad", '{"value":1e10}')
        self.broker.publish("dev/good", '{"value":1}')
        wait_until(lambda: "temporary tables" in engine.get("/health")[1], "health says it")
        self.database.psql("GRANT TEMPORARY ON DATABASE nexus_historian TO nexus_ingestion")
        wait_until(lambda: self.database.count() == 1, "the good one is stored")
        wait_until(lambda: len(self.letters(engine)) == 1, "the bad one is kept")
        engine.assert_balanced(stored=1, rejected_kept=1)


if __name__ == "__main__":
    unittest.main()
