"""Plugins that do what none may: the engine names the node, nothing is lost, and the rest goes on."""

import json
import os
import signal
import unittest

from services import BUILD, Engine, temporary_folder, wait_until

PIPELINE = """
[service]
name = "test"
plugin_path = ["{build}/tests/plugins"]
shutdown_timeout = "2s"
stall_after = "{stall_after}"
validate_batches = {validate}
[http]
listen = "127.0.0.1:${{INGESTION_HTTP_PORT}}"
[nodes.messages]
plugin = "file_source"
path = "{folder}/messages"
[nodes.other]
plugin = "file_sink"
inputs = ["messages"]
path = "{folder}/other"
[nodes.bad]
plugin = "{plugin}"
{does}
inputs = ["messages"]
[nodes.good]
plugin = "file_sink"
inputs = ["bad"]
path = "{folder}/good"
[nodes.letters]
plugin = "file_sink"
inputs = ["bad.rejected"]
path = "{folder}/letters"
"""
COUNT = 3000


class HostilePlugins(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.payloads = [str(i) for i in range(COUNT)]
        self.payloads[1500] = "now"
        with open(self.folder + "/messages", "w") as f:
            for payload in self.payloads:
                f.write(json.dumps({"topic": "t", "payload": payload}) + "\n")

    def engine(self, does=None, plugin="hostile", validate=False, stall_after="30s"):
        path = self.folder + "/pipeline.toml"
        with open(path, "w") as f:
            f.write(PIPELINE.format(build=BUILD, folder=self.folder, plugin=plugin,
                                    does=f'does = "{does}"' if does else "", stall_after=stall_after,
                                    validate=str(validate).lower()))
        self.running = Engine(self.folder, path)
        self.addCleanup(lambda: self.running.stop(signal.SIGKILL))
        return self.running.start()

    def rows(self, name):
        path = f"{self.folder}/{name}"
        if not os.path.exists(path):
            return []
        with open(path) as f:
            return [json.loads(line) for line in f]

    def payloads_in(self, name):
        return [str(row["payload"]) for row in self.rows(name)]

    def run_to_its_end(self, **how):
        """The file ends, and so does the engine. Its log."""
        engine = self.engine(**how)
        self.assertEqual(engine.process.wait(120), 0, engine.log())
        self.assertNotIn("not accounted for", engine.log())
        self.assertEqual(self.payloads_in("other"), self.payloads)
        return engine.log()

    def assert_rejected(self, reason, **how):
        log = self.run_to_its_end(**how)
        good, letters = self.payloads_in("good"), self.rows("letters")
        self.assertEqual(sorted(good + [str(row["payload"]) for row in letters]),
                         sorted(self.payloads))
        self.assertIn("now", [row["payload"] for row in letters])
        self.assertTrue(good)
        for row in letters:
            self.assertEqual(row["node"], "bad")
            self.assertIn(reason, row["reason"])
        self.assertRegex(log, f" bad: .*{reason}")

    def test_what_it_throws_is_the_reason_of_the_batch(self):
        self.assert_rejected("thrown on purpose", does="throws")

    def test_what_it_throws_through_the_c_functions_too(self):
        log = self.run_to_its_end(plugin="throws_through")
        self.assertEqual(sorted(self.payloads_in("letters")), sorted(self.payloads))
        self.assertIn("the plugin threw something that is not a std::exception", log)

    def test_batches_of_a_wrong_shape_are_rejected_always(self):
        self.assert_rejected("the batch has 1 columns, its schema has 3", does="no_columns")

    def test_a_column_that_is_too_short(self):
        self.assert_rejected('column "received" has ', does="short_column")

    def test_a_batch_that_is_released_already(self):
        self.assert_rejected("is released already", does="released")

    def test_what_only_sources_may_call_does_nothing_for_others(self):
        log = self.run_to_its_end(does="poses_as_source")
        self.assertEqual(sorted(self.payloads_in("good")), sorted(self.payloads))
        self.assertIn("calls what only a source may, which does nothing; this is a bug in the plugin", log)
        self.assertNotIn("it posed as a source", log)

    def test_a_port_that_it_does_not_have(self):
        self.assert_rejected("port 7, which it does not declare", does="wrong_port")

    def test_a_row_to_reject_that_is_not_there(self):
        self.assert_rejected("which is not there", does="rejects_nothing")

    def test_offsets_that_fall_are_found_by_validate_batches(self):
        self.assert_rejected("has offsets that fall", does="falling_offsets", validate=True)

    def test_text_that_is_none_is_found_by_validate_batches(self):
        self.assert_rejected("is not UTF-8 in row 0", does="wrong_text", validate=True)

    def test_nulls_that_are_none_are_found_by_validate_batches(self):
        self.assert_rejected("nulls and has 0", does="wrong_nulls", validate=True)

    def test_a_row_that_is_rejected_thrice_is_one(self):
        self.run_to_its_end(does="rejects_twice")
        self.assertEqual(len(self.rows("letters")), 1)

    def test_rows_from_outside_of_a_call_are_refused_and_told(self):
        log = self.run_to_its_end(does="emits_outside")
        self.assertEqual(sorted(self.payloads_in("good")), sorted(self.payloads))
        self.assertIn("bad: its plugin emits rows outside of a call", log)

    def test_what_a_failed_call_gave_out_of_held_batches_goes_on(self):
        log = self.run_to_its_end(does="fails_after_holding")
        good, letters = self.payloads_in("good"), self.payloads_in("letters")
        self.assertEqual(sorted(good + letters), sorted(self.payloads))
        self.assertIn("now", letters)
        self.assertIn("0", good)
        self.assertIn("and then it threw", log)

    def test_a_call_that_does_not_come_back_names_its_node_and_the_rest_goes_on(self):
        engine = self.engine(does="blocks", stall_after="500ms")
        wait_until(lambda: "stall_after" in engine.get("/health")[1], "it is named")
        status, text = engine.get("/health")
        self.assertEqual(status, 503)
        components = json.loads(text)["components"]
        self.assertEqual([name for name, c in components.items() if c["status"] == "degraded"], ["bad"])
        self.assertIn("has not returned for 500ms (stall_after)", components["bad"]["message"])
        self.assertIn("bad: degraded: a plugin call has not returned", engine.log())
        # The other branch has all of it, and a look at the engine still works.
        wait_until(lambda: len(self.rows("other")) == COUNT, "the rest goes on")
        self.assertEqual(engine.get("/metrics")[0], 200)
        # A stop waits for shutdown_timeout and says what is not done.
        self.assertEqual(engine.stop(), 2)
        self.assertIn("accepted messages are not written", engine.log())

    def test_a_source_that_appends_after_its_stop_is_refused_and_told(self):
        path = self.folder + "/pipeline.toml"
        with open(path, "w") as f:
            f.write(f'[service]\nplugin_path = ["{BUILD}/tests/plugins"]\n'
                    '[http]\nlisten = "127.0.0.1:${INGESTION_HTTP_PORT}"\n'
                    '[nodes.late]\nplugin = "appends_late"\n'
                    '[nodes.nowhere]\nplugin = "discard_sink"\ninputs = ["late"]\n')
        engine = Engine(self.folder, path).start().wait_ready()
        self.addCleanup(lambda: engine.stop(signal.SIGKILL))
        wait_until(lambda: engine.status()["accounting"]["stored"] > 10, "it appends")
        self.assertEqual(engine.stop(), 0)
        self.assertIn("everything accepted is done", engine.log())

    def test_texts_that_end_where_memory_ends_reach_a_decoder_that_reads_beyond(self):
        """unpadded.c: the page behind the last byte of each column cannot be read."""
        lines = [{"topic": "t", "payload": json.dumps({"value": i})} for i in range(COUNT)]
        with open(self.folder + "/messages", "w") as f:
            f.write("\n".join(map(json.dumps, lines)) + "\n")
        path = self.folder + "/pipeline.toml"
        with open(path, "w") as f:
            f.write(f'[service]\nplugin_path = ["{BUILD}/tests/plugins"]\n'
                    f'[nodes.messages]\nplugin = "file_source"\npath = "{self.folder}/messages"\n'
                    '[nodes.unpadded]\nplugin = "unpadded"\ninputs = ["messages"]\n'
                    '[nodes.decoder]\nplugin = "json_decoder"\ninputs = ["unpadded"]\n'
                    '[nodes.points]\nplugin = "file_sink"\ninputs = ["decoder"]\n'
                    f'path = "{self.folder}/points"\n')
        engine = Engine(self.folder, path).start()
        self.addCleanup(lambda: engine.stop(signal.SIGKILL))
        self.assertEqual(engine.process.wait(120), 0, engine.log())
        self.assertEqual([row["value"] for row in self.rows("points")], list(range(COUNT)))

    def test_what_it_leaks_is_found_by_the_address_sanitizer(self):
        if "address" not in os.environ.get("PENSTOCK_SANITIZE", ""):
            self.skipTest("needs the build with AddressSanitizer")
        engine = self.engine(does="leaks")
        self.assertNotEqual(engine.process.wait(120), 0)
        self.assertIn("LeakSanitizer", engine.log())
        self.assertIn("hostile.cpp", engine.log())


if __name__ == "__main__":
    unittest.main()
