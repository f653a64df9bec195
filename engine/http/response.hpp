// What the listener answers with.
#pragma once

#include <microhttpd.h>

#include <memory>
#include <string>

namespace penstock::engine {

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

// {"error": words}
HttpReply error_reply(int status, const std::string& words);

struct ResponseDeleter {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};
using Response = std::unique_ptr<MHD_Response, ResponseDeleter>;

// Of a whole reply.
Response response_of(const HttpReply& reply);
// The head that every answer has, whole or not.
void add_head(MHD_Response& response, const std::string& content_type);

}  // namespace penstock::engine
