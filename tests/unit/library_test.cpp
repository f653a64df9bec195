// Each kind of library that the engine refuses, with its own words.
#include "plugin/library.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include "catch.hpp"

using penstock::engine::Library;

namespace {

// What opening tests/plugins/NAME.so came to.
std::string error_of(const std::string& name) {
  return Library::open(std::string(TEST_PLUGIN_FOLDER) + "/" + name + ".so").error;
}

bool says(const std::string& error, const std::string& part) {
  INFO(error);
  return error.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a good library opens") {
  const auto opened = Library::open(std::string(TEST_PLUGIN_FOLDER) + "/good_plugin.so");
  CHECK(opened.error.empty());
  REQUIRE(opened.library);
  CHECK(opened.library->find("") != nullptr);
  CHECK(opened.library->find("second") != nullptr);
  CHECK(opened.library->find("third") == nullptr);
}

TEST_CASE("a missing file is refused") {
  CHECK(says(error_of("not_there"), "not_there.so: there is no such file"));
}

TEST_CASE("a library without the entry symbol is refused") {
  CHECK(says(error_of("no_entry"),
             "is not a Penstock plugin: it does not export "
             "penstock_plugin_entry"));
}

TEST_CASE("a library of another ABI is refused, with both versions") {
  const std::string ours = "this engine speaks 1." + std::to_string(PENSTOCK_ABI_MINOR);
  CHECK(says(error_of("other_abi"),
             "it was built for plugin ABI 99.0, " + ours + "; build it again"));
  CHECK(says(error_of("newer_minor"), "it needs plugin ABI 1.99, " + ours + "; update"));
}

TEST_CASE("a library that misses a symbol is refused at load, not at the first call") {
  CHECK(says(error_of("missing_symbol"), "cannot be loaded: "));
  CHECK(says(error_of("missing_symbol"), "undefined symbol: a_function_that_nobody_has"));
}

TEST_CASE("a library that throws while it is made is refused") {
  CHECK(says(error_of("throws_in_constructor"),
             "threw an exception while it was loaded: no licence found"));
}

TEST_CASE("a library that calls itself otherwise than its file is refused") {
  CHECK(says(error_of("wrong_name"),
             "it calls itself \"right_name\"; name the file right_name.so, or the plugin "
             "\"wrong_name\""));
}

TEST_CASE("a file that is not a library is refused") {
  CHECK(says(error_of("not_a_library"), "cannot be loaded: "));
}

TEST_CASE("a file or folder that others can write is refused") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(TEST_PLUGIN_FOLDER) / "writable";
  fs::create_directories(folder);
  const fs::path file = folder / "good_plugin.so";
  fs::copy_file(fs::path(TEST_PLUGIN_FOLDER) / "good_plugin.so", file,
                fs::copy_options::overwrite_existing);
  chmod(folder.c_str(), 0755);
  chmod(file.c_str(), 0666);
  CHECK(says(Library::open(file).error,
             "can be written by other users; take that right away: "
             "chmod go-w " +
                 file.string()));
  chmod(file.c_str(), 0644);
  CHECK(Library::open(file).error.empty());
  chmod(folder.c_str(), 0777);
  CHECK(says(Library::open(file).error, "chmod go-w " + folder.string()));
  chmod(folder.c_str(), 0755);
}
