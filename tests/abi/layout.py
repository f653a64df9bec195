"""Writes a C++ file of static_asserts to standard output: what each frozen header says holds in the
current one. Structs have grown at their end at most, fields have kept their place and type, values
their number. Arguments: the current plugin.h, then the frozen ones."""

import os
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STRUCT = re.compile(r"typedef struct (\w+) \{(.*?)\} \1;", re.DOTALL)
ENUM = re.compile(r"typedef enum (\w+) \{(.*?)\} \1;", re.DOTALL)
MACRO = re.compile(r"^#define (PENSTOCK_\w+) (.+)$", re.MULTILINE)
FUNCTION = re.compile(r"(.*)\(\*(\w+)\)\((.*)\)$")
# They say which header it is.
OF_THE_HEADER = {"PENSTOCK_ABI_MINOR", "PENSTOCK_EXPORT"}


def type_of(parameter):
    """Without the parameter's name."""
    words = re.findall(r"\w+|\*", parameter)
    named = [word for word in words if word not in ("*", "const", "struct")]
    return words[:-1] if len(named) > 1 else words


def fields_of(body):
    """[(name, type)], in the struct's order."""
    fields = []
    for declaration in body.split(";"):
        declaration = " ".join(declaration.split())
        if not declaration:
            continue
        if function := FUNCTION.match(declaration):
            result, name, parameters = function.groups()
            fields.append((name, [result.strip(), *map(type_of, parameters.split(","))]))
        else:
            words = re.findall(r"\w+|\*", declaration)
            fields.append((words[-1], words[:-1]))
    return fields


class Header:
    def __init__(self, path):
        with open(path) as f:
            text = COMMENT.sub("", f.read())
        self.path = path
        self.structs = {name: fields_of(body) for name, body in STRUCT.findall(text)}
        self.enums = {name: re.findall(r"(\w+) = (\d+)", body) for name, body in ENUM.findall(text)}
        self.macros = {name: value.strip() for name, value in MACRO.findall(text)}
        self.minor = int(self.macros["PENSTOCK_ABI_MINOR"])
        # A reader that sees nothing would prove nothing.
        for struct, field in (("penstock_host", "append"), ("penstock_node_type", "process"),
                              ("penstock_text", "size")):
            assert field in dict(self.structs[struct]), f"{path}: {struct} has no {field}"
        assert len(self.enums) >= 6 and len(self.macros) >= 6, path


def complaints(now, then):
    for struct, fields in then.structs.items():
        types = dict(now.structs.get(struct, []))
        for name, type_then in fields:
            if name in types and types[name] != type_then:
                yield f"{struct}.{name} is of another type than in 1.{then.minor}"


def asserts_of_values(now, then):
    for name, value in then.macros.items():
        if name in OF_THE_HEADER:
            continue
        equal = f'std::string_view({name}) == {value}' if value[0] == '"' else f"{name} == {value}"
        yield f'static_assert({equal}, "{name} is not as in 1.{then.minor}");'
    for values in then.enums.values():
        for name, value in values:
            yield f'static_assert({name} == {value}, "{name} is not as in 1.{then.minor}");'


def asserts_of_structs(then):
    space = f"of_1_{then.minor}"
    for struct, fields in then.structs.items():
        since = f"as in 1.{then.minor}"
        # Those without a size are passed by value or in plain arrays, so they never change.
        grows = fields[0][0] == "size"
        yield (f"static_assert(sizeof({struct}) {'>=' if grows else '=='} sizeof({space}::{struct}), "
               f'"{struct} is not as large {since}");')
        for name, _ in fields:
            yield (f"static_assert(offsetof({struct}, {name}) == offsetof({space}::{struct}, {name}) && "
                   f"sizeof({struct}::{name}) == sizeof({space}::{struct}::{name}), "
                   f'"{struct}::{name} is not {since}");')


def main(current, *frozen):
    now = Header(current)
    then = [Header(path) for path in frozen]
    wrong = [each for header in then for each in complaints(now, header)]
    missing = sorted(set(range(now.minor)) - {header.minor for header in then})
    wrong += [f"tests/abi/1.{minor} is missing: the header as it was (README.md)" for minor in missing]
    if wrong:
        sys.exit("\n".join(wrong))
    lines = ["#include <penstock/plugin.h>", "#include <cstddef>", "#include <string_view>"]
    for header in then:
        lines += asserts_of_values(now, header)
    for header in [now, *then]:
        lines += [f"#undef {name}" for name in header.macros]
    for header in then:
        lines += ["#undef PENSTOCK_PLUGIN_H",
                  # Of C linkage, it would be one function in all namespaces.
                  f"#define penstock_plugin_entry entry_of_1_{header.minor}",
                  f"namespace of_1_{header.minor} {{", f'#include "{os.path.abspath(header.path)}"', "}",
                  "#undef penstock_plugin_entry", *[f"#undef {name}" for name in header.macros],
                  *asserts_of_structs(header)]
    print("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
