#include "line_parser.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "escapes.hpp"

namespace line_protocol_decoder {
namespace {

bool is_one_of(char c, std::string_view some) { return some.find(c) != std::string_view::npos; }

template <class Integer>
bool whole_number(std::string_view text, Integer& number) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end;
}

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

enum class Found { kNumber, kTooLarge, kNothing };

Found decimal(std::string_view text, double& number) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || !is_one_of(digits[0], "0123456789.")) return Found::kNothing;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) return Found::kNothing;
  if (read.ec == std::errc::result_out_of_range) {
    // Too small is 0, as in JSON.
    number = std::strtod(std::string(text).c_str(), nullptr);
    if (!std::isfinite(number)) return Found::kTooLarge;
  }
  return Found::kNumber;
}

}  // namespace

void LineParser::start_batch() {
  if (line_.fields.capacity() > kKeptFields) line_.fields = {};
}

bool LineParser::parse(const char*& at, const char* end, size_t most_fields) {
  at_ = at;
  end_ = end;
  most_fields_ = most_fields;
  line_.tags.clear();
  line_.fields.clear();
  line_.time.reset();
  line_.time_text = {};
  const bool ok = measurement() && timestamp();
  at = at_;
  return ok;
}

bool LineParser::wrong(const char* what, const char* at, std::string_view shown) {
  fault_ = {LineFault::kWrong, at, shown, what};
  return false;
}

void LineParser::skip_spaces() {
  while (at_ < end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
}

bool LineParser::at_line_end() const {
  return at_ == end_ || *at_ == '\n' || (*at_ == '\r' && (at_ + 1 == end_ || at_[1] == '\n'));
}

std::string_view LineParser::name(std::string_view stops, std::string_view escapable) {
  const char* begin = at_;
  for (; !at_line_end(); ++at_) {
    if (is_escape(at_, end_, escapable)) ++at_;
    else if (is_one_of(*at_, stops)) break;
  }
  return {begin, static_cast<size_t>(at_ - begin)};
}

std::string_view LineParser::token() {
  const char* begin = at_;
  while (!at_line_end() && *at_ != ',' && *at_ != ' ') ++at_;
  return {begin, static_cast<size_t>(at_ - begin)};
}

bool LineParser::measurement() {
  line_.measurement = name(", ", kOfMeasurement);
  if (line_.measurement.empty()) return wrong("there is no measurement", at_);
  while (at_ < end_ && *at_ == ',') {
    ++at_;
    if (!tag()) return false;
  }
  skip_spaces();
  if (at_line_end()) return wrong("there are no fields", at_);
  for (;;) {
    if (!field()) return false;
    if (at_ == end_ || *at_ != ',') return true;
    ++at_;
  }
}

bool LineParser::tag() {
  if (line_.tags.size() == kMostTags) {
    fault_ = {LineFault::kTooManyTags, at_, {}, "too many tags"};
    return false;
  }
  const std::string_view key = name("=, ", kOfKey);
  if (key.empty()) return wrong("a tag has no name", at_);
  if (at_line_end() || *at_ != '=') return wrong("a tag has no value", at_);
  ++at_;
  const std::string_view value = name("=, ", kOfKey);
  if (value.empty()) return wrong("a tag has no value", at_);
  if (!at_line_end() && *at_ == '=') return wrong("a \"=\" of a tag's value has no backslash", at_);
  line_.tags.push_back({key, value});
  return true;
}

bool LineParser::field() {
  if (line_.fields.size() == most_fields_) {
    fault_ = {LineFault::kTooManyFields, at_, {}, "too many fields"};
    return false;
  }
  Field field;
  field.key = name("=, ", kOfKey);
  if (field.key.empty()) return wrong("a field has no name", at_);
  if (at_line_end() || *at_ != '=') return wrong("a field has no value", at_);
  ++at_;
  field.is_text = at_ < end_ && *at_ == '"';
  if (!(field.is_text ? text(field) : number(field))) return false;
  line_.fields.push_back(field);
  return true;
}

bool LineParser::text(Field& field) {
  const char* opening = at_++;
  for (; at_ < end_; ++at_) {
    if (is_escape(at_, end_, kOfText)) ++at_;
    else if (*at_ == '"') break;
  }
  if (at_ == end_) return wrong("unterminated string", opening);
  field.text = {opening + 1, static_cast<size_t>(at_ - opening - 1)};
  ++at_;
  if (at_line_end() || *at_ == ',' || *at_ == ' ') return true;
  return wrong("a comma or a space is missing", at_);
}

bool LineParser::number(Field& field) {
  const std::string_view text = token();
  if (text.empty()) return wrong("a field has no value", text.data());
  const char last = text.back();
  if (last == 'i' || last == 'u') {
    const std::string_view digits = text.substr(0, text.size() - 1);
    int64_t with_sign = 0;
    uint64_t without = 0;
    const bool fits = last == 'i' ? whole_number(digits, with_sign) : whole_number(digits, without);
    if (!fits && is_whole(digits)) {
      return wrong(
          last == 'i' ? "does not fit a 64-bit integer" : "does not fit an unsigned 64-bit integer",
          text.data(), text);
    }
    field.number = last == 'i' ? static_cast<double>(with_sign) : static_cast<double>(without);
    if (fits) return true;
  } else if (text == "t" || text == "T" || text == "true" || text == "True" || text == "TRUE") {
    field.number = 1;
    return true;
  } else if (text == "f" || text == "F" || text == "false" || text == "False" || text == "FALSE") {
    field.number = 0;
    return true;
  } else {
    const Found found = decimal(text, field.number);
    if (found == Found::kNumber) return true;
    if (found == Found::kTooLarge) return wrong("is out of range", text.data(), text);
  }
  return wrong("is not a value", text.data(), text);
}

bool LineParser::timestamp() {
  skip_spaces();
  if (!at_line_end()) {
    line_.time_text = token();
    int64_t time = 0;
    if (!whole_number(line_.time_text, time)) {
      return wrong(is_whole(line_.time_text) ? "does not fit a 64-bit timestamp" : "is not a time",
                   line_.time_text.data(), line_.time_text);
    }
    line_.time = time;
    skip_spaces();
    if (!at_line_end()) return wrong("unexpected text after the time", at_);
  }
  if (at_ < end_ && *at_ == '\r') ++at_;
  if (at_ < end_) ++at_;
  return true;
}

const char* end_of_line(const char* at, const char* end) {
  bool in_fields = false;
  for (char before = '\0'; at < end && *at != '\n'; ++at) {
    if (is_escape(at, end, kOfKey)) {
      ++at;
      before = '\0';
      continue;
    }
    if (*at == ' ') in_fields = true;
    if (*at == '"' && in_fields && before == '=') {
      for (++at; at < end && *at != '"'; ++at) {
        if (is_escape(at, end, kOfText)) ++at;
      }
      if (at >= end) return end;
    }
    before = *at;
  }
  return at;
}

}  // namespace line_protocol_decoder
