// Whether the database, its table and its rights are what the sink needs, for
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
  bool creates = false;                     // what is missing
  std::string creation_fault;               // why it could not
};

// Reports what an operator must change, with the statement that does it; or a note of what was
// found ok. `settings`: see SessionSettings.
void check_table(Connection& connection, const std::string& settings, const NeededTable& needed,
                 penstock::Report& report);
// The first thing that an operator must change; empty: none was found.
std::string first_fault(Connection& connection, const std::string& settings,
                        const NeededTable& needed);

// What usually helps when a connection cannot be made, by libpq's words for it.
std::string advice_for(const std::string& failure);

}  // namespace timescale_sink
