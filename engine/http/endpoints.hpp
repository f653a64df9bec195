// Who may have which answer: a request's rules, then its route.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include <penstock/occasionally.hpp>

#include "config/engine_options.hpp"
#include "http/counts.hpp"
#include "http/host_rule.hpp"
#include "http/login.hpp"
#include "http/login_attempts.hpp"
#include "http/request.hpp"
#include "http/routes.hpp"
#include "http/streams.hpp"
#include "pipeline/pipeline.hpp"

namespace penstock::engine {

class Endpoints {
 public:
  // The pipeline must outlive it.
  Endpoints(const HttpOptions& options, Pipeline& pipeline);

  // Which of a pipeline's listeners a request came to.
  enum class ListenerKind { kMain, kProbes };
  // Any thread.
  void answer(const Request& request, ListenerKind listener);

  // What of [http] may change while it runs: the login and the limits of a head. Any thread.
  void use(const HttpOptions& options);
  // Taps show what flows; without a login only this machine's users may have them, and nobody by a
  // proxy.
  void allow_taps_without_login() { is_loopback_ = true; }
  // Ends all streams, and those that begin from now on.
  void stop_streams();

  HttpCounts& counts() { return counts_; }

 private:
  struct Rules {
    Login login;
    HostRule hosts;
    int64_t max_headers, max_header_bytes;
  };
  std::shared_ptr<const Rules> rules() const;
  bool taps_are_allowed(const Request& request) const;

  // Whether the request keeps to the rules; a status that is not 200 says that it does not.
  HttpReply check(const Request& request, bool is_open_to_all);
  HttpReply check_login(const Request& request, const Login& login);
  HttpReply not_found(ListenerKind listener) const;
  RouteContext context(const Request& request);
  void answer_stream(const Request& request, const Route& route);

  Pipeline& pipeline_;
  LiveView live_;
  HttpCounts counts_;
  mutable std::mutex rules_mutex_;
  std::shared_ptr<const Rules> rules_;
  std::atomic<bool> is_loopback_ = false;
  Streams events_, taps_;
  LoginAttempts attempts_;
  Occasionally tell_login_;
};

}  // namespace penstock::engine
