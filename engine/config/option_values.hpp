// One table of the pipeline file, read by an option table.
#pragma once

#include <penstock/plugin.h>
#include <penstock/options.hpp>

#include <toml++/toml.h>

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "config/interpolate.hpp"
#include "config/problems.hpp"

namespace penstock::engine {

// The i-th of an array of C structs whose writer may have known fewer fields than we do.
template <class T>
const T& strided(const T* first, size_t i) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(first) + i * first->size);
}

Location location(const toml::node& node);
Location location(const toml::key& key);

// Parsed values in an option table's order, with the texts that they point to. The
// addresses of the values stay when this is moved.
class OptionValues {
 public:
  OptionValues() = default;
  OptionValues(OptionValues&&) = default;
  OptionValues& operator=(OptionValues&&) = default;

  const std::vector<penstock_value>& values() const { return values_; }
  // The same as the file has them, or the defaults: what a variable holds is not looked up, and
  // secrets are masked.
  const std::vector<std::string>& as_written() const { return as_written_; }

 private:
  friend class OptionParser;
  std::vector<penstock_value> values_;
  std::vector<std::string> as_written_;
  std::deque<std::string> texts_;
  std::deque<std::vector<penstock_text>> lists_;
};

bool same_values(const OptionValues& one, const OptionValues& other);

// Parses `table` by the `count` options at `options`. Keys in `reserved` belong to somebody
// else. Everything wrong goes to `problems`; what is wrong counts as absent.
// `owner` is where a missing required option is reported.
OptionValues parse_options(const toml::table& table, const penstock_option* options, size_t count,
                           std::span<const std::string_view> reserved, Location owner,
                           const Lookup& lookup, Problems& problems);

// A table of the engine's own, by `Options::table()`, into the struct that it fills.
template <class Options>
Options parse_engine_options(const toml::table& table, Location owner, const Lookup& lookup,
                             Problems& problems, std::span<const std::string_view> reserved = {}) {
  std::vector<penstock_option> declarations;
  for (const Option& row : Options::table()) declarations.push_back(row.declaration);
  const OptionValues parsed = parse_options(table, declarations.data(), declarations.size(),
                                            reserved, owner, lookup, problems);
  penstock_settings settings = {};
  settings.values = parsed.values().data();
  settings.value_count = parsed.values().size();
  return read_options<Options>(Options::table(), settings);
}

// The names of the choices of an enum option, in order.
std::vector<std::string> choices_of(const penstock_option& option);

}  // namespace penstock::engine
