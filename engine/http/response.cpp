#include "http/response.hpp"

#include <nlohmann/json.hpp>

namespace penstock::engine {
namespace {

// The page runs its own scripts and styles, and nothing else.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

HttpReply error_reply(int status, const std::string& words) {
  return {status, "application/json", nlohmann::json{{"error", words}}.dump() + "\n"};
}

void add_head(MHD_Response& response, const std::string& content_type) {
  for (const auto& [name, value] : {std::pair{"Content-Type", content_type.c_str()},
                                    {"Cache-Control", "no-store"},
                                    {"X-Content-Type-Options", "nosniff"},
                                    {"Content-Security-Policy", kPolicy},
                                    {"Referrer-Policy", "no-referrer"},
                                    {"Connection", "close"}}) {
    MHD_add_response_header(&response, name, value);
  }
}

Response response_of(const HttpReply& reply) {
  Response response(MHD_create_response_from_buffer(
      reply.body.size(), const_cast<char*>(reply.body.data()), MHD_RESPMEM_MUST_COPY));
  if (!response) throw std::bad_alloc();
  add_head(*response, reply.content_type);
  if (reply.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    MHD_add_response_header(response.get(), "Allow", "GET, HEAD");
  }
  if (reply.status == MHD_HTTP_UNAUTHORIZED) {
    // RFC 7617 §2
    MHD_add_response_header(response.get(), "WWW-Authenticate",
                            "Basic realm=\"penstock\", charset=\"UTF-8\"");
  }
  return response;
}

}  // namespace penstock::engine
