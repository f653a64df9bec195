"""What the SQL of a pipeline gives is what PostgreSQL gives, row for row, with its errors."""

import os
import unittest

from services import BUILD, ROOT, Database, run_process, temporary_folder

CORPUS = os.path.join(ROOT, "plugins", "sql", "tests", "corpus")
# What the node has besides PostgreSQL's functions, written for PostgreSQL.
FUNCTIONS = os.path.join(ROOT, "packaging", "sql", "functions.sql")
# Whose grammar and functions ours are. Later ones accept more.
VERSION = 15


class Sql(unittest.TestCase):
    def test_queries_give_what_postgresql_gives(self):
        folder = self.enterContext(temporary_folder())
        database = Database(folder, plain=True)
        self.addCleanup(database.stop)
        version = int(database.psql("SHOW server_version_num")) // 10000
        if version != VERSION:
            self.skipTest(f"PostgreSQL {VERSION} is compared with, and this is {version}")
        database.psql_file(FUNCTIONS)
        server = f"host={database.folder} port={database.port} user=postgres dbname=nexus_historian"
        done = run_process([os.path.join(BUILD, "tests", "sql_compare"), server, CORPUS],
                           capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print(done.stdout, end="")


if __name__ == "__main__":
    unittest.main()
