#include "config/option_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string_view>
#include <utility>

#include "config/choice.hpp"
#include "config/quantity.hpp"
#include "config/secrets.hpp"
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

// `["a", "b"]`, 5, true: as one writes it.
std::string written(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  std::ostringstream stream;
  node.visit([&](const auto& value) { stream << value; });
  return stream.str();
}

// Plugins may end a text at its first one.
constexpr const char* kHasNul = "must not contain a NUL byte";
bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

bool refers(const std::string& text) { return text.find("${") != std::string::npos; }

// How a text from the file is shown. `raw` is what the file has.
ShownOption shown_text(const penstock_option& option, const std::string& raw,
                       const Interpolated& value, const Lookup& lookup) {
  ShownOption shown;
  shown.in_file = true;
  const bool secret = option.type == PENSTOCK_SECRET;
  shown.value = secret && !value.text.empty() ? kMask : value.shown;
  shown.masked = !secret && shown.value != value.text;
  if (refers(raw)) shown.reference = secret ? without_literals(raw) : shown_reference(raw, lookup);
  shown.origin = describe_origins(value.origins);
  return shown;
}

// While the process lives.
bool can_change(const Interpolated& value) {
  return std::any_of(value.origins.begin(), value.origins.end(), [](const ValueOrigin& origin) {
    return origin.kind == ValueOrigin::kFile || origin.kind == ValueOrigin::kCredential;
  });
}

// What cannot be read is shown as the file has it.
std::string shown_node(const penstock_option& option, const toml::node& node,
                       const Lookup& lookup) {
  const std::string text = written(node);
  if (option.type != PENSTOCK_SECRET) return shown_reference(text, lookup);
  return node.is_string() ? without_literals(text) : kMask;
}

// The value in a message.
std::string quoted(const ShownOption& option) {
  return option.value == kMask ? "the value" : fmt::format("\"{}\"", option.value);
}

std::string in_brackets(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "\"" : ", \"") + item + "\"";
  return "[" + text + "]";
}

}  // namespace

// Parses one value after the other into an OptionValues.
class OptionParser {
 public:
  OptionParser(OptionValues& to, const Lookup& lookup, Problems& problems)
      : to_(to), lookup_(lookup), problems_(problems) {}

  void parse(const penstock_option& option, const toml::node& node) {
    begin(option, location(node));
    if (option.type == PENSTOCK_SECRET) {
      problems_.hide_lines(node.source().begin.line, node.source().end.line);
    }
    shown_ = {shown_node(option, node, lookup_), "", "", true, false};
    value_.present = from_toml(node) && in_range();
    to_.values_.push_back(value_);
    to_.references_.push_back(std::exchange(reference_, ""));
    to_.shown_.push_back(std::move(shown_));
  }

  void parse_default(const penstock_option& option, Location owner) {
    begin(option, owner);
    if (option.default_value) {
      const bool hide = option.type == PENSTOCK_SECRET && *option.default_value;
      shown_.value = hide ? kMask : option.default_value;
    }
    if (option.default_value) {
      value_.present = from_text(option.default_value) && in_range();
    } else if (option.flags & PENSTOCK_OPTION_REQUIRED) {
      problems_.add(owner, fmt::format("{} is missing: {}", option.name, option.help));
    }
    to_.values_.push_back(value_);
    to_.references_.push_back(std::exchange(reference_, ""));
    to_.shown_.push_back(std::move(shown_));
  }

 private:
  void begin(const penstock_option& option, Location at) {
    at_ = at;
    option_ = &option;
    shown_ = {};
    value_ = {};
    value_.size = sizeof(value_);
  }

  bool refuse(std::string what) {
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
    return refuse(fmt::format("expected {}",
                              option_->type == PENSTOCK_ENUM
                                  ? fmt::format("one of {}", fmt::join(choices_of(*option_), ", "))
                                  : expected(option_->type)));
  }

  bool from_text_of_file(const std::string& raw) {
    const Interpolated expanded = interpolate(raw, lookup_);
    if (!expanded.error.empty()) {
      return refuse(option_->type == PENSTOCK_SECRET ? expanded.error_of_secret : expanded.error);
    }
    shown_ = shown_text(*option_, raw, expanded, lookup_);
    if (shown_.masked) keep_secrets(expanded);
    if (can_change(expanded)) reference_ = raw;
    return from_text(expanded.text);
  }

  bool from_text(const std::string& text) {
    std::optional<int64_t> integer;
    switch (option_->type) {
      case PENSTOCK_STRING:
      case PENSTOCK_SECRET:
        if (has_nul(text)) return refuse(kHasNul);
        value_.text = keep(text);
        return true;
      case PENSTOCK_LIST: return has_nul(text) ? refuse(kHasNul) : split(text);
      case PENSTOCK_ENUM: return choose(text);
      case PENSTOCK_NUMBER: {
        const std::optional<double> number = parse_number(text);
        if (!number) return is_not(expected(option_->type));
        value_.number = *number;
        return true;
      }
      case PENSTOCK_INTEGER: integer = parse_integer(text); break;
      case PENSTOCK_BOOLEAN: integer = parse_boolean(text); break;
      case PENSTOCK_DURATION: integer = parse_duration(text); break;
      case PENSTOCK_SIZE: integer = parse_size(text); break;
      default: return refuse("its type is unknown to this engine; update Penstock");
    }
    if (!integer) return is_not(expected(option_->type));
    value_.integer = *integer;
    value_.number = static_cast<double>(*integer);
    return true;
  }

  bool is_not(const std::string& what) {
    return refuse(fmt::format("{}{} is not {}", quoted(shown_), from_where(shown_), what));
  }

