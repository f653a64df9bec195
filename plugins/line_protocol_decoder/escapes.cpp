#include "escapes.hpp"

namespace line_protocol_decoder {

bool is_escape(const char* at, const char* end, std::string_view escapable) {
  return *at == '\\' && at + 1 < end && escapable.find(at[1]) != std::string_view::npos;
}

void append_unescaped(std::string_view written, std::string_view escapable, std::string& to) {
  if (written.find('\\') == std::string_view::npos) {
    to.append(written);
    return;
  }
  const char* end = written.data() + written.size();
  for (const char* at = written.data(); at < end; ++at) {
    if (is_escape(at, end, escapable)) ++at;
    to += *at;
  }
}

void append_json(std::string_view written, std::string_view escapable, std::string& to) {
  constexpr char kHex[] = "0123456789abcdef";
  to += '"';
  const char* end = written.data() + written.size();
  const char* plain = written.data();  // not yet added
  for (const char* at = plain; at < end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    to.append(plain, at);
    if (is_escape(at, end, escapable)) ++at;
    const auto meant = static_cast<unsigned char>(*at);
    if (meant == '"' || meant == '\\') {
      to += '\\';
    } else if (meant < 0x20) {
      to.append("\\u00");
      to += kHex[meant >> 4];
      to += kHex[meant & 15];
      plain = at + 1;
      continue;
    }
    to += *at;
    plain = at + 1;
  }
  to.append(plain, end);
  to += '"';
}

}  // namespace line_protocol_decoder
