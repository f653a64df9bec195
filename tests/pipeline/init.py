"""`penstock init` writes files that `penstock check` takes, and says which plugins there are."""

import os
import subprocess
import tempfile
import unittest

PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")


def penstock(*arguments):
    done = subprocess.run([PENSTOCK, *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


class Init(unittest.TestCase):
    def test_what_it_writes_is_well_for_each_source_and_sink(self):
        for arguments in (["--from", "mqtt", "--to", "timescale"], ["--from", "generator", "--to", "discard"],
                          ["--from", "file", "--via", "json_decoder", "--to", "file"],
                          ["--from", "mqtt", "--via", "line_protocol,batcher", "--to", "timescale"],
                          ["--from", "mqtt_source", "--to", "timescale_sink"]):
            with self.subTest(arguments), tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
                code, text, error = penstock("init", *arguments)
                self.assertEqual((code, error), (0, ""))
                f.write(text)
                f.flush()
                code, said, error = penstock("check", f.name)
                if arguments[1] == "file":  # which is still to be named
                    self.assertRegex(error, r"\A.*: path: cannot read CHANGE-ME: No such file.*\n.*\n.*\n\Z")
                    continue
                self.assertEqual((code, said, error), (0, f"{f.name}: ok\n", ""))

    def test_every_option_is_there_with_its_help_and_taken_when_it_is_no_longer_a_comment(self):
        _, text, _ = penstock("init", "--from", "mqtt", "--to", "timescale")
        self.assertIn("# Gathers rows into batches by count and by time.\n[nodes.batcher]", text)
        self.assertIn("#rows = 5000\n", text)
        # Defaults are written as the file wants them.
        lines = [line[1:] if line.startswith("#") and " = " in line and line[1] != " " and
                 "sync_interval" not in line and not line.endswith('""') and "[]" not in line else line for line in text.splitlines()]
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
            f.write("\n".join(lines))
            f.flush()
            code, _, error = penstock("check", f.name)
        self.assertEqual((code, error), (0, ""))

    def test_an_unknown_plugin_is_answered_with_those_that_there_are(self):
        code, text, error = penstock("init", "--from", "modbus", "--to", "file")
        self.assertEqual((code, text), (1, ""))
        self.assertIn('no source named "modbus"; there are file_source, generator_source, mqtt_source',
                      error)


if __name__ == "__main__":
    unittest.main()
