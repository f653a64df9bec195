"""Columns of any type into columns of any type: what PostgreSQL's own assignment makes of a value, or
a letter, or refused by name; by COPY, by INSERT and through the stage. Never another value."""

import json
import os
import struct
import subprocess
import unittest

from services import (PENSTOCK, Database, Engine, end_process, run_process, start_process,
                      temporary_folder)

INTEGERS = ["0", "-1", "75", "32767", "32768", "-32768", "2147483647", "2147483648",
            "9007199254740993", "9223372036854775807", "-9223372036854775808"]
DOUBLES = ["0.0", "-0.0", "75.5", "75.0", "-2.5", "0.1", "0.30000000000000004", "1e15", "123456789012345680",
           "1e-7", "2.2250738585072014e-308", "1.7976931348623157e308", "4635013257122283520", '"NaN"',
           '"Infinity"', '"-Infinity"']
FLOATS = ["0.0", "75.5", "75.0", "0.1", "1e10", "3.4028235e38", '"NaN"', '"-Infinity"']
SMALL = {"c": ["-128", "0", "127"], "C": ["0", "255"], "s": ["-32768", "192", "32767"],
         "S": ["0", "65535"], "i": ["-2147483648", "0", "2147483647"], "I": ["0", "4294967295"],
         "l": INTEGERS, "L": ["0", "255", "9223372036854775807", "18446744073709551615"]}
TEXTS = ['""', '"a"', '"abcdef"', '"75.5"', '" 75 "', '"x\\"y\\\\z"', '"true"', '"äöü"', '"{}"', '"NaN"']
JSON = ['"{\\"a\\": 1}"', '"[1, 2]"', '"null"', '"75.50"', '"{"', '"\\"x\\""', '"{\\"a\\":\\"\\\\u0041\\"}"']
TIMES = ['"1970-01-01T00:00:00.000000Z"', '"2026-03-04T05:06:07.123456Z"', '"2026-03-04T00:00:00.000000Z"',
         '"1999-12-31T23:59:59.999999Z"']
DATES = ['"1970-01-01"', '"2026-03-04"', '"1600-02-29"']
BOOLS = ["true", "false"]
DECIMALS = ['"0.0000"', '"12.5000"', '"-0.0001"', '"100000.0000"', '"999999999999999.9999"', '"-123456789.0125"']

# Arrow's format, the column's type, values as letters of rows have them.
PAIRS = (
    [(form, kind, values) for form, values in SMALL.items() for kind in ("smallint", "integer", "bigint")] +
    [(form, kind, values) for form, values in SMALL.items() for kind in ("numeric", "double precision")] +
    [("l", kind, INTEGERS) for kind in ("real", "numeric(12,3)", "text", "varchar(5)")] +
    [("g", kind, DOUBLES) for kind in ("smallint", "integer", "bigint", "real", "double precision",
                                       "numeric", "numeric(12,3)", "text", "varchar(4)", "whole")] +
    [("f", kind, FLOATS) for kind in ("real", "double precision", "integer", "numeric", "text")] +
    [("u", kind, TEXTS) for kind in ("text", "varchar(3)", "char(4)", "name", "json", "jsonb", "integer",
                                     "double precision", "numeric(5,1)", "boolean", "mood", "short")] +
    [("u", kind, JSON) for kind in ("json", "jsonb")] +
    [("u", "uuid", ['"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"', '"x"']),
     ("u", "inet", ['"192.0.2.0/24"', '"::1"', '"x"']),
     ("u", "interval", ['"1 day 02:03"', '"P1D"', '"x"']),
     ("u", "date", ['"2026-03-04"', '"x"']),
     ("u", "timestamptz", ['"2026-03-04 05:06:07+01"', '"2026-03-04 05:06:07"', '"x"']),
     ("u", "timestamp", ['"2026-03-04 05:06:07"', '"x"']),
     ("u", "integer[]", ['"{1,2,NULL}"', '"{}"', '"{x}"']),
     ("u", "varchar(2)[]", ['"{a,bc}"', '"{abc}"']),
     ("u", "mood[]", ['"{glad,sad}"', '"{none}"']),
     ("u", "int4range", ['"[1,5)"', '"x"']),
     ("u", "bit(3)", ['"101"', '"11"']),
     ("z", "bytea", ['"abc"', '""']), ("z", "text", ['"abc"']), ("z", "jsonb", JSON)] +
    [("tsu:UTC", kind, TIMES) for kind in ("timestamptz", "timestamp", "timestamptz(0)", "date", "text")] +
    [("tss:UTC", "timestamptz", TIMES[:1]), ("tsm:UTC", "timestamp(3)", TIMES[:1])] +
    [("tdD", kind, DATES) for kind in ("date", "timestamp", "timestamptz", "text")] +
    [("b", kind, BOOLS) for kind in ("boolean", "text")] +
    [("U", kind, TEXTS) for kind in ("text", "varchar(3)", "jsonb", "integer")] +
    [("Z", "bytea", ['"abc"', '""']), ("Z", "text", ['"abc"'])] +
    [("d:19,4", kind, DECIMALS) for kind in ("numeric", "numeric(12,3)", "text")] +
    [("d:38,0", "numeric", ['"99999999999999999999999999999999999999"', '"-10000"', '"0"'])])

