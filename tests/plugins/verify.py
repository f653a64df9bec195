"""`penstock plugins --verify` passes every plugin of ours, and names the fault of each broken one."""

import glob
import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
from processes import run_process, temporary_folder  # noqa: E402

BUILD = os.environ["PENSTOCK_BUILD"]
SHIPPED = sorted(glob.glob(f"{BUILD}/lib*/penstock/plugins/*.so") +
                 glob.glob(f"{BUILD}/lib/*/penstock/plugins/*.so"))
# AddressSanitizer ends the process itself where it would have crashed.
CRASHES = ("ends the process" if "address" in os.environ.get("PENSTOCK_SANITIZE", "")
           else "crashes (Segmentation fault)")

# tests/plugins/broken/NAME → words of a line, without NAME. The one that waits takes ten seconds.
FAULTS = {
    "default_out_of_range": 'has an option "rows" with a default that it refuses: rows: 5 is below the '
                            "minimum of 10",
    "option_twice": 'has an option "rows" twice',
    "option_name": 'has an option "Most rows" whose name is not of a-z, 0-9 and _',
    "option_help": 'has an option "rows" without help',
    "enum_choices": 'has an option "rows" without choices',
    "rejected_port": 'has a port "rejected", which the engine adds',
    "no_size": "its node type 0 has a size of 0, which is too small",
    "metric_kind": "has a metric 0 of the unknown kind 17",
    "list_column": 'output_schema of port 0: its column "values" is of type "+l", which cannot travel',
    "schema_kept": "input_schema: release does not set release to NULL, as Arrow asks",
    "schema_throws": "input_schema: an exception leaves it: no columns today",
    "schema_of_another": "output_schema of port 0: it releases its input",
    "create_silent": "create: it fails without calling set_error",
    "create_emits": "create: it calls emit in create",
    "create_waits": "create does not return within 10 s",
    "create_exits": "create ends the process",
    "process_silent": "process: it fails without calling set_error",
    "process_retries": "process: it asks to be called again, which only a sink or a blocking transform is",
    "status_unknown": "process: it returns the status 42, which there is not",
    "process_throws": "process: an exception leaves it: no std::exception",
    "null_crashes": "process, given columns of nulls " + CRASHES,
    "batch_leaks": "1 of the batches that it retained are not released by destroy",
    "batch_unknown": "it retains or releases what is no batch",
    "flush_holds": "flush: it still holds a batch, so a stop would wait for it for ever",
    "wrong_columns": "what it emits by port 0 does not have the schema that it declares: the batch has 1 "
                     "columns, its schema has 3",
    "wrong_port": "process: it calls forward with port 3, which it does not declare",
    "wrong_row": "process: it calls reject_row with row 1000000 of chunk 0, which is not there",
    "wrong_metric": "process: it calls metric_add with metric 5, which it does not declare",
    "poses_as_source": "process: it calls finished and is no source",
    "other_thread": "it calls forward outside of a call",
    "late_thread": "it calls log after destroy",
}


# Options without which a type can be nothing.
NEEDED = {"sql.so": ("--option", "query=SELECT * FROM input")}


def verify(file, *more):
    done = run_process([f"{BUILD}/bin/penstock", "plugins", "--verify", file, *more], capture_output=True,
                       text=True, timeout=300)
    return done.returncode, done.stdout.splitlines(), done.stderr


class Verify(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def assert_ok(self, file, *more):
        code, lines, errors = verify(file, *more)
        self.assertEqual((code, lines[-1:], errors), (0, ["ok"], ""), lines)
        return lines

    def test_every_shipped_plugin_passes(self):
        self.assertGreaterEqual(len(SHIPPED), 9)
        for file in SHIPPED:
            name = os.path.basename(file)
            with self.subTest(name):
                self.assert_ok(file, *NEEDED.get(name, ()))

    def test_sources_and_sinks_that_are_started_pass(self):
        messages, rows = self.folder + "/messages", self.folder + "/rows"
        with open(messages, "w") as f:
            f.write('{"topic":"t","payload":"1"}\n' * 100)
        for name, options in {"discard_sink": [], "generator_source": [], "file_sink": [f"path={rows}"],
                              "file_source": [f"path={messages}"],
                              "mqtt_source": ["broker_url=tcp://127.0.0.1:1", "client_id=c", "topics=t"],
                              "timescale_sink": ["host=127.0.0.1", "port=1"]}.items():
            with self.subTest(name):
                file = next(f for f in SHIPPED if f.endswith(f"/{name}.so"))
                given = [word for option in options for word in ("--option", option)]
                lines = self.assert_ok(file, "--start", *given)
                self.assertNotIn("--start", " ".join(lines))
        self.assertGreater(os.path.getsize(rows), 0)

    def test_a_sink_or_source_is_started_only_when_it_is_asked_for(self):
        rows = self.folder + "/rows"
        file = next(f for f in SHIPPED if f.endswith("/file_sink.so"))
        lines = self.assert_ok(file, "--option", f"path={rows}")
        self.assertIn("note: file_sink: its calls after create are not tried, since start may reach the "
                      "outside; --start tries them", lines)
        self.assertFalse(os.path.exists(rows))

    def test_each_broken_plugin_is_told_its_fault(self):
        sources = {os.path.splitext(os.path.basename(f))[0]
                   for f in glob.glob(ROOT + "/tests/plugins/broken/*.c*")}
        self.assertEqual(sources, set(FAULTS) | {"nothing"})
        for name, words in FAULTS.items():
            with self.subTest(name):
                code, lines, _ = verify(f"{BUILD}/tests/plugins/broken/{name}.so")
                self.assertEqual(code, 1)
                self.assertTrue(any(words in line and not line.startswith("note:") for line in lines), lines)
                self.assertRegex(lines[-1], r"^\d+ faults?$")

    def test_the_plugin_that_they_are_made_of_passes(self):
        self.assertEqual(self.assert_ok(f"{BUILD}/tests/plugins/broken/nothing.so"), ["ok"])

    def test_a_fault_is_told_once_however_many_batches_show_it(self):
        _, lines, _ = verify(f"{BUILD}/tests/plugins/broken/process_throws.so")
        self.assertEqual(lines, ["process_throws: process: an exception leaves it: no std::exception "
                                 "(given no rows)", "1 fault"])

    def test_an_option_that_no_type_of_it_has_or_takes_is_refused(self):
        file = f"{BUILD}/tests/plugins/broken/nothing.so"
        self.assertEqual(verify(file, "--option", "rows=7")[0], 0)
        self.assertEqual(verify(file, "--option", "row=7")[:2], (1, ['it has no option "row"', "1 fault"]))
        self.assertEqual(verify(file, "--option", "rows=11")[:2],
                         (1, ['nothing: rows: "11" is out of range', "1 fault"]))
        code, _, errors = verify(file, "--option", "rows")
        self.assertEqual((code, errors), (1, "--option rows: write NAME=VALUE\n"))

    def test_what_is_no_plugin_is_refused_with_the_loader_s_words(self):
        for name, words in {"not_a_library": "cannot be loaded", "no_entry": "is not a Penstock plugin",
                            "throws_in_constructor": "no licence found", "nowhere": "no such file"}.items():
            with self.subTest(name):
                code, lines, _ = verify(f"{BUILD}/tests/plugins/{name}.so")
                self.assertEqual(code, 1)
                self.assertIn(words, lines[0])


if __name__ == "__main__":
    unittest.main()
