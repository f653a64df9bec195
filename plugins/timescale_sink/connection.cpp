#include "connection.hpp"

#include <poll.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace timescale_sink {
namespace {

// libpq's messages end with newlines and may have several lines.
std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

std::string field(const PGresult* result, char code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

}  // namespace

int64_t count_of(const PGresult* result) {
  return std::atoll(PQcmdTuples(const_cast<PGresult*>(result)));
}

Failure Connection::open() {
  if (connection_) return {};
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : parameters_) {
    if (value.empty()) continue;
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 0));
  if (connection_ && PQstatus(connection_.get()) == CONNECTION_OK) {
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    PQsetnonblocking(connection_.get(), 1);
    return {};
  }
  return broken();
}

bool Connection::is_utf8() const {
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  return encoding && std::strcmp(encoding, "UTF8") == 0;
}

// In steps, so that the watcher can report the wait and end it.
Failure Connection::wait(short events) {
  using namespace std::chrono_literals;
  using Clock = std::chrono::steady_clock;
  constexpr auto kStep = 100ms;
  constexpr auto kFirstWord = 3s, kNextWord = 10s;
  // The server ends a long statement itself, unless it is gone.
  const auto longest = kStatementTimeout * timeout_factor_ + 15s;
  const auto begin = Clock::now();
  auto next_word = begin + kFirstWord;
  bool told = false, gives_up = false, is_late = false;
  while (!gives_up && !is_late) {
    pollfd socket{PQsocket(connection_.get()), events, 0};
    // Data that OpenSSL has read ahead does not make the socket readable, so libpq is asked too,
    // after each step (fe-misc.c, pqSocketCheck).
    const int ready = poll(&socket, 1, static_cast<int>(kStep / 1ms));
    if (ready != 0 || !PQconsumeInput(connection_.get())) break;
    if (!PQisBusy(connection_.get()) && (events & POLLOUT) == 0) break;
    is_late = Clock::now() - begin > longest;
    if (!watcher_) continue;
    gives_up = watcher_->gives_up();
    if (gives_up || Clock::now() < next_word) continue;
    told = true;
    watcher_->waits(std::chrono::floor<std::chrono::seconds>(Clock::now() - begin),
                    PQbackendPID(connection_.get()));
    next_word = Clock::now() + kNextWord;
  }
  if (told && !gives_up) watcher_->ends_waiting();
  if (!gives_up && !is_late) return {};
  close();
  if (is_late) return {"no answer from the server for " + std::to_string(longest / 1s) + " s"};
  return {"no answer from the server before the pipeline stopped or reloaded"};
}

// In non-blocking mode, what cannot be sent at once would pile up in libpq's buffer (fe-exec.c,
// PQputCopyData).
Failure Connection::flush() {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0) return broken();
    if (Failure failure = wait(POLLIN | POLLOUT)) return failure;
    if (!PQconsumeInput(connection_.get())) return broken();
  }
}

Result Connection::next_result(Failure& failure) {
  if ((failure = flush())) return {};
  while (PQisBusy(connection_.get())) {
    if ((failure = wait(POLLIN))) return {};
    if (!PQconsumeInput(connection_.get())) {
      failure = broken();
      return {};
    }
  }
  return Result(PQgetResult(connection_.get()));
}

// As PQexec does: the last result, or the first error.
Failure Connection::last_result(Result& last) {
  Failure failure, waiting;
  while (Result result = next_result(waiting)) {
    const ExecStatusType status = PQresultStatus(result.get());
    const bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!ok && !failure) failure = failure_of(result.get());
    if (!connection_) return failure;
    last = std::move(result);
  }
  return failure ? failure : waiting;
}

bool Connection::is_alive() {
  if (!connection_) return false;
  pollfd readable{PQsocket(connection_.get()), POLLIN, 0};
  if (poll(&readable, 1, 0) == 0) return true;
  // Unrequested input: a notice, or the end of the connection.
  if (PQconsumeInput(connection_.get()) && PQstatus(connection_.get()) == CONNECTION_OK)
    return true;
  connection_.reset();
  return false;
}

