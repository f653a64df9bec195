"""The numbers by which a ledger knows rows (`part`) are those of the versions before: with others, an
upgrade would store again what is stored.

parts.txt holds, for each pipeline and node that stores, all parts that come to it. `--add` writes
pipelines that are not in it yet; a number that is there never changes."""

import glob
import json
import os
import sys
import tomllib
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
from processes import run_process, temporary_folder  # noqa: E402

BUILD = os.environ["PENSTOCK_BUILD"]
GOLDEN = os.path.join(HERE, "parts.txt")

# Points, an array of which one is bad, a line of another protocol, one that nobody reads, one that
# the sink rejects.
MESSAGES = ['{"value":1}', '[{"value":1},{"value":2},{"nothing":0},{"value":3}]', "a,b=c value=2 1000",
            "not a point", '{"value":"reject me"}'] * 700

SHAPES = {
    "decoder alone": """
        [nodes.decoder]
        plugin = "json_decoder"
        inputs = ["mqtt"]
        [nodes.out]
        inputs = ["decoder"]
        [nodes.letters]
        inputs = ["decoder.rejected", "out.rejected"]
        """,
    "decoder behind a batcher": """
        [nodes.batcher]
        plugin = "batcher"
        inputs = ["mqtt"]
        [nodes.decoder]
        plugin = "json_decoder"
        inputs = ["batcher"]
        [nodes.out]
        inputs = ["decoder"]
        [nodes.letters]
        inputs = ["decoder.rejected", "out.rejected"]
        """,
    "two decoders, the second for what the first rejects": """
        [nodes.decoder]
        plugin = "json_decoder"
        inputs = ["mqtt"]
        [nodes.lines]
        plugin = "line_protocol_decoder"
        inputs = ["decoder.rejected"]
        [nodes.batcher]
        plugin = "batcher"
        inputs = ["decoder", "lines"]
        [nodes.out]
        inputs = ["batcher"]
        [nodes.letters]
        inputs = ["lines.rejected", "out.rejected"]
        """,
    "two decoders side by side, two of them, two sinks": """
        [nodes.decoder]
        plugin      = "json_decoder"
        parallelism = 2
        ordered     = true
        inputs      = ["mqtt"]
        [nodes.lines]
        plugin = "line_protocol_decoder"
        inputs = ["mqtt"]
        [nodes.out]
        inputs = ["decoder", "lines"]
        [nodes.also]
        inputs = ["lines", "decoder"]
        """,
    "batchers in a row, one way past them": """
        [nodes.decoder]
        plugin = "json_decoder"
        inputs = ["mqtt"]
        [nodes.first]
        plugin = "batcher"
        inputs = ["decoder"]
        [nodes.second]
        plugin = "batcher"
        inputs = ["first", "decoder"]
        [nodes.out]
        inputs = ["second", "decoder"]
        """,
    "messages as they are": """
        [nodes.out]
        inputs = ["mqtt"]
        """,
}


def pipelines():
    """{name: its nodes}: those that ship, and those above."""
    found = {}
    folder = os.path.join(ROOT, "pipelines")
    for path in sorted(glob.glob(os.path.join(folder, "*.toml"))):
        with open(path, "rb") as f:
            found[os.path.basename(path)] = tomllib.load(f)["nodes"]
    for name, text in SHAPES.items():
        found[name] = {"mqtt": {}, **tomllib.loads(text)["nodes"]}
    return found


def to_test(nodes, folder):
    """The nodes with a file of messages as the source and recorders as the sinks."""
    changed = {}
    for name, node in nodes.items():
        kept = {key: node[key] for key in ("inputs", "parallelism") if key in node}
        if "inputs" not in node:
            changed[name] = {"plugin": "file_source", "path": os.path.join(folder, "input.ndjson")}
        elif node.get("plugin", "_sink").endswith("_sink"):
            changed[name] = {"plugin": "records_parts", **kept, "path": os.path.join(folder, name)}
        else:
            changed[name] = node
    return changed


def as_toml(nodes):
    lines = []
    for name, node in nodes.items():
        lines.append(f"[nodes.{name}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in node.items()]
    return "\n".join(lines) + "\n"


def parts_of(nodes):
    """["node part"] of what comes to the sinks, sorted."""
    with temporary_folder() as folder:
        with open(os.path.join(folder, "input.ndjson"), "w") as f:
            f.writelines(json.dumps({"topic": "t", "payload": each}) + "\n" for each in MESSAGES)
        path = os.path.join(folder, "p.toml")
        changed = to_test(nodes, folder)
        with open(path, "w") as f:
            f.write(as_toml(changed))
        done = run_process([os.path.join(BUILD, "bin", "penstock"), "--plugin-dir",
                            os.path.join(BUILD, "tests", "plugins"), "run", path],
                           capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = set()
        for name, node in changed.items():
            if node["plugin"] == "records_parts":
                with open(node["path"]) as f:
                    found |= {f"{name} {line.strip()}" for line in f}
        return sorted(found)


def golden():
    """{pipeline: ["node part"]}"""
    found, lines = {}, []
    if not os.path.exists(GOLDEN):
        return found
    with open(GOLDEN) as f:
        for line in f.read().splitlines():
            if line.startswith("  "):
                lines.append(line.strip())
            elif line:
                lines = found[line] = []
    return found


def add():
    known = golden()
    for name, nodes in pipelines().items():
        known.setdefault(name, None)
        known[name] = known[name] or parts_of(nodes)
    with open(GOLDEN, "w") as f:
        f.write("\n".join("\n  ".join([name, *parts]) + "\n" for name, parts in known.items()))


class Parts(unittest.TestCase):
    maxDiff = None

    def test_every_pipeline_has_the_parts_that_it_had_in_earlier_versions(self):
        known = golden()
        for name, nodes in pipelines().items():
            with self.subTest(name):
                self.assertIn(name, known, "parts.py --add writes the parts of new pipelines")
                self.assertEqual(parts_of(nodes), known[name])

    def test_no_pipeline_that_has_written_a_ledger_has_gone(self):
        self.assertEqual(list(golden()), list(pipelines()))


if __name__ == "__main__":
    if sys.argv[1:] == ["--add"]:
        add()
    else:
        unittest.main()
