"""`penstock test FILE.test`: what a test that fails is told, by its own lines, and what --update writes."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from processes import temporary_folder  # noqa: E402

PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")

HEAD = """\
# A number is a value,
# and a word is a text.
#
# More than that is not said.
"""
PIPELINE = """\
-- pipeline.toml --
[nodes.in]
plugin = "file_source"
path   = "-"

[nodes.decoder]
plugin = "json_decoder"
inputs = ["in"]

[nodes.out]
plugin = "file_sink"
inputs = ["decoder", "decoder.rejected"]
path   = "-"
"""
INPUT = """\
-- input.ndjson --
{"topic":"a","payload":{"value":75.5},"received":"2024-01-15T10:30:00Z"}
{"topic":"b","payload":{"value":"on"},"received":"2024-01-15T10:30:00Z"}
"""
EXPECTED = """\
-- expected.ndjson --
{"topic":"a","value":75.5}
{"topic":"b","value_str":"on"}
"""
CHECK = """\
-- check --
pipeline.toml: ok
"""
# `check` has one thing to say of it.
WRONG = PIPELINE.replace('"json_decoder"', '"jason"').replace(', "decoder.rejected"', "")
ALL = HEAD + PIPELINE + CHECK + INPUT + EXPECTED


class TextCases(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def write(self, text, name="a.test"):
        with open(os.path.join(self.folder, name), "w") as f:
            f.write(text)

    def read(self, name="a.test"):
        with open(os.path.join(self.folder, name)) as f:
            return f.read()

    def run_test(self, *arguments):
        done = subprocess.run([PENSTOCK, "test", *arguments], capture_output=True, text=True, timeout=120,
                              cwd=self.folder)
        return done.returncode, done.stdout + done.stderr

    def changed(self, *changes):
        text = ALL
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return text

    def line_of(self, text, part):
        return next(i for i, line in enumerate(text.splitlines(), 1) if part in line)

    def assert_fails(self, text, *words):
        self.write(text)
        code, said = self.run_test("a.test")
        self.assertEqual(code, 1, said)
        self.assertIn("FAILED  a.test\n", said)
        for each in words:
            self.assertIn(each, said)

    def test_rows_and_check_of_one_file_pass(self):
        self.write(ALL)
        self.assertEqual(self.run_test("a.test"), (0, "ok      a.test\n1 case, 0 failed\n"))

    def test_a_row_that_differs_is_told_by_the_line_of_the_file_and_the_claim(self):
        text = self.changed(('"value":75.5}\n{"topic":"b","value_str"', '"value":75}\n{"topic":"b","value_str"'))
        line = self.line_of(text, '"value":75}')
        self.assert_fails(text, "  A number is a value, and a word is a text.\n"
                          f"  a.test:{line}: differs\n    value\n      - 75\n      + 75.5\n")

    def test_rows_that_are_missing_or_unexpected_are_told_by_line(self):
        text = ALL.replace('{"topic":"b","value_str":"on"}\n', '{"x":1,"y":2}\n')
        line = self.line_of(text, '{"x"')
        self.assert_fails(text, f"a.test:{line}: missing\n    - {{\"x\":1",
                          f"a.test:{self.line_of(text, '-- expected')}: unexpected\n    + {{\"time\"")

    def test_a_check_that_differs_is_told_by_the_line_of_the_file(self):
        text = self.changed(("pipeline.toml: ok", "pipeline.toml: unwell"))
        self.assert_fails(text, f"a.test:{self.line_of(text, 'unwell')}: differs\n"
                          "    - pipeline.toml: unwell\n    + pipeline.toml: ok\n")

    def test_a_check_alone_is_a_test_and_an_ellipsis_is_any_text_of_a_line(self):
        wrong = HEAD + WRONG + """\
