"""Each file of wrong/ is a pipeline file with a mistake that people make, and beside it what
`penstock check` says of it: where, what, and what to write instead."""

import glob
import os
import subprocess
import unittest

BUILD = os.environ["PENSTOCK_BUILD"]
PENSTOCK = os.path.join(BUILD, "bin", "penstock")
HERE = os.path.dirname(os.path.abspath(__file__))


class Wrong(unittest.TestCase):
    maxDiff = None

    def test_each_is_told_in_these_words(self):
        files = sorted(glob.glob(HERE + "/wrong/*.toml"))
        self.assertGreaterEqual(len(files), 40)
        environment = {"PATH": os.environ["PATH"], "HOME": "/root"}
        for path in files:
            name = os.path.basename(path)
            with self.subTest(name):
                done = subprocess.run([PENSTOCK, "check", name], cwd=os.path.dirname(path),
                                      env=environment, capture_output=True, text=True, timeout=60)
                said = done.stderr.replace(BUILD, "BUILD").replace(f"has {os.cpu_count()} cores",
                                                                   "has N cores")
                with open(path[:-len("toml")] + "txt") as f:
                    self.assertEqual(said, f.read())
                only_warns = all(": warning: " in line for line in said.splitlines()
                                 if line.startswith(name))
                self.assertEqual(done.returncode, 0 if only_warns else 1)


if __name__ == "__main__":
    unittest.main()
