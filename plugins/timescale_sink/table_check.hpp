// Checks that the database, the table and the role's privileges are what the sink needs, for
// `penstock check --connect`. Changes nothing.
#pragma once

#include <penstock/plugin.hpp>

#include <optional>
#include <string>
#include <vector>

#include "connection.hpp"
#include "layout.hpp"

namespace timescale_sink {

struct NeededTable {
  LayoutRules layout;
  std::vector<penstock::Schema> inputs;     // of the node
  std::optional<std::string> ledger_table;  // quoted; of exactly_once
  bool creates = false;                     // missing tables
  std::string creation_fault;               // why it cannot
};

// Reports what the operator must change, with the statement that does it, or notes that all is ok.
// `settings`: SessionSettings::sql.
void check_table(Connection& connection, const std::string& settings, const NeededTable& needed,
                 penstock::Report& report);
// The first thing that the operator must change, or "".
std::string first_fault(Connection& connection, const std::string& settings,
                        const NeededTable& needed);

// What to do about a failed connection, by libpq's error message.
std::string advice_for(const std::string& failure);

}  // namespace timescale_sink
