// A connection to PostgreSQL.
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

// An error, and whose fault it is.
struct Failure {
  std::string message;     // empty: no error
  std::string state = {};  // SQLSTATE; empty: the error is not from the server
  Blame blame = Blame::kServer;

  explicit operator bool() const { return !message.empty(); }
};

// The number of rows that a statement inserted or updated.
int64_t count_of(const PGresult* result);

// The server ends longer statements (SessionSettings).
inline constexpr std::chrono::seconds kStatementTimeout{30};

// Keywords and values, as libpq takes them.
using ConnectionParameters = std::vector<std::pair<std::string, std::string>>;

// Called by the thread that waits for the server's answer.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // Whether to stop waiting.
  virtual bool gives_up() = 0;
  // The server process `backend` has not answered for `time`; called every few seconds.
  virtual void waits(std::chrono::seconds time, int backend) = 0;
  // After `waits`: it has answered, or the connection has ended.
  virtual void ends_waiting() = 0;
};

class Connection {
 public:
  // `watcher` may be null.
  explicit Connection(ConnectionParameters parameters, Watcher* watcher = nullptr)
      : parameters_(std::move(parameters)), watcher_(watcher) {}

  // For the next connection.
  void set_parameters(ConnectionParameters parameters) { parameters_ = std::move(parameters); }
  // Connects unless connected.
  Failure open();
  void close() { connection_.reset(); }
  // How many times kStatementTimeout a statement may take.
  void set_timeout_factor(int times) { timeout_factor_ = times; }
  bool is_open() const { return connection_ != nullptr; }
  // The database's encoding.
  bool is_utf8() const;
  // Whether an idle connection is still open, without a round trip.
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
  // The next result; null: there are no more, or a failure.
  Result next_result(Failure& failure);
  Failure last_result(Result& last);
  Failure finish_copy(Result& copied);
  // Sends all of libpq's output buffer.
  Failure flush();
  Failure wait(short events);

  ConnectionParameters parameters_;
  Watcher* watcher_;
  int timeout_factor_ = 1;
  std::unique_ptr<PGconn, ConnectionDeleter> connection_;
};

}  // namespace timescale_sink
