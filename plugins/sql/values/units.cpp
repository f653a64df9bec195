#include "values/units.hpp"

#include <udunits2.h>

#include <cmath>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace sql {
namespace {

constexpr size_t kMostUnitBytes = 100;
constexpr size_t kMostKeptConversions = 32;

struct FreeUnits {
  void operator()(ut_system* system) const { ut_free_system(system); }
  void operator()(ut_unit* unit) const { ut_free(unit); }
  void operator()(cv_converter* converter) const { cv_free(converter); }
};
using Unit = std::unique_ptr<ut_unit, FreeUnits>;
using Converter = std::unique_ptr<cv_converter, FreeUnits>;

struct Conversion {
  std::string from, to;
  Converter converter;  // null: there is none, because of
  const char* state = "22023";
  std::string message;
};

// The library's table of units, which is read once. It takes one thread at a time.
struct Library {
  std::mutex mutex;
  std::unique_ptr<ut_system, FreeUnits> system;
  Library() {
    ut_set_error_message_handler(ut_ignore);
    system.reset(ut_read_xml(nullptr));
  }
};

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

Unit parse_unit(const Library& library, const std::string& name) {
  if (name.size() > kMostUnitBytes) return nullptr;
  return Unit(ut_parse(library.system.get(), name.c_str(), UT_UTF8));
}

void make_conversion(Conversion& conversion) {
  static Library library;
  const std::lock_guard<std::mutex> lock(library.mutex);
  if (!library.system) {
    conversion.state = "58030";
    conversion.message = "the table of units (udunits2.xml) can't be read";
    return;
  }
  const Unit from = parse_unit(library, conversion.from);
  const Unit to = parse_unit(library, conversion.to);
  if (!from || !to) {
    conversion.message =
        "unit " + in_quotes(from ? conversion.to : conversion.from) + " is not known";
    return;
  }
  conversion.converter.reset(ut_get_converter(from.get(), to.get()));
  if (!conversion.converter) {
    conversion.message =
        "unit " + in_quotes(conversion.from) + " can't be converted to " + in_quotes(conversion.to);
  }
}

// Kept by each thread, so that a row needs no lock.
const Conversion& find_conversion(Text from, Text to) {
  thread_local std::list<Conversion> kept;  // the one used last comes first
  for (auto at = kept.begin(); at != kept.end(); ++at) {
    if (at->from != from || at->to != to) continue;
    kept.splice(kept.begin(), kept, at);
    return kept.front();
  }
  if (kept.size() == kMostKeptConversions) kept.pop_back();
  Conversion& made = kept.emplace_front();
  made.from = from;
  made.to = to;
  make_conversion(made);
  return made;
}

const Conversion* known_conversion(Run& run, Text from, Text to) {
  const Conversion& conversion = find_conversion(from, to);
  if (conversion.converter) return &conversion;
  run.fail(conversion.state, conversion.message);
  return nullptr;
}

}  // namespace

bool can_convert_unit(Run& run, Text from, Text to) {
  return known_conversion(run, from, to) != nullptr;
}

double convert_unit(Run& run, double value, Text from, Text to) {
  const Conversion* const conversion = known_conversion(run, from, to);
  if (conversion == nullptr) return 0;
  const double result = cv_convert_double(conversion->converter.get(), value);
  if (std::isinf(result) && std::isfinite(value)) run.fail("22003", "value out of range: overflow");
  return result;
}

}  // namespace sql
