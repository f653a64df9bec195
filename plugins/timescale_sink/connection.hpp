// One connection to PostgreSQL, and what its errors mean for a batch.
#pragma once

#include <libpq-fe.h>
#include <penstock/builders.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "blame.hpp"

namespace timescale_sink {

struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultDeleter>;

struct ConnectionDeleter {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

// What went wrong, and whose fault it is.
struct Failure {
  std::string message;     // empty: nothing went wrong
  std::string state = {};  // SQLSTATE; empty: it is not the server that says so
  Blame blame = Blame::kServer;

  explicit operator bool() const { return !message.empty(); }
};

// How many rows a statement stored or changed.
int64_t count_of(const PGresult* result);

// The server ends longer statements (SessionSettings).
inline constexpr std::chrono::seconds kStatementTimeout{30};

// libpq's keywords and values.
using ConnectionParameters = std::vector<std::pair<std::string, std::string>>;

// Asked and told by the thread that waits for an answer of the server.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // Whether the answer is no longer wanted.
  virtual bool gives_up() = 0;
  // The server process `backend` has taken so long by now; called now and then.
  virtual void waits(std::chrono::seconds time, int backend) = 0;
  // It has answered, or the connection has ended, after `waits`.
  virtual void ends_waiting() = 0;
};

class Connection {
 public:
  // `watcher` may be null.
  explicit Connection(ConnectionParameters parameters, Watcher* watcher = nullptr)
      : parameters_(std::move(parameters)), watcher_(watcher) {}

  // For the next time that it connects.
  void set_parameters(ConnectionParameters parameters) { parameters_ = std::move(parameters); }
  // Connects unless connected.
  Failure open();
  void close() { connection_.reset(); }
  // How many times kStatementTimeout a statement may take.
  void set_timeout_factor(int times) { timeout_factor_ = times; }
  bool is_open() const { return connection_ != nullptr; }
  // The database's encoding.
  bool is_utf8() const;
  // Whether an idle connection still stands, without a round trip.
  bool is_alive();

  // `result`: of the last statement, unless one failed.
  Failure execute(const std::string& sql, Result& result);
  Failure execute(const std::string& sql);
  // Binary parameters, and a binary result.
  Failure execute_binary(const std::string& sql,
                         const std::vector<penstock::Buffer<char>>& parameters, Result& result);
  // Of the open transaction; closes the connection if that fails.
  void roll_back();

  // Statements with one COPY … FROM STDIN among them, in one transaction. `rows`: of the last
  // statement before the COPY that returned some, or null. Then send_copy must follow.
  Failure begin_copy(const std::string& sql, Result& rows);
  // `copied`: the COPY's own result. After a failure of either the connection is usable, or closed
  // if it broke.
  Failure send_copy(const penstock::Buffer<char>& data, Result& copied);

 private:
  Failure failure_of(const PGresult* result);
  Failure broken();
  // The next result of what was sent; null: there is none, or a failure.
  Result next_result(Failure& failure);
  Failure last_result(Result& last);
  Failure finish_copy(Result& copied);
  // Until libpq's output buffer is empty.
  Failure flush();
  Failure wait(short events);

  ConnectionParameters parameters_;
  Watcher* watcher_;
  int timeout_factor_ = 1;
  std::unique_ptr<PGconn, ConnectionDeleter> connection_;
};

}  // namespace timescale_sink
