"""The values in force: /status and the page's graph show what a variable gave, with the reference
beside it, and no secret, wherever it came from."""

import json
import os
import subprocess
import unittest

from services import (PENSTOCK, ROOT, Broker, Database, Engine, free_port, temporary_folder,
                      wait_until)

# Of a source that cannot connect: defaults of secrets, and a connection string.
DEFAULTS = """
[service]
name = "defaults"
[http]
listen = "127.0.0.1:${INGESTION_HTTP_PORT}"
[nodes.mqtt]
plugin     = "mqtt_source"
broker_url = "tcp://127.0.0.1:${BROKER_PORT}"
client_id  = "client-${MY_TOKEN:-hunter-three}"
topics     = ["${MY_TOKEN:-hunter-three}/#", "${HOST_TOPIC:-dev}/#"]
username   = "${MQTT_SIGN:-hunter-four}"
password   = "${MQTT_SIGN:-hunter-four}"
connect_timeout = "1s"
[nodes.letters]
plugin = "file_sink"
inputs = ["mqtt"]
path   = "${LETTERS}"
"""

# Secrets come by a variable, a file and a credential, into secret options and into others.
SECRETS = """
[service]
name = "secrets"
[http]
listen   = "127.0.0.1:${INGESTION_HTTP_PORT}"
[nodes.mqtt]
plugin     = "mqtt_source"
broker_url = "ws://localhost:${BROKER_PORT}/mqtt?key=${KEY}"
client_id  = "client-${file:client}"
topics     = ["plant/${credential:topic}/#", "${TOPIC:-dev/#}"]
username   = "${MQTT_PASSWORD}"
password   = "${KEY}"
connect_timeout = "1s"
[nodes.letters]
plugin = "file_sink"
inputs = ["mqtt"]
path   = "${LETTERS:-letters-${API_TOKEN}.ndjson}"
"""
HIDDEN = {"KEY": "hunter-one", "MQTT_PASSWORD": "hunter-two", "API_TOKEN": "hunter-three"}


