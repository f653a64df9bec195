#include "http/listener.hpp"

#include <civetweb.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>

#include <penstock/occasionally.hpp>

#include <algorithm>
#include <thread>

#include "config/quantity.hpp"
#include "http/sockets.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

using Clock = std::chrono::steady_clock;

// Connections that wait in the system for a thread; its own limit is net.core.somaxconn.
constexpr const char* kBacklog = "1024";
// A head that is a little above max_header_bytes is read whole, so that its answer can say so.
constexpr size_t kHeadReserve = 4 << 10;

// What one of CivetWeb's threads is at.
struct Worker {
  Clock::time_point since;
  bool read = false;   // a connection is read from: its handshake, if any, is over
  bool asked = false;  // it has sent a whole request
  bool refused = false;
};

Worker& worker_of(const mg_connection* connection) {
  return *static_cast<Worker*>(mg_get_thread_pointer(connection));
}

std::string civetweb_address(const BindAddress& address, bool tls) {
  const char* suffix = tls ? "s" : "";
  // One socket for IPv6 and IPv4 (civetweb.c, parse_port_string).
  if (address.is_ipv6() && address.is_any()) return fmt::format("+{}{}", address.port(), suffix);
  return fmt::format("{}:{}{}", address.host(), address.port(), suffix);
}

Occasionally tell_busy, tell_slow;

// CivetWeb is C, no exception may pass it: where memory lacks even for an error's words, the client
// gets none.
template <auto callback, int otherwise, typename Returned, typename... Arguments>
constexpr auto guarded_as(Returned (*)(Arguments...)) {
  return +[](Arguments... arguments) -> Returned {
    try {
      return callback(arguments...);
    } catch (...) {
      if constexpr (!std::is_void_v<Returned>) return otherwise;
    }
  };
}
template <auto callback, int otherwise = 0>
constexpr auto kGuarded = guarded_as<callback, otherwise>(callback);

}  // namespace

// What CivetWeb calls, from its threads but where something else is said.
struct Listener::Callbacks {
  static constexpr int kBadRequest = 400, kOtherVersion = 505;
  static constexpr int kAnswered = 200;  // 0: CivetWeb would look for files

  static Listener& of(const mg_connection* connection) {
    return *static_cast<Listener*>(mg_get_user_data(mg_get_context(connection)));
  }

  static void* begin_thread(const mg_context*, int kind) {
    constexpr int kWorker = 1;
    return kind == kWorker ? new Worker : nullptr;
  }
  static void end_thread(const mg_context*, int, void* worker) {
    delete static_cast<Worker*>(worker);
  }

  static int begin_connection(const mg_connection* connection, void**) {
    Listener& self = of(connection);
    worker_of(connection) = {Clock::now(), true};
    ++self.counts_.connections;
    if (++self.serving_ < self.options_.threads) return 0;
    add(self.counts_.busy, 1);
    if (tell_busy.due()) {
      log().warn(
          "HTTP: all {} connections of {} are in use, further ones wait ({} times so far)",
          self.options_.threads,
          self.options_.masks.redacted(fmt::format("{}", fmt::join(self.options_.listen, ", "))),
          get(self.counts_.busy));
    }
    return 0;
  }

  // CivetWeb says nothing to a request for another server, or for `*` (civetweb.c,
  // process_new_connection).
  static void before_end(const mg_connection* connection) {
    const Worker& worker = worker_of(connection);
    if (!worker.read || worker.asked || worker.refused ||
        !mg_get_request_info(connection)->request_method) {
      return;
    }
    Listener& self = of(connection);
    self.counts_.refuse(Refusal::kHead);
    const Request request(const_cast<mg_connection&>(*connection), self.options_.request_timeout);
    request.send(error_reply(kBadRequest, "the target must be a path, such as /status"));
  }

  static void end_connection(const mg_connection* connection) {
    Listener& self = of(connection);
    Worker& worker = worker_of(connection);
    if (!worker.read) {  // no begin_connection without a handshake (civetweb.c, worker_thread_run)
      self.counts_.refuse(Refusal::kHandshake);
      return;
    }
    --self.serving_;
    --self.counts_.connections;
    if (!worker.asked && Clock::now() - worker.since >= self.options_.request_timeout) {
      const uint64_t so_far = self.counts_.refuse(Refusal::kSlow);
      if (tell_slow.due()) {
        log().warn(
            "HTTP: closed a connection that sent no complete request within request_timeout = {} "
            "({} so far)",
            format_duration(self.options_.request_timeout.count()), so_far);
      }
    }
    worker = {};
  }

  static int answer(mg_connection* connection) {
    Listener& self = of(connection);
    worker_of(connection).asked = true;
    add(self.counts_.requests, 1);
    const Request request(*connection, self.options_.request_timeout);
    try {
      self.answer_(request);
    } catch (const std::exception& e) {
      log().error("HTTP: {}: {}", request.path(), e.what());
      if (!request.is_answered()) {
        request.send(error_reply(500, "internal error; see Penstock's log"));
      }
    }
    // What else the client has sent is not read (civetweb.c, handle_request).
    mg_disable_connection_keep_alive(connection);
    return kAnswered;
  }

  // What CivetWeb cannot read as a request. 0: it is answered.
  static int refuse(mg_connection* connection, int status, const char* reason) {
    Listener& self = of(connection);
    Worker& worker = worker_of(connection);
    worker.refused = true;
    const Request request(*connection, self.options_.request_timeout);
    if (Clock::now() - worker.since >= self.options_.request_timeout) {
      request.send(error_reply(408, "the request took longer than request_timeout"));
      return 0;
    }
    self.counts_.refuse(Refusal::kHead);
    request.send(error_reply(
        status == kOtherVersion ? status : kBadRequest,
        fmt::format("{}: the request is not HTTP/1.1, or its head is larger than "
                    "max_header_bytes = {}",
                    reason, format_size(static_cast<int64_t>(self.options_.max_header_bytes)))));
    return 0;
  }

