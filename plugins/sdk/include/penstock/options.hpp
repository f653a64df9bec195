// Options: a table that fills a struct.
//
//   struct Options { int64_t rows; std::chrono::nanoseconds interval; };
//   option<&Options::rows>("rows", {.help = "…", .default_value = "5000", .min = 1})
//
// The option's type follows from the member's: int64_t, double, bool, std::string, Secret,
// std::chrono::nanoseconds, Bytes, std::vector<std::string>, or an enum class whose
// enumerators are in the order of `choices`.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "penstock/plugin.h"

namespace penstock {

// A text that must not be shown: it has no operator<<, and no formatter.
struct Secret {
  std::string text;

  bool operator==(const Secret&) const = default;
};

struct Bytes {
  int64_t count = 0;

  bool operator==(const Bytes&) const = default;
};

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

struct OptionTraits {
  const char* help;
  const char* default_value = nullptr;
  const char* unit = nullptr;
  const char* choices = nullptr;  // "json,text"; for enums
  double min = -kNoLimit;         // for durations in seconds
  double max = kNoLimit;
  bool required = false;
  bool identity = false;  // PENSTOCK_OPTION_IDENTITY
  bool file = false;      // PENSTOCK_OPTION_FILE
  bool session = false;   // PENSTOCK_OPTION_SESSION
};

// One row of an option table: the declaration, and how its value reaches the struct.
struct Option {
  penstock_option declaration;
  void (*assign)(void* options, const penstock_value&);
};

namespace detail {

template <class Member>
struct MemberOf;
template <class Owner, class Value>
struct MemberOf<Value Owner::*> {
  using owner = Owner;
  using value = Value;
};

inline std::string_view view(penstock_text text) { return {text.data, text.size}; }

template <class T>
constexpr penstock_option_type option_type() {
  if constexpr (std::is_same_v<T, bool>) return PENSTOCK_BOOLEAN;
  else if constexpr (std::is_enum_v<T>) return PENSTOCK_ENUM;
  else if constexpr (std::is_same_v<T, int64_t>) return PENSTOCK_INTEGER;
  else if constexpr (std::is_same_v<T, double>) return PENSTOCK_NUMBER;
  else if constexpr (std::is_same_v<T, std::string>) return PENSTOCK_STRING;
  else if constexpr (std::is_same_v<T, Secret>) return PENSTOCK_SECRET;
  else if constexpr (std::is_same_v<T, std::chrono::nanoseconds>) return PENSTOCK_DURATION;
  else if constexpr (std::is_same_v<T, Bytes>) return PENSTOCK_SIZE;
  else {
    static_assert(std::is_same_v<T, std::vector<std::string>>, "no option has this type");
    return PENSTOCK_LIST;
  }
}

template <class T>
void assign_value(T& to, const penstock_value& from) {
  if constexpr (std::is_same_v<T, bool>) to = from.integer != 0;
  else if constexpr (std::is_enum_v<T>) to = static_cast<T>(from.integer);
  else if constexpr (std::is_same_v<T, int64_t>) to = from.integer;
  else if constexpr (std::is_same_v<T, double>) to = from.number;
  else if constexpr (std::is_same_v<T, std::string>) to = view(from.text);
  else if constexpr (std::is_same_v<T, Secret>) to.text = view(from.text);
  else if constexpr (std::is_same_v<T, Bytes>) to.count = from.integer;
  else if constexpr (std::is_same_v<T, std::chrono::nanoseconds>) {
    to = std::chrono::nanoseconds(from.integer);
  } else {
    to.clear();
    for (size_t i = 0; i < from.list_size; ++i) to.emplace_back(view(from.list[i]));
  }
}

}  // namespace detail

template <auto Member>
Option option(const char* name, OptionTraits traits) {
  using Owner = typename detail::MemberOf<decltype(Member)>::owner;
  using Value = typename detail::MemberOf<decltype(Member)>::value;
  constexpr auto kType = detail::option_type<Value>();
  const double scale = kType == PENSTOCK_DURATION ? 1e9 : 1;
  Option row = {};
  row.declaration.size = sizeof(penstock_option);
  row.declaration.type = kType;
  row.declaration.name = name;
  row.declaration.default_value = traits.default_value;
  row.declaration.unit = traits.unit;
  row.declaration.choices = traits.choices;
  row.declaration.help = traits.help;
  row.declaration.min = traits.min * scale;
  row.declaration.max = traits.max * scale;
  if (traits.required) row.declaration.flags |= PENSTOCK_OPTION_REQUIRED;
  if (traits.identity) row.declaration.flags |= PENSTOCK_OPTION_IDENTITY;
  if (traits.file) row.declaration.flags |= PENSTOCK_OPTION_FILE;
  if (traits.session) row.declaration.flags |= PENSTOCK_OPTION_SESSION;
  row.assign = [](void* options, const penstock_value& value) {
    detail::assign_value(static_cast<Owner*>(options)->*Member, value);
  };
  return row;
}

// The struct that the table's values describe; absent ones keep the member's initialiser.
template <class Options>
Options read_options(const std::vector<Option>& table, const penstock_settings& settings) {
  Options options{};
  for (size_t i = 0; i < table.size() && i < settings.value_count; ++i) {
    if (settings.values[i].present) table[i].assign(&options, settings.values[i]);
  }
  return options;
}

}  // namespace penstock
