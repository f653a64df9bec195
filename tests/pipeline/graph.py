"""`penstock graph` prints what Mermaid and Graphviz draw, and no option's value."""

import os
import shutil
import subprocess
import tempfile
import unittest
from xml.etree import ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")

MERMAID = """flowchart LR
  n0(["mqtt<br>mqtt_source<br>intake on disk"])
  n1["decoder<br>json_decoder"]
  n2["batcher<br>batcher"]
  n3(["database<br>timescale_sink<br>4 lanes"])
  n4(["dead_letters<br>file_sink"])
  n0 --> n1
  n1 --> n2
  n2 --> n3
  n1 -. rejected .-> n4
  n3 -. rejected .-> n4
"""


def graph(*more, **variables):
    done = subprocess.run([PENSTOCK, "graph", os.path.join(ROOT, "pipelines", "default.toml"), *more],
                          env={**os.environ, **variables}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Graph(unittest.TestCase):
    def test_the_default_pipeline_for_mermaid(self):
        self.assertEqual(graph(), MERMAID)

    def test_a_pipeline_of_another_machine_is_drawn(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "p.toml")
            with open(path, "w") as f:
                f.write('[http]\nlisten = "0.0.0.0:8080"\ntls_cert = "/no/cert.pem"\ntls_key = "/no/key.pem"\n'
                        '[nodes.a]\nplugin = "mqtt_source"\nbroker_url = "ssl://h"\ntls_ca = "/no/ca.pem"\n'
                        'client_id = "c"\ntopics = "#"\n[nodes.a.buffer]\ntype = "disk"\npath = "/no/intake"\n'
                        '[nodes.b]\nplugin = "file_sink"\ninputs = ["a"]\npath = "/no/letters.ndjson"\n')
            done = subprocess.run([PENSTOCK, "graph", path], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("n0 --> n1", done.stdout)

    def test_graphviz_draws_it(self):
        text = graph("--format", "dot")
        self.assertIn('n1 -> n4 [label="rejected", style=dashed];', text)
        dot = shutil.which("dot")
        if not dot:
            self.skipTest("Graphviz is not installed")
        svg = subprocess.run([dot, "-Tsvg"], input=text, capture_output=True, text=True, check=True).stdout
        for name in ("mqtt", "decoder", "batcher", "database", "dead_letters"):
            self.assertIn(f">{name}</text>", svg)

    def test_the_picture_in_the_readme_is_what_it_draws(self):
        with open(os.path.join(ROOT, "docs", "default-pipeline.svg")) as f:
            self.assertEqual(f.read(), graph("--format", "svg"),
                             "draw it anew: penstock graph pipelines/default.toml --format svg")

    def test_the_picture_has_every_node_and_needs_nothing_besides_itself(self):
        root = ElementTree.fromstring(graph("--format", "svg"))
        texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
        for name in ("mqtt", "decoder", "batcher", "database", "dead_letters", "rejected", "4 lanes"):
            self.assertIn(name, texts)
        references = [value for each in root.iter() for name, value in each.attrib.items()
                      if "href" in name or "://" in value]
        self.assertEqual(references, [])

    def test_a_secret_is_in_none(self):
        for form in ("mermaid", "dot", "svg"):
            self.assertNotIn("geheim", graph("--format", form, INGESTION_DB_PASSWORD="geheim"))


if __name__ == "__main__":
    unittest.main()
