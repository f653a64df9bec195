"""Prints the tests of Python test files, a line each: KIND|MODULE|CLASS.METHOD|NAME. The methods of a class
that makes what they share (setUpClass) are one test.

  python3 list_tests.py KIND/MODULE.py …"""

import importlib.util
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def load(path):
    """The module, which its tests import others by their bare names from."""
    name = os.path.splitext(os.path.basename(path))[0]
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def classes(module):
    """Those of its test classes that are its own and have tests."""
    loader = unittest.defaultTestLoader
    for each in vars(module).values():
        is_own = isinstance(each, type) and issubclass(each, unittest.TestCase) and each.__module__ == module.__name__
        if is_own and loader.getTestCaseNames(each):
            yield each, loader.getTestCaseNames(each)


def main(files):
    os.environ.setdefault("PENSTOCK_BUILD", HERE)
    for file in files:
        kind, module = os.path.split(os.path.splitext(file)[0])
        found = list(classes(load(os.path.join(HERE, file))))
        for each, methods in found:
            name = f"{kind}: {module}" + (f": {each.__name__}" if len(found) > 1 else "")
            if "setUpClass" in vars(each):
                print(f"{kind}|{module}|{each.__name__}|{name}")
                continue
            for method in methods:
                claim = method.removeprefix("test_").replace("_", " ")
                print(f"{kind}|{module}|{each.__name__}.{method}|{name}: {claim}")


main(sys.argv[1:])
