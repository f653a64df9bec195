// Each kind of library that the engine refuses, with its own words.
#include "plugin/library.hpp"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include "catch.hpp"
#include "config/option_values.hpp"
#include "describe/option_texts.hpp"

using penstock::engine::Library;
using penstock::engine::why_not;

namespace {

// What opening tests/plugins/NAME.so came to.
std::string error_of(const std::string& name) {
  return why_not(Library::open(std::string(TEST_PLUGIN_FOLDER) + "/" + name + ".so"));
}

bool says(const std::string& error, const std::string& part) {
  INFO(error);
  return error.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a good library opens") {
  const auto opened = Library::open(std::string(TEST_PLUGIN_FOLDER) + "/good_plugin.so");
  REQUIRE(opened);
  CHECK((*opened)->find("") != nullptr);
  CHECK((*opened)->find("second") != nullptr);
  CHECK((*opened)->find("third") == nullptr);
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

TEST_CASE("a library needs the ABI minor version that it states, not that of its SDK") {
  const auto minor_of = [](const std::string& name) {
    const auto opened = Library::open(std::string(TEST_PLUGIN_FOLDER) + "/" + name + ".so");
    REQUIRE(opened);
    return (*opened)->plugin().abi_minor;
  };
  CHECK(minor_of("good_plugin") == 4);
  CHECK(minor_of("needs_1_7") == 7);
}

TEST_CASE("an option whose default is out of its range keeps its library from loading") {
  CHECK(says(error_of("broken/default_out_of_range"),
             "its node type \"default_out_of_range\" has an option \"rows\" with a default that it "
             "refuses: rows: 5 is below the minimum of 10"));
}

TEST_CASE("an option whose minimum and maximum are both 0 has no bounds") {
  const auto opened = Library::open(std::string(TEST_PLUGIN_FOLDER) + "/unpadded.so");
  INFO(why_not(opened));
  REQUIRE(opened);
  const penstock_option& option = *(*opened)->find("")->options;
  CHECK(option.min == 0);
  CHECK(option.max == 0);
  CHECK(penstock::engine::range_text(option).empty());
  const auto problems_with = [&](const char* line) {
    penstock::engine::Problems problems("p.toml");
    const auto table = toml::parse(line);
    const auto nothing = [](const std::string&) { return std::nullopt; };
    penstock::engine::parse_options(table, &option, 1, {}, {}, nothing, problems);
    return problems.text();
  };
  CHECK(problems_with("unbounded = -7").empty());
  CHECK(problems_with("unbounded = 7").empty());
  CHECK(says(problems_with("unbounded = \"x\""), "is not a whole number"));
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

namespace {

namespace fs = std::filesystem;

// Of this process: CTest runs several at once.
fs::path own(const std::string& name) {
  return fs::path(TEST_PLUGIN_FOLDER) / (name + std::to_string(getpid()));
}

// A folder of its own with a good plugin in top/middle/plugins, all of which only we can write.
struct Nested {
  static inline int count = 0;  // a path is loaded once
  fs::path top = own("nested" + std::to_string(++count) + "-"), middle = top / "middle",
           plugins = middle / "plugins", file = plugins / "good_plugin.so";

  Nested() {
    fs::remove_all(top);
    fs::create_directories(plugins);
    fs::copy_file(fs::path(TEST_PLUGIN_FOLDER) / "good_plugin.so", file);
    for (const fs::path& each : {top, middle, plugins}) chmod(each.c_str(), 0755);
    chmod(file.c_str(), 0644);
  }
  ~Nested() { fs::remove_all(top); }
};

}  // namespace

TEST_CASE("a file that others can write or replace is refused") {
  const Nested nested;
  CHECK(Library::open(nested.file));
  for (const fs::path& each : {nested.file, nested.plugins, nested.middle, nested.top}) {
    const mode_t mode = each == nested.file ? 0644 : 0755;
    chmod(each.c_str(), mode | 0022);
    CHECK(says(why_not(Library::open(nested.file)),
               "is writable by other users; run: chmod go-w " + each.string()));
    chmod(each.c_str(), mode);
  }
  CHECK(Library::open(nested.file));
}

TEST_CASE("a folder in which others cannot replace what is ours may be written by them") {
  const Nested nested;
  chmod(nested.middle.c_str(), 01777);
  CHECK(Library::open(nested.file));
}

TEST_CASE("a library is tried in a child process when it is new, and never once it is loaded") {
  static int forks = 0;
  REQUIRE(pthread_atfork(
              nullptr, [] { ++forks; }, nullptr) == 0);
  const Nested nested;
  const int before = forks;
  REQUIRE(Library::open(nested.file));
  CHECK(forks == before + 1);
  REQUIRE(Library::open(nested.file));
  CHECK(forks == before + 1);
}

TEST_CASE("a library that could not be loaded may be replaced, one that was loaded may not") {
  const Nested nested;
  const auto write_broken = [&](const std::string& text) {
    fs::remove(nested.file);
    std::ofstream(nested.file) << text;
    chmod(nested.file.c_str(), 0644);
  };
  write_broken("no library");
  CHECK(says(why_not(Library::open(nested.file)), "cannot be loaded: "));
  fs::remove(nested.file);
  fs::copy_file(fs::path(TEST_PLUGIN_FOLDER) / "good_plugin.so", nested.file);
  chmod(nested.file.c_str(), 0644);
  CHECK(Library::open(nested.file));
  write_broken("another");
  CHECK(says(why_not(Library::open(nested.file)), "has changed since this engine loaded it"));
}

TEST_CASE("every folder that a symbolic link leads through is looked at") {
  const Nested nested;
  const fs::path link = own("link");
  for (const fs::path& target :
       {nested.plugins, fs::path(nested.top.filename() / "middle/../middle/plugins")}) {
    fs::remove(link);
    fs::create_symlink(target, link);
    CHECK(Library::open(link / "good_plugin.so"));
    chmod(nested.middle.c_str(), 0777);
    CHECK(says(why_not(Library::open(link / "good_plugin.so")),
               "chmod go-w " + nested.middle.string()));
    chmod(nested.middle.c_str(), 0755);
  }
  if (geteuid() == 0) {
    REQUIRE(lchown(link.c_str(), 65534, 65534) == 0);
    CHECK(says(why_not(Library::open(link / "good_plugin.so")),
               link.string() + " belongs to user 65534"));
  }
  fs::remove(link);
  fs::create_symlink(link, link);
  CHECK(says(why_not(Library::open(link / "good_plugin.so")), "there is no such file"));
  fs::remove(link);
}
