#include <cmath>

#include "catalogue/own_sets.hpp"
#include "catalogue/set_column.hpp"
#include "values/calendar.hpp"
#include "values/json_build.hpp"
#include "values/json_text.hpp"
#include "values/moment.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

// A time below it is counted from now (section 4.5.3).
constexpr double kLeastAbsoluteSeconds = 1 << 28;
constexpr double kVersion = 10;

class SenmlRecords : public SetCall {
 public:
  void start(Run& run, Arguments arguments, size_t row) override {
    const JsonNode* pack = arguments[0]->of<Json>()[arguments[0]->at(row)].node;
    received_ = arguments[1]->of<Timestamptz>()[arguments[1]->at(row)];
    base_ = {};
    left_ = 0;
    if (pack->kind == JsonKind::kArray) {
      left_ = pack->size;
      record_ = pack + 1;
    } else {
      run.fail("22023", pack->kind == JsonKind::kObject ? "cannot extract elements from an object"
                                                        : "cannot extract elements from a scalar");
    }
  }

  bool next(Run& run, std::span<Vector* const> columns, size_t at) override {
    while (left_ > 0) {
      const JsonNode* const record = record_;
      record_ = after(record_);
      --left_;
      run_ = &run;
      has_failed_ = false;
      if (!take_base(record)) return false;
      if (!has_value(record)) continue;
      resolve(record, columns, at);
      return !has_failed_;
    }
    return false;
  }

 private:
  struct Inherited {
    Text name;
    std::optional<Text> unit;
    std::optional<double> value, sum;
    double seconds = 0;
  };

  bool fail(const char* state, const std::string& message) {
    run_->fail(state, message);
    has_failed_ = true;
    return false;
  }

  bool take_base(const JsonNode* record) {
    if (record->kind != JsonKind::kObject) return fail("22023", "senml: a record is not an object");
    if (const auto version = number(record, "bver"); version && *version > kVersion)
      return fail("0A000",
                  "senml: version " + std::string(*text(record, "bver")) + " is not supported");
    if (!knows_labels(record)) return false;
    if (const auto name = text(record, "bn")) base_.name = *name;
    if (const auto unit = text(record, "bu")) base_.unit = unit;
    if (const auto value = number(record, "bv")) base_.value = value;
    if (const auto sum = number(record, "bs")) base_.sum = sum;
    if (const auto seconds = number(record, "bt")) base_.seconds = *seconds;
    return !has_failed_;
  }

  // A label that ends in _ must be understood (section 4.4).
  bool knows_labels(const JsonNode* record) {
    const JsonNode* at = record + 1;
    for (uint32_t i = 0; i < record->size; ++i, at = after(at + 1)) {
      if (at->view().ends_with('_'))
        return fail("0A000", "senml: a label that ends in _ is not supported");
    }
    return true;
  }

  static bool has_value(const JsonNode* record) {
    for (const char* const label : {"v", "vs", "vb", "vd", "s"}) {
      if (member_of(record, label) != nullptr) return true;
    }
    return false;
  }

  void resolve(const JsonNode* record, std::span<Vector* const> columns, size_t at) {
    const auto put_or_null = [&](size_t column, const auto& value) {
      columns[column]->nulls[at] = !value;
      if (value) put(*columns[column], at, *value);
    };
    const Text own_name = text(record, "n").value_or(Text());
    std::string& name = text_;
    name = base_.name;
    name += own_name;
    put(*columns[0], at, Text(run_->arena().copy(name)));
    const auto unit = text(record, "u");
    put_or_null(1, unit ? unit : base_.unit);
    put_or_null(2, added(base_.value, number(record, "v"), !has_other_value(record)));
    put_or_null(3, text(record, "vs"));
    std::optional<bool> truth;
    if (const auto written = text(record, "vb")) truth = read_text<bool>(*run_, *written);
    put_or_null(4, truth);
    put_or_null(5, text(record, "vd"));
    put_or_null(6, added(base_.sum, number(record, "s"), true));
    put(*columns[7], at, time_of(base_.seconds + number(record, "t").value_or(0)));
  }

  // A number's, to which the base value would be added (RFC 8428, 4.1).
  static bool has_other_value(const JsonNode* record) {
    return member_of(record, "vs") || member_of(record, "vb") || member_of(record, "vd");
  }

  // A number that is missing is taken for 0 where there is one to add to.
  std::optional<double> added(std::optional<double> base, std::optional<double> own,
                              bool may_miss) {
    if (!own && !(may_miss && base)) return std::nullopt;
    const double result = base.value_or(0) + own.value_or(0);
    if (std::isinf(result) && !std::isinf(base.value_or(0)) && !std::isinf(own.value_or(0)))
      fail("22003", "value out of range: overflow");
    return result;
  }

  Timestamptz time_of(double seconds) {
    if (seconds >= kLeastAbsoluteSeconds || std::isnan(seconds))
      return moment_of_seconds(*run_, seconds);
    const double us = std::rint(seconds * 1'000'000);
    int64_t result = 0;
    const bool is_endless = received_.us == kInfinity || received_.us == kMinusInfinity;
    if (!(std::abs(us) < 9.2e18)) {
      fail("22008", "interval out of range");
    } else if (is_endless) {
      return received_;
    } else if (__builtin_add_overflow(received_.us, static_cast<int64_t>(us), &result) ||
               !is_timestamp(result)) {
      fail("22008", "timestamp out of range");
    }
    return {result};
  }

  std::optional<Text> text(const JsonNode* record, const char* label) {
    const JsonNode* const value = member_of(record, label);
    if (value == nullptr || value->kind == JsonKind::kNull) return std::nullopt;
    if (value->kind == JsonKind::kString) return value->view();
    text_.clear();
    append_json(text_, value);
    return run_->arena().copy(text_);
  }
  std::optional<double> number(const JsonNode* record, const char* label) {
    const auto written = text(record, label);
    if (!written) return std::nullopt;
    const auto read = read_text<double>(*run_, *written);
    if (!read) has_failed_ = true;
    return read;
  }

  Run* run_ = nullptr;
  const JsonNode* record_ = nullptr;
  uint32_t left_ = 0;
  Timestamptz received_{};
  Inherited base_;
  std::string text_;
  bool has_failed_ = false;
};

}  // namespace

std::unique_ptr<SetCall> make_senml() { return std::make_unique<SenmlRecords>(); }

const std::vector<SetFunction::Column>& senml_columns() {
  static const std::vector<SetFunction::Column> columns{
      {"name", sql::Base::kText},          {"unit", sql::Base::kText},
      {"value", sql::Base::kDouble},       {"string_value", sql::Base::kText},
      {"bool_value", sql::Base::kBoolean}, {"data_value", sql::Base::kText},
      {"sum", sql::Base::kDouble},         {"time", sql::Base::kTimestamptz}};
  return columns;
}

}  // namespace sql
