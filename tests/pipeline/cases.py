"""`penstock test`: each folder beside this file that holds a case passes, and what a case that fails
is told."""

import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from processes import temporary_folder  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")
DEFAULT = os.path.join(HERE, "default_pipeline")


def run(*arguments):
    done = subprocess.run([PENSTOCK, "test", *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


class Cases(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.case = os.path.join(self.folder, "case")
        shutil.copytree(DEFAULT, self.case)
        pipeline = os.path.join(HERE, "..", "..", "pipelines", "default.toml")
        shutil.copy(pipeline, self.folder)
        self.edit("case.toml", "../../../pipelines/default.toml", "../default.toml")

    def edit(self, file, old, new):
        path = os.path.join(self.case, file)
        with open(path) as f:
            text = f.read()
        self.assertIn(old, text)
        with open(path, "w") as f:
            f.write(text.replace(old, new))

    def write(self, file, text):
        with open(os.path.join(self.case, file), "w") as f:
            f.write(text)

    def assert_fails(self, *words):
        code, said = run(self.case)
        self.assertEqual(code, 1, said)
        self.assertIn("FAILED  " + self.case, said)
        self.assertIn("1 case, 1 failed", said)
        for each in words:
            self.assertIn(each, said)

    def assert_passes(self):
        self.assertEqual(run(self.case), (0, f"ok      {self.case}\n1 case, 0 failed\n"))

    def test_points_that_a_second_decoder_makes_of_letters_are_points_alone(self):
        case = os.path.join(self.folder, "second")
        shutil.copytree(os.path.join(HERE, "second_decoder"), case)
        path = os.path.join(case, "expected.out.ndjson")
        with open(path) as f:
            expected = f.read()
        # What is written has all columns; a comparison leaves out those that aren't expected.
        self.assertEqual(run("--update", case)[0], 0)
        with open(path) as f:
            self.assertEqual(sorted(f), sorted(expected.splitlines(True)))

    def test_the_cases_beside_this_file_pass(self):
        code, said = run(HERE)
        self.assertEqual(code, 0, said)
        self.assertIn("ok      " + DEFAULT, said)

    def test_a_row_that_came_otherwise_is_told_by_line_and_column(self):
        self.edit("expected.database.ndjson", '"value":75.5', '"value":75')
        self.assert_fails("  expected.database.ndjson:1: differs\n    value\n      - 75\n"
                          "      + 75.5\n")

    def test_rows_that_did_not_come_or_came_besides_are_told(self):
        self.write("expected.database.ndjson", '{"topic":"nobody","value":1,"time":"never"}\n')
        self.assert_fails("expected.database.ndjson:1: missing\n    - {\"topic\":\"nobody\"",
                          'expected.database.ndjson: unexpected\n    + {"time":"2024-01-15T10:30:00.1')

    def test_a_column_that_is_left_out_is_not_compared_and_order_does_not_count(self):
        self.write("expected.database.ndjson", '{"value_str":"running"}\n\n{"value":75.5}\n')
        self.assert_passes()
        # A loose row leaves the strict one its own, whatever their order.
        self.write("expected.database.ndjson", '{"quality":192}\n{"value":75.5}\n')
        self.assert_passes()
        self.write("expected.database.ndjson", '{"value":75.5}\n{"value":75.5}\n')
        self.assert_fails("expected.database.ndjson:2: ")

    def test_what_leaves_a_node_or_a_port_can_be_expected(self):
        for name in ("database", "dead_letters"):
            os.remove(os.path.join(self.case, f"expected.{name}.ndjson"))
        self.write("expected.decoder.ndjson", '{"value":75.5}\n{"value_str":"running"}\n')
        self.write("expected.decoder.rejected.ndjson", '{"payload":"not JSON","node":"decoder"}\n')
        self.assert_passes()
        self.edit("expected.decoder.rejected.ndjson", "not JSON", "JSON")
        self.assert_fails("expected.decoder.rejected.ndjson:1: differs\n    payload\n")

    def test_rejected_rows_that_nobody_asked_for_fail_a_case(self):
        os.remove(os.path.join(self.case, "expected.dead_letters.ndjson"))
        self.assert_fails("dead_letters: came although no expected.dead_letters.ndjson asks for it",
                          "is not a value")

    def test_update_writes_what_came(self):
        self.write("expected.database.ndjson", "")
        self.assertEqual(run("--update", self.case)[0], 0)
        self.assert_passes()
        with open(os.path.join(self.case, "expected.database.ndjson")) as ours, \
                open(os.path.join(DEFAULT, "expected.database.ndjson")) as theirs:
            self.assertEqual(ours.read(), theirs.read())

    def test_names_that_do_not_fit_are_told_with_what_does(self):
        self.write("expected.decodr.ndjson", "")
        self.assert_fails('there is no node "decodr" (did you mean "decoder"?)')
        os.remove(os.path.join(self.case, "expected.decodr.ndjson"))
        self.write("expected.decoder.rejcted.ndjson", "")
        self.assert_fails('no port "rejcted" (did you mean "rejected"?)')
        os.remove(os.path.join(self.case, "expected.decoder.rejcted.ndjson"))
        os.rename(os.path.join(self.case, "input.ndjson"), os.path.join(self.case, "input.mqqt.ndjson"))
        self.assert_fails('there is no input.mqtt.ndjson for the source "mqtt"')
        os.remove(os.path.join(self.case, "input.mqqt.ndjson"))
        self.assert_fails("there is no input.ndjson")

    def test_a_pipeline_with_errors_fails_with_them(self):
        self.edit("../default.toml", "rows     = 5000", "rows     = 0")
        self.assert_fails("rows: 0 is below the minimum of 1")
        self.edit("case.toml", "pipeline =", "pipelin =")
        self.assert_fails('unknown key pipelin (did you mean "pipeline"?)')

    def test_variables_come_from_the_case(self):
        self.edit("../default.toml", "rows     = 5000", 'rows     = "${ROWS}"')
        self.assert_fails("the environment variable ROWS is not set")
        self.edit("case.toml", "[variables]", '[variables]\nROWS = "1"')
        self.assert_passes()

    def test_a_folder_without_a_case_is_no_success(self):
        with temporary_folder() as empty:
            code, said = run(empty)
        self.assertEqual(code, 1)
        self.assertIn("there is no case", said)


if __name__ == "__main__":
    unittest.main()
