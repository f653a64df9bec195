"""Whatever a table, a trigger or a right refuses of a row costs that row alone: beside good rows, and
when a whole batch is of such rows while another lane stores good ones. And what is the server's fault
never makes a letter."""

import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import Flow  # noqa: E402
from services import start_process, wait_until  # noqa: E402

GOOD, BAD = 2_000, 100
BURSTS, BURST = 5, 10
ATTEMPTS = "data_ingestion_write_errors_total"
TRIGGER = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.quality = 7 THEN {} END IF; RETURN NEW; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION refuse();"""
RAISE = TRIGGER.replace("{}", "RAISE EXCEPTION 'no' USING ERRCODE = '{}';")

# Cause: what makes the table refuse rows of quality 7, and the SQLSTATE.
CAUSES = {
    "check": ("ALTER TABLE metrics ADD CHECK (quality <> 7)", "23514"),
    "domain": ("CREATE DOMAIN good AS smallint CHECK (VALUE <> 7);"
               "ALTER TABLE metrics ALTER quality TYPE good", "23514"),
    "raise": (TRIGGER.format("RAISE EXCEPTION 'no';"), "P0001"),
    "assert": (TRIGGER.format("ASSERT false, 'no';"), "P0004"),
    "feature not supported": (RAISE.format("0A000"), "0A000"),
    "insufficient privilege": (RAISE.format("42501"), "42501"),
    "unknown table in a trigger": (TRIGGER.format("INSERT INTO nowhere VALUES (1);"), "42P01"),
    "own class 45": (RAISE.format("45000"), "45000"),
    "object in use": (RAISE.format("55000"), "55000"),
    "internal error": (RAISE.format("XX000"), "XX000"),
    "cardinality": (TRIGGER.format("PERFORM (SELECT unnest(ARRAY[1,2]));"), "21000"),
    "foreign key": ("CREATE TABLE qualities (quality smallint PRIMARY KEY); INSERT INTO qualities VALUES (192);"
                    "GRANT SELECT ON qualities TO nexus_ingestion;"
                    "ALTER TABLE metrics ADD FOREIGN KEY (quality) REFERENCES qualities", "23503"),
    "exclusion": ("INSERT INTO metrics (time, topic, quality) VALUES (now(), 'first', 7);"
                  "ALTER TABLE metrics ADD EXCLUDE USING btree (quality WITH =) WHERE (quality = 7)", "23P01"),
    "not null": (TRIGGER.format("NEW.topic := NULL;"), "23502"),
    "row security": ("ALTER TABLE metrics ENABLE ROW LEVEL SECURITY;"
                     "CREATE POLICY good ON metrics FOR INSERT WITH CHECK (quality <> 7);"
                     "CREATE POLICY all_of_it ON metrics FOR SELECT USING (true)", "42501"),
    "missing partition": ("DROP TABLE metrics; CREATE TABLE metrics (time timestamptz, topic text, "
                          "value float8, value_str text, quality smallint, metadata jsonb) "
                          "PARTITION BY LIST (quality); GRANT SELECT, INSERT ON metrics TO nexus_ingestion;"
                          "CREATE TABLE good PARTITION OF metrics FOR VALUES IN (192)", "23514"),
    "put off until COMMIT": ("CREATE TABLE qualities (quality smallint PRIMARY KEY); INSERT INTO qualities VALUES (192);"
                             "GRANT SELECT ON qualities TO nexus_ingestion;"
                             "ALTER TABLE metrics ADD FOREIGN KEY (quality) REFERENCES qualities DEFERRABLE;" +
                             TRIGGER.format("SET CONSTRAINTS ALL DEFERRED;"), "23503"),
    "inheritance": ("CREATE TABLE child (CHECK (quality <> 7)) INHERITS (metrics);"
                    "GRANT SELECT, INSERT ON child TO nexus_ingestion;"
                    "CREATE FUNCTION move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.quality = 7 THEN "
                    "RAISE EXCEPTION 'no' USING ERRCODE = '45000'; END IF; INSERT INTO child VALUES (NEW.*); "
                    "RETURN NULL; END $$;"
                    "CREATE TRIGGER move BEFORE INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION move()", "45000"),
    "cast": (TRIGGER.format("NEW.value := NEW.topic::int;"), "22P02"),
    "division": (TRIGGER.format("NEW.value := 1 / (length(NEW.topic) - length(NEW.topic));"), "22012"),
    "frozen chunk": ("""INSERT INTO metrics (time, topic) VALUES ('2020-01-01', 'first');
                     SELECT _timescaledb_functions.freeze_chunk(show_chunks('metrics', '2020-02-01'::timestamptz))""",
                     "0A000"),
}
# Of a whole table, which a partition or a constraint of a hypertable cannot do.
OF_PLAIN_TABLES = ("exclusion", "missing partition", "inheritance")


class Rows(Flow):
    def publisher(self):
        process = start_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1",
                                 "-t", "dev/x", "-l"], stdin=subprocess.PIPE, text=True)
        self.addCleanup(process.stdin.close)
        return process

    def publish(self, to, count, good=True, every=0):
        """Messages, each with a number; with `every`, one in so many is a bad one."""
        for i in range(count):
            is_bad = not good or (every and i % every == 0)
            # A bad one is late, too.
            rest = '"quality":7,"ts":1577880000' if is_bad else f'"ts":{1700000000 + self.good_ones}'
            self.good_ones += 0 if is_bad else 1
            self.bad_ones += 1 if is_bad else 0
            to.stdin.write(f'{{"value":1,"seq":{self.good_ones + self.bad_ones},{rest}}}\n')
        to.stdin.flush()

    def good(self):
        return int(self.database.psql("SELECT count(DISTINCT metadata->>'seq') FROM metrics WHERE quality = 192 "
                                      "AND metadata ? 'seq'"))

    def judge(self, engine, state):
        wait_until(lambda: self.good() == self.good_ones, "the good rows are stored", 60)
        wait_until(lambda: len(self.letters(engine)) == self.bad_ones, "each bad row is a letter", 60)
        for letter in self.letters(engine):
            self.assertEqual(letter["quality"], 7)
            self.assertIn(f"SQLSTATE {state}", letter["detail"])
        engine.assert_balanced(rejected_kept=self.bad_ones)
        wait_until(lambda: engine.get("/health")[0] == 200, "it is healthy", 30)


class RefusedRows(Rows):
    def refuse(self, cause):
        sql, state = CAUSES[cause]
        if cause == "frozen chunk" and not self.database.is_hypertable():
            self.skipTest("needs TimescaleDB")
        if cause in OF_PLAIN_TABLES and self.database.is_hypertable():
            self.skipTest("a hypertable cannot have it")
        self.good_ones = self.bad_ones = 0
        self.database.leave_columnstore()
        self.database.psql(sql)
        engine = self.engine()
        to = self.publisher()
        # Among good ones, in four lanes.
        self.publish(to, GOOD, every=GOOD // BAD)
        self.judge(engine, state)
        # Batches of nothing else, while good ones are stored.
        for _ in range(BURSTS):
            for good in (False, True):
                self.publish(to, BURST, good)
                time.sleep(0.15)
        self.judge(engine, state)
        # In all lanes, and after a restart, when no lane has stored anything.
        self.assertEqual(engine.stop(), 0)
        engine.start().wait_ready()
        counted = self.bad_ones
        for _ in range(BURSTS):
            self.publish(to, BURST, good=False)
            time.sleep(0.15)
        wait_until(lambda: len(self.letters(engine)) == self.bad_ones, "each bad row is a letter", 60)
        engine.assert_balanced(rejected_kept=self.bad_ones - counted)
        self.assertEqual(self.good(), self.good_ones)
        self.assertEqual(engine.stop(), 0)


class NothingKnown(Rows):
    """Of the table, since it is empty or the role may not read it, when all lanes get bad rows first."""

    def judge_later(self, prepare):
        self.good_ones = self.bad_ones = 0
        self.database.leave_columnstore()
        self.database.psql(RAISE.format("45000") + prepare)
        engine = self.engine()
        to = self.publisher()
        for _ in range(2 * BURSTS):
            self.publish(to, BURST, good=False)
            time.sleep(0.15)
        self.publish(to, BURST)
        self.judge(engine, "45000")
        self.assertEqual(engine.stop(), 0)

    def test_an_empty_table(self):
        self.judge_later("")

    def test_a_role_that_may_only_insert(self):
        self.judge_later("INSERT INTO metrics (time, topic) VALUES (now(), 'first');"
                         "REVOKE SELECT ON metrics FROM nexus_ingestion")


class FaultyTables(Rows):
    """The table, not the rows: the batch waits, and nothing becomes a letter."""

    options = ()
    UNIQUE = "CREATE UNIQUE INDEX ON metrics (topic, time);"
    AFTER = """CREATE TABLE latest (topic text); GRANT INSERT ON latest TO nexus_ingestion;
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          INSERT INTO latest VALUES (NEW.topic); RETURN NULL; END $$;
        CREATE TRIGGER note AFTER INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION note();"""

    def wait_for(self, prepare, fault, mend, words):
        self.good_ones = self.bad_ones = 0
        self.database.leave_columnstore()
        self.database.psql(prepare + TRIGGER.format("RAISE EXCEPTION 'no' USING ERRCODE = '42501';"))
        engine = self.engine(pipeline=self.pipeline(*[("parallelism = 4", each) for each in self.options]))
        to = self.publisher()
        # An error that was proven to be a row's is not always one.
        self.publish(to, 100, every=10)
        wait_until(lambda: self.good() == self.good_ones, "the good rows are stored", 30)
        wait_until(lambda: len(self.letters(engine)) == 10, "each bad row is a letter", 30)
        self.database.psql(fault)
        for _ in range(BURSTS):
            self.publish(to, BURST)
            time.sleep(0.15)
        wait_until(lambda: words in engine.get("/health")[1], f"health says {words!r}", 30)
        tried = engine.metric(ATTEMPTS)
        wait_until(lambda: engine.metric(ATTEMPTS) >= tried + 8, "it is tried again and again", 60)
        self.assertEqual(len(self.letters(engine)), 10)
        self.database.psql(mend)
        self.judge(engine, "42501")
        self.assertEqual(engine.stop(), 0)

    def test_what_one_sink_may_proves_nothing_of_another(self):
        self.good_ones = self.bad_ones = 0
        self.database.leave_columnstore()
        self.database.psql("GRANT UPDATE ON metrics TO nexus_ingestion; CREATE UNIQUE INDEX ON metrics (topic, time)")
        key = 'conflict_key = "topic,time"\n'
        with open(self.pipeline()) as f:
            text = f.read()
        begin, end = text.index("[nodes.database]"), text.index("[nodes.dead_letters]")
        first = text[begin:end] + 'on_conflict = "ignore"\n' + key
        second = text[begin:end].replace("database]", "second]") + 'on_conflict = "update"\nnewer_by = "time"\n' + key
        path = self.folder + "/two.toml"
        with open(path, "w") as f:
            f.write(text[:begin] + first + second + text[end:].replace('"database.rejected"',
                                                                       '"database.rejected", "second.rejected"'))
        engine = self.engine(pipeline=path)
        to = self.publisher()
        self.publish(to, 20)
        wait_until(lambda: self.good() == 20, "the first are stored", 30)
        self.database.psql("REVOKE UPDATE ON metrics FROM nexus_ingestion")
        for _ in range(BURSTS):
            self.publish(to, BURST)
            time.sleep(0.15)
        wait_until(lambda: "GRANT UPDATE ON" in engine.get("/health")[1], "health says what to do", 30)
        tried = engine.metric(ATTEMPTS)
        wait_until(lambda: engine.metric(ATTEMPTS) >= tried + 8, "it is tried again and again", 60)
        self.assertEqual(self.letters(engine), [])
        self.database.psql("GRANT UPDATE ON metrics TO nexus_ingestion")
        wait_until(lambda: engine.get("/health")[0] == 200, "it is healthy", 30)
        engine.assert_balanced(rejected_kept=0)

    def test_a_right_that_is_taken_away(self):
        self.wait_for("", "REVOKE INSERT ON metrics FROM nexus_ingestion",
                      "GRANT INSERT ON metrics TO nexus_ingestion", "GRANT INSERT ON")

    def test_a_key_that_upserts_need_is_gone(self):
        self.options = ('parallelism = 4\non_conflict = "ignore"\nconflict_key = ["topic", "time"]',)
        self.wait_for("CREATE UNIQUE INDEX one ON metrics (topic, time);", "DROP INDEX one",
                      "CREATE UNIQUE INDEX one ON metrics (topic, time)", "no unique or exclusion constraint")

    def wait_for_trigger(self, key, *fault):
        self.options = ("parallelism = 4\n" + key,)
        self.wait_for(self.UNIQUE + "GRANT UPDATE ON metrics TO nexus_ingestion;" + self.AFTER, *fault)


class MendedInBetween(Rows):
    def test_rows_refused_before_the_table_was_mended_are_no_letters(self):
        """What proves that the table takes rows may come only after its fault was mended: here the good
        row itself mends it, and the rows that were refused before are tried again."""
        self.good_ones = self.bad_ones = 0
        self.database.leave_columnstore()
        engine = self.engine()
        to = self.publisher()
        self.publish(to, 1)
        wait_until(lambda: self.good() == 1, "the good row is stored", 30)
        # What a sequence counts is not undone by a rollback.
        self.database.psql("""CREATE SEQUENCE mended; GRANT USAGE, SELECT ON mended TO nexus_ingestion;
            CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF NEW.metadata->>'seq' = '1' THEN PERFORM nextval('mended');
              ELSIF NOT (SELECT is_called FROM mended) THEN RAISE EXCEPTION 'no' USING ERRCODE = '45000';
              END IF; RETURN NEW; END $$;
            CREATE TRIGGER mend BEFORE INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION mend()""")
        self.publish(to, BURST)
        self.judge(engine, "45000")
        self.assertEqual(self.database.psql("SELECT is_called FROM mended"), "t")
        self.assertEqual(engine.stop(), 0)


# What is broken behind a trigger, what mends it, and what health says.
BEHIND_A_TRIGGER = {
    "table": ("ALTER TABLE latest RENAME TO gone", "ALTER TABLE gone RENAME TO latest", "the table refused all"),
    "right": ("REVOKE INSERT ON latest FROM nexus_ingestion", "GRANT INSERT ON latest TO nexus_ingestion",
              "permission denied for table latest"),
}
# A row that the table has proves nothing where its key makes it pass by.
KEYS = {
    "error": "",
    "ignore": 'on_conflict = "ignore"\nconflict_key = ["topic", "time"]',
    "update": 'on_conflict = "update"\nconflict_key = ["topic", "time"]\nnewer_by = "time"',
}


def test_of_trigger(key, fault):
    return lambda self: self.wait_for_trigger(key, *fault)


for word, key in KEYS.items():
    for what, fault in BEHIND_A_TRIGGER.items():
        setattr(FaultyTables, f"test_a_{what}_behind_a_trigger_that_is_gone_with_{word}", test_of_trigger(key, fault))


def test_of(cause):
    return lambda self: self.refuse(cause)


for each in CAUSES:
    setattr(RefusedRows, "test_" + each.replace(" ", "_"), test_of(each))


if __name__ == "__main__":
    unittest.main()
