"""Each folder beside this file is a case: pipeline.toml reads ${INPUT} and writes ${OUTPUT},
which must then hold the lines of expected.ndjson, in any order."""

import os
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")


def lines(path):
    with open(path) as f:
        return sorted(f.read().splitlines())


class Golden(unittest.TestCase):
    maxDiff = None

    def test_every_case(self):
        cases = sorted(e.name for e in os.scandir(HERE) if os.path.exists(e.path + "/pipeline.toml"))
        self.assertGreater(len(cases), 0)
        for case in cases:
            with self.subTest(case), tempfile.TemporaryDirectory() as folder:
                output = os.path.join(folder, "output.ndjson")
                environment = dict(os.environ, OUTPUT=output,
                                   INPUT=os.path.join(HERE, case, "input.ndjson"))
                done = subprocess.run([PENSTOCK, "run", os.path.join(HERE, case, "pipeline.toml")],
                                      env=environment, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(lines(output), lines(os.path.join(HERE, case, "expected.ndjson")))


if __name__ == "__main__":
    unittest.main()
