#include "identifier.hpp"

#include <algorithm>
#include <string_view>

namespace timescale_sink {
namespace {

// NAMEDATALEN - 1: what is longer is cut off (PostgreSQL "Identifiers and Key Words").
constexpr size_t kLongestName = 63;

std::string fault_of_one_host(std::string_view host) {
  if (host.starts_with('/') || host.starts_with('@')) return "";  // a socket's
  if (host.find("://") != std::string_view::npos) {
    return "is a URL; write host, port, database and user as options of their own";
  }
  if (host.find_first_of("[]") != std::string_view::npos) {
    return "has brackets in it; remove the brackets around the IPv6 address";
  }
  if (host.find_first_of(" \t\n") != std::string_view::npos) return "has white space in it";
  if (std::count(host.begin(), host.end(), ':') == 1) {
    const size_t colon = host.find(':');
    return "has a port in it; write host = \"" + std::string(host.substr(0, colon)) +
           "\" and port = " + std::string(host.substr(colon + 1));
  }
  return "";
}

}  // namespace

std::string fault_of_table(const std::string& name) {
  if (std::count(name.begin(), name.end(), '.') > 1) {
    return "has more than two parts; write table or schema.table";
  }
  const size_t dot = name.find('.');
  const bool has_schema = dot != std::string::npos;
  const std::string schema = has_schema ? name.substr(0, dot) : "";
  const std::string table = has_schema ? name.substr(dot + 1) : name;
  if (table.empty() || (has_schema && schema.empty())) return "is not table or schema.table";
  if (std::max(schema.size(), table.size()) > kLongestName) {
    return "has a part longer than 63 bytes, the most that PostgreSQL keeps";
  }
  return "";
}

std::string fault_of_host(const std::string& host) {
  const size_t login_end = host.find('@');  // at the front: a socket's
  const bool may_be_login = login_end != std::string::npos && login_end > 0;
  if (may_be_login && host[login_end - 1] != ',' && host.find("://") == std::string::npos) {
    return "has a login in it; write user and password as options of their own";
  }
  // libpq takes several, with commas.
  for (size_t at = 0; at <= host.size();) {
    const size_t end = std::min(host.find(',', at), host.size());
    const std::string fault = fault_of_one_host(std::string_view(host).substr(at, end - at));
    if (!fault.empty()) return fault;
    at = end + 1;
  }
  return "";
}

bool is_connection_string(const std::string& text) {
  const bool has_parameters =
      text.find('=') != std::string::npos && text.find_first_of(" \t\r\n") != std::string::npos;
  return has_parameters || text.starts_with("postgres://") || text.starts_with("postgresql://");
}

std::string quoted_table(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '.') quoted += "\".\"";
    else if (c == '"') quoted += "\"\"";
    else quoted += c;
  }
  return quoted + '"';
}

std::string quoted_name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

std::string literal(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += c;
    quoted += c;
  }
  return quoted + '\'';
}

}  // namespace timescale_sink
