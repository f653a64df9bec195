#include "config/option_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <regex>
#include <sstream>
#include <string_view>

#include "config/quantity.hpp"
#include "config/suggest.hpp"

namespace penstock::engine {

Location location(const toml::node& node) {
  const toml::source_position at = node.source().begin;
  return {static_cast<unsigned>(at.line), static_cast<unsigned>(at.column)};
}

Location location(const toml::key& key) {
  const toml::source_position at = key.source().begin;
  return {static_cast<unsigned>(at.line), static_cast<unsigned>(at.column)};
}

std::vector<std::string> choices_of(const penstock_option& option) {
  std::vector<std::string> names;
  std::string_view rest = option.choices ? option.choices : "";
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    names.emplace_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  }
  return names;
}

namespace {

const char* expected(int32_t type) {
  switch (type) {
    case PENSTOCK_INTEGER: return "a whole number";
    case PENSTOCK_NUMBER: return "a number";
    case PENSTOCK_BOOLEAN: return "true or false";
    case PENSTOCK_DURATION: return "a duration such as \"100ms\", \"5s\" or \"1h30m\"";
    case PENSTOCK_SIZE: return "a size such as \"64MiB\" or \"1GB\"";
    case PENSTOCK_LIST: return "a list of strings, or one string with commas";
    default: return "a string";
  }
}

std::string show(const penstock_option& option, double limit) {
  if (option.type == PENSTOCK_DURATION) return format_duration(std::llround(limit));
  if (option.type == PENSTOCK_SIZE) return format_size(std::llround(limit));
  return fmt::format("{}", limit);
}

}  // namespace

namespace {

std::string written(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  std::ostringstream stream;
  node.visit([&](const auto& value) { stream << value; });
  return stream.str();
}

// A text that is no reference is the secret itself; so is what stands before the @ of an address.
std::string masked(const penstock_option& option, const std::string& text) {
  static const std::regex login(R"(://[^/@\s]*@)");
  const bool is_secret = option.type == PENSTOCK_SECRET && !text.empty();
  return is_secret ? "***" : std::regex_replace(text, login, "://***@");
}

}  // namespace

// Parses one value after the other into an OptionValues.
class OptionParser {
 public:
  OptionParser(OptionValues& to, const Lookup& lookup, Problems& problems)
      : to_(to), lookup_(lookup), problems_(problems) {}

  void parse(const penstock_option& option, const toml::node& node) {
    at_ = location(node);
    option_ = &option;
    value_ = {};
    value_.size = sizeof(value_);
    value_.present = from_toml(node) && in_range();
    to_.values_.push_back(value_);
    to_.as_written_.push_back(masked(option, written(node)));
  }

  void parse_default(const penstock_option& option, Location owner) {
    at_ = owner;
    option_ = &option;
    value_ = {};
    value_.size = sizeof(value_);
    if (option.default_value) {
      value_.present = from_text(option.default_value);
    } else if (option.flags & PENSTOCK_OPTION_REQUIRED) {
      problems_.add(owner, fmt::format("{} is missing: {}", option.name, option.help));
    }
    to_.values_.push_back(value_);
    to_.as_written_.push_back(masked(option, option.default_value ? option.default_value : ""));
  }

 private:
  bool fail(std::string what) {
    problems_.add(at_, fmt::format("{}: {}", option_->name, std::move(what)));
    return false;
  }

  bool from_toml(const toml::node& node) {
    if (const auto* text = node.as_string()) return from_text_of_file(text->get());
    if (const auto* list = node.as_array()) return from_array(*list);
    if (const auto* integer = node.as_integer()) {
      value_.integer = integer->get();
      value_.number = static_cast<double>(value_.integer);
      if (option_->type == PENSTOCK_INTEGER || option_->type == PENSTOCK_NUMBER ||
          option_->type == PENSTOCK_SIZE) {
        return true;
      }
    }
    if (const auto* number = node.as_floating_point(); number && option_->type == PENSTOCK_NUMBER) {
      value_.number = number->get();
      return true;
    }
    if (const auto* boolean = node.as_boolean(); boolean && option_->type == PENSTOCK_BOOLEAN) {
      value_.integer = boolean->get();
      return true;
    }
    return fail(fmt::format("expected {}", option_->type == PENSTOCK_ENUM
                                               ? "one of " + std::string(option_->choices)
                                               : expected(option_->type)));
  }

  bool from_text_of_file(const std::string& raw) {
    Interpolated expanded = interpolate(raw, lookup_);
    if (!expanded.error.empty()) return fail(expanded.error);
    // A value that came from a variable may be secret although the option isn't.
    shown_ = option_->type == PENSTOCK_SECRET ? "the value" : fmt::format("\"{}\"", raw);
    return from_text(expanded.text);
  }

