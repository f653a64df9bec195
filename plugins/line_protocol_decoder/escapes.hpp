// What names and texts mean that are written with backslashes.
#pragma once

#include <string>
#include <string_view>

namespace line_protocol_decoder {

// Which characters a backslash takes the meaning from; before all others it is one itself.
// https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/#special-characters
inline constexpr std::string_view kOfMeasurement = ", ";
inline constexpr std::string_view kOfKey = ",= ";  // and of a tag's value
inline constexpr std::string_view kOfText = "\"\\";

void append_unescaped(std::string_view written, std::string_view escapable, std::string& to);
// The same as a JSON string with its quotes.
void append_json(std::string_view written, std::string_view escapable, std::string& to);

bool is_escape(const char* at, const char* end, std::string_view escapable);

}  // namespace line_protocol_decoder
