"""A plugin in C that was built with the header of an older minor version describes itself, is checked
and runs in this engine, whose results are exact."""

import json
import os
import re
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
from processes import run_process, temporary_folder  # noqa: E402

BUILD = os.environ["PENSTOCK_BUILD"]
PLUGINS = os.path.join(BUILD, "tests", "abi")
MESSAGES = 5000

PIPELINE = """
[nodes.numbers]
plugin = "{plugin}.source"
count  = {messages}
{columns}

[nodes.numbers.buffer]
type = "disk"
path = "intake"

[nodes.lines]
plugin = "{plugin}.transform"
inputs = ["numbers"]
factor = 2

[nodes.gather]
plugin = "{plugin}.gather"
inputs = ["lines"]

[nodes.out]
plugin = "{plugin}.sink"
inputs = ["gather"]
path   = "{path}"

[nodes.letters]
plugin = "file_sink"
inputs = ["lines.rejected"]
path   = "letters.ndjson"
"""


def current_minor():
    with open(os.path.join(ROOT, "plugins", "sdk", "include", "penstock", "plugin.h")) as f:
        return int(re.search(r"PENSTOCK_ABI_MINOR (\d+)", f.read()).group(1))


class Versions(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def penstock(self, *arguments):
        return run_process([os.path.join(BUILD, "bin", "penstock"), "--plugin-dir", PLUGINS,
                            *arguments], cwd=self.folder, capture_output=True, text=True)

    def write(self, minor, path="lines.txt"):
        columns = 'extra_columns = ["retained"]' if minor >= 7 else ""
        with open(os.path.join(self.folder, "p.toml"), "w") as f:
            f.write(PIPELINE.format(plugin=f"abi_1_{minor}", messages=MESSAGES, columns=columns,
                                    path=path))

    def lines(self, name):
        with open(os.path.join(self.folder, name)) as f:
            return f.read().splitlines()

    def assert_describes_itself(self, minor):
        done = self.penstock("plugins", f"abi_1_{minor}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for words in ("source (source)\n  Appends numbers.", "count   integer  1000     1..1000000 messages",
                      "transform (transform)\n  Makes lines of numbers.", "red|blue", "gather (transform)",
                      "sink (sink)\n  Writes lines to a file.", "lines_written_total"):
            self.assertIn(words, done.stdout)

    def assert_keeps_the_contract(self, minor):
        library = os.path.join(PLUGINS, f"abi_1_{minor}.so")
        done = self.penstock("plugins", "--verify", library, "--start", "--option",
                             f"path={self.folder}/verified")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1:]), (0, ["ok"]),
                         done.stdout + done.stderr)

    def assert_is_checked(self, minor):
        self.write(minor, path="")
        done = self.penstock("check", "p.toml")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"p\.toml:\d+:\d+: path: is empty; name a file")
        self.write(minor)
        done = self.penstock("check", "--connect", "p.toml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual("nodes.out: tried, and found in order" in done.stderr, minor >= 3)

    def assert_runs(self, minor):
        done = self.penstock("run", "p.toml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{MESSAGES * 9 // 10} stored, {MESSAGES // 10} rejected and kept", done.stderr)
        numbers = range(MESSAGES)
        lines = self.lines("lines.txt")
        # From 1.5 on the sink puts off its first batch, so that others may go before it.
        if minor >= 5:
            lines.sort(key=lambda line: int(line.split()[0]))
        # In 1.7 it says which were retained: every fifth, from the second on.
        self.assertEqual(lines,
                         [str(2 * number) + (" retained" if minor >= 7 and number % 5 == 1 else "")
                          for number in numbers if number % 10])
        letters = [json.loads(line) for line in self.lines("letters.ndjson")]
        is_part = [minor >= 6 and number % 20 == 0 for number in numbers if number % 10 == 0]
        self.assertEqual([letter["payload"] for letter in letters],
                         ["a part" if part else str(10 * i) for i, part in enumerate(is_part)])
        self.assertEqual({letter["reason"] for letter in letters}, {"a tenth"})
        self.assertEqual([letter.get("detail") for letter in letters],
                         ["part" if part else "row" if minor >= 2 else None for part in is_part])


def add_test(minor):
    def test(self):
        self.assert_describes_itself(minor)
        self.assert_keeps_the_contract(minor)
        self.assert_is_checked(minor)
        self.assert_runs(minor)
    setattr(Versions, f"test_a_plugin_built_for_1_{minor}_runs_with_exact_results", test)


for each in range(current_minor() + 1):
    if os.path.isdir(os.path.join(ROOT, "tests", "abi", f"1.{each}")):
        add_test(each)

if __name__ == "__main__":
    unittest.main()
