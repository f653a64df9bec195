// The settings that every transaction begins with. They are not left to the session, which a pooler
// may give to any client between transactions.
#pragma once

#include <string>

#include "connection.hpp"

namespace timescale_sink {

class SessionSettings {
 public:
  // The connection must outlive it.
  SessionSettings(Connection& connection, bool has_ledger)
      : connection_(connection), has_ledger_(has_ledger) {}

  // To be called after connecting: leaves out settings that this server lacks.
  Failure choose();
  // Statements, each with a semicolon.
  const std::string& sql() const { return sql_; }
  // The same for transactions that write rows, with `timeout_factor` times the usual
  // statement_timeout. `reads_text`: the server's input functions read some of the values.
  std::string sql_to_write(bool reads_text) const;
  // 1 unless set.
  void set_timeout_factor(int times);
  int timeout_factor() const { return timeout_factor_; }
  // Restores what triggers may have changed, for later statements of the transaction.
  const std::string& restore_sql() const { return restore_sql_; }
  // The same in PL/pgSQL.
  const std::string& restore_in_function() const { return restore_in_function_; }

 private:
  Connection& connection_;
  const bool has_ledger_;
  std::string sql_, restore_sql_, restore_in_function_;
  int timeout_factor_ = 1;
};

}  // namespace timescale_sink
