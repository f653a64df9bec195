"""Each file of wrong/ is a pipeline file with a mistake that people make, and beside it what
`penstock check` says of it: where, what, and what to write instead; and in NAME.env, if it needs
some, its environment variables."""

import glob
import os
import subprocess
import unittest

BUILD = os.environ["PENSTOCK_BUILD"]
PENSTOCK = os.path.join(BUILD, "bin", "penstock")
HERE = os.path.dirname(os.path.abspath(__file__))


def environment_of(path):
    environment = {"PATH": os.environ["PATH"], "HOME": "/root"}
    variables = path[:-len("toml")] + "env"
    if os.path.exists(variables):
        with open(variables) as f:
            environment.update(line.rstrip("\n").split("=", 1) for line in f)
    return environment


class Wrong(unittest.TestCase):
    maxDiff = None

    def test_each_is_told_in_these_words(self):
        files = sorted(glob.glob(HERE + "/wrong/*.toml"))
        self.assertGreaterEqual(len(files), 40)
        for path in files:
            name = os.path.basename(path)
            with self.subTest(name):
                done = subprocess.run([PENSTOCK, "check", name], cwd=os.path.dirname(path),
                                      env=environment_of(path), capture_output=True, text=True, timeout=60)
                said = done.stderr.replace(BUILD, "BUILD").replace(f"has {os.cpu_count()} cores",
                                                                   "has N cores")
                with open(path[:-len("toml")] + "txt") as f:
                    self.assertEqual(said, f.read())
                no_error = all(": warning: " in line or ": note: " in line
                               for line in said.splitlines() if line.startswith(name))
                self.assertEqual(done.returncode, 0 if no_error else 1)


if __name__ == "__main__":
    unittest.main()
