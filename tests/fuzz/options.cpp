// Any table of options that a plugin could declare, of this ABI or an older one, against any text:
// what is said to be present keeps to its type and its range, in C and in C++.
#include <penstock/options.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "config/option_values.hpp"
#include "config/quantity.hpp"
#include "require.hpp"

using namespace penstock;
using namespace penstock::engine;

namespace {

constexpr const char* kNames[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
constexpr const char* kChoices[] = {"one,two,three", "", ",", "x"};

// Takes a table out of the front of the input.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}
  uint8_t byte() { return at_ < end_ ? *at_++ : 0; }
  double number() {
    int16_t value = 0;
    for (int i = 0; i < 2; ++i) value = static_cast<int16_t>(value << 8 | byte());
    return value * 1e3;
  }
  // Up to the next 0, so that it can be a C string.
  std::string text() {
    std::string result;
    while (const uint8_t next = byte()) result += static_cast<char>(next);
    return result;
  }
  std::string rest() { return {at_, end_}; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

struct Table {
  std::vector<penstock_option> options;
  std::vector<std::unique_ptr<std::string>> texts;

  explicit Table(Input& bytes) {
    const size_t count = bytes.byte() % (std::size(kNames) + 1);
    for (size_t i = 0; i < count; ++i) {
      penstock_option option = {};
      option.size = sizeof(option);
      const uint8_t shape = bytes.byte();
      option.type = 1 + shape % 10;  // one more than there are
      option.name = kNames[i];
      option.help = "help";
      option.flags = shape & 0x80 ? PENSTOCK_OPTION_REQUIRED : 0;
      option.choices = option.type == PENSTOCK_ENUM ? kChoices[shape / 16 % 4] : nullptr;
      option.min = shape & 0x40 ? bytes.number() : -kNoLimit;
      option.max = shape & 0x20 ? bytes.number() : kNoLimit;
      if (shape & 0x10) {
        texts.push_back(std::make_unique<std::string>(bytes.text()));
        option.default_value = texts.back()->c_str();
      }
      options.push_back(option);
    }
  }
};

void require_text(const penstock_text& text) {
  // A sanitizer sees it when they do not belong to us.
  REQUIRE(std::string(text.data ? text.data : "", text.size).size() == text.size);
}

void require_well(const penstock_option& option, const penstock_value& value) {
  REQUIRE(value.size == sizeof(value));
  if (!value.present) return;
  switch (option.type) {
    case PENSTOCK_STRING:
    case PENSTOCK_SECRET: require_text(value.text); break;
    case PENSTOCK_BOOLEAN: REQUIRE(value.integer == 0 || value.integer == 1); break;
    case PENSTOCK_LIST:
      for (size_t i = 0; i < value.list_size; ++i) require_text(value.list[i]);
      break;
    case PENSTOCK_ENUM: {
      const std::vector<std::string> names = choices_of(option);
      REQUIRE(value.integer >= 0 && static_cast<size_t>(value.integer) < names.size());
      require_text(value.text);
      break;
    }
    default:
      REQUIRE(option.type >= PENSTOCK_STRING && option.type <= PENSTOCK_SECRET);
      REQUIRE(value.number >= option.min && value.number <= option.max);
  }
}

// The C++ layer's tables, one of each type.
struct Typed {
  std::string text;
  int64_t whole = 0;
  double number = 0;
  bool flag = false;
  std::chrono::nanoseconds time{};
  Bytes bytes;
  std::vector<std::string> list;
  enum class Choice { kOne, kTwo } choice = Choice::kOne;
  Secret secret;

  static const std::vector<Option>& table() {
    static const std::vector<Option> table{
        option<&Typed::text>("a", {.help = "h"}),
        option<&Typed::whole>("b", {.help = "h", .min = -5, .max = 1000}),
        option<&Typed::number>("c", {.help = "h", .default_value = "0.5", .min = 0, .max = 1}),
        option<&Typed::flag>("d", {.help = "h"}),
        option<&Typed::time>("e", {.help = "h", .default_value = "1s", .min = 0.001, .max = 60}),
        option<&Typed::bytes>("f", {.help = "h", .min = 1, .max = 1 << 20}),
        option<&Typed::list>("g", {.help = "h", .default_value = "x,y"}),
        option<&Typed::choice>("h", {.help = "h", .default_value = "one", .choices = "one,two"}),
        option<&Typed::secret>("i", {.help = "h"})};
    return table;
  }
};

void require_typed(const toml::table& table, const Lookup& lookup) {
  Problems problems("typed");
  const Typed typed = parse_engine_options<Typed>(table, {}, lookup, problems);
  REQUIRE(typed.whole >= -5 && typed.whole <= 1000);
  REQUIRE(typed.number >= 0 && typed.number <= 1);
  REQUIRE(typed.time.count() == 0 || typed.time >= std::chrono::milliseconds(1));
  REQUIRE(typed.bytes.count >= 0 && typed.bytes.count <= 1 << 20);
  REQUIRE(typed.choice == Typed::Choice::kOne || typed.choice == Typed::Choice::kTwo);
  // A secret is in no message.
  if (typed.secret.text.size() > 8) {
    REQUIRE(problems.text().find(typed.secret.text) == std::string::npos ||
            table.size() > 1);  // another option may have the same text
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input bytes(data, size);
  const Table declared(bytes);
  toml::table table;
  try {
    table = toml::parse(bytes.rest());
  } catch (const toml::parse_error&) {
    return 0;
  }
  const Lookup lookup = [](const std::string&) { return std::optional<std::string>("5"); };
  if (bytes.rest().find("file:") != std::string::npos) return 0;

  Problems problems("options");
  const OptionValues values = parse_options(table, declared.options.data(), declared.options.size(),
                                            {}, {}, lookup, problems);
  REQUIRE(values.values().size() == declared.options.size());
  REQUIRE(values.shown().size() == declared.options.size());
  for (size_t i = 0; i < declared.options.size(); ++i) {
    // What is wrong with a default is the plugin author's to see, and not checked against a range.
    if (table.contains(declared.options[i].name)) {
      require_well(declared.options[i], values.values()[i]);
    }
  }
  for (const Problem& problem : problems.list()) REQUIRE(!problem.message.empty());
  require_typed(table, lookup);
  return 0;
}
