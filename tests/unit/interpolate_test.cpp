#include "config/interpolate.hpp"
#include "config/secrets.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include "catch.hpp"

using namespace penstock::engine;

namespace {

Interpolated expand(const std::string& text) {
  static const std::map<std::string, std::string> kVariables{
      {"HOST", "plant-7"}, {"EMPTY", ""}, {"TRICK", "${HOST}"}};
  return interpolate(text, [](const std::string& name) -> std::optional<std::string> {
    const auto found = kVariables.find(name);
    return found == kVariables.end() ? std::nullopt : std::optional(found->second);
  });
}

}  // namespace

TEST_CASE("variables are replaced, and their defaults when unset or empty") {
  CHECK(expand("a-${HOST}-b").text == "a-plant-7-b");
  CHECK(expand("${NONE:-x}${EMPTY:-y}").text == "xy");
  CHECK(expand("${NONE:-}").text.empty());
}

TEST_CASE("defaults may hold references") {
  CHECK(expand("${NONE:-data-${HOST}}!").text == "data-plant-7!");
  CHECK(expand("${NONE:-${NEITHER:-deep}}").text == "deep");
}

TEST_CASE("a dollar that no brace follows stays") {
  CHECK(expand("$share/ingestion/dev/#,$share/x").text == "$share/ingestion/dev/#,$share/x");
  CHECK(expand("${NONE:-$share/a}").text == "$share/a");
}

TEST_CASE("a value is not looked at again") { CHECK(expand("${TRICK}").text == "${HOST}"); }

TEST_CASE("a missing variable is an error that names it and a way out") {
  const std::string error = expand("${NONE}").error;
  CHECK(error.find("NONE is not set") != std::string::npos);
  CHECK(error.find("${NONE:-default}") != std::string::npos);
}

TEST_CASE("a reference that cannot be read is an error") {
  CHECK_FALSE(expand("${HOST").error.empty());
  CHECK_FALSE(expand("${}").error.empty());
  CHECK_FALSE(expand("${a-b}").error.empty());
}

TEST_CASE("a file's content is taken without its final newline") {
  char path_template[] = "/tmp/penstock-secret-XXXXXX";
  close(mkstemp(path_template));
  const std::string path = path_template;
  std::ofstream(path) << "geheim\n";
  CHECK(expand("${file:" + path + "}").text == "geheim");
  std::remove(path.c_str());
  CHECK(expand("${file:" + path + "}").error.find("No such file") != std::string::npos);
}

TEST_CASE("a credential is a file in the service manager's folder, and may have a default") {
  char folder_template[] = "/tmp/penstock-credentials-XXXXXX";
  const std::string folder = mkdtemp(folder_template);
  std::ofstream(folder + "/db_password") << "geheim\n";
  const auto with = [&](const std::string& text) {
    return interpolate(text, [&](const std::string& name) -> std::optional<std::string> {
      if (name == "CREDENTIALS_DIRECTORY") return folder;
      return std::nullopt;
    });
  };
  CHECK(with("${credential:db_password}").text == "geheim");
  CHECK(with("${NONE:-${credential:db_password:-}}").text == "geheim");
  CHECK(with("${credential:other:-none}").text == "none");
  CHECK(with("${credential:other}").error.find("LoadCredential=") != std::string::npos);
  CHECK_FALSE(with("${credential:../db_password}").error.empty());
  CHECK_FALSE(expand("${credential:db_password}").error.empty());
  CHECK(expand("${credential:db_password:-}").text.empty());
  std::remove((folder + "/db_password").c_str());
  rmdir(folder.c_str());
}

