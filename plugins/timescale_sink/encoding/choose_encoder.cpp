#include "choose_encoder.hpp"

#include <penstock/decimal.hpp>
#include <penstock/schema.hpp>

#include <type_traits>

#include "as_text.hpp"
#include "conversions.hpp"
#include "fixed_encoder.hpp"
#include "numeric.hpp"
#include "prepared_encoder.hpp"

namespace timescale_sink {
namespace {

EncoderChoice choice_of(ColumnEncoderPtr encoder) {
  EncoderChoice choice;
  choice.encoder = std::move(encoder);
  return choice;
}

template <class From, class Convert>
EncoderChoice fixed(Convert convert) {
  return choice_of(std::make_unique<FixedEncoder<From, Convert>>(convert));
}

template <class From, class Convert>
EncoderChoice prepared(Convert convert) {
  return choice_of(std::make_unique<PreparedEncoder<From, Convert>>(convert));
}

// Types whose receive function takes any text, with user-defined ones such as citext. "char" is a
// single byte.
bool is_text(const TableColumn& to) {
  return to.kind == 'b' && to.category == 'S' && to.base_name != "char";
}

bool is_time(const TableColumn& to) {
  return to.base_name == "timestamptz" || to.base_name == "timestamp";
}

EncoderChoice rounding(EncoderChoice choice, const std::string& note) {
  choice.note = note;
  choice.rounds = !note.empty();
  return choice;
}

EncoderChoice rounding_if(bool rounds, EncoderChoice choice) {
  choice.rounds = rounds;
  return choice;
}

// atttypmod of numeric(precision, scale) (numeric.c, numeric_typmod_scale); since PostgreSQL 15 the
// scale may be negative.
int32_t scale_of(int32_t modifier) { return (((modifier - 4) & 0x7ff) ^ 1024) - 1024; }

EncoderChoice into_text(EncoderChoice choice) {
  choice.is_text = true;
  return choice;
}

template <class From>
EncoderChoice for_number(const TableColumn& to, const EncodingRules& rules) {
  const bool rounds = rules.rounds;
  constexpr bool kHasFraction = std::is_floating_point_v<From>;
  const auto integer = [&](auto convert) {
    return rounding_if(rounds && kHasFraction, fixed<From>(convert));
  };
  if (to.base_name == "int2") return integer(ToInteger<int16_t>{rounds});
  if (to.base_name == "int4") return integer(ToInteger<int32_t>{rounds});
  if (to.base_name == "int8") return integer(ToInteger<int64_t>{rounds});
  if (to.base_name == "float8") return fixed<From>(ToFloat8{rounds});
  if (to.base_name == "float4") {
    constexpr bool kExact = std::is_same_v<From, float> || sizeof(From) <= 2;
    return rounding(fixed<From>(ToFloat4()), kExact ? "" : "keeps 6 digits");
  }
  if (to.base_name == "numeric") {
    const bool has_scale = to.modifier >= 0;
    const bool loses = has_scale && (kHasFraction || scale_of(to.modifier) < 0);
    return rounding(prepared<From>(ToNumeric{rounds || has_scale}),
                    loses ? "rounds to its scale" : "");
  }
  if (is_text(to)) return into_text(prepared<From>(ToText()));
  return {};
}

// `us`: per unit of the column.
EncoderChoice for_time(const TableColumn& to, int64_t us, const EncodingRules& rules) {
  if (is_time(to)) {
    const bool has_precision = to.modifier >= 0 && to.modifier < 6;
    return rounding(fixed<int64_t>(ToTimestamp{us}),
                    has_precision ? "rounds to its precision" : "");
  }
  if (to.base_name == "date") {
    return rounding_if(rules.rounds, fixed<int64_t>(TimestampToDate{us, rules.rounds}));
  }
  if (is_text(to)) return into_text(prepared<int64_t>(TimeToText{us}));
  return {};
}

EncoderChoice for_day(const TableColumn& to) {
  if (is_time(to)) return fixed<int32_t>(DayToTimestamp());
  if (to.base_name == "date") return fixed<int32_t>(ToDate());
  if (is_text(to)) return into_text(prepared<int32_t>(DateToText()));
  return {};
}

EncoderChoice for_bool(const TableColumn& to) {
  if (to.base_name == "bool") return fixed<bool>(ToBool());
  if (is_text(to)) return into_text(prepared<bool>(ToText()));
  return {};
}

EncoderChoice for_decimal(const TableColumn& to, int scale) {
  if (to.base_name == "numeric") {
    const bool loses = to.modifier >= 0 && scale_of(to.modifier) < scale;
    return rounding(prepared<penstock::Decimal128>(DecimalToNumeric{scale}),
                    loses ? "rounds to its scale" : "");
  }
  if (is_text(to)) return into_text(prepared<penstock::Decimal128>(DecimalToText{scale}));
  return {};
}

EncoderChoice for_bytes(const TableColumn& to, bool large, const EncodingRules& rules) {
  EncoderChoice choice;
  if (to.base_name == "jsonb") {
    choice.encoder = jsonb_encoder(rules.nul, large, false);
    choice.staged = jsonb_encoder(rules.nul, large, true);
    choice.is_text = true;
  } else if (is_text(to) || to.base_name == "json") {
    choice.encoder = text_encoder(rules.nul, large, to.base_name == "name" ? kMostBytesOfName : 0);
    choice.is_text = true;
  }
  return choice;
}

EncoderChoice for_text(const TableColumn& to, bool large, const EncodingRules& rules) {
  EncoderChoice choice = for_bytes(to, large, rules);
  if (choice.encoder || to.base_name == "bytea") return choice;
  // "char" would keep only the first byte.
  choice.encoder = text_encoder(rules.nul, large, to.base_name == "char" ? 1 : 0);
  choice.is_text = true;
  // An enum is received as its label (PostgreSQL, enum.c, enum_recv).
  choice.is_text_to_read = to.kind != 'e';
  choice.rounds = to.modifier >= 0 || to.base_name == "float4" || to.base_name == "float8";
  return choice;
}

}  // namespace

EncoderChoice choose_encoder(const std::string& format, const TableColumn& to,
                             const EncodingRules& rules) {
  if (format == "u" || format == "U") return for_text(to, format == "U", rules);
  if (format == "z" || format == "Z") {
    const bool large = format == "Z";
    if (to.base_name == "bytea") return choice_of(bytes_encoder(large));
    return for_bytes(to, large, rules);
  }
  if (format == "b") return for_bool(to);
  if (format == "c") return for_number<int8_t>(to, rules);
  if (format == "C") return for_number<uint8_t>(to, rules);
  if (format == "s") return for_number<int16_t>(to, rules);
  if (format == "S") return for_number<uint16_t>(to, rules);
  if (format == "i") return for_number<int32_t>(to, rules);
  if (format == "I") return for_number<uint32_t>(to, rules);
  if (format == "l") return for_number<int64_t>(to, rules);
  if (format == "L") return for_number<uint64_t>(to, rules);
  if (format == "f") return for_number<float>(to, rules);
  if (format == "g") return for_number<double>(to, rules);
  if (format == "tdD") return for_day(to);
  if (const auto type = penstock::decimal_type(format)) return for_decimal(to, type->scale);
  if (const int64_t us = penstock::us_per_unit(format)) return for_time(to, us, rules);
  return {};
}

}  // namespace timescale_sink
