"""Messages of every size up to max_message_bytes, topics up to 65,535 bytes, in any order, through
the smallest intakes that check allows: all arrive, and nothing stops the source."""

import collections
import hashlib
import json
import os
import random
import unittest

from services import Broker, Engine, temporary_folder, wait_until

RECEIVERS = ["bulk", "paho"]
BUFFERS = {"memory": "", "disk": 'type = "disk"\npath = "${STATE_DIRECTORY}/intake"\n'}
LARGEST, LONGEST = 16 << 20, 65_535
MESSAGES = 200
PIPELINE = """
[service]
name = "sizes"
[http]
listen = "127.0.0.1:${INGESTION_HTTP_PORT}"
[nodes.mqtt]
plugin     = "mqtt_source"
broker_url = "${INGESTION_MQTT_BROKER_URL}"
client_id  = "${INGESTION_MQTT_CLIENT_ID}"
topics     = "#"
receiver   = "RECEIVER"
[nodes.mqtt.buffer]
max_bytes = "1MiB"
BUFFER
[nodes.out]
plugin = "file_sink"
inputs = ["mqtt"]
path   = "${STATE_DIRECTORY}/messages.ndjson"
"""


def digest(topic, payload):
    return hashlib.sha256(topic.encode() + b"=" + payload).hexdigest()


def drawn(chooser):
    """Topic and payload of a message, mostly a small one."""
    topic = "t" * chooser.randint(1, 60)
    if chooser.random() < 0.2:
        topic = "t" * chooser.choice([1, 1024, LONGEST - 1, LONGEST])
    size = chooser.randint(0, 3000)
    if chooser.random() < 0.2:
        # Where segments of 256 KiB and an intake of 1 MiB have their limits.
        size = chooser.choice([64, 256, 512, 1024, 2048]) * 1024 + chooser.randint(-40_000, 100)
    return topic, chooser.randbytes(8).hex().encode()[:size] + b"x" * max(0, size - 16)


class Sizes(unittest.TestCase):
    def run_with(self, receiver, buffer):
        folder = self.enterContext(temporary_folder())
        broker = Broker(folder)
        self.addCleanup(broker.stop)
        path = os.path.join(folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.replace("RECEIVER", receiver).replace("BUFFER", BUFFERS[buffer]))
        engine = Engine(folder, path, broker).start()
        self.addCleanup(engine.stop)
        engine.wait_ready()
        chooser = random.Random(f"{receiver} {buffer}")
        messages = [drawn(chooser) for _ in range(MESSAGES)]
        messages += [("large", b"x" * size) for size in (13_000_000, LARGEST - 1, LARGEST, LARGEST)]
        messages += [("t" * LONGEST, b"x" * LARGEST)]
        too_large = [("large", b"x" * (LARGEST + 1))] * 2
        chooser.shuffle(messages)
        order = messages + too_large
        chooser.shuffle(order)
        for topic, payload in order:
            broker.publish_bytes(topic, payload)
        expected = sorted(digest(*message) for message in messages)
        wait_until(lambda: engine.status()["accounting"]["received"] >= len(order),
                   "all have come in")
        self.assertEqual(engine.metric("penstock_mqtt_messages_oversize_total"), len(too_large))
        wait_until(lambda: set(self.arrived(engine)) == set(expected), "each has arrived", every_s=1)
        engine.assert_balanced(dropped=len(too_large))
        arrived = self.arrived(engine)
        if receiver == "bulk":
            self.assertEqual(arrived, expected)
        else:  # Paho does not know what the broker sends again when a pause has ended the connection
            self.assertEqual(set(arrived), set(expected))
            self.assertEqual(collections.Counter(expected) - collections.Counter(arrived), {})
        self.assertEqual(engine.get("/health/ready")[0], 200)
        self.assertEqual(engine.stop(), 0)
        # All were acknowledged, those that were skipped, too.
        engine.start().wait_ready()
        broker.publish("last", "x")
        wait_until(lambda: engine.status()["accounting"]["stored"] == 1, "the next one is stored")
        self.assertEqual(engine.status()["accounting"]["received"], 1)
        self.assertEqual(engine.stop(), 0)

    def arrived(self, engine):
        with open(os.path.join(engine.folder, "messages.ndjson")) as f:
            return sorted(digest(m["topic"], m["payload"].encode()) for m in
                          (json.loads(line) for line in f if line.endswith("\n")))


def test_of(receiver, buffer):
    return lambda self: self.run_with(receiver, buffer)


for receiver in RECEIVERS:
    for buffer in BUFFERS:
        setattr(Sizes, f"test_no_size_stops_{receiver}_with_an_intake_in_{buffer}",
                test_of(receiver, buffer))

if __name__ == "__main__":
    unittest.main()
