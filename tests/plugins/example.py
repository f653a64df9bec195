"""The tutorial's plugin, built outside of the tree with only the installed SDK, runs in a
pipeline next to the shipped plugins."""

import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
from processes import run_process, temporary_folder  # noqa: E402

BUILD = os.environ["PENSTOCK_BUILD"]
SANITIZE = os.environ.get("PENSTOCK_SANITIZE", "")

PIPELINE = """
[nodes.machines]
plugin  = "generator_source"
devices = 10
rate    = 0
count   = 1000

[nodes.filter]
plugin = "example_transform"
inputs = ["machines"]
prefix = "dev/plc-003/"

[nodes.decoder]
plugin = "json_decoder"
inputs = ["filter"]

[nodes.out]
plugin = "file_sink"
inputs = ["decoder"]
"""


def run(*command, **more):
    done = run_process(command, capture_output=True, text=True, timeout=300, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Example(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.prefix = os.path.join(self.folder, "install")
        run("cmake", "--install", BUILD, "--prefix", self.prefix)

    def test_the_example_built_with_the_installed_sdk_runs_in_the_installed_engine(self):
        copy = os.path.join(self.folder, "example")
        run("cp", "-r", os.path.join(ROOT, "plugins", "example_transform"), copy)
        flags = f"-fsanitize={SANITIZE}" if SANITIZE else ""
        run("cmake", "-G", "Ninja", "-S", copy, "-B", copy + "/build",
            f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_FLAGS={flags}")
        run("cmake", "--build", copy + "/build")
        run("ctest", "--test-dir", copy + "/build", "--output-on-failure")
        penstock = os.path.join(self.prefix, "bin", "penstock")
        verified = run(penstock, "plugins", "--verify", copy + "/build/example_transform.so")
        self.assertEqual(verified.splitlines()[-1], "ok")
        shown = run(penstock, "--plugin-dir", copy + "/build", "plugins", "example_transform")
        self.assertIn("prefix", shown)
        self.assertIn("What a topic begins with.", shown)
        path = os.path.join(self.folder, "p.toml")
        with open(path, "w") as f:
            f.write(PIPELINE)
        run(penstock, "--plugin-dir", copy + "/build", "check", path)
        rows = run(penstock, "--plugin-dir", copy + "/build", "run", path).splitlines()
        self.assertEqual(len(rows), 100)
        self.assertTrue(all('"topic":"dev/plc-003/temperature"' in row for row in rows))

    def test_an_install_has_everything_in_its_place(self):
        for path in ["bin/penstock", "lib/penstock/plugins/mqtt_source.so",
                     "include/penstock/plugin.h", "include/penstock/plugin.hpp",
                     "etc/penstock/pipelines/default.toml", "share/penstock/sql/init.sql",
                     "share/doc/penstock/LICENSE"]:
            self.assertTrue(os.path.exists(os.path.join(self.prefix, path)), path)
        shown = run(os.path.join(self.prefix, "bin", "penstock"), "plugins")
        for plugin in ["batcher", "discard_sink", "file_sink", "file_source", "generator_source",
                       "json_decoder", "line_protocol_decoder", "mqtt_source", "timescale_sink"]:
            self.assertIn(plugin, shown)


if __name__ == "__main__":
    unittest.main()