-- check --
pipeline.toml:6:10: nodes.decoder: no plugin named "jason" (did you mean …"?); looked in …/plugins, …
    6 | plugin = "jason"
      |          ^
"""
        self.write(wrong)
        self.assertEqual(self.run_test("a.test")[0], 0)
        self.assert_fails(wrong.replace("did you mean …", "did you mean … or …"), "differs")
        self.assert_fails(wrong.replace("plugins, …", "folders"), "differs")

    def test_an_error_of_the_pipeline_is_told_by_the_line_of_the_file(self):
        text = HEAD + WRONG + INPUT + EXPECTED
        self.assert_fails(text, f"  a.test:{self.line_of(text, 'jason')}:10: nodes.decoder: no plugin named")

    def test_names_that_do_not_fit_are_told_by_the_line_of_the_section(self):
        text = self.changed(("expected.ndjson", "expected.decodr.ndjson"))
        at = f"a.test:{self.line_of(text, 'decodr')}: "
        self.assert_fails(text, at + 'there is no node "decodr" (did you mean "decoder"?)')
        text = self.changed(("-- check", "-- chek"))
        self.assert_fails(text, f'a.test:{self.line_of(text, "chek")}: there is no section chek (did you mean "check"?)')
        text = self.changed(("-- input.ndjson", "-- messages.ndjson"))
        self.assert_fails(text, f'a.test:{self.line_of(text, "messages.")}: a case has input.ndjson, input.NODE')
        text = ALL + INPUT
        self.assert_fails(text, f'a.test:{len(ALL.splitlines()) + 1}: a second section input.ndjson')
        for name in ("../x", "/x", "x/", "a/../b", "case.toml"):
            self.assert_fails(ALL + f"-- {name} --\n", f"a.test:{len(ALL.splitlines()) + 1}: ")

    def test_a_file_without_claim_sections_or_input_is_told(self):
        self.assert_fails(PIPELINE + INPUT + EXPECTED, "a.test:1: no claim")
        self.assert_fails(HEAD, "a.test:4: no section")
        self.assert_fails("", "a.test:1: no claim")
        self.assert_fails(HEAD + PIPELINE + EXPECTED, "a.test: there is no input.ndjson")
        self.assert_fails(HEAD + PIPELINE + CHECK + EXPECTED, "a.test: there is no input.ndjson")
        self.assert_fails(HEAD + INPUT + EXPECTED, 'a.test: pipeline = "…" is missing')
        self.assert_fails(HEAD + PIPELINE + INPUT, "there is no expected.ndjson; --update writes it")

    def test_what_is_wrong_in_the_head_is_told_by_its_line(self):
        self.assert_fails(HEAD + "[variables\n" + PIPELINE + INPUT + EXPECTED, "a.test:5: not TOML")
        self.assert_fails(HEAD + "variable = 1\n" + PIPELINE + INPUT + EXPECTED,
                          'a.test:5: unknown key variable (did you mean "variables"?)')
        self.assert_fails(HEAD + "[variables]\nA = 1\n" + PIPELINE + INPUT + EXPECTED, "a.test:6: A: expected")
        self.assert_fails(HEAD + 'pipeline = "b"\n' + PIPELINE + INPUT + EXPECTED,
                          "a.test:5: pipeline is named, and there is a pipeline.toml")

    def test_a_line_that_is_no_message_is_told_and_not_passed_over(self):
        for line in ('{"topic":"b"', '"b"', '{"payload":{"value":"on"}}'):
            text = ALL.replace(INPUT.splitlines()[2], line)
            self.assert_fails(text, f"a.test:{self.line_of(text, line)}: not a message, a JSON object")

    def test_null_is_no_value_and_a_value_is_not_null(self):
        self.write(ALL.replace('"value":75.5}\n{"topic":"b","value_str"',
                               '"value":75.5,"value_str":null}\n{"topic":"b","value":null,"value_str"'))
        self.assertEqual(self.run_test("a.test")[0], 0)
        self.assert_fails(self.changed(('"topic":"a","value":75.5}', '"topic":"a","value":null}')),
                          "    value\n      - null\n      + 75.5\n")

    def test_a_shared_pipeline_is_named_from_the_files_folder_and_gets_variables(self):
        os.mkdir(os.path.join(self.folder, "below"))
        self.write(PIPELINE.split("\n", 1)[1].replace('"json_decoder"\n', '"json_decoder"\nroot = "${ROOT}"\n'),
                   "shared.toml")
        text = HEAD + 'pipeline = "../shared.toml"\n[variables]\nROOT = "/p"\n' + CHECK.replace(
            "pipeline.toml", "../shared.toml") + INPUT.replace('{"value":75.5}', '{"p":{"value":75.5}}').replace(
                '{"value":"on"}', '{"p":{"value":"on"}}') + EXPECTED
        self.write(text, "below/a.test")
        self.assertEqual(self.run_test("."), (0, "ok      ./below/a.test\n1 case, 0 failed\n"))
        self.write(text.replace("ROOT", "RODT"), "below/a.test")
        self.assertIn("shared.toml:7:8: root: the environment variable ROOT is not set",
                      self.run_test("below/a.test")[1])

    def test_other_sections_are_files_of_the_folder_in_which_it_runs(self):
        pipeline = PIPELINE.replace('"json_decoder"\n', '"json_decoder"\nroot = "${file:secrets/root}"\n')
        self.write(HEAD + pipeline + INPUT.replace('{"value":75.5}', '{"p":{"value":75.5}}').replace(
            '{"value":"on"}', '{"p":{"value":"on"}}') + EXPECTED + "-- secrets/root --\n/p\n")
        self.assertEqual(self.run_test("a.test")[0], 0)
        self.assertEqual(os.listdir(self.folder), ["a.test"])

    def test_update_writes_what_differs_and_leaves_the_rest_as_it_is(self):
        text = self.changed(("pipeline.toml: ok", "pipeline.toml: unwell"))
        self.write(text)
        self.assertEqual(self.run_test("--update", "a.test")[0], 0)
        self.assertEqual(self.read(), ALL)
        self.write(ALL.replace('{"topic":"b","value_str":"on"}\n', '{"topic":"b"}\n{"topic":"c"}\n'))
        self.assertEqual(self.run_test("--update", "a.test")[0], 0)
        self.assertEqual(self.read(), HEAD + PIPELINE + CHECK + INPUT + "-- expected.ndjson --\n" + "".join(
            f'{{"time":"2024-01-15T10:30:00.000000Z","topic":"{topic}",{value},"quality":192,"metadata":{{}}}}\n'
            for topic, value in (("a", '"value":75.5'), ("b", '"value_str":"on"'))))
        self.assertEqual(self.run_test("a.test")[0], 0)

    def test_update_adds_a_section_for_rows_that_has_none(self):
        self.write(HEAD + PIPELINE + INPUT)
        self.assertEqual(self.run_test("--update", "a.test")[0], 0)
        self.assertIn(INPUT + '-- expected.ndjson --\n{"time":', self.read())
        self.assertEqual(self.run_test("a.test")[0], 0)

    def test_update_keeps_the_ellipses_of_lines_that_match(self):
        text = HEAD + WRONG + (
            "-- check --\npipeline.toml:6:10: nodes.decoder: no plugin named …\n")
        self.write(text)
        self.assertEqual(self.run_test("--update", "a.test")[0], 0)
        self.assertEqual(self.read(), text + '    6 | plugin = "jason"\n      |          ^\n')

    def test_a_file_that_is_no_test_is_refused(self):
        self.write(ALL, "a.txt")
        self.assertEqual(self.run_test("a.txt"), (1, "0 cases, 1 failed\na.txt: not a test; its name must end in .test\n"))


if __name__ == "__main__":
    unittest.main()
