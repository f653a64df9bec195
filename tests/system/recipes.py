"""The recipes: what becomes of the messages of their tests, and that PostgreSQL makes the same of them."""

import base64
import datetime
import glob
import json
import os
import re
import tomllib
import unittest

from services import PENSTOCK, ROOT, Database, run_process, temporary_folder
from sql import FUNCTIONS, VERSION

RECIPES = os.path.join(ROOT, "pipelines", "recipes")
BEGIN = r"""
SET client_min_messages = error;
SET jit = off;
CREATE FUNCTION pg_temp.text_of(payload bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN convert_from(payload, 'UTF8'); EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;
CREATE FUNCTION pg_temp.json_of(document text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN RETURN document::jsonb; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;
CREATE TEMPORARY TABLE input (topic text, payload bytea, received timestamptz, text text, body jsonb);
\set ON_ERROR_STOP off
"""


def read_rows(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def payload_of(message):
    encoded = message.get("payload_base64")
    return base64.b64decode(encoded) if encoded is not None else message["payload"].encode()


def is_json(payload):
    def refuse(word):
        raise ValueError(word)

    try:
        json.loads(payload.decode(), parse_constant=refuse)
        return True
    except ValueError:
        return False


def comparable(row, types):
    """Times as instants, numbers as numbers, jsonb as JSON; without what is NULL."""
    def value_of(name, value):
        if types[name].startswith("timestamp"):
            return datetime.datetime.fromisoformat(value)
        if types[name] in ("double precision", "real", "numeric", "smallint", "integer", "bigint"):
            return float(value)
        if not isinstance(value, str):
            return value
        # `penstock sql` prints a text that is an object as this object.
        is_document = types[name] == "jsonb" or (value.startswith("{") and is_json(value.encode()))
        return json.loads(value) if is_document else value

    return {name: value_of(name, value) for name, value in row.items() if value is not None}


def in_order(rows):
    return sorted(rows, key=lambda row: repr(sorted(row.items())))


def source_of(message):
    """What a dead letter has in common with its message, which it may be a part of."""
    return message["topic"], datetime.datetime.fromisoformat(message["received"])


class Recipes(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.database = Database(cls.enterClassContext(temporary_folder()), plain=True)
        cls.addClassCleanup(cls.database.stop)
        cls.database.psql_file(FUNCTIONS)
        cls.version = int(cls.database.psql("SHOW server_version_num")) // 10000

    def in_postgresql(self, query, messages):
        """The types of the result's columns, and of each message the rows, or None where the query fails."""
        script = [BEGIN, f"{query}\n\\gdesc\n"]
        for message in messages:
            topic, received = (message[name].replace("'", "''") for name in ("topic", "received"))
            script.append(
                "TRUNCATE input;\n"
                f"INSERT INTO input SELECT '{topic}', p, '{received}', t, pg_temp.json_of(t) "
                f"FROM (VALUES ('\\x{payload_of(message).hex()}'::bytea)) v(p), pg_temp.text_of(p) t;\n"
                f"SELECT row_to_json(q) FROM (\n{query}\n) q;\n\\echo @ :ERROR\n")
        done = run_process(self.database.psql_command(), input="".join(script), capture_output=True, text=True)
        types, results, rows = {}, [], []
        for line in done.stdout.splitlines():
            if line.startswith("@ "):
                results.append(None if line == "@ true" else [comparable(row, types) for row in rows])
                rows = []
            elif line.startswith("{"):
                rows.append(json.loads(line))
            else:
                name, types[name] = line.split("|")[0], line.split("|")[1]
        self.assertEqual(len(results), len(messages), done.stderr)
        return types, results

    def in_penstock(self, pipeline, node, messages, types):
        """Of each message the rows, and the numbers of the messages for which the query fails."""
        done = run_process([PENSTOCK, "sql", "--pipeline", pipeline, "--node", node, "--input", messages,
                            "--row-numbers", "--format", "ndjson"], capture_output=True, text=True)
        results = {}
        for line in done.stdout.splitlines():
            row = json.loads(line)
            results.setdefault(row.pop("n"), []).append(comparable(row, types))
        return results, {int(number) for number in re.findall(r"^row (\d+): ", done.stderr, re.M)}

    def compare(self, recipe, name, node, query):
        folder = os.path.join(RECIPES, "tests", name)
        path = os.path.join(folder, "input.ndjson")
        messages = read_rows(path)
        types, theirs = self.in_postgresql(query, messages)
        ours, failed = self.in_penstock(recipe, node, path, types)
        for number, (message, rows) in enumerate(zip(messages, theirs), 1):
            with self.subTest(recipe=name, message=message):
                if rows is None:
                    self.assertIn(number, failed, "fails in PostgreSQL only")
                elif number in failed:
                    # Its table has NULL where there is no document.
                    self.assertFalse(is_json(payload_of(message)), "fails in Penstock only")
                else:
                    self.assertEqual(ours.get(number, []), rows)
        # The files of a test are in the order of their text.
        expected = [comparable(row, types) for row in read_rows(os.path.join(folder, "expected.database.ndjson"))]
        letters = {source_of(letter) for letter in read_rows(os.path.join(folder, "expected.dead_letters.ndjson"))}
        with self.subTest(recipe=name):
            self.assertEqual(in_order(row for rows in ours.values() for row in rows), in_order(expected))
            self.assertEqual({source_of(messages[number - 1]) for number in failed}, letters)
        print(f"{name}: {len(messages)} messages, {len(expected)} rows, {len(letters)} rejected")

    def test_recipes_make_of_messages_what_their_tests_say(self):
        done = run_process([PENSTOCK, "test", os.path.join(RECIPES, "tests")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_recipes_give_what_postgresql_gives(self):
        if self.version != VERSION:
            self.skipTest(f"PostgreSQL {VERSION} is compared with, and this is {self.version}")
        for recipe in sorted(glob.glob(os.path.join(RECIPES, "*.toml"))):
            with open(recipe, "rb") as f:
                nodes = tomllib.load(f)["nodes"]
            for node, options in nodes.items():
                if options["plugin"] == "sql":
                    self.compare(recipe, os.path.basename(recipe).removesuffix(".toml"), node, options["query"])


if __name__ == "__main__":
    unittest.main()
