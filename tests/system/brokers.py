"""What brokers do within the rules, and some a little beside them: each case is played by a script, for
both receivers, and counted exactly."""

import os
import unittest

from receivers import PIPELINE, messages_of
from scripted_broker import SESSION_EXPIRY, V5, ScriptedBroker
from services import Engine, temporary_folder, wait_until


class Brokers:
    """The claims, of a receiver that a class below names."""
    receiver = ""

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def broker(self, *arguments, **more):
        broker = ScriptedBroker(*arguments, **more)
        self.addCleanup(broker.close)
        return broker

    def pipeline(self, broker, options=""):
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.format(url=broker.url,
                                    options=f'receiver = "{self.receiver}"\n{options}'))
        return path

    def start(self, broker, options="", ready=True):
        engine = Engine(self.folder, self.pipeline(broker, options)).start()
        self.addCleanup(engine.stop)
        return engine.wait_ready() if ready else engine

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


def load_tests(loader, _, __):
    suite = unittest.TestSuite()
    for name in ["bulk", "paho"]:
        case = type(name, (Brokers, unittest.TestCase), {"receiver": name})
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()
