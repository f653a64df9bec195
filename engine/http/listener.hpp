// One HTTP listener: a context of CivetWeb, with its sockets and its threads. A thread serves one
// connection at a time, from its first byte to its last; further ones wait in the system's queue.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "config/listen_address.hpp"
#include "config/result.hpp"
#include "config/secrets.hpp"
#include "http/counts.hpp"
#include "http/request.hpp"
#include "http/tls.hpp"

struct mg_context;

namespace penstock::engine {

class Listener {
 public:
  struct Options {
    std::vector<std::string> listen;  // "host:port" each
    size_t threads = 0;
    size_t max_header_bytes = 0;
    std::chrono::nanoseconds request_timeout{};
    TlsContext* tls = nullptr;  // nullptr: plain HTTP
    Masks masks;                // what of `listen` is not shown
  };
  // Answers a request, in any of the listener's threads. May throw.
  using Answer = std::function<void(const Request&)>;

  // `counts` and the TLS context must outlive it.
  static Result<std::unique_ptr<Listener>> start(const Options& options, HttpCounts& counts,
                                                 Answer answer);
  // Ends within a fraction of a second, whatever its clients do.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // "http://localhost:8080", with the port that was chosen for port 0.
  const std::vector<std::string>& urls() const { return urls_; }
  // Nobody but this machine reaches it.
  bool is_loopback() const;

 private:
  struct Callbacks;

  Listener(const Options& options, HttpCounts& counts, Answer answer);
  Result<void> resolve();
  Result<void> start_context();
  void learn_ports();

  const Options options_;
  HttpCounts& counts_;
  const Answer answer_;
  std::vector<BindAddress> addresses_;
  std::vector<std::string> urls_;
  mg_context* context_ = nullptr;
  std::atomic<size_t> serving_ = 0;
  // Of what CivetWeb says, the thread that starts it keeps its own part as the reason of a failure.
  const std::thread::id starter_ = std::this_thread::get_id();
  std::string start_log_;
};

}  // namespace penstock::engine
