// Names and texts as SQL writes them.
#pragma once

#include <string>
#include <string_view>

namespace sql {

// In quotes unless it is a name without them (quote_identifier of ruleutils.c).
void append_identifier(std::string& to, std::string_view name);
// quote_literal_internal of quote.c.
void append_literal(std::string& to, std::string_view text);

}  // namespace sql
