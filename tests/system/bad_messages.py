"""Every message of bad_messages.tsv has exactly the outcome that stands there."""

import csv
import json
import os
import random
import unittest

from flow import Flow
from services import run_process, wait_until

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bad_messages.tsv")


def random_hex(bytes):
    """The same each time, and hard to compress."""
    return random.Random(7).randbytes(bytes).hex()


class Case:
    def __init__(self, number, name, topic, arguments, payload, outcome, expected):
        self.name, self.expected, self.arguments = name, expected, arguments.split()
        self.topic = eval(topic, {"random_hex": random_hex}) if topic else f"dev/case/{number}"
        payload = eval(payload)
        self.payload = payload if isinstance(payload, bytes) else payload.encode()
        self.outcome, _, rows = outcome.partition(" ")
        self.rows = int(rows or 1)


def cases():
    with open(TABLE, newline="") as f:
        lines = [line for line in f if not line.startswith("#")]
    rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [Case(number, *row) for number, row in enumerate(rows, 1)]


class BadMessages(Flow):
    def publish(self, case):
        # An empty payload is -n; others come by standard input, of any length.
        how = ["-s"] if case.payload else ["-n"]
        run_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1",
                     "-t", case.topic, *how, *case.arguments], input=case.payload, check=True)

    def letters(self, engine):
        with open(engine.folder + "/dead-letters.ndjson", encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def count(self, where, topic):
        literal = "E'" + topic.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return int(self.database.psql_arguments(
            "nexus_historian", stdin=f"SELECT count(*) FROM metrics WHERE topic = {literal} AND ({where})"))

    def test_each_has_its_outcome(self):
        engine = self.engine()
        table = cases()
        self.assertGreater(len(table), 80)
        for case in table:
            self.publish(case)
        stored = sum(case.rows for case in table if case.outcome in ("stored", "parted"))
        rejected = sum(case.outcome in ("rejected", "parted") for case in table)
        dropped = sum(case.outcome == "dropped" for case in table)
        wait_until(lambda: engine.status()["accounting"]["received"] >= stored + rejected + dropped,
                   "all have come", 60)
        self.assertIn("balanced", engine.status()["accounting"])
        wait_until(lambda: engine.status()["accounting"]["in_flight"] == 0, "all have ended")
        letters = {letter["topic"]: letter for letter in self.letters(engine)}
        for case in table:
            with self.subTest(case.name):
                if case.outcome == "stored":
                    self.assertEqual(self.count(case.expected, case.topic), case.rows,
                                     letters.get(case.topic, {}).get("reason"))
                elif case.outcome in ("rejected", "parted"):
                    self.assertIn(case.topic, letters)
                    rows = case.rows if case.outcome == "parted" else 0
                    self.assertEqual(self.count("true", case.topic), rows)
                    node, reason = case.expected.split(": ", 1)
                    self.assertEqual(letters[case.topic]["node"], node)
                    self.assertIn(reason, letters[case.topic]["reason"])
                else:
                    self.assertIn(case.expected, engine.log())
        engine.assert_balanced(stored=stored, rejected_kept=rejected, dropped=dropped)
        # What is kept can be read again, byte for byte.
        utf16 = next(case for case in table if case.name == "UTF-16")
        self.assertEqual(letters[utf16.topic]["payload"].encode(), utf16.payload)
        self.assertLess(engine.memory("RssAnon"), 600 << 20)
        self.assertEqual(engine.stop(), 0)

    def test_small_messages_that_ask_for_gigabytes_are_letters_and_cost_little(self):
        engine = self.engine()
        points = "[" + ",".join(['{"v":1}'] * 30_000) + "]"
        for number in range(9):
            run_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1",
                         "-t", f"dev/{number}/" + "a" * 60_000, "-s"], input=points.encode(), check=True)
        wait_until(lambda: engine.status()["accounting"]["received"] == 9, "all have come")
        engine.assert_balanced(rejected_kept=9)
        for letter in self.letters(engine):
            self.assertIn("its points have more bytes than", letter["reason"])
        self.assertEqual(engine.metric("penstock_decoder_messages_over_limit_total"), 9)
        # What the log says of a topic fits on a line.
        self.assertLess(max(len(line) for line in engine.log().splitlines()), 2000)
        self.assertLess(engine.memory("RssAnon"), 600 << 20)

    def test_a_hundred_thousand_topics_are_as_good_as_one(self):
        engine = self.engine()
        machines = self.load(100_000, "--devices", "100000")
        self.assertEqual(machines.wait(120), 0)
        self.wait_stored(100_000)
        self.assertEqual(self.database.psql("SELECT count(DISTINCT topic) FROM metrics"), "100000")
        engine.assert_balanced(stored=100_000)


if __name__ == "__main__":
    unittest.main()
