// One table of the pipeline file, read by an option table.
#pragma once

#include <penstock/plugin.h>
#include <penstock/options.hpp>

#include <toml++/toml.h>

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/interpolate.hpp"
#include "config/problems.hpp"
#include "config/result.hpp"
#include "config/secrets.hpp"

namespace penstock::engine {

// The i-th of an array of C structs whose writer may have known fewer fields than we do.
template <class T>
const T& strided(const T* first, size_t i) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(first) + i * first->size);
}

// What an option's value may be; both 0 in its table are no bounds (plugin.h).
struct Bounds {
  double min, max;
};
inline Bounds bounds_of(const penstock_option& option) {
  if (option.min == 0 && option.max == 0) return {-kNoLimit, kNoLimit};
  return {option.min, option.max};
}

Location location(const toml::node& node);
Location location(const toml::key& key);

// An option as people may see it: secrets are masked.
struct ShownOption {
  std::string value;      // in force
  std::string reference;  // as the file has it, if that refers to something: "${HOST:-localhost}"
  std::string origin;     // of what it refers to: "the environment variable HOST"
  bool in_file = false;   // false: the default
  bool masked = false;    // the value holds what must not be shown, though the option is no secret
};

// Options by their names, in the table's order.
using NamedOptions = std::vector<std::pair<std::string, ShownOption>>;

// Parsed values in an option table's order, with the texts that they point to. The
// addresses of the values stay when this is moved.
class OptionValues {
 public:
  OptionValues() = default;
  OptionValues(OptionValues&&) = default;
  OptionValues& operator=(OptionValues&&) = default;

  const std::vector<penstock_value>& values() const { return values_; }
  const std::vector<ShownOption>& shown() const { return shown_; }
  // A plugin's words without what is masked of its options. Secrets are its own to keep.
  std::string redacted(std::string text) const { return masks().redacted(std::move(text)); }
  Masks masks() const;
  // The text of the i-th as it is now, if it is read from a file or a credential; else nothing.
  Result<std::optional<std::string>> read_again(size_t i) const;

 private:
  friend class OptionParser;
  std::vector<penstock_value> values_;
  std::vector<std::string> references_;  // as the file has them; empty: to nothing that may change
  std::vector<ShownOption> shown_;
  std::deque<std::string> texts_;
  std::deque<std::vector<penstock_text>> lists_;
  std::vector<std::string> secrets_;  // pieces of what is masked
};

// " (from the environment variable HOST)"; "" for a value that the file itself has.
std::string from_where(const ShownOption& option);

// What to add to a message about an option's value: the same, with the value if `message` lacks it.
std::string origin_note(const ShownOption& option, std::string_view message);

// Adds that to problems at these options' places, from the `first` on.
void add_origin_notes(const toml::table& table, const NamedOptions& options, size_t first,
                      Problems& problems);

bool same_values(const OptionValues& one, const OptionValues& other);

// Parses `table` by the `count` options at `options`. Keys in `reserved` belong to somebody
// else. Everything wrong goes to `problems`; what is wrong counts as absent.
// `owner` is where a missing required option is reported.
OptionValues parse_options(const toml::table& table, const penstock_option* options, size_t count,
                           std::span<const std::string_view> reserved, Location owner,
                           const Lookup& lookup, Problems& problems);

NamedOptions named_options(const std::vector<penstock_option>& options, const OptionValues& values);

// A table of the engine's own, by `Options::table()`, into the struct that it fills.
// `shown`: how its options are shown, and `masks`: what of them is not, if wanted.
template <class Options>
Options parse_engine_options(const toml::table& table, Location owner, const Lookup& lookup,
                             Problems& problems, std::span<const std::string_view> reserved = {},
                             NamedOptions* shown = nullptr, Masks* masks = nullptr) {
  std::vector<penstock_option> declarations;
  for (const Option& row : Options::table()) declarations.push_back(row.declaration);
  const OptionValues parsed = parse_options(table, declarations.data(), declarations.size(),
                                            reserved, owner, lookup, problems);
  if (shown) *shown = named_options(declarations, parsed);
  if (masks) *masks = parsed.masks();
  penstock_settings settings = {};
  settings.values = parsed.values().data();
  settings.value_count = parsed.values().size();
  return read_options<Options>(Options::table(), settings);
}

// What is wrong with the default that its table has, in words; empty: nothing.
std::string default_fault(const penstock_option& option);

// The names of the choices of an enum option, in order.
std::vector<std::string> choices_of(const penstock_option& option);

}  // namespace penstock::engine
