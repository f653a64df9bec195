"""What brokers do within the rules, and some a little beside them: each case is played by a script, for
both receivers, and counted exactly."""

import glob
import json
import os
import shutil
import signal
import socket
import ssl
import struct
import time
import unittest

from receivers import PIPELINE, Certificates, messages_of
from scripted_broker import (CLOSE, SESSION_EXPIRY, SILENCE, V5, V311, ScriptedBroker, connack, disconnect,
                             publish)
from services import PENSTOCK, Engine, run_process, temporary_folder, wait_until

CAN_NAME_HOSTS = os.geteuid() == 0 and run_process(["unshare", "-m", "true"]).returncode == 0
SHARED = '["$share/ingestion/dev/#"]'


def in_turn(*answers):
    """To the first CONNECT the first, and so on; a number is a refusal. Then all is ok."""
    def answer(connect):
        mine = answers[connect.number - 1] if connect.number <= len(answers) else 0
        return connack(connect.version, mine) if isinstance(mine, int) else mine
    return answer


class Brokers:
    """The claims, of a receiver that a class below names."""
    receiver = ""

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def broker(self, *arguments, **more):
        broker = ScriptedBroker(*arguments, **more)
        self.addCleanup(broker.close)
        return broker

    def pipeline(self, broker, options="", topics='["dev/#"]'):
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.replace('["dev/#", "uns/#"]', topics).format(
                url=broker.url, options=f'receiver = "{self.receiver}"\n{options}'))
        return path

    def start(self, broker, options="", ready=True, **more):
        engine = Engine(self.folder, self.pipeline(broker, options, **more)).start()
        self.addCleanup(engine.stop)
        return engine.wait_ready() if ready else engine

    def check(self, broker, options="", **more):
        """Exit code and words of `penstock check --connect`."""
        engine = Engine(self.folder, self.pipeline(broker, options, **more), name="check")
        done = run_process([PENSTOCK, "check", "--connect", engine.pipeline], env=engine.environment,
                           cwd=engine.folder, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def assert_trouble(self, engine, text):
        wait_until(lambda: text in engine.get("/health")[1], f"health says {text!r}")

    def wait_log(self, engine, *texts):
        for each in texts:
            wait_until(lambda: each in engine.log(), f"the log says {each!r}")

    def protocol(self, engine):
        return engine.status()["mqtt"]["protocol"]

    def assert_arrive(self, engine, *expected):
        wait_until(lambda: len(messages_of(engine)) >= len(expected), "the messages arrive")
        self.assertEqual(messages_of(engine), list(expected))

    # ---- Sessions ----

    def test_a_clean_session_ends_with_its_connection(self):
        for clean, expiry in ("true", 0), ("false", 7 * 86_400):
            with self.subTest(clean):
                broker = self.broker()
                engine = self.start(broker, f'protocol = "5"\nclean_session = {clean}')
                self.assertEqual(broker.versions, [V5])
                self.assertEqual(broker.connects[0].properties[SESSION_EXPIRY], expiry)
                self.assertEqual(engine.stop(), 0)

    def test_a_session_that_the_broker_has_lost_is_told(self):
        broker = self.broker(answer=lambda c: connack(c.version, session=c.number == 2),
                             then=lambda c: [CLOSE] if c.number < 3 else [])
        engine = self.start(broker, ready=False)
        wait_until(lambda: len(broker.subscribed) == 3, "three connections")
        self.wait_log(engine, "the broker no longer has the session of penstock-test: messages it had "
                              "queued since the connection was lost are gone")
        self.assertEqual(engine.log().count("no longer has the session"), 1)
        self.assertEqual(engine.stop(), 0)

    def test_a_shorter_session_and_a_lower_quality_of_service_are_told_with_what_they_mean(self):
        broker = self.broker(answer=lambda c: connack(c.version, SESSION_EXPIRY=3600),
                             grant=lambda c, filters: ([0 for _ in filters], None))
        engine = self.start(broker)
        self.wait_log(engine, "the broker keeps the session for only 1h (session_expiry = 7d): messages "
                              "are lost if Penstock is away for longer",
                      "the broker grants QoS 0 for dev/#, not 1: messages sent while disconnected are lost")
        self.assertEqual(engine.status()["mqtt"]["granted"],
                         "QoS 0, shared subscriptions available, session kept for 1h")
        self.assertEqual(engine.stop(), 0)

    # ---- Shared subscriptions ----

    def assert_no_shared_subscriptions(self, broker):
        words = ("the broker refused the subscription to $share/ingestion/dev/#: it does not support "
                 "shared subscriptions")
        remedy = ("; write dev/# in topics and run only this instance, or use a broker that supports them")
        engine = self.start(broker, ready=False, topics=SHARED)
        self.assert_trouble(engine, words)
        self.assertIn(remedy, engine.get("/health")[1])
        self.assertEqual(engine.get("/health/ready")[0], 503)
        self.assertEqual(engine.stop(), 0)
        code, text = self.check(broker, topics=SHARED)
        self.assertEqual(code, 1, text)
        self.assertIn("topics: " + words, text)
        self.assertIn(remedy, text)

    def test_a_broker_that_says_that_it_has_no_shared_subscriptions_is_not_asked_for_one(self):
        broker = self.broker(answer=lambda c: connack(c.version, SHARED_AVAILABLE=0))
        self.assert_no_shared_subscriptions(broker)
        self.assertEqual(broker.subscribed, [])

    def test_a_shared_subscription_that_is_refused_is_told_with_the_remedy(self):
        self.assert_no_shared_subscriptions(self.broker(
            grant=lambda c, filters: ([0x9E if f.startswith("$share") else 1 for f, _ in filters], "soon")))

    def test_shared_subscriptions_that_the_protocol_cannot_promise_are_warned_of(self):
        broker = self.broker(answer=in_turn(0x84))
        engine = self.start(broker, topics=SHARED)
        self.wait_log(engine, "MQTT 3.1.1 does not tell whether the broker supports shared subscriptions")
        self.assertEqual(engine.stop(), 0)
        code, text = self.check(broker, 'protocol = "3.1.1"', topics=SHARED)
        self.assertEqual(code, 0, text)
        self.assertIn("warning: protocol: MQTT 3.1.1 does not tell whether the broker supports shared", text)

    def test_a_check_says_what_is_granted_and_publishes_nothing(self):
        broker = self.broker()
        code, text = self.check(broker, topics=SHARED)
        self.assertEqual(code, 0, text)
        self.assertIn(f"connected to {broker.url} and subscribed to 1 topic filter (MQTT 5, QoS 1, shared "
                      "subscriptions available)", text)
        self.assertEqual(broker.published, 0)

    # ---- The version ----

    def test_a_connection_that_is_closed_once_does_not_decide_the_version(self):
        broker = self.broker(answer=in_turn(CLOSE), then=lambda c: [CLOSE] if c.number == 2 else [])
        engine = self.start(broker)
        wait_until(lambda: len(broker.subscribed) == 2, "it connects again")
        self.assertEqual(broker.versions, [V5, V311, V5])
        self.wait_log(engine, "(MQTT 3.1.1 (the broker closed the connection after CONNECT with MQTT 5), QoS 1)",
                      "(MQTT 5, QoS 1")
        wait_until(lambda: self.protocol(engine) == "5", "the status says 5")
        self.assertEqual(engine.stop(), 0)

    def test_a_refused_version_is_remembered(self):
        broker = self.broker(answer=lambda c: connack(c.version, 0x84 if c.version == V5 else 0),
                             then=lambda c: [CLOSE] if c.number == 2 else [])
        engine = self.start(broker)
        wait_until(lambda: len(broker.subscribed) == 2, "it connects again")
        self.assertEqual(broker.versions, [V5, V311, V311])
        self.assertEqual(self.protocol(engine), "3.1.1 (the broker refused MQTT 5)")
        self.wait_log(engine, "it does not support this version of MQTT (code 0x84); trying MQTT 3.1.1")
        self.assertEqual(engine.stop(), 0)

    def test_a_broker_that_is_silent_to_one_version_is_asked_with_the_other(self):
        broker = self.broker(answer=lambda c: SILENCE if c.version == V5 else connack(V311),
                             then=lambda c: [CLOSE] if c.number < 5 else [])
        engine = self.start(broker, 'connect_timeout = "1s"', ready=False)
        wait_until(lambda: len(broker.subscribed) == 3, "it connects again, twice")
        # Silence that came twice is believed.
        self.assertEqual(broker.versions, [V5, V311, V5, V311, V311])
        wait_until(lambda: self.protocol(engine) == "3.1.1 (the broker did not answer MQTT 5)", "it is told")
        self.assertEqual(engine.stop(), 0)

    def test_a_version_that_the_file_names_is_the_only_one(self):
        broker = self.broker(answer=in_turn(CLOSE, 0x84))
        engine = self.start(broker, 'protocol = "5"')
        self.assertEqual(broker.versions, [V5, V5, V5])
        self.assertEqual(engine.stop(), 0)

    # ---- Causes ----

    def test_each_new_cause_is_logged_with_its_code_and_the_option_that_mends_it(self):
        broker = self.broker(answer=in_turn(0x88, connack(V5, 0x86, REASON_STRING="no such user"), 0x85, 0x85))
        engine = self.start(broker, 'protocol = "5"')
        self.wait_log(
            engine, "the broker refused the connection: server unavailable (code 0x88)",
            "wrong username or password (code 0x86)" + (": no such user" if self.receiver == "bulk" else "") +
            "; check username and password",
            "client_id not allowed (code 0x85); set a client_id that the broker allows")
        self.assertEqual(engine.log().count("0x85"), 1)
        self.assertEqual(engine.stop(), 0)

    def test_a_wrong_password_is_told_also_behind_a_version_that_is_refused(self):
        broker = self.broker(answer=lambda c: connack(c.version, 0x84 if c.version == V5 else 4))
        engine = self.start(broker, ready=False)
        self.assert_trouble(engine, "the broker refused the connection: wrong username or password (code 0x04); check "
                                    "username and password")
        self.assertEqual(engine.stop(), 0)

    def test_a_refused_subscription_is_told_in_the_brokers_words(self):
        broker = self.broker(grant=lambda c, filters: ([0x87] * len(filters), "ask the plant's IT"))
        engine = self.start(broker, ready=False)
        self.assert_trouble(engine, "the broker refused the subscription to dev/#: not authorised "
                                    "(code 0x87): ask the plant's IT")
        self.assertEqual(engine.stop(), 0)

    def test_a_connection_that_ends_before_the_subscription_is_no_matter_of_the_address(self):
        if self.receiver != "bulk":
            self.skipTest("Paho's words for it are of no cause")
        broker = self.broker(grant=lambda c, filters: CLOSE if c.number == 1 else ([1], None))
        engine = self.start(broker)
        self.assertIn("the broker closed the connection; see the broker's log", engine.log())
        self.assertNotIn("check broker_url", engine.log())
        self.assertEqual(engine.stop(), 0)

    def test_a_client_id_in_use_twice_is_guessed_when_the_broker_says_nothing(self):
        broker = self.broker(answer=lambda c: connack(c.version, session=True), then=lambda c: [CLOSE])
        engine = self.start(broker, ready=False)
        self.wait_log(engine, "again within seconds: is the client_id penstock-test in use twice?")
        self.assertEqual(engine.stop(), 0)

    def test_a_client_id_in_use_twice_is_told_when_the_broker_says_so(self):
        broker = self.broker(then=lambda c: [disconnect(0x8E, "elsewhere"), CLOSE] if c.number == 1 else [])
        engine = self.start(broker)
        self.wait_log(engine, "another client took over the session: is the client_id in use twice? "
                              "(code 0x8E): elsewhere")
        wait_until(lambda: len(broker.subscribed) == 2, "it connects again")
        self.assertEqual(engine.metric("penstock_mqtt_connections_lost_total"), 1)
        self.assertEqual(engine.stop(), 0)

    # ---- Topics that leave the file ----

    DISK = '[nodes.mqtt.buffer]\ntype = "disk"\npath = "${STATE_DIRECTORY}/intake"\n'

    def assert_unsubscribed(self, version, change):
        broker = self.broker(answer=lambda c: connack(c.version, session=c.number > 1))
        options = f'protocol = "{version}"\n'
        engine = self.start(broker, options + self.DISK, topics='["dev/#", "uns/#", "plant/a"]')
        wait_until(lambda: len(broker.subscribed) == 1, "it subscribes")
        engine.pipeline = self.pipeline(broker, options + self.DISK, topics='["plant/#", "plant/a"]')
        change(engine)
        wait_until(lambda: len(broker.subscribed) == 2, "it subscribes again")
        self.assertEqual([topic for topic, _ in broker.subscribed[1]], ["plant/#", "plant/a"])
        self.assertEqual(broker.unsubscribed, ["dev/#", "uns/#"])
        self.wait_log(engine, "unsubscribed from dev/#, which is no longer in topics")
        # Once.
        self.assertEqual(engine.stop(), 0)
        engine.start().wait_ready()
        self.assertEqual(broker.unsubscribed, ["dev/#", "uns/#"])
        self.assertEqual(engine.stop(), 0)

    def test_topics_that_left_the_file_by_a_restart_are_unsubscribed_from(self):
        def restart(engine):
            self.assertEqual(engine.stop(), 0)
            engine.start()
        for version in ("3.1.1", "5"):
            with self.subTest(version):
                self.folder = self.enterContext(temporary_folder())
                self.assert_unsubscribed(version, restart)

    def test_topics_that_left_the_file_by_a_kill_are_unsubscribed_from(self):
        def kill(engine):
            engine.stop(signal.SIGKILL)
            engine.start()
        self.assert_unsubscribed("5", kill)

    def test_topics_that_left_the_file_with_another_number_of_connections_are_unsubscribed_from(self):
        if self.receiver != "bulk":
            self.skipTest("only bulk has several connections")
        broker = self.broker(answer=lambda c: connack(c.version, session=c.number > 1))
        engine = self.start(broker, self.DISK, topics='["$share/g/dev/#", "$share/g/plant/#"]')
        engine.pipeline = self.pipeline(broker, "connections = 2\n" + self.DISK, topics='["$share/g/plant/#"]')
        self.assertEqual(engine.stop(), 0)
        engine.start().wait_ready()
        self.assertEqual(broker.unsubscribed, ["$share/g/dev/#"])
        self.assertEqual(engine.stop(), 0)

    def test_topics_that_left_the_file_by_a_reload_are_unsubscribed_from(self):
        self.assert_unsubscribed("5", lambda engine: engine.process.send_signal(signal.SIGHUP))

    def test_a_subscription_that_the_broker_does_not_end_is_told(self):
        for leaving in ["dev/#"], ["dev/#", "uns/#"]:
            with self.subTest(len(leaving)):
                self.folder = self.enterContext(temporary_folder())
                broker = self.broker(answer=lambda c: connack(c.version, session=c.number > 1),
                                     leave=lambda topic: 0x87 if topic == "dev/#" else 0)
                engine = self.start(broker, self.DISK, topics=json.dumps([*leaving, "plant/a"]))
                self.assertEqual(engine.stop(), 0)
                engine.pipeline = self.pipeline(broker, self.DISK, topics='["plant/a"]')
                engine.start().wait_ready()
                self.wait_log(engine, "the broker refused to unsubscribe from dev/#, which is no longer in topics: "
                                      "not authorised (code 0x87)")
                self.assertEqual(engine.log().count("unsubscribed from"), len(leaving) - 1)
                self.assertEqual(engine.stop(), 0)

    def test_a_session_that_was_lost_while_the_engine_was_away_is_told(self):
        broker = self.broker()
        engine = self.start(broker, self.DISK)
        self.assertEqual(engine.stop(), 0)
        self.assertNotIn("no longer has the session", engine.log())
        engine.start().wait_ready()
        self.wait_log(engine, "the broker no longer has the session of penstock-test")
        self.assertEqual(broker.unsubscribed, [])
        self.assertEqual(engine.stop(), 0)

    # ---- Addresses ----

    @unittest.skipUnless(CAN_NAME_HOSTS, "only root may mount a hosts file of its own")
    def test_a_silent_address_of_a_name_does_not_keep_from_the_next(self):
        broker = self.broker()
        with socket.create_server(("::1", broker.port), family=socket.AF_INET6, backlog=0) as silent:
            # With its queue full it answers nobody.
            waiting = socket.create_connection(silent.getsockname()[:2])
            self.addCleanup(waiting.close)
            hosts = os.path.join(self.folder, "hosts")
            with open(hosts, "w") as f:
                f.write("::1 two-addresses.test\n127.0.0.1 two-addresses.test localhost\n")
            broker.url = f"tcp://two-addresses.test:{broker.port}"
            engine = Engine(self.folder, self.pipeline(broker, 'connect_timeout = "10m"'))
            engine.within = ["unshare", "-m", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"]
            self.addCleanup(engine.stop)
            engine.start().wait_ready()
            self.assertEqual(engine.stop(), 0)

    def test_the_protocols_of_the_file_are_offered_in_the_handshake(self):
        certificates = Certificates(self.folder)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificates.path("localhost.crt"), certificates.path("localhost.key"))
        tls.set_alpn_protocols(["x-amzn-mqtt-ca"])
        broker = self.broker(tls=tls)
        broker.url = f"ssl://127.0.0.1:{broker.port}"
        engine = self.start(broker, f'tls_ca = "{certificates.ca}"\nalpn = ["mqtt", "x-amzn-mqtt-ca"]')
        self.assertEqual(broker.alpn, ["x-amzn-mqtt-ca"])
        self.assertEqual(engine.stop(), 0)

    # ---- Web sockets ----

    def web_sockets(self, frame_bytes):
        if self.receiver == "bulk":
            self.skipTest("bulk has no web sockets")
        broker = self.broker(frame_bytes=frame_bytes,
                             then=lambda c: [publish(b"dev/a", b"x" * 200_000, 1)])
        broker.url = f"ws://127.0.0.1:{broker.port}/mqtt"
        return self.start(broker, ready=False)

    def test_a_large_message_comes_over_web_sockets_in_one_frame(self):
        engine = self.web_sockets(1 << 20)
        self.assert_arrive(engine, ("dev/a", "x" * 200_000))
        self.assertEqual(engine.stop(), 0)

    def test_a_message_in_several_frames_is_told_as_what_may_have_ended_the_connection(self):
        engine = self.web_sockets(64 << 10)
        self.wait_log(engine, "or sent a message in several web socket frames, which Paho cannot read")
        self.assertEqual(messages_of(engine), [])
        self.assertEqual(engine.stop(), 0)

    # ---- Keep alive ----

    def test_the_brokers_keep_alive_is_followed(self):
        broker = self.broker(answer=lambda c: connack(c.version, SERVER_KEEP_ALIVE=1))
        engine = self.start(broker, 'keep_alive = "5m"')
        wait_until(lambda: broker.pings >= 2, "two pings come")
        self.assertEqual(len(broker.subscribed), 1)
        self.assertEqual(engine.stop(), 0)

    def test_a_broker_that_wants_no_pings_gets_none_and_costs_nothing(self):
        broker = self.broker(answer=lambda c: connack(c.version, SERVER_KEEP_ALIVE=0))
        engine = self.start(broker, 'keep_alive = "1s"')
        before, began = engine.most_switches(), time.monotonic()
        wait_until(lambda: time.monotonic() - began >= 2, "two seconds pass")
        self.assertLess(engine.most_switches() - before, 200)
        self.assertEqual(broker.pings, 0)
        self.assertEqual(engine.stop(), 0)

    # ---- Retained messages ----

    def test_retained_messages_are_asked_for_as_the_option_says(self):
        for option, handling in ("all", 0), ("new", 1), ("skip", 2):
            with self.subTest(option):
                broker = self.broker()
                engine = self.start(broker, f'retained = "{option}"')
                self.assertEqual(broker.subscribed, [[("dev/#", 1 | handling << 4)]])
                self.assertEqual(engine.stop(), 0)

    def wait_settled(self, engine, topic):
        """It is known that what is retained of it has come."""
        def is_known():
            with open(glob.glob(engine.folder + "/intake/subscriptions*.kept")[0], "rb") as f:
                both = f.read()[-(64 << 10):]  # behind the header
            for copy in both[:len(both) // 2], both[len(both) // 2:]:  # of which one is valid
                valid, size = struct.unpack("<QQ", copy[:16])
                if valid and b"+" + topic in copy[16:16 + size]:
                    return True
            return False
        wait_until(is_known, f"{topic} is settled")

    def test_a_topic_that_is_added_brings_what_is_retained_of_it_alone(self):
        # 3.1.1 sends what is retained of all.
        def retained(topics):
            return [publish(topic, topic, i, version=V311, retained=True) for i, topic in enumerate(topics, 1)]
        broker = self.broker(answer=lambda c: connack(V311, session=c.number > 1),
                             then=lambda c: retained([b"dev/a", b"uns/a"] if c.number > 1 else [b"dev/a"]))
        engine = self.start(broker, 'protocol = "3.1.1"\n' + self.DISK)
        self.assert_arrive(engine, ("dev/a", "dev/a"))
        self.wait_settled(engine, b"dev/#")
        self.assertEqual(engine.stop(), 0)
        engine.pipeline = self.pipeline(broker, 'protocol = "3.1.1"\n' + self.DISK, topics='["dev/#", "uns/#"]')
        engine.start()
        self.assert_arrive(engine, ("dev/a", "dev/a"), ("uns/a", "uns/a"))
        wait_until(lambda: engine.metric("penstock_mqtt_messages_retained_skipped_total") == 1, "one is skipped")
        self.assertEqual(engine.stop(), 0)

    def test_what_is_retained_comes_again_where_the_connection_broke_while_it_came(self):
        for version, name in (V311, "3.1.1"), (V5, "5"):
            with self.subTest(name):
                def retained(numbers, dup=False, version=version):
                    return b"".join(publish(b"dev/%d" % i, b"x", i, version=version, retained=True, dup=dup)
                                    for i in numbers)
                broker = self.broker(answer=lambda c, version=version: connack(version, session=c.number > 1),
                                     then=lambda c: [retained(range(1, 11)), CLOSE] if c.number == 1 else
                                     [retained(range(1, 11), dup=True), retained(range(11, 101))])
                engine = self.start(broker, f'protocol = "{name}"\n' + self.DISK, ready=False)
                wait_until(lambda: len(set(messages_of(engine))) == 100, "all of them came")
                self.assertEqual(engine.metric("penstock_mqtt_messages_retained_skipped_total"), 0)
                # MQTT 5 sends again only what is asked for.
                self.assertEqual([filters[0][1] >> 4 for filters in broker.subscribed],
                                 [1, 0] if version == V5 else [0, 0])
                self.assertEqual(engine.stop(), 0)
                shutil.rmtree(engine.folder + "/intake")
                os.remove(os.path.join(engine.folder, "messages.ndjson"))

    def test_retained_messages_can_be_skipped_whatever_the_broker_sends(self):
        for version, name in (V311, "3.1.1"), (V5, "5"):
            with self.subTest(name):
                messages = [publish(b"dev/a", b"%d" % i, i, version=version, retained=i < 3)
                            for i in range(1, 5)]
                broker = self.broker(then=lambda c: messages)
                engine = self.start(broker, f'protocol = "{name}"\nretained = "skip"')
                self.assert_arrive(engine, ("dev/a", "3"), ("dev/a", "4"))
                wait_until(lambda: broker.acknowledged == [1, 2, 3, 4], "all are acknowledged")
                self.assertEqual(engine.metric("penstock_mqtt_messages_retained_skipped_total"), 2)
                self.assertEqual(engine.status()["accounting"]["dropped"], 2)
                self.assertEqual(engine.stop(), 0)
                os.remove(os.path.join(engine.folder, "messages.ndjson"))

    def test_an_old_broker_that_repeats_what_it_retains_is_heard_once_in_a_session(self):
        retained = publish(b"dev/a", b"old", 1, version=V311, retained=True)
        for option, expected in ("all", 5), ("new", 2), ("skip", 0):
            with self.subTest(option):
                self.folder = self.enterContext(temporary_folder())
                # Five connections; at the fourth the session is gone.
                engine = None

                def then(connect):
                    yield retained
                    if connect.number == 5:
                        yield publish(b"dev/a", b"end", 2, version=V311)
                    else:
                        if option == "new":
                            wait_until(lambda: engine is not None, "it is started")
                            self.wait_settled(engine, b"dev/#")
                        yield CLOSE
                broker = self.broker(answer=lambda c: connack(V311, session=c.number not in (1, 4)), then=then)
                engine = self.start(broker, f'protocol = "3.1.1"\nretained = "{option}"\n' + self.DISK, ready=False)
                self.assert_arrive(engine, *[("dev/a", "old")] * expected, ("dev/a", "end"))
                self.assertEqual(engine.metric("penstock_mqtt_messages_retained_skipped_total"), 5 - expected)
                self.assertEqual(engine.stop(), 0)
                os.remove(os.path.join(engine.folder, "messages.ndjson"))


class Bulk(Brokers, unittest.TestCase):
    receiver = "bulk"


class Paho(Brokers, unittest.TestCase):
    receiver = "paho"


if __name__ == "__main__":
    unittest.main()
