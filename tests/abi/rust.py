"""The declarations for Rust (examples/penstock.rs) say what plugin.h of their version says: each
struct's fields with their types, each value's number."""

import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from layout import Header, fields_of, COMMENT  # noqa: E402

RUST = os.path.join(ROOT, "examples", "penstock.rs")
FUNCTION = re.compile(r'(?:Option<)?unsafe extern "C" fn\((.*?),?\)(?: -> ([^>]+))?>?$')
# What Rust has a word of its own for.
RENAMED = {"type": "kind"}
IN_RUST = {"penstock_option": "NodeOption"}
TYPES = {"uint32_t": "u32", "int32_t": "i32", "uint64_t": "u64", "int64_t": "i64", "size_t": "usize",
         "double": "f64", "penstock_text": "Text", "void": ""}


def rust_name(struct):
    """penstock_node_type: NodeType."""
    return IN_RUST.get(struct) or "".join(
        part[0].upper() + part[1:] for part in struct.removeprefix("penstock_").split("_"))


def c_type(words):
    """As Rust writes it, but that all pointers are `*`."""
    if "*" in words:
        return "*"
    return TYPES["".join(word for word in words if word not in ("const", "struct"))]


def c_field(name, kind):
    name = RENAMED.get(name, name)
    if isinstance(kind[0], list) or len(kind) > 1 and isinstance(kind[1], list):
        result, *parameters = kind
        return name, [c_type(re.findall(r"\w+|\*", result)), *map(c_type, parameters)]
    return name, c_type(kind)


def rust_type(text):
    text = text.strip()
    if function := FUNCTION.match(text):
        parameters, result = function.groups()
        return [rust_type(result or ""), *(rust_type(each) for each in parameters.split(",") if each.strip())]
    return "*" if text.startswith("*") else text


def rust_fields(body):
    fields = re.split(r",\s*pub |^\s*pub ", " ".join(body.split()))
    return [(name, rust_type(kind.rstrip(", ")))
            for name, kind in (each.split(":", 1) for each in fields if each.strip())]


class Rust(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        with open(RUST) as f:
            self.text = f.read()
        minor = re.search(r"ABI_MINOR: u32 = (\d+)", self.text).group(1)
        folder = os.path.join(HERE, f"1.{minor}", "penstock")
        self.header = Header(os.path.join(folder, "plugin.h"))
        with open(os.path.join(folder, "arrow.h")) as f:
            arrow = COMMENT.sub("", f.read())
        self.arrow = {name: fields_of(body)
                      for name, body in re.findall(r"struct (Arrow\w+) \{(.*?)\};", arrow, re.DOTALL)}

    def test_each_struct_has_the_fields_of_the_header(self):
        structs = {name: rust_fields(body) for name, body in
                   re.findall(r"#\[repr\(C\)\]\s(?:#[^\n]*\s)*pub struct (\w+) \{(.*?)\n\}", self.text, re.DOTALL)}
        expected = {rust_name(name): [c_field(*field) for field in fields]
                    for name, fields in [*self.header.structs.items(), *self.arrow.items()]}
        self.assertGreaterEqual(len(expected), 15)
        self.assertEqual(sorted(structs), sorted(expected))
        for name, fields in expected.items():
            with self.subTest(name):
                self.assertEqual(structs[name], fields)

    def test_each_value_is_that_of_the_header(self):
        values = dict(pair for enum in self.header.enums.values() for pair in enum)
        values |= {name: value.rstrip("u") for name, value in self.header.macros.items() if value[0].isdigit()}
        named = re.findall(r"pub const (\w+): (?:u32|i32|usize) = (\d+);", self.text)
        self.assertGreaterEqual(len(named), 40)
        for name, value in named:
            self.assertEqual(values.get("PENSTOCK_" + name), value, name)


if __name__ == "__main__":
    unittest.main()
