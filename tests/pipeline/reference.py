"""docs/reference/ is what `penstock generate reference` makes of the option tables."""

import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from processes import temporary_folder  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ["PENSTOCK_BUILD"]
PENSTOCK = os.path.join(BUILD, "bin", "penstock")


def read(path):
    with open(path) as f:
        return f.read()


class Reference(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        subprocess.run([PENSTOCK, "generate", "reference", "--to", self.folder], check=True, timeout=60)

    def test_the_pages_in_docs_are_as_new(self):
        shipped = {name[:-len(".so")] for name in os.listdir(os.path.join(BUILD, "lib/penstock/plugins"))
                   if name.endswith(".so")}
        pages = {f"{name}.md" for name in shipped} | {"README.md", "commands.md", "pipeline-file.md"}
        docs = os.path.join(ROOT, "docs", "reference")
        self.assertEqual(set(os.listdir(docs)), pages)
        for page in pages:
            self.assertEqual(read(os.path.join(docs, page)), read(os.path.join(self.folder, page)),
                             "make it anew: penstock generate reference --to docs/reference")

    def test_a_page_has_every_option_that_the_plugin_shows(self):
        shown = subprocess.run([PENSTOCK, "plugins", "mqtt_source"], capture_output=True, text=True,
                               check=True).stdout
        page = read(os.path.join(self.folder, "mqtt_source.md"))
        options = shown.split("Options\n")[1].split("\n\n")[0].splitlines()[1:]
        self.assertGreater(len(options), 10)
        for line in options:
            self.assertIn(f"| `{line.split()[0]}` |", page)

    def test_every_command_has_an_example_in_its_help(self):
        page = read(os.path.join(self.folder, "commands.md"))
        commands = re.findall(r"^## penstock (\w+)$", page, re.MULTILINE)
        self.assertIn("reload", commands)
        for command in commands:
            said = subprocess.run([PENSTOCK, command, "--help"], capture_output=True, text=True).stdout
            self.assertIn(f"Example: penstock {command}", said)

    def test_a_folder_that_cannot_be_written_is_told(self):
        done = subprocess.run([PENSTOCK, "generate", "reference", "--to", PENSTOCK + "/no"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Not a directory", done.stderr)


if __name__ == "__main__":
    unittest.main()
