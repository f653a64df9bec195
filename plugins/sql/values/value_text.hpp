// The text of a value, as PostgreSQL's output functions write it, and back, as its input functions
// read it. Session: UTC, ISO MDY, extra_float_digits 1.
#pragma once

#include <optional>
#include <string>

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

void append_text(std::string& to, bool value);
void append_text(std::string& to, int16_t value);
void append_text(std::string& to, int32_t value);
void append_text(std::string& to, int64_t value);
void append_text(std::string& to, float value);
void append_text(std::string& to, double value);
void append_text(std::string& to, const Numeric& value);
void append_text(std::string& to, Text value);
void append_text(std::string& to, Bytes value);
void append_text(std::string& to, Json value);
void append_text(std::string& to, Date value);
void append_text(std::string& to, Timestamp value);
void append_text(std::string& to, Timestamptz value);
void append_text(std::string& to, Interval value);
void append_text(std::string& to, Array value);

// Whether a C++ type has both of them.
template <class T>
concept HasText = requires(std::string& to, T value) {
  append_text(to, value);
};

// By type; `value` points at one.
void append_text(std::string& to, Type type, const void* value);

// Nothing: it has failed.
template <class T>
std::optional<T> read_text(Run& run, Text text);
template <>
std::optional<bool> read_text(Run& run, Text text);
template <>
std::optional<int16_t> read_text(Run& run, Text text);
template <>
std::optional<int32_t> read_text(Run& run, Text text);
template <>
std::optional<int64_t> read_text(Run& run, Text text);
template <>
std::optional<float> read_text(Run& run, Text text);
template <>
std::optional<double> read_text(Run& run, Text text);
template <>
std::optional<Numeric> read_text(Run& run, Text text);
template <>
std::optional<Text> read_text(Run& run, Text text);
template <>
std::optional<Bytes> read_text(Run& run, Text text);
template <>
std::optional<Json> read_text(Run& run, Text text);
template <>
std::optional<Date> read_text(Run& run, Text text);
template <>
std::optional<Timestamp> read_text(Run& run, Text text);
template <>
std::optional<Timestamptz> read_text(Run& run, Text text);
template <>
std::optional<Interval> read_text(Run& run, Text text);

// By type, into `value`. False: it has failed.
bool read_text(Run& run, Type type, Text text, void* value);
// array_in. Nothing: it has failed.
std::optional<Array> read_array(Run& run, Base element, Text text);

// White space as C's isspace knows it.
inline constexpr std::string_view kSpaces = " \t\n\v\f\r";
std::string_view without_spaces(std::string_view text);

}  // namespace sql
