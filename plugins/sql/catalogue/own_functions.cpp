// Functions that PostgreSQL has not; packaging/sql/functions.sql has them in its language.
#include <array>
#include <utility>

#include "catalogue/catalogue.hpp"
#include "values/numeric_math.hpp"
#include "values/units.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

constexpr int16_t kGoodQuality = 192, kUncertainQuality = 64, kBadQuality = 0;

// As json_decoder knows them (docs/what-arrives.md).
constexpr std::array<std::pair<Text, int16_t>, 7> kQualities{{{"good", kGoodQuality},
                                                              {"uncertain", kUncertainQuality},
                                                              {"bad", kBadQuality},
                                                              {"not_connected", kBadQuality},
                                                              {"config_error", kBadQuality},
                                                              {"device_failure", kBadQuality},
                                                              {"timeout", kBadQuality}}};

bool is_same_name(Text text, Text lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

// So that its value is within what a numeric can have.
constexpr size_t kMostNumberCharacters = 400, kMostExponentDigits = 3;

bool is_json_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
Text without_json_blanks(Text text) {
  while (!text.empty() && is_json_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_json_blank(text.back())) text.remove_suffix(1);
  return text;
}

size_t skip_digits(Text text, size_t& at) {
  const size_t begin = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at - begin;
}

// A sign, digits with a point or without, an exponent.
bool is_decimal(Text text) {
  size_t at = 0;
  const auto skip_sign = [&] { at += at < text.size() && (text[at] == '-' || text[at] == '+'); };
  skip_sign();
  size_t digits = skip_digits(text, at);
  if (at < text.size() && text[at] == '.') digits += skip_digits(text, ++at);
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    skip_sign();
    const size_t of_exponent = skip_digits(text, at);
    if (of_exponent == 0 || of_exponent > kMostExponentDigits) return false;
  }
  return at == text.size();
}

std::optional<Numeric> text_number(Run& run, Text text) {
  if (text.size() > kMostNumberCharacters) return std::nullopt;
  text = without_json_blanks(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = without_json_blanks(text.substr(1, text.size() - 2));
  if (!is_decimal(text)) return std::nullopt;
  return parse_numeric(run, text);
}

std::optional<Numeric> json_number(Run& run, Json value) {
  if (value.node->kind == JsonKind::kNumber) return parse_numeric(run, value.node->view());
  if (value.node->kind == JsonKind::kString) return text_number(run, value.node->view());
  return std::nullopt;
}

int16_t quality_of_number(Run& run, int32_t number) {
  if (number < INT16_MIN || number > INT16_MAX) run.fail("22003", "smallint out of range");
  return static_cast<int16_t>(number);
}
int16_t quality_of_boolean(bool is_good) { return is_good ? kGoodQuality : kBadQuality; }

// A name that is not known is uncertain, as json_decoder has it.
int16_t quality_of_text(Run& run, Text text) {
  for (const auto& [name, quality] : kQualities) {
    if (is_same_name(text, name)) return quality;
  }
  const auto number = text_number(run, text);
  if (!number) return kUncertainQuality;
  const auto whole = to_int64(*number);
  if (!whole || *whole < INT16_MIN || *whole > INT16_MAX) {
    run.fail("22003", "smallint out of range");
    return 0;
  }
  return static_cast<int16_t>(*whole);
}

// No server has these units.
void check_units(Run& run, Arguments constants) {
  for (const size_t i : {1, 2}) {
    if (constants[i] == nullptr || constants[i]->is_null(0)) return;
  }
  can_convert_unit(run, constants[1]->of<Text>()[0], constants[2]->of<Text>()[0]);
}

}  // namespace

void add_own_functions(Catalogue& to) {
  to.add_function<quality_of_text>("quality");
  to.add_function<quality_of_number>("quality");
  to.add_function<quality_of_boolean>("quality");
  to.add_function<text_number>("text_number");
  to.add_function<json_number>("json_number");
  Routine units{"unit_convert",
                {Base::kDouble, Base::kText, Base::kText},
                Base::kDouble,
                KernelOf<convert_unit>::kKernel};
  units.is_strict = true;
  units.check = check_units;
  to.add_function(units);
}

}  // namespace sql
