// Bytes as text, and back: hexadecimal, base64, and PostgreSQL's escape format (encode.c).
#pragma once

#include <optional>
#include <string>

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

void append_hex(std::string& to, std::string_view bytes);
void append_base64(std::string& to, std::string_view bytes);
void append_escaped(std::string& to, std::string_view bytes);

// Nothing: it has failed.
std::optional<Bytes> read_hex(Run& run, Text text);
std::optional<Bytes> read_base64(Run& run, Text text);
std::optional<Bytes> read_escaped(Run& run, Text text);

}  // namespace sql
