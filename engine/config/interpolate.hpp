// ${NAME}, ${NAME:-default}, ${file:/path} and ${credential:name} inside the strings of a pipeline
// file.
#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::engine {

// Where variables are looked up, and which of them hold secrets.
class Lookup {
 public:
  using Find = std::function<std::optional<std::string>(const std::string& name)>;

  template <std::invocable<const std::string&> Function>
  Lookup(Function find) : find_(std::move(find)) {}

  std::optional<std::string> operator()(const std::string& name) const { return find_(name); }

  // A secret option reads it, so its value is shown nowhere.
  void add_secret(const std::string& name) { secrets_.insert(name); }
  // Also goes by the name: DB_PASSWORD is a secret wherever it is used.
  bool is_secret(const std::string& name) const;

 private:
  Find find_;
  std::set<std::string> secrets_;
};

// The environment, and HOSTNAME from gethostname where the environment has none.
std::optional<std::string> environment(const std::string& name);

// Where a piece of a value comes from.
struct ValueOrigin {
  enum Kind { kVariable, kDefault, kFile, kCredential } kind;
  std::string name;  // the variable, which may have a default; the path; the credential

  bool operator==(const ValueOrigin&) const = default;
};

struct Interpolated {
  std::string text;
  std::string error;                 // empty: ok
  std::string shown;                 // the text, with *** for what must not be shown
  std::vector<ValueOrigin> origins;  // empty: `text` refers to nothing
  std::string error_of_secret;       // the same error, without any text of the value
  std::vector<std::string> secrets;  // the pieces of `text` that *** stands for
};

// Replaces what `text` refers to. Defaults may hold references themselves, and are used
// when the variable is unset or empty, as in a shell. A `$` that no `{` follows stays.
// Replaced text is not looked at again, so a value cannot refer to anything.
//
// What a file or a credential holds is not shown, nor what a secret variable does, nor the default
// of one.
Interpolated interpolate(std::string_view text, const Lookup& lookup);

// `the environment variable HOST`, `the default for HOST and the file /etc/x`; "" for none.
std::string describe_origins(const std::vector<ValueOrigin>& origins);

// Adds those that are not there yet.
void add_origins(std::vector<ValueOrigin>& to, std::vector<ValueOrigin> more);

// The variables that `text` refers to, in defaults, too.
std::vector<std::string> variables_in(std::string_view text);

// A secret as the file has it, with *** for all but the references: "${DB_PASSWORD:-***}".
std::string without_literals(std::string_view text);

// What is no secret as the file has it, with *** for the defaults of secret variables.
std::string without_secret_defaults(std::string_view text, const Lookup& lookup);
// The same without a login.
std::string shown_reference(std::string_view text, const Lookup& lookup);

}  // namespace penstock::engine