Failure Connection::broken() {
  Failure failure{one_line(connection_ ? PQerrorMessage(connection_.get()) : "out of memory")};
  if (failure.message.empty()) failure.message = "connection to the database lost";
  connection_.reset();
  return failure;
}

Failure Connection::failure_of(const PGresult* result) {
  if (!result || PQstatus(connection_.get()) != CONNECTION_OK) return broken();
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  if (state.empty()) return broken();
  Failure failure;
  failure.message = field(result, PG_DIAG_MESSAGE_PRIMARY) + " (SQLSTATE " + state + ")";
  for (const char code : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT, PG_DIAG_CONTEXT}) {
    if (const std::string more = field(result, code); !more.empty()) failure.message += "; " + more;
  }
  failure.message = one_line(failure.message);
  failure.state = state;
  failure.blame = blame_of(state);
  return failure;
}

Failure Connection::execute(const std::string& sql, Result& result) {
  if (Failure failure = open()) return failure;
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) return broken();
  return last_result(result);
}

Failure Connection::execute(const std::string& sql) {
  Result unread;
  return execute(sql, unread);
}

Failure Connection::execute_binary(const std::string& sql,
                                   const std::vector<penstock::Buffer<char>>& parameters,
                                   Result& result) {
  if (Failure failure = open()) return failure;
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const penstock::Buffer<char>& parameter : parameters) {
    values.push_back(parameter.data());
    lengths.push_back(static_cast<int>(parameter.size()));
  }
  const std::vector<int> formats(values.size(), 1);
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), lengths.data(), formats.data(), 1) != 1) {
    return broken();
  }
  return last_result(result);
}

void Connection::roll_back() {
  if (is_open() && execute("ROLLBACK")) close();
}

// Statements sent together are one transaction (PostgreSQL "Multiple Statements in a Simple
// Query") and take one round trip: results come until the server asks for the data.
Failure Connection::begin_copy(const std::string& sql, Result& rows) {
  if (Failure failure = open()) return failure;
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) return broken();
  rows.reset();
  while (true) {
    Failure waiting;
    Result result = next_result(waiting);
    if (waiting) return waiting;
    switch (PQresultStatus(result.get())) {
      case PGRES_COPY_IN: return {};
      case PGRES_TUPLES_OK: rows = std::move(result); break;
      case PGRES_COMMAND_OK: break;
      default: {
        Failure failure = failure_of(result.get());
        Result none;
        if (connection_) finish_copy(none);
        return failure;
      }
    }
  }
}

Failure Connection::send_copy(const penstock::Buffer<char>& data, Result& copied) {
  // Pieces that libpq's output buffer holds without growing for good. With the message header of 5
  // bytes a multiple of what libpq sends at once, so that nothing is left for a call of its own
  // (fe-misc.c, pqPutMsgEnd).
  constexpr size_t kPiece = (256 << 10) - 5;
  for (size_t at = 0; at < data.size(); at += kPiece) {
    const size_t size = std::min(kPiece, data.size() - at);
    if (PQputCopyData(connection_.get(), data.data() + at, static_cast<int>(size)) != 1) {
      return broken();
    }
    if (Failure failure = flush()) return failure;
  }
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) return broken();
  return finish_copy(copied);
}

// The result of the COPY, those of the statements after it, and the null that makes the connection
// usable again.
Failure Connection::finish_copy(Result& copied) {
  copied.reset();
  Failure failure, waiting;
  while (Result result = next_result(waiting)) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK && !copied) copied = std::move(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) continue;
    if (!failure) failure = failure_of(result.get());
    if (!connection_) return failure;
  }
  if (waiting) return failure ? failure : waiting;
  if (!failure && PQstatus(connection_.get()) != CONNECTION_OK) return broken();
  return failure;
}

}  // namespace timescale_sink
