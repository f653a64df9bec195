// What PostgreSQL has and ours is refused by name. It is found as the others are, so that nothing
// else is taken for it.
#include <array>

#include "catalogue/catalogue.hpp"

namespace sql {
namespace {

constexpr std::string_view kUseDouble = "Cast to double precision.";
constexpr std::string_view kUseExtract =
    "Use extract, ::text, or numbers with lpad, to make a text of a time.";
constexpr std::string_view kUseCast = "Use ::text, round and lpad.";
constexpr std::string_view kUseTimeCast =
    "Cast the text, or bring its parts into the order that a cast reads by regexp_replace.";
constexpr std::string_view kUseReceived =
    "It would be another time each time; use the column received.";
constexpr std::string_view kUseKey =
    "It would be another one each time; use a column of the message.";

void refuse_numeric(Catalogue& to) {
  const Type numeric = Base::kNumeric;
  to.refuse_operator("^", {numeric, numeric}, numeric, kUseDouble);
  for (const std::string_view name : {"sqrt", "exp", "ln", "log", "log10"})
    to.refuse_function(name, {numeric}, numeric, kUseDouble);
  for (const std::string_view name : {"power", "pow", "log"})
    to.refuse_function(name, {numeric, numeric}, numeric, kUseDouble);
}

void refuse_formats(Catalogue& to) {
  for (const Base time : {Base::kTimestamp, Base::kTimestamptz, Base::kInterval})
    to.refuse_function("to_char", {time, Base::kText}, Base::kText, kUseExtract);
  for (const Base number :
       {Base::kInteger, Base::kBigint, Base::kReal, Base::kDouble, Base::kNumeric})
    to.refuse_function("to_char", {number, Base::kText}, Base::kText, kUseCast);
  to.refuse_function("to_date", {Base::kText, Base::kText}, Base::kDate, kUseTimeCast);
  to.refuse_function("to_timestamp", {Base::kText, Base::kText}, Base::kTimestamptz, kUseTimeCast);
  to.refuse_function("to_number", {Base::kText, Base::kText}, Base::kNumeric,
                     "Use regexp_replace and a cast.");
}

void refuse_volatile(Catalogue& to) {
  for (const std::string_view name :
       {"now", "clock_timestamp", "statement_timestamp", "transaction_timestamp"})
    to.refuse_function(name, {}, Base::kTimestamptz, kUseReceived);
  to.refuse_function("timeofday", {}, Base::kText, kUseReceived);
  to.refuse_function("age", {Base::kTimestamp}, Base::kInterval, kUseReceived);
  to.refuse_function("age", {Base::kTimestamptz}, Base::kInterval, kUseReceived);
  to.refuse_function("random", {}, Base::kDouble, kUseKey);
}

}  // namespace

void add_refused(Catalogue& to) {
  refuse_numeric(to);
  refuse_formats(to);
  refuse_volatile(to);
}

}  // namespace sql
