"""`penstock check` on the shipped pipelines, and on a copy with two wrong letters and a cycle."""

import glob
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")


def check(path):
    done = subprocess.run([PENSTOCK, "check", path], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


class Check(unittest.TestCase):
    def test_the_shipped_pipelines_are_well(self):
        for path in glob.glob(os.path.join(ROOT, "pipelines", "*.toml")):
            self.assertEqual(check(path), (0, f"{path}: well\n"))

    def test_all_that_is_wrong_is_reported_in_one_run_with_place_and_suggestion(self):
        with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
            text = f.read()
        wrong = (text.replace("\nqos  ", "\nqoz  ").replace('"batcher"\ninputs', '"bacher"\ninputs')
                 .replace('plugin   = "batcher"', 'plugin   = "bacher"')
                 .replace('inputs = ["mqtt"]', 'inputs = ["mqtt", "batcher"]'))
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
            f.write(wrong)
            f.flush()
            code, said = check(f.name)
        self.assertEqual(code, 1)
        for expected in [':23:1: unknown option "qoz" (did you mean "qos"?)',
                         ":35:19: inputs: batcher → decoder → batcher is a cycle; remove",
                         ':38:12: nodes.batcher: no plugin named "bacher" (did you mean "batcher"?)']:
            self.assertIn(f.name + expected, said)


if __name__ == "__main__":
    unittest.main()
