"""Who may include whom, and what the engine may know (docs/architecture.md)."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)
QUOTED = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)

# Words of particular plugins, transports and stores. `sql` also inside words, as in libpq's.
FOREIGN = re.compile(r"mqtt|paho|broker|postgres|libpq|timescale|sql|\bcopy protocol\b|kafka|"
                     r"tag_id|device_id|value_str|quality|metadata", re.IGNORECASE)
# "metadata" is a member of the Arrow struct, which the engine may name.
# The command `penstock sql` has the language's name.
ALLOWED_LINES = re.compile(r"\.metadata\b|kCommand = \"sql\";|`penstock sql`")

# What plugins of a kind share, beside them; no plugin by itself.
SHARED = "decoding"

# What a room of the engine may include of the others.
SETTINGS = {"config", "telemetry"}
RUNNING = {"provenance", "plugin_host", "flow", "pipeline"}
ROOMS = {
    "telemetry": set(),
    "config": {"telemetry"},
    "plugin": SETTINGS,
    "intake": SETTINGS,
    "provenance": SETTINGS | {"intake"},
    "plugin_host": SETTINGS | {"intake", "provenance"},
    "flow": SETTINGS | {"intake", "provenance", "plugin_host"},
    "pipeline": SETTINGS | {"intake", "provenance", "plugin_host", "flow"},
    "describe": SETTINGS | {"plugin"},
    "plugin_verify": {"config", "plugin", "plugin_host"},
    "query": {"config", "flow"},
    "drawing": {"config"},
    "pipeline_test": SETTINGS | RUNNING | {"intake", "plugin"},
    "observe": SETTINGS | RUNNING | {"intake", "describe", "drawing"},
    "http": SETTINGS | {"pipeline", "flow", "observe"},
    "top": SETTINGS | {"http"},
    "service": SETTINGS | RUNNING | {"intake", "plugin", "http"},
    "help": {"config", "describe"},
    "commands": SETTINGS | RUNNING | {"intake", "plugin", "describe", "drawing", "pipeline_test", "top", "http", "service",
                                      "help", "plugin_verify", "query"},
}


def files(root, folder):
    for base, _, names in os.walk(os.path.join(root, folder)):
        for name in sorted(names):
            if name.endswith((".cpp", ".hpp", ".h", ".c", ".txt", ".cmake")):
                yield os.path.relpath(os.path.join(base, name), root)


def read(root, path):
    with open(os.path.join(root, path)) as f:
        return f.read()


def plugins(root):
    folder = os.path.join(root, "plugins")
    return [name for name in os.listdir(folder)
            if os.path.isdir(os.path.join(folder, name)) and name not in ("sdk", SHARED)]


# Each rule: what of the files under `root` breaks it.

def foreign_words(root):
    """The engine has no word of a transport, a store or a plugin."""
    names = re.compile("|".join(rf"\b{name}\b" for name in plugins(root)))
    for path in files(root, "engine"):
        for number, line in enumerate(read(root, path).splitlines(), 1):
            # A comment may name one as an example.
            found = not ALLOWED_LINES.search(line) and (
                FOREIGN.search(line) or names.search(re.sub(r"//.*", "", line)))
            if found:
                yield f"{path}:{number}: {found.group()}"


def casts(root):
    """The engine asks no object of which class it is."""
    for path in files(root, "engine"):
        if "dynamic_cast" in read(root, path):
            yield path


def rooms(root):
    """Every file of the engine is in a room; main.cpp has no more than 60 lines."""
    engine = os.path.join(root, "engine")
    for name in sorted(os.listdir(engine)):
        is_file = os.path.isfile(os.path.join(engine, name))
        if name not in (("main.cpp", "CMakeLists.txt") if is_file else ROOMS):
            yield name
    if len(read(root, "engine/main.cpp").splitlines()) > 60:
        yield "main.cpp is longer than 60 lines"


def layers(root):
    """The rooms of the engine see only those that lie below them."""
    for room, below in ROOMS.items():
        for path in files(root, os.path.join("engine", room)):
            for name in INCLUDE.findall(read(root, path)):
                other = name.split("/")[0]
                if other in ROOMS and other != room and other not in below:
                    yield f"{path}: {name}"


def cycles(root):
    """No header includes itself by way of others."""
    includes = {path: [os.path.join("engine", name) for name in QUOTED.findall(read(root, path))]
                for path in files(root, "engine")}
    done, way = set(), []

    def visit(path):
        if path in way:
            yield " > ".join(way[way.index(path):] + [path])
        elif path in includes and path not in done:
            way.append(path)
            for other in includes[path]:
                yield from visit(other)
            way.pop()
            done.add(path)

    for path in includes:
        yield from visit(path)


def plugin_includes(root):
    """A plugin includes nothing of the engine or of another plugin."""
    for plugin in plugins(root) + [SHARED]:
        folder = os.path.join("plugins", plugin)
        is_decoder = plugin == SHARED or plugin.endswith("_decoder")
        own = {name for path in files(root, folder)
               for name in (os.path.basename(path), os.path.relpath(path, folder))}
        for path in files(root, folder):
            for name in QUOTED.findall(read(root, path)):
                if name not in own and not (name.startswith(SHARED + "/") and is_decoder):
                    yield f"{path}: {name}"
            if "engine" in " ".join(INCLUDE.findall(read(root, path))):
                yield f"{path}: engine"


def public_headers(root):
    """The public headers include no other headers of ours."""
    for path in files(root, "plugins/sdk/include"):
        for name in QUOTED.findall(read(root, path)):
            if not name.startswith("penstock/"):
                yield f"{path}: {name}"


# Of each rule: a file, and a line that breaks it there.
BREACHES = {
    foreign_words: [("engine/flow/node.cpp", "int of_the_broker;"), ("engine/flow/node.cpp", "int json_decoder;"),
                    ("engine/flow/node.cpp", 'const char* name = "file_sink";')],
    casts: [("engine/http/routes.cpp", "auto* x = dynamic_cast<A*>(b);")],
    rooms: [("engine/loose.cpp", "int x;"), ("engine/attic/x.cpp", "int x;"), ("engine/main.cpp", "\n" * 60)],
    layers: [("engine/telemetry/logging.hpp", '#include "config/nodes.hpp"'),
             ("engine/plugin_host/instance.cpp", '#include "flow/node.hpp"'),
             ("engine/flow/node.cpp", '#include "observe/snapshot.hpp"'),
             ("engine/http/routes.cpp", '#include "intake/intake.hpp"')],
    cycles: [("engine/intake/block.hpp", '#include "intake/intake.hpp"')],
    plugin_includes: [("plugins/batcher/batcher.cpp", '#include "json_decoder.hpp"'),
                      ("plugins/batcher/batcher.cpp", '#include <../engine/flow/node.hpp>'),
                      ("plugins/batcher/batcher.cpp", '#include "decoding/budget.hpp"')],
    public_headers: [("plugins/sdk/include/penstock/batch.hpp", '#include "provenance/batch.hpp"')],
}


@contextlib.contextmanager
def planted(path, line):
    """The line at the end of the file, which is made where there is none."""
    is_new = not os.path.exists(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a+") as f:
        end = f.tell()
        f.write(line + "\n")
        f.flush()
        yield
        f.truncate(end)
    if is_new:
        os.remove(path)
        with contextlib.suppress(OSError):  # others are in it
            os.rmdir(os.path.dirname(path))


class Boundaries(unittest.TestCase):
    maxDiff = None

    def test_every_rule_is_kept(self):
        for rule in BREACHES:
            with self.subTest(rule.__doc__):
                self.assertEqual(list(rule(ROOT)), [])

    def test_a_room_sees_only_rooms_that_are_listed_before_it(self):
        listed = list(ROOMS)
        for room, below in ROOMS.items():
            self.assertLessEqual(below, set(listed[:listed.index(room)]), room)

    def test_a_breach_of_each_rule_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            for folder in ("engine", "plugins"):
                shutil.copytree(os.path.join(ROOT, folder), os.path.join(root, folder))
            for rule, breaches in BREACHES.items():
                for path, line in breaches:
                    with self.subTest(rule.__doc__, line=line), planted(os.path.join(root, path), line):
                        self.assertNotEqual(list(rule(root)), [])

    def test_no_path_of_a_developers_machine_is_in_the_repository(self):
        done = subprocess.run(["git", "-C", ROOT, "grep", "-nE", "/(home|work)/[a-z]"],
                              capture_output=True, text=True)
        lines = [line for line in done.stdout.splitlines() if "boundaries.py" not in line]
        self.assertEqual(lines, [])


if __name__ == "__main__":
    unittest.main()
