// What the reader of line protocol costs at most. What becomes of which line is in
// plugins/line_protocol_decoder/tests.
#include "line_reader.hpp"

#include <penstock/columns.hpp>

#include <fmt/format.h>
#include <string>
#include <vector>
#include "catch.hpp"
#include "decoded_points.hpp"

using namespace line_protocol_decoder;

namespace {

constexpr int64_t kReceived = 1'700'000'000'000'000;

using Points = std::vector<std::string>;

// The points as "topic time value 'text' metadata" without the topic's "t/", lines that are none as
// "~ payload: reason", or "! reason".
Points decode(LineReader& reader, std::string payload) {
  return decoded_points(
      reader, std::move(payload), kReceived, [](const DecodedPoints& points, int64_t i) {
        const auto& [time, topic, value, text, quality, metadata] = points;
        CHECK(topic[i].starts_with("t/"));
        CHECK(quality[i] == 192);
        CHECK(value.valid(i) != text.valid(i));
        return fmt::format(
            "{} {} {} {}", topic[i].substr(2), time[i] - kReceived,
            value.valid(i) ? fmt::format("{}", value[i]) : fmt::format("'{}'", text[i]),
            metadata[i]);
      });
}
Points decode(const std::string& payload, const LineOptions& options = {}) {
  LineReader reader(options);
  return decode(reader, payload);
}

}  // namespace

TEST_CASE("a message with bad lines leaves whole where a part cannot leave alone") {
  CHECK(decode("m b=x\nm a=1", {.parts = false}) ==
        Points{"! not line protocol: \"x\" is not a value (at byte 5)"});
}

TEST_CASE("a line has 1000 tags at most") {
  LineReader reader({});
  std::string tags;
  for (int i = 0; i < 1000; ++i) tags += ",t=" + std::to_string(i);
  CHECK(decode(reader, "m" + tags + " f=1").size() == 1);
  CHECK(reader.over_limit().empty());
  CHECK(decode(reader, "m" + tags + ",t=x f=1") == Points{"! more tags of one line than 1000"});
  CHECK(reader.over_limit() == "more tags of one line than 1000");
}

TEST_CASE("a message of too many points is rejected whole, and counts as over the limit") {
  LineReader reader({.most_points = 3});
  reader.start_batch();
  CHECK(decode(reader, "m a=1,b=2\nm c=3").size() == 3);
  CHECK(reader.over_limit().empty());
  CHECK(decode(reader, "m a=1,b=2\nm c=3,d=4") == Points{"! more points than max_points = 3"});
  // Fields are counted as they are read: what is wrong behind the limit is not come to.
  CHECK(decode(reader, "m a=1,b=2,c=3,d=4,=") == Points{"! more points than max_points = 3"});
  CHECK(decode(reader, "m a=1\nm b=2,c=3,d=4,=") == Points{"! more points than max_points = 3"});
  CHECK(reader.over_limit() == "more points than max_points = 3");
  // Bad lines count, too.
  CHECK(decode(reader, "m a=1,b=2\nx\ny") == Points{"! more points than max_points = 3"});
  CHECK(decode(reader, "x") == Points{"! not line protocol: there are no fields (at byte 2)"});
  CHECK(reader.over_limit().empty());
}

TEST_CASE("a line of long tags can't ask for more memory than there is") {
  std::string line = "m,t=" + std::string(100'000, 'a') + " f=1";
  for (int i = 0; i < 5000; ++i) line += ",f=1";
  LineReader reader({});
  reader.start_batch();
  CHECK(decode(reader, line)[0].starts_with("! its points have more bytes than "));
  CHECK(!reader.over_limit().empty());
}

TEST_CASE("lines may be compressed, and bad ones leave as they came") {
  const LineOptions options{.compression = Compression::kAuto};
  Words words;
  Decompressor packer(Compression::kGzip, words);
  std::string_view text;
  packer.read("\x1F\x8B", text);  // which it compresses as, from here on
  const std::string whole = packer.compressed("m a=1\nm b=x\n");
  LineReader reader(options);
  const Points points = decode(reader, whole);
  CHECK(points[0] == "m/a 0 1 {}");
  const std::string letter = reader.bad_part().payload;
  CHECK(letter.starts_with("\x1F\x8B"));
  CHECK(decode(reader, letter) == Points{"! not line protocol: \"x\" is not a value (at byte 5)"});
  CHECK(decode(reader, "m a=1\nm b=x")[1].starts_with("~ m b=x: "));
}
