"""Whatever a table, a trigger or a right refuses of a row costs that row alone: beside good rows, and
when a whole batch is of such rows while another lane stores good ones. And what is the server's fault
never makes a letter."""

import glob
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import SLOW, Flow  # noqa: E402
from services import wait_until  # noqa: E402

GOOD, BAD = 2_000 if SLOW else 10_000, 20
TRIGGER = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.topic LIKE 'dev/bad%' THEN {} END IF; RETURN NEW; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION refuse();"""
RAISE = TRIGGER.replace("{}", "RAISE EXCEPTION 'no' USING ERRCODE = '{}';")

# Cause: what makes the table refuse rows of dev/bad, and the SQLSTATE.
CAUSES = {
    "check": ("ALTER TABLE metrics ADD CHECK (topic NOT LIKE 'dev/bad%')", "23514"),
    "domain": ("CREATE DOMAIN good AS text CHECK (VALUE NOT LIKE 'dev/bad%');"
               "ALTER TABLE metrics ALTER topic TYPE good", "23514"),
    "raise": (TRIGGER.format("RAISE EXCEPTION 'no';"), "P0001"),
    "assert": (TRIGGER.format("ASSERT false, 'no';"), "P0004"),
    "feature not supported": (RAISE.format("0A000"), "0A000"),
    "insufficient privilege": (RAISE.format("42501"), "42501"),
    "unknown table in a trigger": (TRIGGER.format("INSERT INTO nowhere VALUES (1);"), "42P01"),
    "own class 45": (RAISE.format("45000"), "45000"),
    "object in use": (RAISE.format("55000"), "55000"),
    "internal error": (RAISE.format("XX000"), "XX000"),
    "cardinality": (TRIGGER.format("PERFORM (SELECT unnest(ARRAY[1,2]));"), "21000"),
    "foreign key": ("CREATE TABLE topics (topic text PRIMARY KEY); INSERT INTO topics VALUES ('dev/good');"
                    "GRANT SELECT ON topics TO nexus_ingestion;"
                    "ALTER TABLE metrics ADD FOREIGN KEY (topic) REFERENCES topics", "23503"),
    "exclusion": ("INSERT INTO metrics (time, topic) VALUES (now(), 'dev/bad');"
                  "ALTER TABLE metrics ADD EXCLUDE USING btree (topic WITH =) "
                  "WHERE (topic LIKE 'dev/bad%')", "23P01"),
    "not null": (TRIGGER.format("NEW.topic := NULL;"), "23502"),
    "row security": ("ALTER TABLE metrics ENABLE ROW LEVEL SECURITY;"
                     "CREATE POLICY good ON metrics FOR INSERT WITH CHECK (topic NOT LIKE 'dev/bad%');"
                     "CREATE POLICY all_of_it ON metrics FOR SELECT USING (true)", "42501"),
    "missing partition": ("DROP TABLE metrics; CREATE TABLE metrics (time timestamptz, topic text, "
                          "value float8, value_str text, quality smallint, metadata jsonb) "
                          "PARTITION BY LIST (topic); GRANT SELECT, INSERT ON metrics TO nexus_ingestion;"
                          "CREATE TABLE good PARTITION OF metrics FOR VALUES IN ('dev/good')", "23514"),
    "cast": (TRIGGER.format("NEW.value := NEW.topic::int;"), "22P02"),
    "division": (TRIGGER.format("NEW.value := 1 / (length(NEW.topic) - length(NEW.topic));"), "22012"),
}


class RefusedRows(Flow):
    def letters(self, engine):
        rows = []
        for path in glob.glob(engine.folder + "/dead-letters.ndjson*"):
            with open(path) as f:
                rows += [json.loads(line) for line in f]
        return rows

    def publish(self, topic, first, count):
        self.broker.publish_lines(topic, [f'{{"value":1,"seq":{first + i}}}' for i in range(count)])

    def good(self):
        return int(self.database.psql("SELECT count(DISTINCT metadata->>'seq') FROM metrics "
                                      "WHERE topic = 'dev/good'"))

    def judge(self, engine, state, good, bad):
        wait_until(lambda: self.good() == good, "the good rows are stored", 60)
        wait_until(lambda: len(self.letters(engine)) == bad, "each bad row is a letter", 60)
        for letter in self.letters(engine):
            self.assertEqual(letter["topic"], "dev/bad")
            self.assertIn(f"SQLSTATE {state}", letter["detail"])
        engine.assert_balanced(rejected_kept=bad)
        self.assertEqual(engine.get("/health")[0], 200)

    def refuse(self, cause):
        sql, state = CAUSES[cause]
        self.database.leave_columnstore()
        self.database.psql(sql)
        engine = self.engine()
        # Among good ones, in four lanes.
        self.publish("dev/good", 0, GOOD // 2)
        for i in range(BAD):
            self.publish("dev/bad", GOOD + i, 1)
            self.publish("dev/good", GOOD // 2 + i * (GOOD // 2 // BAD), GOOD // 2 // BAD)
        self.judge(engine, state, GOOD, BAD)
        # Batches of nothing else, while good ones are stored.
        for i in range(BAD):
            self.publish("dev/bad", 3 * GOOD + 10 * i, 10)
            wait_until(lambda: engine.status()["accounting"]["in_flight"] < 50, "it flows", 60)
            self.publish("dev/good", 2 * GOOD + 10 * i, 10)
        self.judge(engine, state, GOOD + 10 * BAD, 11 * BAD)
        self.assertEqual(engine.stop(), 0)


def test_of(cause):
    return lambda self: self.refuse(cause)


for each in CAUSES:
    setattr(RefusedRows, "test_" + each.replace(" ", "_"), test_of(each))


if __name__ == "__main__":
    unittest.main()