  // Not 0: CivetWeb writes no log itself.
  static int write_log(const mg_connection* connection, const char* text) {
    Listener& self = of(connection);
    // In other threads it is what clients do wrong.
    if (std::this_thread::get_id() != self.starter_) log().debug("HTTP: {}", text);
    else self.start_log_ += fmt::format("{}{}", self.start_log_.empty() ? "" : "; ", text);
    return 1;
  }

  // Called again when the context is freed, which stays ours (civetweb.c, free_context).
  static int give_tls_context(void** context, void* listener) {
    const TlsContext* tls = static_cast<Listener*>(listener)->options_.tls;
    if (!tls) return 0;
    *context = tls->get();
    return 1;
  }
};

Listener::Listener(const Options& options, HttpCounts& counts, Answer answer)
    : options_(options), counts_(counts), answer_(std::move(answer)) {}

Result<std::unique_ptr<Listener>> Listener::start(const Options& options, HttpCounts& counts,
                                                  Answer answer) {
  std::unique_ptr<Listener> made(new Listener(options, counts, std::move(answer)));
  if (auto resolved = made->resolve(); !resolved) return fail(std::move(resolved.error()));
  if (auto started = made->start_context(); !started) return fail(std::move(started.error()));
  made->learn_ports();
  return made;
}

Result<void> Listener::resolve() {
  for (const std::string& each : options_.listen) {
    const auto address = resolve_listen_address(each);
    if (!address) return fail(address.error());
    addresses_.push_back(*address);
  }
  return {};
}

Result<void> Listener::start_context() {
  std::vector<std::string> ports;
  for (const BindAddress& each : addresses_) {
    ports.push_back(civetweb_address(each, options_.tls != nullptr));
  }
  const std::string list = fmt::format("{}", fmt::join(ports, ","));
  const std::string threads = std::to_string(options_.threads);
  const std::string head = std::to_string(options_.max_header_bytes + kHeadReserve);
  const std::string timeout_ms = std::to_string(
      std::chrono::duration_cast<std::chrono::milliseconds>(options_.request_timeout).count());
  // No document_root, ever: files of the machine are nobody's business (and CVE-2025-55763).
  const char* settings[] = {"listening_ports",
                            list.c_str(),
                            "num_threads",
                            threads.c_str(),
                            "max_request_size",
                            head.c_str(),
                            "request_timeout_ms",
                            timeout_ms.c_str(),
                            "listen_backlog",
                            kBacklog,
                            "enable_keep_alive",
                            "no",
                            "tcp_nodelay",
                            "1",
                            nullptr};
  mg_callbacks callbacks = {};
  callbacks.init_thread = Callbacks::begin_thread;
  callbacks.exit_thread = Callbacks::end_thread;
  callbacks.init_connection = kGuarded<Callbacks::begin_connection>;
  callbacks.connection_close = kGuarded<Callbacks::before_end>;
  callbacks.connection_closed = kGuarded<Callbacks::end_connection>;
  callbacks.begin_request = kGuarded<Callbacks::answer, Callbacks::kAnswered>;
  callbacks.http_error = kGuarded<Callbacks::refuse>;
  callbacks.log_message = kGuarded<Callbacks::write_log, 1>;
  callbacks.external_ssl_ctx = Callbacks::give_tls_context;
  mg_init_library(options_.tls ? MG_FEATURES_TLS : MG_FEATURES_DEFAULT);
  // Not mg_start2: its error struct has other fields in 1.16, under the same SONAME.
  context_ = mg_start(&callbacks, this, settings);
  if (context_) return {};
  for (const std::string& each : options_.listen) {
    bool held_by_engine = false;
    std::string why = why_not_bindable(each, held_by_engine);
    if (!why.empty()) return fail(std::move(why));
  }
  return fail(fmt::format("cannot listen on {}: {}", fmt::join(options_.listen, ", "),
                          start_log_.empty() ? "CivetWeb gives no reason" : start_log_));
}

void Listener::learn_ports() {
  std::vector<mg_server_port> ports(addresses_.size());
  // In the order of listening_ports, all of them (civetweb.c, set_ports_option).
  mg_get_server_ports(context_, static_cast<int>(ports.size()), ports.data());
  for (size_t i = 0; i < addresses_.size(); ++i) {
    auto& port = addresses_[i].is_ipv6()
                     ? reinterpret_cast<sockaddr_in6&>(addresses_[i].address).sin6_port
                     : reinterpret_cast<sockaddr_in&>(addresses_[i].address).sin_port;
    port = htons(static_cast<uint16_t>(ports[i].port));
    const std::string& text = options_.listen[i];
    const std::string host = text.substr(0, text.rfind(':'));
    urls_.push_back(fmt::format("{}://{}:{}", options_.tls ? "https" : "http",
                                host.empty() ? "0.0.0.0" : host, ports[i].port));
  }
}

bool Listener::is_loopback() const {
  return std::all_of(addresses_.begin(), addresses_.end(),
                     [](const BindAddress& each) { return each.is_loopback(); });
}

// mg_stop waits for threads that look at its flag every 2 s (civetweb.c, SOCKET_TIMEOUT_QUANTUM):
// the one that accepts, those that wait for a client's bytes. With their sockets shut down they
// wake at once.
Listener::~Listener() {
  if (!context_) return;
  std::atomic<bool> stopped = false;
  std::thread waker([&] {
    while (!stopped) {
      shut_down_sockets(addresses_);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  mg_stop(context_);
  stopped = true;
  waker.join();
  close_sockets(addresses_);
}

}  // namespace penstock::engine