AT_A_TIME = 25  # each has a connection

# What declares a precision takes the nearest, as assignment does; all else is exact, or a letter.
ROUNDS = ("real", "numeric(12,3)", "numeric(5,1)", "timestamptz(0)", "timestamp(3)")

# The type in PostgreSQL of a value of Arrow's.
OF = {"c": "int2", "C": "int2", "s": "int2", "S": "int4", "i": "int4", "I": "int8", "l": "int8",
      "L": "numeric", "f": "float4", "g": "float8", "z": "text", "tsu:UTC": "timestamptz",
      "tss:UTC": "timestamptz", "tsm:UTC": "timestamptz", "tdD": "date", "b": "bool", "Z": "text",
      "d:19,4": "numeric", "d:38,0": "numeric"}

NEVER = (("g", "bytea"), ("g", "timestamptz"), ("g", "uuid"), ("g", "money"), ("g", "boolean"),
         ("g", "jsonb"), ("l", "boolean"), ("l", "date"), ("tsu:UTC", "bigint"), ("tsu:UTC", "boolean"),
         ("b", "integer"), ("d:19,4", "integer"), ("u", "bytea"), ("z", "integer"), ("z", "inet"), ("tdD", "integer"))

TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'glad', 'a');
CREATE DOMAIN whole AS integer CHECK (VALUE >= 0);
CREATE DOMAIN shorter AS varchar(4); CREATE DOMAIN short AS shorter CHECK (VALUE <> 'a');
CREATE FUNCTION assigned(statement text, OUT value text, OUT fault text) LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM expected;
  EXECUTE statement;
  SELECT v::text INTO value FROM expected;
EXCEPTION WHEN OTHERS THEN fault := SQLSTATE;
END $$;
"""


def literal(value):
    text = json.loads(value) if value.startswith('"') else value
    return "'" + text.replace("'", "''") + "'"


class AnyTable(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(temporary_folder())
        cls.database = Database(cls.folder)
        cls.addClassCleanup(cls.database.stop)
        cls.database.psql(TYPES)
        # Where and when somebody else is must not matter.
        cls.database.psql("ALTER ROLE nexus_ingestion SET TimeZone = 'Asia/Tokyo';"
                          "ALTER ROLE nexus_ingestion SET DateStyle = 'German';"
                          "ALTER DATABASE nexus_historian SET TimeZone = 'America/New_York'")
        cls.expected = cls.assignments()

    @classmethod
    def assignments(cls):
        """For each pair and value what an assignment in UTC stores, or the SQLSTATE."""
        expected = []
        for form, kind, values in PAIRS:
            sql = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET client_min_messages = error;"
            sql += f"DROP TABLE IF EXISTS expected; CREATE TABLE expected (v {kind});"
            for value in values:
                cast = f"::{OF[form]}" if form in OF else ""
                statement = f"INSERT INTO expected VALUES ({literal(value)}{cast})"
                if form in ("z", "Z") and kind == "bytea":
                    statement = f"INSERT INTO expected VALUES (convert_to({literal(value)}, 'UTF8'))"
                if form == "z" and kind == "jsonb":
                    statement = f"INSERT INTO expected VALUES ({literal(value)})"
                sql += (f"SELECT json_build_array(value, fault) FROM assigned($a${statement}$a$);")
            lines = cls.database.psql(sql).splitlines()
            expected.append([json.loads(line) for line in lines])
        return expected

    def write(self, options, refused, some):
        """The pipeline of some pairs, a source and a table each; its path."""
        text = '[service]\nname = "pairs"\n'
        for i in some:
            form, kind, values = PAIRS[i]
            rows = [f'{{"n":{n},"v":{value}}}' for n, value in enumerate(values, 1)]
            if refused:
                rows.append('{"n":0,"v":null}')
            with open(os.path.join(self.folder, f"rows{i}.ndjson"), "w") as f:
                for row in rows:
                    f.write(json.dumps({"topic": "x", "payload": row}) + "\n")
            self.database.psql(f"DROP TABLE IF EXISTS t{i}; "
                               f"CREATE TABLE t{i} (n bigint CHECK (n > 0), v {kind}); "
                               f"GRANT SELECT, INSERT ON t{i} TO nexus_ingestion")
            columns = json.dumps({"n": "l", "v": form + "?"}).replace('"', '\\"')
            text += f"""
