"""Who may include whom, and what the engine may know (CONTRIBUTING.md)."""

import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)

# Words of particular plugins, transports and stores. `sql` also inside words, as in libpq's.
FOREIGN = re.compile(r"mqtt|paho|broker|postgres|libpq|timescale|sql|\bcopy protocol\b|kafka|"
                     r"tag_id|device_id|value_str|quality|metadata", re.IGNORECASE)
# "metadata" is a member of the Arrow struct, which the engine may name.
ALLOWED_LINES = re.compile(r"\.metadata\b")

# What plugins of a kind share, beside them; no plugin by itself.
SHARED = "decoding"

# What a folder of the engine may include of the others.
ENGINE_LAYERS = {
    "telemetry": set(),
    "config": {"telemetry"},
    "plugin": {"config", "telemetry"},
    "intake": {"config", "telemetry"},
    "graph": {"intake", "plugin", "config", "telemetry"},
    "plugin_verify": {"graph", "plugin", "config", "telemetry"},
    "drawing": {"config"},
    "pipeline_test": {"graph", "intake", "plugin", "config", "telemetry"},
    "top": {"http", "config", "telemetry"},
    "http": {"drawing", "graph", "intake", "plugin", "config", "telemetry"},
    "service": {"http", "graph", "intake", "plugin", "config", "telemetry"},
    "help": {"plugin", "config"},
    "commands": {"service", "help", "plugin_verify", "top", "pipeline_test", "http", "drawing", "graph", "intake", "plugin", "config",
                 "telemetry"},
}


def files(folder):
    for base, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in sorted(names):
            if name.endswith((".cpp", ".hpp", ".h", ".c", ".txt", ".cmake")):
                yield os.path.join(base, name)


def read(path):
    with open(path) as f:
        return f.read()


class Boundaries(unittest.TestCase):
    def plugins(self):
        folder = os.path.join(ROOT, "plugins")
        return [name for name in os.listdir(folder)
                if os.path.isdir(os.path.join(folder, name)) and name not in ("sdk", SHARED)]

    def test_the_engine_has_no_word_of_a_transport_a_store_or_a_plugin(self):
        names = re.compile("|".join(rf"\b{name}\b" for name in self.plugins()))
        found = []
        for path in files("engine"):
            for number, line in enumerate(read(path).splitlines(), 1):
                if ALLOWED_LINES.search(line):
                    continue
                # `batcher` is the design's example of a node; no plugin may be named in code.
                match = FOREIGN.search(line) or names.search(re.sub(r"//.*|\"[^\"]*\"", "", line))
                if match:
                    found.append(f"{os.path.relpath(path, ROOT)}:{number}: {match.group()}")
        self.assertEqual(found, [])

    def test_no_plugin_includes_from_the_engine_or_from_another_plugin(self):
        found = []
        for plugin in self.plugins() + [SHARED]:
            folder = os.path.join(ROOT, "plugins", plugin)
            is_decoder = plugin == SHARED or plugin.endswith("_decoder")
            own = {name for path in files(os.path.join("plugins", plugin))
                   for name in (os.path.basename(path), os.path.relpath(path, folder))}
            for path in files(os.path.join("plugins", plugin)):
                quoted = re.findall(r'^\s*#\s*include\s+"([^"]+)"', read(path), re.MULTILINE)
                found += [f"{os.path.relpath(path, ROOT)}: {name}" for name in quoted
                          if name not in own and not (name.startswith(SHARED + "/") and is_decoder)]
                if "engine" in " ".join(INCLUDE.findall(read(path))):
                    found.append(os.path.relpath(path, ROOT))
        self.assertEqual(found, [])

    def test_the_public_headers_include_no_other_headers_of_ours(self):
        found = []
        for path in files("plugins/sdk/include"):
            quoted = re.findall(r'^\s*#\s*include\s+"([^"]+)"', read(path), re.MULTILINE)
            found += [f"{path}: {name}" for name in quoted if not name.startswith("penstock/")]
        self.assertEqual(found, [])

    def test_every_file_of_the_engine_is_in_a_room(self):
        engine = os.path.join(ROOT, "engine")
        loose = [name for name in os.listdir(engine) if os.path.isfile(os.path.join(engine, name))]
        self.assertEqual(sorted(loose), ["CMakeLists.txt", "main.cpp"])
        rooms = [name for name in os.listdir(engine) if os.path.isdir(os.path.join(engine, name))]
        self.assertEqual(sorted(rooms), sorted(ENGINE_LAYERS))

    def test_the_folders_of_the_engine_see_only_what_lies_below_them(self):
        found = []
        for layer, below in ENGINE_LAYERS.items():
            for path in files(os.path.join("engine", layer)):
                for name in INCLUDE.findall(read(path)):
                    top = name.split("/")[0]
                    if top in ENGINE_LAYERS and top != layer and top not in below:
                        found.append(f"{os.path.relpath(path, ROOT)}: {name}")
        self.assertEqual(found, [])

    def test_no_path_of_a_developers_machine_is_in_the_repository(self):
        done = subprocess.run(["git", "-C", ROOT, "grep", "-nE", "/(home|work)/[a-z]"],
                              capture_output=True, text=True)
        lines = [line for line in done.stdout.splitlines() if "boundaries.py" not in line]
        self.assertEqual(lines, [])


if __name__ == "__main__":
    unittest.main()
