#include "servers.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace timescale_sink {
namespace {

struct Server {
  std::string_view host, port;
};

bool is_socket(std::string_view host) { return host.starts_with('/') || host.starts_with('@'); }

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// An IPv6 address with a port has brackets.
Server server_of(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (is_socket(text) || colon == std::string_view::npos) return {text, {}};
  if (text.starts_with('[') && colon > 0 && text[colon - 1] == ']') {
    return {text.substr(1, colon - 2), text.substr(colon + 1)};
  }
  const bool is_ipv6 = text.find(':') != colon;
  return is_ipv6 ? Server{text, {}} : Server{text.substr(0, colon), text.substr(colon + 1)};
}

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> items;
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find(',', at), list.size());
    items.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

std::string fault_of(std::string_view text, bool one_of_several) {
  const Server server = server_of(text);
  if (is_socket(text)) return "";
  if (text.find("://") != std::string_view::npos) {
    return "is a URL; write host, port, database and user as separate options";
  }
  if (server.host.find_first_of("[]") != std::string_view::npos) {
    return "has brackets in it; remove the brackets around the IPv6 address";
  }
  if (text.find_first_of(" \t\n") != std::string_view::npos) return "has white space in it";
  if (one_of_several && server.host.empty()) return "has an empty name between commas";
  if (server.port.data() == nullptr) return "";
  if (!one_of_several) {
    return "has a port in it; write host = \"" + std::string(server.host) +
           "\" and port = " + std::string(server.port);
  }
  const bool is_port = is_number(server.port) && server.port.size() <= 5;
  const int port = is_port ? std::stoi(std::string(server.port)) : 0;
  if (port >= 1 && port <= 65535) return "";
  return "has an invalid port: \"" + std::string(server.port) + "\"";
}

}  // namespace

Servers servers_of(const std::string& host, int64_t port) {
  Servers all;
  const char* comma = "";
  const std::vector<std::string_view> items = split(host);
  for (const std::string_view item : items) {
    const Server server = items.size() > 1 ? server_of(item) : Server{item, {}};
    all.hosts += comma + std::string(server.host);
    all.ports += comma + (server.port.empty() ? std::to_string(port) : std::string(server.port));
    comma = ",";
  }
  all.several = items.size() > 1;
  return all;
}

std::string fault_of_host(const std::string& host) {
  const size_t login_end = host.find('@');  // at 0 it begins an abstract socket
  const bool may_be_login = login_end != std::string::npos && login_end > 0;
  if (may_be_login && host[login_end - 1] != ',' && host.find("://") == std::string::npos) {
    return "has a login in it; write user and password as separate options";
  }
  const std::vector<std::string_view> items = split(host);
  for (const std::string_view item : items) {
    if (std::string fault = fault_of(item, items.size() > 1); !fault.empty()) return fault;
  }
  return "";
}

bool is_connection_string(const std::string& text) {
  const bool has_parameters =
      text.find('=') != std::string::npos && text.find_first_of(" \t\r\n") != std::string::npos;
  return has_parameters || text.starts_with("postgres://") || text.starts_with("postgresql://");
}

}  // namespace timescale_sink