TEST_CASE("references are nested to a limit, so that no file can exhaust the stack") {
  const auto nested = [](int depth) {
    std::string text = "x";
    for (int i = 0; i < depth; ++i) text = "${NONE:-" + text + "}";
    return text;
  };
  CHECK(expand(nested(32)).text == "x");
  CHECK(expand(nested(33)).error == "references are nested deeper than 32");
  CHECK(!expand(nested(20'000)).error.empty());
}

TEST_CASE("a value knows what gave it") {
  const auto origins = [](const std::string& text) {
    return describe_origins(expand(text).origins);
  };
  CHECK(origins("plain").empty());
  CHECK(origins("${HOST}") == "the environment variable HOST");
  CHECK(origins("${HOST}-${HOST}") == "the environment variable HOST");
  CHECK(origins("${NONE:-x}") == "the default for NONE");
  CHECK(origins("${NONE:-${HOST}}") == "the environment variable HOST");
  CHECK(origins("${NONE:-${NEITHER:-x}}") == "the default for NEITHER");
  CHECK(origins("${HOST}:${PORT:-80}") == "the environment variable HOST and the default for PORT");
}

TEST_CASE("what a secret variable, a file or a credential holds is not shown") {
  Lookup lookup([](const std::string&) { return std::optional<std::string>("geheim"); });
  CHECK(interpolate("${HOST}", lookup).shown == "geheim");
  lookup.add_secret("HOST");
  CHECK(interpolate("a-${HOST}-b", lookup).shown == "a-***-b");
  CHECK(interpolate("a-${HOST}-b", lookup).text == "a-geheim-b");
  for (const char* name : {"DB_PASSWORD", "db_passwd", "API_TOKEN", "CLIENT_SECRET", "PGPASS",
                           "MQTT_PWD", "API_KEY", "CREDENTIAL", "MQTT_PW", "pw"}) {
    CHECK(interpolate("${" + std::string(name) + "}", lookup).shown == "***");
  }
  char path[] = "/tmp/penstock-secret-XXXXXX";
  close(mkstemp(path));
  std::ofstream(path) << "geheim";
  CHECK(interpolate("${file:" + std::string(path) + "}", lookup).shown == "***");
  std::remove(path);
}

TEST_CASE("the login of an address is not shown") {
  CHECK(without_login("tcp://me:pass@host:1883/x") == "tcp://***@host:1883/x");
  CHECK(without_login("tcp://me:pa/ss@host") == "tcp://***@host");
  CHECK(without_login("tcp://me:p@/ss@host") == "tcp://***@host");
  CHECK(without_login("url = \"me:secret@host:1883\"") == "url = \"***@host:1883\"");
  CHECK(without_login("me:se://cret@host") == "***@host");
  CHECK(without_login("${X:-tcp://me:pass@host}") == "${X:-tcp://***@host}");
  CHECK(without_login("\"tcp://me:p@ss@host\" is") == "\"tcp://***@host\" is");
  CHECK(without_login("tcp://a and ssl://b:c@d") == "tcp://a and ssl://***@d");
  CHECK(without_login("tcp://host/a") == "tcp://host/a");
  CHECK(without_login("user@host") == "user@host");
  CHECK(without_login("/etc/x:y@z") == "/etc/x:y@z");
}

TEST_CASE("a whole value is shown without its login, whatever that holds") {
  for (const char* secret : {"hun ter2", "hun\"ter2", "hun'ter2", "hun\tter2", "a@b /c", "/x"}) {
    const std::string login = std::string("u:") + secret + "@127.0.0.1:1";
    CHECK(value_without_login("tcp://" + login) == "tcp://***@127.0.0.1:1");
    CHECK(value_without_login(login) == "***@127.0.0.1:1");
  }
  CHECK(value_without_login("//u:hunter@127.0.0.1:1") == "***@127.0.0.1:1");
  CHECK(without_login("//u:hunter@127.0.0.1:1") == "***@127.0.0.1:1");
  CHECK(value_without_login("/etc/x:y@z") == "/etc/x:y@z");
  CHECK(value_without_login("me at user@host") == "me at user@host");
}

TEST_CASE("a connection string is shown without its password") {
  CHECK(value_without_login("host=x password=hunter2 port=1") == "host=x password=*** port=1");
  CHECK(value_without_login("password = 'hunter 2\\' x' port=1") == "password = *** port=1");
  CHECK(value_without_login("postgres://h/db?password=hunter2&x=1") ==
        "postgres://h/db?password=***&x=1");
  CHECK(value_without_login("ws://h/mqtt?key=${KEY}") == "ws://h/mqtt?key=${KEY}");
  CHECK(without_login("no \"host=x password=hunter2\" is") == "no \"host=x password=***\" is");
  CHECK(value_without_login("a=b passed") == "a=b passed");
}

TEST_CASE("the default of a secret variable is not shown") {
  const Lookup lookup([](const std::string&) { return std::nullopt; });
  CHECK(interpolate("a-${MY_TOKEN:-hunter3}", lookup).shown == "a-***");
  CHECK(interpolate("a-${MY_TOKEN:-hunter3}", lookup).text == "a-hunter3");
  CHECK(interpolate("${X:-${MY_TOKEN:-hunter3}}", lookup).shown == "***");
  CHECK(interpolate("${credential:x:-hunter3}", lookup).error.empty());
  CHECK(interpolate("${credential:x:-hunter3}", lookup).shown == "***");
  CHECK(interpolate("${X:-plain}", lookup).shown == "plain");
  CHECK(shown_reference("a-${MY_TOKEN:-hunter3}-${X:-plain}", lookup) ==
        "a-${MY_TOKEN:-***}-${X:-plain}");
  CHECK(shown_reference("${X:-tcp://u:hun ter@h}", lookup) == "${X:-tcp://***@h}");
  const Lookup with_token([](const std::string&) { return std::optional<std::string>("hunter"); });
  CHECK(interpolate("${file:/no/${MY_TOKEN}}", with_token).error ==
        "cannot read /no/***: No such file or directory");
  for (const char* broken : {"${MY_TOKEN:-hunter3", "${MY_TOKEN-hunter3}"}) {
    CHECK(interpolate(broken, lookup).error.find("hunter") == std::string::npos);
  }
}

TEST_CASE("a name that only resembles a secret's is not one") {
  for (const char* name : {"PWD", "OLDPWD", "CREDENTIALS_DIRECTORY", "KEYCLOAK_HOST", "HOST"}) {
    CHECK(!sounds_secret(name));
  }
}

TEST_CASE("an error of a secret says nothing of its text") {
  const Lookup lookup([](const std::string&) { return std::nullopt; });
  for (const char* secret : {"abc${xyzzy", "x${a b}", "x${credential:../y}", "${A:-abc${d e}}"}) {
    const Interpolated failed = interpolate(secret, lookup);
    CHECK(!failed.error.empty());
    CHECK(failed.error_of_secret.starts_with("the value contains "));
    for (const char* part : {"xyzzy", "a b", "../y", "d e"}) {
      CHECK(failed.error_of_secret.find(part) == std::string::npos);
    }
  }
}

TEST_CASE("of a secret only what it refers to is shown") {
  CHECK(without_literals("hunter2") == "***");
  CHECK(without_literals("${A}") == "${A}");
  CHECK(without_literals("abc${def") == "***");
  CHECK(without_literals("${a b}") == "***");
  CHECK(without_literals("${A:-${B:-${credential:c:-}}}") == "${A:-${B:-${credential:c:-}}}");
  CHECK(without_literals("x${A:-hunter2}") == "***${A:-***}");
  CHECK(without_literals("${file:/run/secrets/x}") == "${file:/run/secrets/x}");
}

TEST_CASE("the variables that a text refers to are found in defaults, too") {
  CHECK(variables_in("${A}-${B:-${C}}${file:/x}${credential:d:-${E}}") ==
        std::vector<std::string>{"A", "B", "C", "E"});
}