class Values(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def start_default(self, *arguments, **variables):
        broker, database = Broker(self.folder), Database(self.folder)
        self.addCleanup(database.stop)
        self.addCleanup(broker.stop)
        engine = Engine(self.folder, os.path.join(ROOT, "pipelines", "default.toml"), broker, database,
                        **variables)
        engine.start(*arguments)
        self.addCleanup(engine.stop)
        return engine.wait_ready(), broker, database

    def options_of(self, engine, node):
        graph = json.loads(engine.get("/graph")[1])
        options = next(each["options"] for each in graph["nodes"] if each["name"] == node)
        return {each["name"]: each for each in options}

    def test_values_are_shown_with_what_gave_them(self):
        engine, broker, database = self.start_default("--log-level", "warn")
        status = engine.status()
        self.assertEqual(status["mqtt"]["options"]["broker_url"], {
            "value": broker.url, "reference": "${INGESTION_MQTT_BROKER_URL:-tcp://localhost:1883}"})
        self.assertEqual(status["mqtt"]["options"]["qos"], "1")
        self.assertEqual(status["mqtt"]["options"]["buffer"]["path"], {
            "value": engine.folder + "/intake", "reference": "${STATE_DIRECTORY:-.}/intake"})
        self.assertEqual(status["database"]["options"]["port"], {
            "value": str(database.port), "reference": "${INGESTION_DB_PORT:-5432}"})
        self.assertEqual(status["database"]["options"]["password"], {
            "value": "***", "reference": "${INGESTION_DB_PASSWORD:-${DB_PASSWORD:-${credential:db_password:-}}}"})
        self.assertEqual(status["database"]["options"]["database"]["value"], "nexus_historian")
        self.assertEqual(status["options"]["http"]["listen"], {
            "value": f"0.0.0.0:{engine.port}", "reference": "0.0.0.0:${INGESTION_HTTP_PORT:-8080}"})
        self.assertEqual(status["options"]["logging"]["level"], {"value": "warning",
                                                                 "reference": "--log-level"})
        shown = self.options_of(engine, "database")
        self.assertEqual(shown["host"]["value"], "127.0.0.1")
        self.assertEqual(shown["host"]["reference"], "${INGESTION_DB_HOST:-localhost}")
        self.assertEqual(shown["host"]["from"], "the environment variable INGESTION_DB_HOST")
        self.assertEqual(shown["user"]["from"], "the default for INGESTION_DB_USER")
        self.assertEqual(shown["table"], {"name": "table", "value": "metrics", "reference": "", "from": "",
                                          "help": shown["table"]["help"]})
        for path in ("/status", "/graph", "/view", "/health", "/metrics"):
            self.assertNotIn(database.password, engine.get(path)[1], path)
        self.assertNotIn(database.password, engine.log())

    def test_a_reload_shows_the_reference_of_the_file_as_it_is_now(self):
        pipeline = os.path.join(self.folder, "p.toml")
        text = ('[http]\nlisten = "127.0.0.1:${INGESTION_HTTP_PORT}"\n[nodes.a]\n'
                'plugin = "generator_source"\nrate = %s\n[nodes.a.buffer]\nmax_bytes = %s\n'
                '[nodes.b]\nplugin = "discard_sink"\ninputs = ["a"]\n')
        with open(pipeline, "w") as f:
            f.write(text % ('"${RATE}"', '"${BYTES:-8MiB}"'))
        engine = Engine(self.folder, pipeline, RATE="10").start()
        self.addCleanup(engine.stop)
        engine.wait_ready()
        self.assertEqual(engine.status()["a"]["options"]["rate"], {"value": "10", "reference": "${RATE}"})
        self.assertEqual(engine.status()["a"]["options"]["buffer"]["max_bytes"],
                         {"value": "8MiB", "reference": "${BYTES:-8MiB}"})
        with open(pipeline, "w") as f:
            f.write(text % ('"${OTHER:-10}"', '"8MiB"'))
        subprocess.run([PENSTOCK, "reload", "--pid", str(engine.process.pid)], check=True, capture_output=True)
        self.assertEqual(engine.status()["a"]["options"]["rate"],
                         {"value": "10", "reference": "${OTHER:-10}"})
        self.assertEqual(engine.status()["a"]["options"]["buffer"]["max_bytes"], "8MiB")
        self.assertEqual(self.options_of(engine, "a")["buffer.max_bytes"]["reference"], "")
        self.assertEqual(engine.status()["reloads"]["done"], 1)

    def test_no_secret_is_shown_of_an_option_that_is_none(self):
        pipeline = os.path.join(self.folder, "secrets.toml")
        with open(pipeline, "w") as f:
            f.write(SECRETS)
        engine = Engine(self.folder, pipeline, BROKER_PORT=str(free_port()),
                        CREDENTIALS_DIRECTORY=self.folder, **HIDDEN)
        with open(os.path.join(engine.folder, "client"), "w") as f:
            f.write("hunter-four\n")
        with open(os.path.join(self.folder, "topic"), "w") as f:
            f.write("hunter-five\n")
        engine.start("--log-level", "debug")
        self.addCleanup(engine.stop)
        wait_until(lambda: engine.status().get("mqtt", {}).get("broker"), "it answers")
        wait_until(lambda: "degraded: " in engine.log(), "it cannot connect, and says so")
        options = engine.status()["mqtt"]["options"]
        self.assertRegex(options["broker_url"]["value"], r"^ws://localhost:\d+/mqtt\?key=\*\*\*$")
        self.assertEqual(options["broker_url"]["reference"], "ws://localhost:${BROKER_PORT}/mqtt?key=${KEY}")
        self.assertEqual(options["client_id"], {"value": "client-***", "reference": "client-${file:client}"})
        self.assertEqual(options["topics"]["value"], '["plant/***/#", "dev/#"]')
        self.assertEqual(options["username"]["value"], "***")
        self.assertEqual(engine.status()["letters"]["options"]["path"]["value"], "letters-***.ndjson")
        self.assertRegex(engine.status()["mqtt"]["broker"], r"^ws://localhost:\d+/mqtt\?key=\*\*\*$")
        for path in ("/status", "/graph", "/view", "/health", "/metrics"):
            self.assertNotIn("hunter", engine.get(path)[1], path)
        self.assertNotIn("hunter", engine.log())
        for arguments in (["graph", pipeline], ["graph", pipeline, "--format", "svg"],
                          ["check", "--connect", pipeline],
                          ["top", "--once", f"http://127.0.0.1:{engine.port}"]):
            done = subprocess.run([PENSTOCK, *arguments], env=engine.environment, cwd=engine.folder,
                                  capture_output=True, text=True, timeout=60)
            self.assertNotIn("hunter", done.stdout + done.stderr, arguments)

    def test_what_is_shown_of_an_engine_and_cannot_be_printed_is_told(self):
        pipeline = os.path.join(self.folder, "p.toml")
        with open(pipeline, "w") as f:
            f.write('[http]\nlisten = "127.0.0.1:${INGESTION_HTTP_PORT}"\n[nodes.a]\n'
                    'plugin = "generator_source"\nrate = 100\n[nodes.a.buffer]\ntype = "disk"\n'
                    'path = "intake"\n[nodes.b]\nplugin = "discard_sink"\ninputs = ["a"]\n')
        engine = Engine(self.folder, pipeline).start()
        self.addCleanup(engine.stop)
        engine.wait_ready()
        url = f"http://127.0.0.1:{engine.port}"
        for arguments in (["health", url + "/health"], ["top", "--once", url],
                          ["tap", "a", "--limit", "3", "--url", url],
                          ["reload", "--pid", str(engine.process.pid)],
                          ["intake", os.path.join(engine.folder, "intake")]):
            with self.subTest(arguments), open("/dev/full", "w") as full:
                done = subprocess.run([PENSTOCK, *arguments], stdout=full, stderr=subprocess.PIPE, text=True,
                                      timeout=60)
                self.assertEqual((done.returncode, done.stderr),
                                 (1, "penstock: cannot write to standard output: No space left on device\n"))
                # Closed, its number is not given to the connection.
                done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", PENSTOCK, *arguments],
                                      stderr=subprocess.PIPE, text=True, timeout=60)
                self.assertEqual((done.returncode, done.stderr),
                                 (1, "penstock: cannot write to standard output: Bad file descriptor\n"))

    def test_no_default_of_a_secret_and_no_connection_string_is_shown(self):
        pipeline = os.path.join(self.folder, "defaults.toml")
        with open(pipeline, "w") as f:
            f.write(DEFAULTS)
        engine = Engine(self.folder, pipeline, BROKER_PORT=str(free_port()),
                        LETTERS="host=x password=hunter-five")
        engine.start("--log-level", "debug")
        self.addCleanup(engine.stop)
        wait_until(lambda: engine.status().get("mqtt", {}).get("broker"), "it answers")
        wait_until(lambda: "degraded: " in engine.log(), "it cannot connect, and says so")
        options = engine.status()["mqtt"]["options"]
        self.assertEqual(options["client_id"], {"value": "client-***",
                                                "reference": "client-${MY_TOKEN:-***}"})
        self.assertEqual(options["topics"], {"value": '["***/#", "dev/#"]', "reference":
                                             '["${MY_TOKEN:-***}/#", "${HOST_TOPIC:-dev}/#"]'})
        self.assertEqual(options["username"], {"value": "***", "reference": "${MQTT_SIGN:-***}"})
        self.assertEqual(engine.status()["letters"]["options"]["path"]["value"], "host=x password=***")
        for path in ("/status", "/graph", "/view", "/health", "/metrics"):
            self.assertNotIn("hunter", engine.get(path)[1], path)
        self.assertNotIn("hunter", engine.log())

    def test_the_password_of_http_is_not_shown_of_another_section(self):
        pipeline = os.path.join(self.folder, "http.toml")
        text = ('[service]\nname = "%s"\n[http]\nlisten = "%s"\nusername = "u"\npassword = "${HP}"\n'
                '[nodes.a]\nplugin = "generator_source"\n[nodes.b]\nplugin = "discard_sink"\n'
                'inputs = ["a"]\n')

        def write(name, listen):
            with open(pipeline, "w") as f:
                f.write(text % (name, listen))
        write("a", "127.0.0.1:${INGESTION_HTTP_PORT}")
        engine = Engine(self.folder, pipeline, HP="hunter2.invalid").start()
        self.addCleanup(engine.stop)
        wait_until(lambda: engine.get("/health/ready")[0] == 200, "it is ready")
        for name, listen, words in (("${HP}", "127.0.0.1:${INGESTION_HTTP_PORT}", "service.name"),
                                    ("a", "${HP}:18150", "cannot resolve ***"),
                                    ("a", "${HP}:${INGESTION_HTTP_PORT}", "cannot resolve ***")):
            write(name, listen)
            done = subprocess.run([PENSTOCK, "reload", "--pid", str(engine.process.pid)],
                                  capture_output=True, text=True, timeout=60)
            self.assertIn(words, done.stdout + done.stderr)
            self.assertNotIn("hunter2", done.stdout + done.stderr + engine.log())
            for verb in (["run"], ["check", "--connect"]):
                done = subprocess.run([PENSTOCK, *verb, pipeline], env=engine.environment,
                                      cwd=engine.folder, capture_output=True, text=True, timeout=60)
                self.assertIn(words, done.stdout + done.stderr)
                self.assertNotIn("hunter2", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
