"""`penstock schema`: what an editor checks by it is what `penstock check` says."""

import glob
import json
import os
import re
import subprocess
import tomllib
import unittest

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")

# A change of default.toml that a schema can refuse, and a word of its complaint.
WRONG = {
    "an unknown section": ("[http]", "[htttp]", "htttp"),
    "an unknown option": ("qos           =", "qoz           =", "qoz"),
    "an unknown plugin": ('plugin = "json_decoder"', 'plugin = "json_decodr"', "json_decodr"),
    "a choice that there is not": ('level  = "${INGESTION_LOGGING_LEVEL:-info}"', 'level = "loud"', "loud"),
    "a number below the minimum": ("rows     = 5000", "rows     = 0", "0"),
    "a number as a word": ("rows     = 5000", 'rows     = "many"', "many"),
    "a duration without a unit": ('interval = "100ms"', 'interval = "100"', "100"),
    "a size of no kind": ('max_bytes = "64MiB"', 'max_bytes = "64 apples"', "apples"),
    "a required option that is missing": ("topics        =", "#", "topics"),
    "inputs that are missing": ('inputs   = ["decoder"]', "", "inputs"),
    "inputs of a source": ("qos           = 1", 'qos = 1\ninputs = ["batcher"]', "inputs"),
    "a buffer of a sink": ("[nodes.mqtt.buffer]", "[nodes.database.buffer]", "buffer"),
    "a name with a dot": ("[nodes.batcher]", '[nodes."bat.cher"]', "bat.cher"),
}

# Text tests whose pipelines `check` refuses, but no schema can, and why.
NOT_TOML = "is no TOML"
BEYOND = {
    "columns_that_do_not_fit": "columns come from options", "conflict_without_key": "a plugin's own rule",
    "inputs_in_a_cycle": "names refer to names", "exactly_once_in_memory": "a rule across nodes",
    "input_is_a_sink": "names refer to names", "key_twice": NOT_TOML,
    "address_without_quotes": NOT_TOML,
    "password_of_http_elsewhere": "of the environment",
    "login_without_password": "a rule across options", "password_without_login": "a rule across options",
    "tls_without_key": "a rule across options", "protocols_to_offer_without_tls": "a rule across options",
    "tls_file_missing": "of the environment",
    "missing_credential": "of the environment", "missing_file": "of the environment",
    "missing_variable": "of the environment", "no_quotes": NOT_TOML, "no_value": NOT_TOML,
    "not_toml": NOT_TOML, "a_node_that_reads_itself": "names refer to names", "table_twice": NOT_TOML,
    "session_of_two_sources": "a rule across nodes", "one_file_of_two_sinks": "a rule across nodes",
    "two_sources_on_one_folder": "a rule across nodes", "two_writers_of_a_file": "a plugin's own rule",
    "two_spellings_of_one_folder": "a rule across nodes", "files_that_are_missing": "of the environment",
    "numbers_that_are_not_finite": "JSON has none", "variables_of_every_type": "of the environment",
    "unknown_input": "names refer to names", "unknown_port": "names refer to names",
    "files_that_cannot_be_kept": "of the environment", "nul_in_a_list": "hardly ever a mistake",
    "host_names_that_are_none": "what an address means",
    "hosts_that_are_none": "what an address means", "one_address_in_two_spellings": "what an address means",
    "hosts_that_are_none_by_a_variable": "of the environment",
    "tables_of_other_shapes": "a plugin's own rule",
    "texts_that_mqtt_cannot_send": "a plugin's own rule", "quality_of_service_2_with_paho": "a rule across options",
    "join_without_field": "a plugin's own rule",
    "connections_with_paho": "a rule across options", "connections_without_a_share": "a rule across options",
    "bulk_with_web_sockets": "a rule across options", "durability_of_the_machine_with_paho": "a rule across options",
    "a_caret_behind_a_character_of_many_bytes": "names refer to names",
    "bare_values_with_root": "a rule across options", "keep_outer_without_root": "a rule across options",
    "metadata_of_objects": "a rule across options", "time_zone_that_is_none": "of the environment",
}


def schema():
    return json.loads(subprocess.run([PENSTOCK, "schema"], capture_output=True, text=True, check=True,
                                     timeout=60).stdout)


def sections(path):
    """Of a text test: name → text."""
    with open(path) as f:
        pieces = re.split(r"^-- (.*) --\n", f.read(), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2]))


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schema = schema()
        with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
            cls.default = f.read()

    def changed(self, old, new):
        self.assertIn(old, self.default)
        return self.default.replace(old, new, 1)

    def test_it_has_every_option_of_every_plugin_with_its_help(self):
        nodes = self.schema["properties"]["nodes"]["additionalProperties"]
        by_plugin = {each["then"]["properties"]["plugin"]["const"]: each["then"] for each in nodes["allOf"]}
        listed = subprocess.run([PENSTOCK, "plugins"], capture_output=True, text=True, check=True).stdout
        for name in (line.split()[0] for line in listed.splitlines()):
            shown = subprocess.run([PENSTOCK, "plugins", name], capture_output=True, text=True,
                                   check=True).stdout
            options = shown.split("Options\n")[-1].split("\n\n")[0].splitlines()[1:] \
                if "Options\n" in shown else []
            for option in (line.split()[0] for line in options):
                self.assertIn("description", by_plugin[name]["properties"][option], f"{name}.{option}")

    @unittest.skipUnless(jsonschema, "the Python package jsonschema is not installed")
    def test_it_takes_every_shipped_pipeline(self):
        jsonschema.Draft7Validator.check_schema(self.schema)
        for path in glob.glob(os.path.join(ROOT, "pipelines", "*.toml")):
            with open(path, "rb") as f:
                jsonschema.Draft7Validator(self.schema).validate(tomllib.load(f))

    @unittest.skipUnless(jsonschema, "the Python package jsonschema is not installed")
    def test_it_refuses_what_a_schema_can_refuse(self):
        for what, (old, new, word) in WRONG.items():
            with self.subTest(what):
                document = tomllib.loads(self.changed(old, new))
                errors = list(jsonschema.Draft7Validator(self.schema).iter_errors(document))
                self.assertTrue(errors)
                self.assertIn(word, " ".join(error.message for error in errors))

    @unittest.skipUnless(jsonschema, "the Python package jsonschema is not installed")
    def test_it_refuses_every_wrong_pipeline_of_the_text_tests_that_a_schema_can_refuse(self):
        refused = 0
        for path in sorted(glob.glob(os.path.join(ROOT, "tests", "text", "**", "*.test"), recursive=True)
                           + glob.glob(os.path.join(ROOT, "plugins", "*", "tests", "*.test"))):
            name = os.path.basename(path)[:-len(".test")]
            text, said = (sections(path).get(section) for section in ("pipeline.toml", "check"))
            if not text or not said or said.endswith(": ok\n") or BEYOND.get(name) == NOT_TOML:
                continue
            with self.subTest(name):
                is_valid = jsonschema.Draft7Validator(self.schema).is_valid(tomllib.loads(text))
                self.assertEqual(is_valid, name in BEYOND)
                refused += not is_valid
        self.assertGreaterEqual(refused, 30)

    def test_check_refuses_the_same(self):
        for what, (old, new, _) in WRONG.items():
            with self.subTest(what):
                done = subprocess.run([PENSTOCK, "check", "/dev/stdin"], input=self.changed(old, new),
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 1, done.stdout)


if __name__ == "__main__":
    unittest.main()
