"""What the SQL of a pipeline gives is what PostgreSQL gives, row for row, with its errors.

With --seconds N other queries by chance are compared for so long: what `./dev fuzz sql` does."""

import contextlib
import os
import re
import sys
import time
import unittest

from services import BUILD, ROOT, Database, run_process, temporary_folder

CORPUS = os.path.join(ROOT, "plugins", "sql", "tests", "corpus")
# What the node has besides PostgreSQL's functions, written for PostgreSQL.
FUNCTIONS = os.path.join(ROOT, "packaging", "sql", "functions.sql")
# Whose grammar and functions ours are. Later ones accept more.
VERSION = 15
# Of the catalogue, and how often it was used.
ENTRY = r" *(\d+)  (.+)"


@contextlib.contextmanager
def server():
    """PostgreSQL for the comparison: its version, and a function that compares with it."""
    with temporary_folder() as folder, contextlib.ExitStack() as end:
        database = Database(folder, plain=True)
        end.callback(database.stop)
        database.psql_file(FUNCTIONS)
        address = f"host={database.folder} port={database.port} user=postgres dbname=nexus_historian"

        def compare(*arguments):
            return run_process([os.path.join(BUILD, "tests", "sql_compare"), address, CORPUS, *arguments],
                               capture_output=True, text=True, timeout=600)

        yield int(database.psql("SHOW server_version_num")) // 10000, compare


class Sql(unittest.TestCase):
    def test_queries_give_what_postgresql_gives(self):
        self.compare()

    def test_queries_by_chance_give_what_postgresql_gives(self):
        self.compare("--generate", "1500", "1")

    def compare(self, *arguments):
        version, run = self.enterContext(server())
        if version != VERSION:
            self.skipTest(f"PostgreSQL {VERSION} is compared with, and this is {version}")
        done = run(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print(done.stdout, end="")


def compare_for(seconds):
    """Prints what differs, and how much was compared. Returns whether all was the same."""
    seed = int(time.time())
    queries = rows = differences = 0
    entries, named = {}, {}
    with server() as (version, run):
        if version != VERSION:
            sys.exit(f"PostgreSQL {VERSION} is compared with, and this is {version}")
        end = time.monotonic() + seconds
        while queries == 0 or time.monotonic() < end:
            done = run("--generate", "2000", str(seed))
            *differing, last = done.stdout.splitlines() or [""]
            numbers = re.match(r"(\d+) queries, (\d+) rows \(\d+ errors\): (\d+) differences", last)
            if done.returncode not in (0, 1) or not numbers:
                sys.exit(f"seed {seed}: ended with {done.returncode}: {done.stdout}{done.stderr}")
            if done.returncode:
                print(f"seed {seed}:", *(line for line in differing if not re.fullmatch(ENTRY, line)), sep="\n")
            for line in differing:
                if entry := re.fullmatch(ENTRY, line):
                    entries[entry[2]] = entries.get(entry[2], 0) + int(entry[1])
            queries, rows, differences = (a + int(b) for a, b in zip((queries, rows, differences), numbers.groups()))
            for name, count in re.findall(r"; ([^;]+): (\d+)", last):
                named[name] = named.get(name, 0) + int(count)
            seed += 1
    print(f"sql: {queries} queries, {rows} rows: {differences} differences")
    rarest = sorted(entries, key=entries.get)[:5]
    print(f"  {len(entries)} entries of the catalogue; least often: "
          + ", ".join(f"{entry} {entries[entry]} times" for entry in rarest))
    for name, count in sorted(named.items()):
        print(f"  by intention: {name}: {count}")
    return differences == 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--seconds"]:
        sys.exit(0 if compare_for(float(sys.argv[2])) else 1)
    unittest.main()
