"""`penstock check` beyond what it says of a file, which is in tests/text/config: its exit code, its JSON,
and secrets in what is not even TOML."""

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
    def test_the_pipeline_in_the_readme_is_well(self):
        with open(os.path.join(ROOT, "README.md")) as f:
            text = re.search(r"```toml\n(.*?)```", f.read(), re.DOTALL)[1]
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
            f.write(text)
            f.flush()
            code, said = check(f.name)
        self.assertEqual((code, said), (0, f"{f.name}: ok\n"))

    def test_as_json_each_has_file_place_severity_and_message(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as f:
            f.write('[nodes.a]\nplugin = "generator_source"\n[nodes.b]\nplugin = "discard_sink"\n'
                    'inputs = ["a", "°", "c"]\n')
            f.flush()
            done = subprocess.run([PENSTOCK, "check", "--format", "json", f.name], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        found = json.loads(done.stdout)
        self.assertEqual([each["severity"] for each in found], ["error", "error"])
        self.assertEqual((found[0]["line"], found[0]["column"], found[0]["file"]), (5, 16, f.name))
        self.assertIn("there is no node", found[0]["message"])

    def test_it_fails_for_errors_and_not_for_warnings(self):
        warned = '[nodes.a]\nplugin = "generator_source"\n[nodes.d]\nplugin = "json_decoder"\ninputs = ["a"]\n' \
            '[nodes.b]\nplugin = "discard_sink"\ninputs = ["d"]\n'
        for text, code, said in ((warned, 0, ": ok\n"), (warned.replace('["a"]', '["x"]'), 1, "")):
            done = subprocess.run([PENSTOCK, "check", "/dev/stdin"], input=text, capture_output=True, text=True)
            self.assertEqual(done.returncode, code)
            self.assertEqual(done.stdout, said and "/dev/stdin" + said)
            self.assertEqual("warning: " in done.stderr, code == 0)

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


if __name__ == "__main__":
    unittest.main()
