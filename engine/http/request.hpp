// A request as CivetWeb has read it, and the way back to its client. It is answered in one of
// CivetWeb's threads, which serves no other connection meanwhile.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/response.hpp"

struct mg_connection;
struct mg_request_info;

namespace penstock::engine {

class Request {
 public:
  // An answer may take `timeout` in all, and a piece of a stream as long.
  Request(mg_connection& connection, std::chrono::nanoseconds timeout);

  // Decoded, without the query, and without `.` and `..`.
  std::string_view path() const;
  std::string_view method() const;
  // Empty: it is not there.
  std::string parameter(const char* name) const;
  // nullptr: it is not there.
  const char* header(const char* name) const;
  int headers() const;
  // Of its first line and its headers, with the path decoded and but for spaces.
  size_t head_bytes() const;
  // The client's.
  std::string_view address() const;
  // A program of this machine, by its loopback address.
  bool is_from_here() const;
  // A proxy forwarded it for a client whose address is not the one above.
  bool is_forwarded() const;

  // False: it did not take all of it in time.
  bool send(const HttpReply& reply) const;
  bool send(std::string_view text) const;
  // Something has been sent, so that no other answer can be.
  bool is_answered() const { return answered_; }

 private:
  bool send_before(std::chrono::steady_clock::time_point deadline, std::string_view text) const;

  mg_connection& connection_;
  const mg_request_info& info_;
  const std::chrono::nanoseconds timeout_;
  mutable bool answered_ = false;
};

}  // namespace penstock::engine
