#include "blame.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace timescale_sink {
namespace {

// Connection exception, transaction rollback, insufficient resources, operator intervention, system
// error; read_only_sql_transaction, lock_not_available.
constexpr std::array<std::string_view, 5> kServerClasses{"08", "40", "53", "57", "58"};
constexpr std::array<std::string_view, 2> kServerStates{"25006", "55P03"};
// Data exception, integrity constraint violation, WITH CHECK OPTION violation, program limit
// exceeded (an index row too large, JSON too deep), and what a trigger raises.
constexpr std::array<std::string_view, 5> kRowClasses{"22", "23", "44", "54", "P0"};

template <size_t N>
bool starts_with_any(const std::string& state, const std::array<std::string_view, N>& all) {
  return std::any_of(all.begin(), all.end(),
                     [&](std::string_view each) { return state.starts_with(each); });
}

template <size_t N>
std::string quoted(const std::array<std::string_view, N>& all) {
  std::string text;
  for (const std::string_view each : all) {
    text += (text.empty() ? "'" : ", '") + std::string(each) + "'";
  }
  return text;
}

}  // namespace

Blame blame_of(const std::string& state) {
  if (state.empty() || starts_with_any(state, kServerClasses) ||
      starts_with_any(state, kServerStates)) {
    return Blame::kServer;
  }
  return starts_with_any(state, kRowClasses) ? Blame::kRows : Blame::kUnknown;
}

std::string blames_server_sql(const std::string& state) {
  return "left(" + state + ", 2) IN (" + quoted(kServerClasses) + ") OR " + state + " IN (" +
         quoted(kServerStates) + ")";
}

}  // namespace timescale_sink
