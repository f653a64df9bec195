// What a decoder's reader makes of a payload, in words.
#pragma once

#include <penstock/plugin.h>
#include <penstock/columns.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"
#include "decoding/point_builder.hpp"

struct DecodedPoints {
  penstock::FixedColumn<int64_t> time;
  penstock::TextColumn topic;
  penstock::FixedColumn<double> value;
  penstock::TextColumn text;
  penstock::FixedColumn<int16_t> quality;
  penstock::TextColumn metadata;
};

// The points of a message on topic "t" as `say` has them, parts of it that are none as
// "~ payload: reason", or "! reason".
template <class Reader, class Say>
std::vector<std::string> decoded_points(Reader& reader, std::string payload, int64_t received_us,
                                        const Say& say) {
  const size_t size = payload.size();
  payload.append(PENSTOCK_PADDING, '\0');
  decoding::PointBuilder points;
  const std::string reason = reader.read({payload.data(), size}, "t", received_us, points);
  if (!reason.empty()) {
    CHECK(points.rows() == 0);
    CHECK(reader.bad_part().payload.empty());
    return {"! " + reason};
  }
  ArrowArray rows = points.finish();
  using penstock::FixedColumn, penstock::TextColumn;
  const DecodedPoints columns{
      FixedColumn<int64_t>(*rows.children[0]), TextColumn(*rows.children[1]),
      FixedColumn<double>(*rows.children[2]),  TextColumn(*rows.children[3]),
      FixedColumn<int16_t>(*rows.children[4]), TextColumn(*rows.children[5])};
  std::vector<std::string> result;
  for (int64_t i = 0; i < rows.length; ++i) result.push_back(say(columns, i));
  rows.release(&rows);
  const auto& part = reader.bad_part();
  if (!part.payload.empty()) result.push_back("~ " + part.payload + ": " + part.reason);
  return result;
}
