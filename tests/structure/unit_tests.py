"""Every unit test is one that CTest runs, by its own name. CTest's lists are parted by semicolons,
and Catch2 takes some characters of a name for patterns and tags; a name with one of them runs nothing,
and passes."""

import glob
import json
import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ["PENSTOCK_BUILD"]
LITERAL = r'"((?:[^"\\]|\\.)*)"'


def written():
    """The names in the sources that are built. allocation_test replaces malloc, as sanitizers do."""
    for path in glob.glob(os.path.join(ROOT, "tests", "unit", "*.cpp")):
        if os.environ.get("PENSTOCK_SANITIZE") and path.endswith("allocation_test.cpp"):
            continue
        with open(path) as f:
            for literals in re.findall(rf"^TEST_CASE\(\s*((?:{LITERAL}\s*)+)", f.read(), re.MULTILINE):
                yield "".join(re.findall(LITERAL, literals[0]))


class UnitTests(unittest.TestCase):
    def test_no_name_holds_a_character_that_means_something_to_ctest_or_catch2(self):
        self.assertEqual([name for name in written() if re.search(r'[;\[\]"\\*~#<>|]', name)], [])

    def test_ctest_runs_each_by_its_name_and_nothing_else(self):
        shown = subprocess.run(["ctest", "--test-dir", BUILD, "--show-only=json-v1"], check=True,
                               capture_output=True, text=True, timeout=60).stdout
        run = [re.match(r"unit: ?(.*)", test["name"]) for test in json.loads(shown)["tests"]]
        self.assertEqual(sorted(each[1] for each in run if each), sorted(written()))


if __name__ == "__main__":
    unittest.main()
