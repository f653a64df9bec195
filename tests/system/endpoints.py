"""/health, /health/live, /health/ready, /status and /metrics against the documented names."""

import json
import os
import re
import unittest

from services import ROOT, Broker, Database, Engine, temporary_folder, wait_until

SAMPLE = re.compile(r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*"'
                    r'(,[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*")*\})? (\+Inf|-?[0-9.eE+-]+|NaN)$')


def faults_of_metrics(text):
    """What promtool would say of Prometheus' text format 0.0.4."""
    faults, types, seen, families = [], {}, set(), []
    for line in text.splitlines():
        if line.startswith("# "):
            _, kind, name, *rest = line.split(" ", 3)
            if kind == "TYPE":
                if name in types:
                    faults.append(f"second TYPE of {name}")
                types[name] = rest[0]
                families.append(name)
                if rest[0] == "counter" and not name.endswith("_total"):
                    faults.append(f"counter {name} does not end with _total")
            elif kind == "HELP" and not rest:
                faults.append(f"no help for {name}")
            continue
        if not SAMPLE.match(line):
            faults.append(f"not a sample: {line}")
            continue
        key = line.rsplit(" ", 1)[0]
        if key in seen:
            faults.append(f"twice: {key}")
        seen.add(key)
        name = re.match(r"[^{ ]+", key).group()
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        if name not in types and types.get(base) != "histogram":
            faults.append(f"no TYPE before {name}")
        elif families[-1] not in (name, base):
            faults.append(f"{name} is not beside its family")
    return faults


class Endpoints(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(temporary_folder())
        cls.broker, cls.database = Broker(cls.folder), Database(cls.folder)
        cls.addClassCleanup(cls.database.stop)
        cls.addClassCleanup(cls.broker.stop)
        cls.engine = Engine(cls.folder, os.path.join(ROOT, "pipelines", "default.toml"),
                            cls.broker, cls.database).start()
        cls.addClassCleanup(cls.engine.stop)
        cls.engine.wait_ready()
        cls.broker.publish("dev/a/b", '{"value":1}')
        cls.broker.publish("dev/a/b", 'broken')
        wait_until(lambda: cls.engine.metric("data_ingestion_points_written_total") == 1, "stored")

    def test_health_names_every_node(self):
        status, body = self.engine.get("/health")
        health = json.loads(body)
        self.assertEqual((status, health["status"]), (200, "healthy"))
        self.assertIn("timestamp", health)
        self.assertEqual(set(health["components"]),
                         {"mqtt", "decoder", "batcher", "database", "dead_letters"})

    def test_live_and_ready(self):
        self.assertEqual(self.engine.get("/health/live")[0], 200)
        self.assertEqual(self.engine.get("/health/ready")[0], 200)

    def test_status_has_the_documented_fields(self):
        status = self.engine.status()
        self.assertEqual(status["service"], "data-ingestion")
        self.assertRegex(status["uptime"], r"^(\d+h)?(\d+m)?\d+s$")
        self.assertEqual(set(status["ingestion"]), {"points_received", "points_dropped",
                         "buffer_size", "buffer_used", "buffer_utilization"})
        self.assertEqual(status["ingestion"]["points_received"], 2)
        self.assertEqual(status["ingestion"]["buffer_size"], 50000)
        self.assertLessEqual({"connected", "broker", "messages_received"}, set(status["mqtt"]))
        self.assertIs(status["mqtt"]["connected"], True)
        self.assertEqual(status["mqtt"]["broker"], self.broker.url)
        self.assertEqual(status["mqtt"]["messages_received"], 2)
        self.assertLessEqual({"batches_written", "points_written", "avg_write_time_ms",
                              "pool_total_conns", "pool_idle_conns"}, set(status["database"]))
        self.assertEqual(status["database"]["points_written"], 1)
        self.assertEqual(status["database"]["pool_total_conns"], 4)
        self.assertLessEqual({"batches_flushed", "current_batch_size", "pending_batches"},
                             set(status["batcher"]))

    def test_metrics_have_the_documented_names_and_no_fault(self):
        status, text = self.engine.get("/metrics")
        self.assertEqual(status, 200)
        self.assertEqual(faults_of_metrics(text), [])
        for name, value in [("points_received", 2), ("points_written", 1), ("points_dropped", 0),
                            ("parse_errors", 1), ("write_errors", 0), ("batches_flushed", 1)]:
            self.assertEqual(self.engine.metric(f"data_ingestion_{name}_total"), value, name)
        for bound in ["0.001", "10", "+Inf"]:
            self.assertIn(f'data_ingestion_batch_duration_seconds_bucket{{le="{bound}"}}', text)
        for name in ["penstock_node_rows_in_total", "penstock_node_rows_out_total",
                     "penstock_node_busy_seconds_total", "penstock_node_queued_batches",
                     "penstock_lanes", "process_cpu_seconds_total",
                     "process_resident_memory_bytes", "process_open_fds"]:
            self.assertIn(f"# TYPE {name} ", text)

    def test_other_paths_and_methods_are_refused(self):
        self.assertEqual(self.engine.get("/nothing")[0], 404)
        self.assertEqual(self.engine.get("/../etc/passwd")[0], 404)

    def test_secrets_are_nowhere(self):
        shown = "".join(self.engine.get(path)[1] for path in ["/status", "/metrics", "/health"])
        self.assertNotIn(self.database.password, shown + self.engine.log())


if __name__ == "__main__":
    unittest.main()
