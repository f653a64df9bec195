"""`penstock check` on the shipped pipelines, and on a copy with two wrong letters and a cycle."""

import glob
import json
import os
import re
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
            code, said = check(path)
            self.assertEqual(code, 0)
            # It listens everywhere, as the service does that it replaces, which is noted.
            self.assertRegex(said, r"\A.*: ok\n.*: note: listen: [^\n]*\n\Z")

    def test_the_pipeline_in_the_readme_is_well(self):
        with open(os.path.join(ROOT, "README.md")) as f:
            text = re.search(r"```toml\n(.*?)```", f.read(), re.DOTALL)[1]
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
            f.write(text)
            f.flush()
            code, said = check(f.name)
        self.assertEqual((code, said), (0, f"{f.name}: ok\n"))

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
        for expected in [':24:1: unknown option "qoz" (did you mean "qos"?)',
                         ":36:19: inputs: batcher → decoder → batcher is a cycle; remove",
                         ':39:12: nodes.batcher: no plugin named "bacher" (did you mean "batcher"?)']:
            self.assertIn(f.name + expected, said)

    def test_the_line_is_shown_with_a_caret_below_the_place(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
            f.write('[nodes.a]\nplugin = "generator_source"\n[nodes.b]\nplugin = "discard_sink"\n'
                    'inputs = ["a", "°", "c"]\n')
            f.flush()
            code, said = check(f.name)
            found = json.loads(subprocess.run([PENSTOCK, "check", "--format", "json", f.name],
                                              capture_output=True, text=True).stdout)
        self.assertEqual(code, 1)
        self.assertIn('    5 | inputs = ["a", "°", "c"]\n      |                ^\n', said)
        self.assertEqual([each["severity"] for each in found], ["error", "error"])
        self.assertEqual((found[0]["line"], found[0]["file"]), (5, f.name))
        self.assertIn("there is no node", found[0]["message"])

    def test_a_line_with_a_secret_is_not_shown(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
            f.write('[nodes.a]\nplugin = "generator_source"\n[nodes.b]\nplugin = "timescale_sink"\n'
                    'inputs = ["a"]\npasword = "hunter2"\n')
            f.flush()
            code, said = check(f.name)
        self.assertEqual(code, 1)
        self.assertIn('did you mean "password"', said)
        self.assertNotIn("hunter2", said)

    def test_a_secret_in_a_file_that_is_not_toml_is_not_shown(self):
        text_of_lines = '"""\nhunter2\nmore\\qhunter3\n"""\n'
        for text in ('password "hunter2"\n', 'password: "hunter2"\n', "password hunter2\n",
                     '"pass word": "hunter2"\n', "pass-word = hunter2\n", 'db_pw "hunter2"\n',
                     "password = " + text_of_lines, "name = " + text_of_lines,
                     "password = '" + "''\nx'\nhunter2\x01\n'" + "''\n",
                     'password = [\n"hunter2" "x"\n]\n',
                     "password = 98765432109876543210\n", "password = 9876543210x\n",
                     'password = "hunter2\n', 'password = "hun\\qter2"\n', "password = hunter2\n",
                     'broker_url "tcp://u:hun ter2@h"\n', 'host = "u:hun ter2@h\n',
                     'x = { password = "hunter2" y }\n', 'topics = "${MY_TOKEN:-hunter2}\n'):
            with self.subTest(text), tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
                f.write("[nodes.a]\n" + text)
                f.flush()
                for arguments in (["check"], ["check", "--format", "json"], ["run"], ["graph"]):
                    done = subprocess.run([PENSTOCK, *arguments, f.name], capture_output=True, text=True)
                    said = done.stdout + done.stderr
                    self.assertEqual(done.returncode, 1)
                    self.assertIn("not TOML", said)
                    for part in ("hun", "ter2", "98765"):
                        self.assertNotIn(part, said, arguments)

    def test_a_rejected_port_that_nothing_reads_is_warned_of(self):
        with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
            text = f.read()
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
            f.write(text.replace('"decoder.rejected", ', ""))
            f.flush()
            code, said = check(f.name)
        self.assertEqual(code, 0)
        self.assertIn(f'{f.name}:34:8: warning: nodes.decoder: nothing reads "decoder.rejected"', said)
        self.assertNotIn("database.rejected", said)

    def test_combinations_that_cannot_hold_are_refused_with_what_to_choose(self):
        with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
            text = f.read()
        disk = 'type      = "disk"\npath      = "${STATE_DIRECTORY:-.}/intake"\n'
        cases = [
            ([(disk, ""), ("parallelism = 4", 'parallelism = 4\ndelivery = "exactly_once"')],
             'delivery: "exactly_once" needs a disk intake'),
            ([('type      = "disk"', 'type = "disk"\ndurability = "machine"'),
              ("clean_session = false", 'clean_session = false\nreceiver = "paho"')],
             'receiver: "paho" acknowledges before the intake is synced'),
            ([("clean_session = false", 'clean_session = false\nreceiver = "paho"\nconnections = 2')],
             'connections: only "bulk" has several'),
            ([("clean_session = false", "clean_session = false\nconnections = 2"),
              ("$share/ingestion/dev/#,", "dev/#,")],
             "connections: each connection would get every message"),
            ([("clean_session = false", 'clean_session = false\nreceiver = "bulk"'),
              ("tcp://localhost:1883", "ws://localhost:80")], 'receiver: "bulk" has no web sockets'),
            ([("$share/ingestion/uns/#", "uns/#/x")], '"uns/#/x" has a # that is not its whole last'),
        ]
        for changes, expected in cases:
            with self.subTest(expected), tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
                wrong = text
                for old, new in changes:
                    self.assertIn(old, wrong)
                    wrong = wrong.replace(old, new)
                f.write(wrong)
                f.flush()
                code, said = check(f.name)
                self.assertEqual(code, 1)
                self.assertIn(expected, said)


if __name__ == "__main__":
    unittest.main()
