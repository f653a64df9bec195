#include "slow_server.hpp"

#include <utility>

namespace timescale_sink {
namespace {

// The process that blocks the backend, or what the backend waits for. The application and state of
// other roles' processes are NULL without pg_read_all_stats.
std::string cause_sql(int backend) {
  return "SELECT b.pid, concat_ws(' of ', nullif(b.application_name, ''), b.usename), b.state, "
         "a.wait_event_type, a.wait_event FROM pg_stat_activity a LEFT JOIN pg_stat_activity b "
         "ON b.pid = ANY(pg_blocking_pids(a.pid)) WHERE a.pid = " +
         std::to_string(backend) + " ORDER BY b.xact_start LIMIT 1";
}

std::string words_of(const PGresult* result) {
  if (PQntuples(result) == 0) return "";
  const auto field = [&](int column) { return std::string(PQgetvalue(result, 0, column)); };
  if (const std::string pid = field(0); !pid.empty()) {
    const std::string state = field(2).empty() ? "" : ", " + field(2);
    return ": blocked by backend " + pid + " (" + field(1) + state +
           "); to end it, run SELECT pg_terminate_backend(" + pid + ")";
  }
  if (field(3) == "Client") return ": the backend is not reading; is it stopped?";
  if (field(3).empty()) return "";
  return ": the backend waits for " + field(3) + " " + field(4);
}

class Briefly final : public Watcher {
 public:
  bool gives_up() override { return std::chrono::steady_clock::now() > end_; }
  void waits(std::chrono::seconds, int) override {}
  void ends_waiting() override {}

 private:
  const std::chrono::steady_clock::time_point end_ =
      std::chrono::steady_clock::now() + std::chrono::seconds(2);
};

}  // namespace

SlowServer::SlowServer(ConnectionParameters parameters, penstock::Context& context)
    : context_(context) {
  set_parameters(std::move(parameters));
}

void SlowServer::set_parameters(ConnectionParameters parameters) {
  parameters_ = std::move(parameters);
  for (auto& [keyword, value] : parameters_) {
    if (keyword == "connect_timeout") value = "2";
  }
}

void SlowServer::waits(std::chrono::seconds time, int backend) {
  context_.degraded("the server has not answered a statement for " + std::to_string(time.count()) +
                    " s" + cause(backend));
}

std::string SlowServer::cause(int backend) {
  Briefly briefly;
  Connection connection(parameters_, &briefly);
  Result result;
  const Failure failure = connection.execute(cause_sql(backend), result);
  return failure ? "; a new connection fails too: " + failure.message : words_of(result.get());
}

}  // namespace timescale_sink
