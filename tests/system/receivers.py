"""What a receiver of mqtt_source must do, against a real mosquitto: versions, TLS, logins,
sessions, qualities of service, refusals. Written once, run for every receiver."""

import glob
import json
import os
import unittest

from services import Broker, Engine, run_process, temporary_folder, wait_until

PIPELINE = """
[service]
name = "receivers"
[http]
listen = "127.0.0.1:${{INGESTION_HTTP_PORT}}"
[nodes.mqtt]
plugin     = "mqtt_source"
broker_url = "{url}"
client_id  = "penstock-test"
topics     = ["dev/#", "uns/#"]
{options}
[nodes.out]
plugin = "file_sink"
inputs = ["mqtt"]
path   = "${{STATE_DIRECTORY}}/messages.ndjson"
"""


def openssl(*arguments):
    run_process(["openssl", *arguments], check=True, capture_output=True)


class Certificates:
    """A CA, a server's certificate for localhost, one for another host, and a client's."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = self.path("ca.crt")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test CA",
                "-keyout", self.path("ca.key"), "-out", self.ca)
        self.make("localhost", "DNS:localhost,IP:127.0.0.1")
        self.make("elsewhere", "DNS:elsewhere.example")
        self.make("client", "DNS:client")

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, names):
        request, extensions = self.path(name + ".csr"), self.path(name + ".ext")
        with open(extensions, "w") as f:
            f.write(f"subjectAltName={names}\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout",
                self.path(name + ".key"), "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.path("ca.key"),
                "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out",
                self.path(name + ".crt"))

    def listener(self, name, client=False):
        return (f"cafile {self.ca}\ncertfile {self.path(name + '.crt')}\n"
                f"keyfile {self.path(name + '.key')}\nrequire_certificate {str(client).lower()}\n")


def messages_of(engine):
    """Topic and payload of what the pipeline has written."""
    path = os.path.join(engine.folder, "messages.ndjson")
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return [(m["topic"], m["payload"]) for m in map(json.loads, f)]


class Receiver:
    """The claims, of a receiver that a class below names."""
    receiver = ""

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def start_broker(self, settings="", listener=""):
        broker = Broker(self.folder, settings, listener)
        self.addCleanup(broker.stop)
        return broker

    def start(self, url, options="", ready=True, topics='["dev/#", "uns/#"]'):
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.replace('["dev/#", "uns/#"]', topics).format(
                url=url, options=f'receiver = "{self.receiver}"\n' + options))
        engine = Engine(self.folder, path).start()
        self.addCleanup(engine.stop)
        return engine.wait_ready() if ready else engine

    def assert_arrive(self, engine, expected):
        wait_until(lambda: len(messages_of(engine)) >= len(expected),
                   f"{len(expected)} messages arrive")
        self.assertEqual(sorted(messages_of(engine)), sorted(expected))

    def assert_trouble(self, engine, text):
        wait_until(lambda: text in engine.get("/health")[1], f"health says {text!r}")
        self.assertEqual(engine.get("/health/ready")[0], 503)

    def check_flow(self, broker, engine, *more):
        topics = ["dev/a", "uns/ä/b"]
        for topic in topics:
            broker.publish(topic, "x", *more)
        self.assert_arrive(engine, [(topic, "x") for topic in topics])

    def test_both_versions_of_the_protocol_carry_messages(self):
        broker = self.start_broker()
        for version in ("3.1.1", "5"):
            with self.subTest(version):
                engine = self.start(broker.url, f'protocol = "{version}"')
                self.check_flow(broker, engine)
                self.assertEqual(engine.stop(), 0)
                os.remove(os.path.join(engine.folder, "messages.ndjson"))

    def test_every_quality_of_service_delivers_each_message_once(self):
        broker = self.start_broker()
        for qos in (0, 1, 2) if self.receiver == "bulk" else (0, 1):
            with self.subTest(qos):
                engine = self.start(broker.url, f"qos = {qos}")
                self.check_flow(broker, engine, "-q", "2")
                self.assertEqual(engine.stop(), 0)
                os.remove(os.path.join(engine.folder, "messages.ndjson"))

    def test_the_broker_keeps_what_comes_while_the_engine_is_away(self):
        broker = self.start_broker()
        for version in ("3.1.1", "5"):
            with self.subTest(version):
                options = f'protocol = "{version}"\n'
                engine = self.start(broker.url, options)
                self.assertEqual(engine.stop(), 0)
                broker.publish("dev/a", "kept " + version)
                engine = self.start(broker.url, options)
                self.assert_arrive(engine, [("dev/a", "kept " + version)])
                self.assertEqual(engine.stop(), 0)
                os.remove(os.path.join(engine.folder, "messages.ndjson"))

    def test_what_a_broker_says_of_a_message_comes_in_columns(self):
        broker = self.start_broker()
        broker.publish("dev/old", "kept", "-r")
        properties = ["-V", "5", "-D", "publish", "content-type", "text/plain",
                      "-D", "publish", "user-property", "site", "Graz"]
        for version in ("5", "3.1.1"):
            with self.subTest(version):
                engine = self.start(
                    broker.url, f'protocol = "{version}"\nretained = "all"\nclean_session = true\n'
                    'extra_columns = ["retained", "attributes"]')
                broker.publish("dev/new", "x", *properties)
                self.assert_arrive(engine, [("dev/old", "kept"), ("dev/new", "x")])
                with open(engine.folder + "/messages.ndjson") as f:
                    messages = {message.pop("topic"): message for message in map(json.loads, f)}
                self.assertEqual({topic: message["retained"] for topic, message in messages.items()},
                                 {"dev/old": True, "dev/new": False})
                self.assertNotIn("attributes", messages["dev/old"])
                if version == "5":
                    self.assertEqual(messages["dev/new"]["attributes"],
                                     {"content_type": "text/plain", "user_properties": {"site": "Graz"}})
                else:
                    self.assertNotIn("attributes", messages["dev/new"])
                self.assertEqual(engine.stop(), 0)
                os.remove(os.path.join(engine.folder, "messages.ndjson"))

    def test_a_topic_that_left_the_file_brings_no_more_messages(self):
        broker = self.start_broker()
        disk = '[nodes.mqtt.buffer]\ntype = "disk"\npath = "${STATE_DIRECTORY}/intake"\n'
        self.assertEqual(self.start(broker.url, disk).stop(), 0)
        engine = self.start(broker.url, disk, topics='["plant/#", "uns/#"]')
        self.wait_unsubscribed(engine, "dev/#")
        for topic in "dev/a", "plant/a", "uns/a":
            broker.publish(topic, "x")
        self.assert_arrive(engine, [("plant/a", "x"), ("uns/a", "x")])
        self.assertEqual(engine.stop(), 0)

    def wait_unsubscribed(self, engine, topic):
        wait_until(lambda: f"unsubscribed from {topic}," in engine.log(), "it is unsubscribed")

    def test_a_message_beyond_a_limit_is_skipped_counted_and_told(self):
        broker = self.start_broker()
        engine = self.start(broker.url, 'max_topic_bytes = 64\nmax_message_bytes = "1KiB"')
        broker.publish("dev/" + "x" * 100, "lost")
        broker.publish("dev/a", "x" * 1025)
        self.check_flow(broker, engine)
        self.assertEqual(engine.metric("penstock_mqtt_messages_oversize_total"), 2)
        self.assertIn("has a topic longer than max_topic_bytes and was skipped", engine.log())
        self.assertEqual(engine.stop(), 0)

    def test_a_message_at_its_limits_is_taken(self):
        broker = self.start_broker()
        engine = self.start(broker.url, 'max_topic_bytes = 64\nmax_message_bytes = "1KiB"')
        largest = [("dev/" + "t" * 60, "x" * 1024), ("dev/a", "x" * 1024), ("dev/" + "t" * 60, "")]
        for topic, payload in largest:
            broker.publish(topic, payload)
        self.assert_arrive(engine, largest)
        self.assertEqual(engine.metric("penstock_mqtt_messages_oversize_total"), 0)
        self.assertEqual(engine.stop(), 0)

    def test_a_clean_session_keeps_nothing(self):
        broker = self.start_broker()
        engine = self.start(broker.url, "clean_session = true")
        self.assertEqual(engine.stop(), 0)
        broker.publish("dev/a", "forgotten")
        engine = self.start(broker.url, "clean_session = true")
        broker.publish("dev/a", "new")
        self.assert_arrive(engine, [("dev/a", "new")])

    def test_a_login_is_needed_and_a_wrong_one_is_reported(self):
        passwords = os.path.join(self.folder, "passwords")
        with open(passwords, "w") as f:
            f.write("machine:secret-word\n")
        os.chmod(passwords, 0o600)
        run_process(["mosquitto_passwd", "-U", passwords], check=True)
        broker = self.start_broker(f"allow_anonymous false\npassword_file {passwords}\n")
        engine = self.start(broker.url, 'username = "machine"\npassword = "wrong-word"', ready=False)
        self.assert_trouble(engine, "cannot connect")
        self.assertNotIn("wrong-word", engine.log() + engine.get("/status")[1])
        self.assertEqual(engine.stop(), 0)
        engine = self.start(broker.url, 'username = "machine"\npassword = "secret-word"')
        broker.publish("dev/a", "x", "-u", "machine", "-P", "secret-word")
        self.assert_arrive(engine, [("dev/a", "x")])

    def test_a_refused_subscription_is_reported_by_its_topic(self):
        plugin = glob.glob("/usr/lib/*/mosquitto_dynamic_security.so")
        rules = os.path.join(self.folder, "rules.json")
        with open(rules, "w") as f:
            json.dump({"defaultACLAccess": {"publishClientSend": True, "publishClientReceive": True,
                                            "subscribe": False, "unsubscribe": True},
                       "anonymousGroup": "all", "clients": [],
                       "groups": [{"groupname": "all", "roles": [{"rolename": "dev"}]}],
                       "roles": [{"rolename": "dev", "acls": [
                           {"acltype": "subscribePattern", "topic": "dev/#", "allow": True}]}]}, f)
        broker = self.start_broker(f"plugin {plugin[0]}\nplugin_opt_config_file {rules}\n")
        for version in ("3.1.1", "5"):
            with self.subTest(version):
                engine = self.start(broker.url, f'protocol = "{version}"', ready=False)
                self.assert_trouble(engine, "refused the subscription to uns/#")
                self.assertEqual(engine.stop(), 0)

    def test_tls_carries_messages_and_checks_the_brokers_name(self):
        certificates = Certificates(self.folder)
        broker = self.start_broker(listener=certificates.listener("localhost"))
        url = f"ssl://localhost:{broker.port}"
        engine = self.start(url, f'tls_ca = "{certificates.ca}"')
        self.check_flow(broker, engine, "--cafile", certificates.ca)
        self.assertEqual(engine.stop(), 0)

        engine = self.start(url, ready=False)
        self.assert_trouble(engine, "cannot connect")
        self.assertEqual(engine.stop(), 0)

    def test_a_certificate_of_another_host_is_refused(self):
        certificates = Certificates(self.folder)
        broker = self.start_broker(listener=certificates.listener("elsewhere"))
        url = f"ssl://localhost:{broker.port}"
        engine = self.start(url, f'tls_ca = "{certificates.ca}"', ready=False)
        self.assert_trouble(engine, "cannot connect")
        self.assertEqual(engine.stop(), 0)
        engine = self.start(url, "tls_verify = false")
        self.check_flow(broker, engine, "--cafile", certificates.ca, "--insecure")

    def test_a_client_certificate_opens_the_door(self):
        certificates = Certificates(self.folder)
        broker = self.start_broker(listener=certificates.listener("localhost", client=True))
        url = f"mqtts://localhost:{broker.port}"
        ca, cert, key = (certificates.path(n) for n in ("ca.crt", "client.crt", "client.key"))
        engine = self.start(url, f'tls_ca = "{ca}"', ready=False)
        self.assert_trouble(engine, "cannot connect")
        self.assertEqual(engine.stop(), 0)
        engine = self.start(url, f'tls_ca = "{ca}"\ntls_cert = "{cert}"\ntls_key = "{key}"')
        self.check_flow(broker, engine, "--cafile", ca, "--cert", cert, "--key", key)


class Bulk(Receiver, unittest.TestCase):
    receiver = "bulk"


class Paho(Receiver, unittest.TestCase):
    receiver = "paho"


if __name__ == "__main__":
    unittest.main()