[nodes.s{i}]
plugin = "file_source"
path = "{self.folder}/rows{i}.ndjson"
[nodes.l{i}]
plugin = "file_source.letters"
inputs = ["s{i}"]
columns = "{columns}"
[nodes.d{i}]
plugin = "timescale_sink"
inputs = ["l{i}"]
host = "127.0.0.1"
port = {self.database.port}
password = "{self.database.password}"
table = "t{i}"
{options}
[nodes.r{i}]
plugin = "file_sink"
inputs = ["d{i}.rejected", "l{i}.rejected"]
path = "{self.folder}/rejected{i}.ndjson"
"""
            if os.path.exists(f"{self.folder}/rejected{i}.ndjson"):
                os.remove(f"{self.folder}/rejected{i}.ndjson")
        path = os.path.join(self.folder, "pairs.toml")
        with open(path, "w") as f:
            f.write(text)
        return path

    def letters(self, i):
        path = f"{self.folder}/rejected{i}.ndjson"
        if not os.path.exists(path):
            return {}
        with open(path) as f:
            return {row["n"]: row["reason"] for row in map(json.loads, f)}

    def pairs(self, options="", refused=False):
        for first in range(0, len(PAIRS), AT_A_TIME):
            some = range(first, min(first + AT_A_TIME, len(PAIRS)))
            done = run_process([PENSTOCK, "run", self.write(options, refused, some)], capture_output=True,
                               text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr[-3000:])
            self.compare(refused, some)

    def compare(self, refused, some):
        for i in some:
            form, kind, values = PAIRS[i]
            stored = dict(json.loads(line) for line in self.database.psql(
                "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY';"
                f"SELECT json_build_array(n, v::text) FROM t{i}").splitlines())
            letters = self.letters(i)
            if refused:
                self.assertIn("check", letters.pop(0))
            for n, value in enumerate(values, 1):
                with self.subTest(form=form, kind=kind, value=value):
                    self.judge(form, kind, value, self.expected[i][n - 1], n in stored, stored.get(n),
                               letters.get(n))
            self.assertEqual(len(stored) + len(letters), len(values), (form, kind, stored, letters))

    def judge(self, form, kind, value, expected, is_stored, stored, letter):
        assigned, fault = expected
        self.assertNotEqual(is_stored, letter is not None)
        if is_stored:
            self.assertEqual(stored, assigned)
        if fault:
            self.assertIsNotNone(letter)
        elif kind in ROUNDS or form in ("u", "U", "z", "Z", "b", "tdD") or self.is_exact(form, value, assigned):
            self.assertTrue(is_stored, letter)
        else:
            self.assertFalse(is_stored, "it is not the value that came")

    @staticmethod
    def is_exact(form, value, assigned):
        """Whether what is assigned is the value itself."""
        if form.startswith("ts"):
            return "T00:00:00.000000" in value or " " in assigned
        if value == '"NaN"':
            return assigned == "NaN"
        try:
            if form == "f":
                came, went = (struct.pack("f", float(text.strip('"'))) for text in (value, assigned))
                return came == went
            return float(value.strip('"')) == float(assigned) and (
                "." in value or "e" in value or '"' in value or int(value) == int(float(assigned)) or
                int(value) == int(assigned))
        except ValueError:
            return value.strip('"') == assigned

    def test_by_copy_where_it_can_be(self):
        self.pairs()

    def test_by_insert(self):
        self.pairs("use_copy_protocol = false")

    def test_through_the_stage(self):
        self.pairs(refused=True)

    def pipeline(self, table, nodes, inputs='"l"'):
        """These nodes before a sink `d` into the table; its path."""
        path = os.path.join(self.folder, table + ".toml")
        with open(path, "w") as f:
            f.write(f"""[service]
