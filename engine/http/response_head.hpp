// What stands before the body of every answer.
#pragma once

#include <string>

namespace penstock::engine {

// `more` are further lines, each with its end.
std::string response_head(int status, const std::string& content_type,
                          const std::string& more = "");

}  // namespace penstock::engine
