"""The manual pages have what the program and the shipped pipelines have."""

import glob
import os
import re
import shutil
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")
PIPELINES_PAGE = os.path.join(ROOT, "packaging", "man", "penstock-pipelines.5")


def read(path):
    with open(path) as f:
        return f.read()


def program_page():
    done = subprocess.run([PENSTOCK, "generate", "man"], check=True, capture_output=True, text=True,
                          timeout=60)
    return done.stdout


class Manual(unittest.TestCase):
    def test_the_program_has_its_environment_and_its_exit_status(self):
        page = program_page()
        for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "SIGNALS",
                        "EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"):
            self.assertEqual(len(re.findall(rf"^\.SH {section}$", page, re.MULTILINE)), 1, section)
        environment = page[page.index(".SH ENVIRONMENT"):page.index(".SH FILES")]
        for name in ("CREDENTIALS_DIRECTORY", "HOSTNAME", "NO_COLOR", "NOTIFY_SOCKET"):
            self.assertIn(name, environment)

    def test_every_variable_of_the_shipped_pipelines_has_its_entry_and_no_other_has(self):
        used = set()
        for path in glob.glob(os.path.join(ROOT, "pipelines", "*.toml")):
            used |= set(re.findall(r"\$\{([A-Z_]+)[:}]", read(path)))
        page = read(PIPELINES_PAGE)
        section = page[page.index(".SH ENVIRONMENT"):page.index(".SH FILES")]
        entries = set()
        for line in re.findall(r"^\.B (.*)$", section, re.MULTILINE):
            entries |= set(re.findall(r"[A-Z][A-Z_]+", line))
        self.assertEqual(entries, used)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_groff_has_nothing_to_say_of_them(self):
        for page in (program_page(), read(PIPELINES_PAGE)):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, text=True,
                                  capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