name = "{table}"
{nodes}
[nodes.d]
plugin = "timescale_sink"
inputs = [{inputs}]
host = "127.0.0.1"
port = {self.database.port}
password = "{self.database.password}"
table = "{table}"
""")
        return path

    def letters_of(self, file, columns, name=""):
        """Nodes `s` and `l` that make such columns of a file's lines."""
        return f"""
[nodes.s{name}]
plugin = "file_source"
path = "{self.folder}/{file}"
[nodes.l{name}]
plugin = "file_source.letters"
inputs = ["s{name}"]
columns = '{json.dumps(columns)}'
"""

    def write_wide(self, table, before=""):
        """Rows 1 to 5, the third of which has 9.6 kB of numbers, which no page has room for. `before`: SQL
        about the table, {0}."""
        names = [f"c{i}" for i in range(1200)]
        rows = [{"n": n, **{name: n for name in (names if n == 3 else names[:2])}} for n in range(1, 6)]
        with open(os.path.join(self.folder, f"{table}.ndjson"), "w") as f:
            for row in rows:
                f.write(json.dumps({"topic": "x", "payload": json.dumps(row)}) + "\n")
        self.database.psql(f"CREATE TABLE {table} (n bigint, " + ", ".join(f"{name} bigint" for name in names) + "); "
                           f"GRANT SELECT, INSERT ON {table} TO nexus_ingestion;" + before.replace("{0}", table))
        path = self.pipeline(table, self.letters_of(f"{table}.ndjson", {"n": "l", **dict.fromkeys(names, "l?")}) + f"""
[nodes.r]
plugin = "file_sink"
inputs = ["d.rejected"]
path = "{self.folder}/{table}.rejected"
""")
        done = run_process([PENSTOCK, "run", path], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.database.psql(f"SELECT n FROM {table} WHERE n > 0 ORDER BY 1").split(), ["1", "2", "4", "5"])
        with open(os.path.join(self.folder, f"{table}.rejected")) as f:
            letters = [json.loads(line) for line in f]
        self.assertEqual([letter["n"] for letter in letters], [3])
        self.assertIn("SQLSTATE 54000", letters[0]["reason"] + letters[0]["detail"])

    def test_a_row_too_big_even_for_a_temporary_table(self):
        self.write_wide("wide")

    def test_it_costs_no_other_row_where_the_table_was_mended_in_between(self):
        # The row that proves that the table takes rows mends it.
        self.write_wide("wide_mended", """INSERT INTO {0} (n) VALUES (0);
            CREATE SEQUENCE mended; GRANT USAGE, SELECT ON mended TO nexus_ingestion;
            CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF NEW.n = 0 THEN PERFORM nextval('mended');
              ELSIF NOT (SELECT is_called FROM mended) THEN RAISE EXCEPTION 'no' USING ERRCODE = '45000';
              END IF; RETURN NEW; END $$;
            CREATE TRIGGER mend BEFORE INSERT ON {0} FOR EACH ROW EXECUTE FUNCTION mend()""")
        self.assertEqual(self.database.psql("SELECT is_called FROM mended"), "t")

    def test_what_one_input_may_write_proves_nothing_of_another(self):
        self.database.psql("CREATE TABLE two (n bigint, more bigint); GRANT SELECT ON two TO nexus_ingestion;"
                           "GRANT INSERT (n) ON two TO nexus_ingestion")
        nodes = ""
        for name, columns in (("a", ["n"]), ("b", ["n", "more"])):
            with open(os.path.join(self.folder, name + ".ndjson"), "w") as f:
                for n in range(500):
                    f.write(json.dumps({"topic": "x", "payload": json.dumps(dict.fromkeys(columns, n))}) + "\n")
            nodes += self.letters_of(name + ".ndjson", dict.fromkeys(columns, "l"), name)
        path = self.pipeline("two", nodes, '"la", "lb"')
        engine = start_process([PENSTOCK, "run", path], stderr=subprocess.PIPE, text=True)
        self.addCleanup(end_process, engine)
        self.addCleanup(engine.stderr.close)
        for line in engine.stderr:
            if "permission denied for table two" in line:
                break
        self.database.psql("GRANT INSERT ON two TO nexus_ingestion")
        self.assertNotIn("rejected", engine.stderr.read())
        self.assertEqual(engine.wait(), 0)
        self.assertEqual(self.database.psql("SELECT count(*), count(more) FROM two"), "1000|500")

    def test_what_never_fits_is_refused_with_both_types(self):
        for form, kind in NEVER:
            with self.subTest(form=form, kind=kind):
                self.database.psql("DROP TABLE IF EXISTS never; "
                                   f"CREATE TABLE never (v {kind}); GRANT INSERT ON never TO nexus_ingestion")
                path = self.pipeline("never", f"""
[nodes.s]
plugin = "generator_source"
[nodes.l]
plugin = "file_source.letters"
inputs = ["s"]
columns = '{json.dumps({"v": form + "?"})}'
""")
                done = run_process([PENSTOCK, "check", "--connect", path], capture_output=True, text=True)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                said = done.stdout + done.stderr
                self.assertIn('its column "v" is ' + {"timestamptz": "timestamp with time zone"}.get(
                    kind, kind) + ', which cannot hold the values of "v"', said)
                self.assertIn("ALTER TABLE", said)


if __name__ == "__main__":
    unittest.main()