  bool from_array(const toml::array& array) {
    if (option_->type != PENSTOCK_LIST)
      return refuse(fmt::format("expected {}", expected(option_->type)));
    std::vector<penstock_text> items;
    std::vector<std::string> shown, references;
    std::vector<ValueOrigin> origins;
    bool masked = false;
    for (const toml::node& item : array) {
      const auto* text = item.as_string();
      if (!text) {
        at_ = location(item);
        return refuse("expected a string");
      }
      Interpolated expanded = interpolate(text->get(), lookup_);
      if (!expanded.error.empty()) {
        at_ = location(item);
        return refuse(expanded.error);
      }
      if (has_nul(expanded.text)) {
        at_ = location(item);
        return refuse(kHasNul);
      }
      items.push_back(keep(expanded.text));
      keep_secrets(expanded);
      shown.push_back(expanded.shown);
      references.push_back(shown_reference(text->get(), lookup_));
      masked = masked || expanded.shown != expanded.text;
      add_origins(origins, expanded.origins);
    }
    keep_list(std::move(items));
    const std::string reference = in_brackets(references);
    shown_ = {in_brackets(shown), refers(reference) ? reference : "", describe_origins(origins),
              true, masked};
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

  bool choose(const std::string& text) {
    const std::vector<std::string> names = choices_of(*option_);
    const auto found = find_choice(names, text);
    if (!found) {
      const std::string near = names.size() > 1 ? suggestion(text, names) : "";
      return is_not(fmt::format("one of {}{}", fmt::join(names, ", "),
                                near.find("did") < 5 && !shown_.masked ? near : ""));
    }
    value_.integer = static_cast<int64_t>(*found);
    value_.text = keep(names[*found]);
    if (!shown_.masked) shown_.value = names[*found];
    return true;
  }

  bool in_range() {
    if (option_->type == PENSTOCK_LIST || option_->type == PENSTOCK_STRING ||
        option_->type == PENSTOCK_ENUM || option_->type == PENSTOCK_SECRET ||
        option_->type == PENSTOCK_BOOLEAN) {
      return true;
    }
    const std::string value =
        (shown_.masked ? "the value" : show(*option_, value_.number)) + from_where(shown_);
    if (!std::isfinite(value_.number)) return refuse(value + " is not a finite number");
    const Bounds bounds = bounds_of(*option_);
    if (value_.number < bounds.min) {
      return refuse(
          fmt::format("{} is below the minimum of {}", value, show(*option_, bounds.min)));
    }
    if (value_.number > bounds.max) {
      return refuse(
          fmt::format("{} is above the maximum of {}", value, show(*option_, bounds.max)));
    }
    return true;
  }

  penstock_text keep(std::string text) {
    const std::string& kept = to_.texts_.emplace_back(std::move(text));
    return {kept.data(), kept.size()};
  }
  // A shorter one would mask half of every message, and is a secret to nobody.
  void keep_secrets(const Interpolated& value) {
    constexpr size_t kLeast = 3;
    for (const std::string& each : value.secrets) {
      if (each.size() >= kLeast) to_.secrets_.push_back(each);
    }
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
  ShownOption shown_;
  std::string reference_;
};

Result<std::optional<std::string>> OptionValues::read_again(size_t i) const {
  if (references_[i].empty()) return std::nullopt;
  Interpolated now = interpolate(references_[i], environment);
  if (!now.error.empty()) return fail(std::move(now.error_of_secret));
  if (has_nul(now.text)) return fail(kHasNul);
  if (!can_change(now)) return fail("the file or credential that it came from is gone");
  return std::move(now.text);
}

Masks OptionValues::masks() const {
  Masks masks;
  const auto view = [](penstock_text part) { return std::string_view(part.data, part.size); };
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!shown_[i].masked) continue;
    if (values_[i].list_size == 0) masks.add(view(values_[i].text), shown_[i].value);
    for (size_t k = 0; k < values_[i].list_size; ++k) masks.add(view(values_[i].list[k]), kMask);
  }
  for (const std::string& each : secrets_) masks.add(each, kMask);
  return masks;
}

NamedOptions named_options(const std::vector<penstock_option>& options,
                           const OptionValues& values) {
  NamedOptions named;
  for (size_t i = 0; i < options.size(); ++i)
    named.emplace_back(options[i].name, values.shown()[i]);
  return named;
}

std::string from_where(const ShownOption& option) {
  return option.origin.empty() ? "" : fmt::format(" (from {})", option.origin);
}

std::string origin_note(const ShownOption& option, std::string_view message) {
  if (option.origin.empty()) return "";
  const auto says = [&](const char* before) {
    return message.find(before + option.value) != std::string_view::npos;
  };
  const bool has_value = option.value.empty() || option.value == kMask || says("\"") || says(" ");
  // A list's message names the element.
  if (has_value || option.value.starts_with('[')) return from_where(option);
  return fmt::format(" (\"{}\" is from {})", option.value, option.origin);
}

void add_origin_notes(const toml::table& table, const NamedOptions& options, size_t first,
                      Problems& problems) {
  for (const auto& [name, option] : options) {
    const toml::node* value = table.get(name);
    if (!value || option.origin.empty()) continue;
    problems.extend(location(*value), first, [&option = option](const std::string& message) {
      return origin_note(option, message);
    });
  }
}

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

std::string default_fault(const penstock_option& option) {
  if (!option.default_value) return "";
  OptionValues ignored;
  Problems problems("");
  OptionParser(ignored, environment, problems).parse_default(option, {});
  return problems.list().empty() ? "" : problems.list().front().message;
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
