// Functions in FROM that PostgreSQL has not; packaging/sql/functions.sql has them in its language.
#pragma once

#include "evaluation/set_function.hpp"

namespace sql {

// Path and value of all that is in a document, but for objects and arrays.
std::unique_ptr<SetCall> make_json_leaves();
// The records of a SenML pack, resolved (RFC 8428, section 4.6).
std::unique_ptr<SetCall> make_senml();
const std::vector<SetFunction::Column>& senml_columns();

}  // namespace sql