  bool from_text(const std::string& text) {
    if (shown_.empty()) shown_ = fmt::format("\"{}\"", text);
    const std::string shown = std::exchange(shown_, "");
    std::optional<int64_t> integer;
    switch (option_->type) {
      case PENSTOCK_STRING:
      case PENSTOCK_SECRET: value_.text = keep(text); return true;
      case PENSTOCK_LIST: return split(text);
      case PENSTOCK_ENUM: return choose(text, shown);
      case PENSTOCK_NUMBER: {
        const std::optional<double> number = parse_number(text);
        if (!number) return fail(fmt::format("{} is not {}", shown, expected(option_->type)));
        value_.number = *number;
        return true;
      }
      case PENSTOCK_INTEGER: integer = parse_integer(text); break;
      case PENSTOCK_BOOLEAN: integer = parse_boolean(text); break;
      case PENSTOCK_DURATION: integer = parse_duration(text); break;
      case PENSTOCK_SIZE: integer = parse_size(text); break;
      default: return fail("its type is unknown to this engine; update Penstock");
    }
    if (!integer) return fail(fmt::format("{} is not {}", shown, expected(option_->type)));
    value_.integer = *integer;
    value_.number = static_cast<double>(*integer);
    return true;
  }

  bool from_array(const toml::array& array) {
    if (option_->type != PENSTOCK_LIST)
      return fail(fmt::format("expected {}", expected(option_->type)));
    std::vector<penstock_text> items;
    for (const toml::node& item : array) {
      const auto* text = item.as_string();
      if (!text) {
        at_ = location(item);
        return fail("expected a string");
      }
      Interpolated expanded = interpolate(text->get(), lookup_);
      if (!expanded.error.empty()) {
        at_ = location(item);
        return fail(expanded.error);
      }
      items.push_back(keep(expanded.text));
    }
    keep_list(std::move(items));
    return true;
  }

  bool split(std::string_view text) {
    std::vector<penstock_text> items;
    while (!text.empty()) {
      const size_t comma = text.find(',');
      std::string_view item = text.substr(0, comma);
      while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
      while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
      if (!item.empty()) items.push_back(keep(std::string(item)));
      text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    }
    keep_list(std::move(items));
    return true;
  }

  bool choose(const std::string& text, const std::string& shown) {
    const std::vector<std::string> names = choices_of(*option_);
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) {
      return fail(fmt::format("{} is not one of {}{}", shown, option_->choices,
                              names.size() > 1 && suggestion(text, names).find("did") < 5
                                  ? suggestion(text, names)
                                  : ""));
    }
    value_.integer = found - names.begin();
    value_.text = keep(text);
    return true;
  }

  bool in_range() {
    if (option_->type == PENSTOCK_LIST || option_->type == PENSTOCK_STRING ||
        option_->type == PENSTOCK_ENUM || option_->type == PENSTOCK_SECRET ||
        option_->type == PENSTOCK_BOOLEAN) {
      return true;
    }
    if (value_.number < option_->min) {
      return fail(fmt::format("{} is below the least, {}", show(*option_, value_.number),
                              show(*option_, option_->min)));
    }
    if (value_.number > option_->max) {
      return fail(fmt::format("{} is above the most, {}", show(*option_, value_.number),
                              show(*option_, option_->max)));
    }
    return true;
  }

  penstock_text keep(std::string text) {
    const std::string& kept = to_.texts_.emplace_back(std::move(text));
    return {kept.data(), kept.size()};
  }
  void keep_list(std::vector<penstock_text> items) {
    const auto& kept = to_.lists_.emplace_back(std::move(items));
    value_.list = kept.data();
    value_.list_size = kept.size();
  }

  OptionValues& to_;
  const Lookup& lookup_;
  Problems& problems_;
  Location at_;
  const penstock_option* option_ = nullptr;
  penstock_value value_ = {};
  std::string shown_;  // how the value appears in a message
};

bool same_values(const OptionValues& one, const OptionValues& other) {
  const auto text = [](const penstock_text& t) { return std::string_view(t.data, t.size); };
  const auto same = [&](const penstock_value& a, const penstock_value& b) {
    return a.present == b.present && a.integer == b.integer && a.number == b.number &&
           text(a.text) == text(b.text) &&
           std::equal(a.list, a.list + a.list_size, b.list, b.list + b.list_size,
                      [&](const auto& x, const auto& y) { return text(x) == text(y); });
  };
  return std::equal(one.values().begin(), one.values().end(), other.values().begin(),
                    other.values().end(), same);
}

OptionValues parse_options(const toml::table& table, const penstock_option* options, size_t count,
                           std::span<const std::string_view> reserved, Location owner,
                           const Lookup& lookup, Problems& problems) {
  OptionValues values;
  OptionParser parser(values, lookup, problems);
  std::vector<std::string> known(reserved.begin(), reserved.end());
  for (size_t i = 0; i < count; ++i) {
    const penstock_option& option = strided(options, i);
    known.emplace_back(option.name);
    if (const toml::node* node = table.get(option.name)) {
      parser.parse(option, *node);
    } else {
      parser.parse_default(option, owner);
    }
  }
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    problems.add(location(key),
                 fmt::format("unknown option \"{}\"{}", key.str(), suggestion(key.str(), known)));
  }
  return values;
}

}  // namespace penstock::engine
