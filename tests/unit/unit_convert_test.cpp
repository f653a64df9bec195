#include <cmath>
#include <string>

#include "analysis/query_error.hpp"
#include "catch.hpp"
#include "query/query.hpp"

using namespace sql;

namespace {

// What the query makes of one row; the message of its failure.
struct Converted {
  double value = NAN;
  bool is_null = false;
  std::string failure;
};

Converted convert(const std::string& call, double value = 0) {
  Query query("SELECT " + call + " FROM input", {{{"x", Base::kDouble}}, {{"u", Base::kText}}});
  Vector& x = query.input()[0].vector();
  x.of<double>()[0] = value;
  x.nulls[0] = 0;
  Vector& unit = query.input()[1].vector();
  unit.of<Text>()[0] = "degF";
  unit.nulls[0] = 0;
  Converted converted;
  query.run(1, [&](const ResultRows& rows) {
    const Vector& result = *rows.columns[0];
    converted.is_null = result.is_null(0);
    if (!converted.is_null) converted.value = result.of<double>()[result.at(0)];
  });
  if (query.failures().has(0)) converted.failure = query.failures().of(0).message;
  return converted;
}

bool is_near(double value, double wanted) {
  return std::abs(value - wanted) <= 1e-9 * std::max(1.0, std::abs(wanted));
}

std::string refusal(const std::string& call) {
  try {
    convert(call);
  } catch (const QueryError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("unit_convert converts what plants measure") {
  CHECK(is_near(convert("unit_convert(x, 'degF', '°C')", 212).value, 100));
  CHECK(is_near(convert("unit_convert(x, 'degC', 'K')", -273.15).value, 0));
  CHECK(is_near(convert("unit_convert(x, 'kW.h', 'J')", 2).value, 7'200'000));
  CHECK(is_near(convert("unit_convert(x, 'm3/h', 'L/s')", 3.6).value, 1));
  CHECK(is_near(convert("unit_convert(x, '%', '1')", 50).value, 0.5));
  CHECK(is_near(convert("unit_convert(x, 'bar', 'psi')", 1).value, 14.503773773));
  CHECK(is_near(convert("unit_convert(x, u, 'degC')", 32).value, 0));
}

TEST_CASE("unit_convert of NULL is NULL, and of no number none") {
  CHECK(convert("unit_convert(NULL, 'm', 'km')").is_null);
  CHECK(convert("unit_convert(x, NULL, 'km')").is_null);
  CHECK(std::isnan(convert("unit_convert(x, 'm', 'km')", NAN).value));
  CHECK(std::isinf(convert("unit_convert(x, 'm', 'km')", INFINITY).value));
  CHECK(convert("unit_convert(x, 'km', 'm')", 1e308).failure == "value out of range: overflow");
}

TEST_CASE("units that are not known are refused before there is a row") {
  CHECK(refusal("unit_convert(x, 'zork', 'm')") == "unit \"zork\" is not known");
  CHECK(refusal("unit_convert(x, 'm', '')") == "unit \"m\" can't be converted to \"\"");
  CHECK(refusal("unit_convert(x, 'm', 's')") == "unit \"m\" can't be converted to \"s\"");
  CHECK(
      refusal("unit_convert(x, '" + std::string(1000, 'm') + "', 'm')").ends_with("is not known"));
}

TEST_CASE("a unit of a column that does not fit fails its row") {
  CHECK(convert("unit_convert(x, u, 'm')").failure == "unit \"degF\" can't be converted to \"m\"");
}
