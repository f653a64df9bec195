"""Dead letters, put through again after their cause was mended, are stored once each."""

import json
import os
import signal
import subprocess
import time
import unittest

from flow import EXACTLY_ONCE, Flow
from services import PENSTOCK, run_process, start_process, wait_until


class Replay(Flow):
    def letters(self, engine, replayed=None):
        with open(engine.folder + "/dead-letters.ndjson") as f:
            letters = [json.loads(line) for line in f]
        return [each for each in letters if replayed is None or each["replayed"] == replayed]

    def command(self, engine, *more):
        return [PENSTOCK, "replay", engine.folder + "/dead-letters.ndjson", "--pipeline",
                engine.pipeline, *more]

    def replay(self, engine):
        done = run_process(self.command(engine), env=engine.environment, cwd=engine.folder,
                           capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def understand_val(self, engine):
        """The decoder takes `val` for a value from its next start on."""
        with open(engine.pipeline) as f:
            text = f.read()
        with open(engine.pipeline, "w") as f:
            f.write(text.replace('plugin = "json_decoder"',
                                 'plugin = "json_decoder"\nvalue = ["value", "v", "val"]'))

    def publish_numbered(self, prefix, payloads):
        points = "\n".join(payloads)
        run_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1",
                     "-t", prefix, "-l"], input=points, text=True, check=True)

    def refuse(self, engine, count):
        self.database.make_chunk()
        self.publish_numbered("dev/refused", [
            f'{{"value":{1e10 + i},"unit":"°C","big":123456789012345678901234567890,"n":{i}}}'
            for i in range(count)])
        wait_until(lambda: engine.status()["accounting"]["rejected_kept"] >= count, "all are kept")

    def test_bad_elements_of_an_array_are_put_through_again_without_the_good_ones(self):
        pipeline = self.pipeline()
        engine = self.engine(pipeline=pipeline)
        self.publish_numbered("dev/array", [
            f'[{{"value":{i}}},{{"val":{i},"n":1}},{{"value":{i}}},{{"error":{i}}}]' for i in range(100)])
        wait_until(lambda: engine.status()["accounting"]["received"] == 300, "all have come")
        engine.assert_balanced(stored=200, rejected_kept=100)
        self.assertEqual(engine.metric("data_ingestion_parse_errors_total"), 100)
        self.assertEqual({letter["reason"] for letter in self.letters(engine)},
                         {"element 1: there is no value, and 1 more"})
        self.understand_val(engine)
        self.assertIn("200 points received, 100 stored, 100 rejected and kept", self.replay(engine))
        self.assertEqual(self.database.count(), 300)
        self.assertEqual(self.database.psql(
            "SELECT count(*) FROM (SELECT FROM metrics GROUP BY value HAVING count(*) = 3) AS each"), "100")

    def test_extra_columns_of_a_message_reach_the_table_and_its_letters(self):
        self.database.psql("ALTER TABLE metrics ADD retained boolean, ADD attributes jsonb")
        engine = self.engine(pipeline=self.pipeline(
            ('plugin        = "mqtt_source"',
             'plugin        = "mqtt_source"\nextra_columns = ["retained", "attributes"]')))
        for topic, payload in (("dev/good", '[{"value":1},{"value":2}]'), ("dev/bad", '{"val":3}'),
                               ("dev/half", '[{"value":4},{"val":5}]')):
            self.broker.publish(topic, payload, "-V", "5", "-D", "publish", "user-property", "from", topic)
        wait_until(lambda: engine.status()["accounting"]["received"] == 5, "all have come")
        engine.assert_balanced(stored=3, rejected_kept=2)
        self.understand_val(engine)
        self.assertIn("2 stored", self.replay(engine))
        self.assertEqual(
            self.database.psql("SELECT value, topic, retained, attributes->'user_properties'->>'from' "
                               "FROM metrics ORDER BY value").splitlines(),
            [f"{value}|{topic}|f|{topic}" for value, topic in
             ((1, "dev/good"), (2, "dev/good"), (3, "dev/bad"), (4, "dev/half"), (5, "dev/half"))])

    def test_refused_and_unreadable_messages_are_stored_once_after_mending(self):
        self.database.psql("ALTER TABLE metrics ADD CONSTRAINT plausible CHECK (value < 1e9)")
        engine = self.engine(pipeline=self.pipeline())
        self.publish_numbered("dev/good", [f'{{"value":{i}}}' for i in range(50)])
        self.refuse(engine, 300)
        # Three kinds that the decoder refuses, of which one will be understood.
        self.publish_numbered("dev/other-name", [f'{{"val":{i}}}' for i in range(200)])
        self.publish_numbered("dev/broken", ["broken"] * 20)
        self.broker.publish_bytes("dev/bytes", b'\xff{"value":1}')
        wait_until(lambda: engine.status()["accounting"]["rejected_kept"] == 521, "all are kept")
        self.assertEqual(self.database.count(), 50)

        self.database.psql("ALTER TABLE metrics DROP CONSTRAINT plausible")
        self.understand_val(engine)
        said = self.replay(engine)  # beside the engine, which goes on
        self.assertIn("300 points received, 300 stored", said)
        self.assertIn("221 points received, 200 stored, 21 rejected and kept", said)
        self.assertEqual(self.database.count(), 550)
        self.assertEqual(self.database.count("topic = 'dev/refused' AND value = 1e10 + "
                                             "(metadata->>'n')::int AND metadata->>'unit' = '°C' AND "
                                             "metadata->>'big' = '123456789012345678901234567890'"), 300)
        self.assertEqual(self.database.psql("SELECT count(DISTINCT value) FROM metrics "
                                            "WHERE topic = 'dev/other-name'"), "200")
        # Its time is that of its first coming, not that of the replay.
        self.assertEqual(self.database.count("topic = 'dev/other-name' AND time > now() - interval '1 h'"),
                         200)
        self.assertEqual(len(self.letters(engine, True)), 521)
        again = self.letters(engine, False)
        self.assertEqual({letter["topic"] for letter in again}, {"dev/broken", "dev/bytes"})
        self.assertEqual(len(again), 21)

        said = self.replay(engine)  # safe to repeat
        self.assertIn("21 points received, 0 stored, 21 rejected and kept", said)
        self.assertEqual(self.database.count(), 550)
        self.assertEqual([name for name in os.listdir(engine.folder) if "replay" in name], [])
        engine.assert_balanced(stored=50, rejected_kept=521)

    def test_a_replay_that_was_killed_goes_on_and_stores_each_once(self):
        self.database.psql("ALTER TABLE metrics ADD CONSTRAINT plausible CHECK (value < 1e9)")
        engine = self.engine(pipeline=self.pipeline(
            EXACTLY_ONCE))
        self.refuse(engine, 3000)
        engine.stop()
        self.database.psql("ALTER TABLE metrics DROP CONSTRAINT plausible")
        self.database.psql("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
                           "$$ BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$;"
                           "CREATE TRIGGER wait BEFORE INSERT ON metrics FOR EACH STATEMENT "
                           "EXECUTE FUNCTION wait()")
        for _ in range(3):
            process = start_process(self.command(engine), env=engine.environment, cwd=engine.folder,
                                    stderr=subprocess.DEVNULL)
            time.sleep(0.7)  # in mid-work, wherever that is
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.replay(engine)
        self.assertEqual(self.database.psql("SELECT count(*), count(DISTINCT metadata->>'n') "
                                            "FROM metrics"), "3000|3000")
        self.assertEqual(len(self.letters(engine, True)), 3000)

    def test_what_is_stored_is_what_would_have_been_and_only_where_it_was_refused(self):
        """A decoder of other names, and two sinks, of which one refuses."""
        self.database.psql("CREATE TABLE strict (LIKE metrics, CHECK (value < 1e9));"
                           "GRANT ALL ON strict TO nexus_ingestion")
        with open(self.pipeline()) as f:
            text = f.read()
        text = text.replace('plugin = "json_decoder"', 'plugin = "json_decoder"\nvalue = ["val"]\n'
                            'time = ["at"]\nquality = ["state"]\nrename = ["u:unit", "unit:u"]')
        text = text.replace('"database.rejected"', '"database.rejected", "strict.rejected"')
        text = text.replace('parallelism = 4', 'parallelism = 4\ndelivery = "exactly_once"')
        sink = text[text.index("[nodes.database]"):text.index("# What could not")]
        text += sink.replace("nodes.database", "nodes.strict") + 'table = "strict"\n'
        path = os.path.join(self.folder, "two.toml")
        with open(path, "w") as f:
            f.write(text)
        engine = self.engine(pipeline=path)
        self.publish_numbered("dev/a", [f'{{"val":{1e10 * (i % 2) + i},"at":"2024-03-04T05:06:07.123456Z",'
                                        f'"state":9007,"u":"m","value":3,"n":9007199254740993}}'
                                        for i in range(20)])
        wait_until(lambda: engine.status()["accounting"]["rejected_kept"] == 10, "all are kept")
        self.assertEqual(self.database.count(), 20)
        self.database.psql("ALTER TABLE strict DROP CONSTRAINT strict_value_check")
        self.replay(engine)
        self.assertEqual(self.database.count(), 20)
        columns = "SELECT time, topic, value, value_str, quality, metadata FROM"
        self.assertEqual(self.database.psql(f"SELECT count(*) FROM ({columns} metrics INTERSECT ALL "
                                            f"{columns} strict) both_have"), "20")
        self.assertEqual(self.database.psql("SELECT count(*) FROM strict"), "20")

    def test_what_is_wrong_is_said(self):
        engine = self.engine(pipeline=self.pipeline())
        done = run_process(self.command(engine), env=engine.environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("dead-letters.ndjson: No such file or directory", done.stderr)
        with open(engine.folder + "/dead-letters.ndjson", "w"):
            pass
        done = run_process(self.command(engine, "--into", "decodr"), env=engine.environment,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn('there is no node "decodr" to replay into (did you mean "decoder"?)', done.stderr)
        with open(engine.folder + "/dead-letters.ndjson", "w") as f:
            f.write('{"topic":"dev/a","payload":"{}"}\n')
        self.assertIn("not a dead letter", self.replay(engine))


if __name__ == "__main__":
    unittest.main()
