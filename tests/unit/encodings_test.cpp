// CBOR, MessagePack and compressed payloads: what JSON they stand for, and what becomes of it.
#include <penstock/columns.hpp>

#include <fmt/format.h>
#include <zlib.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>
#include "catch.hpp"

#include "cbor.hpp"
#include "encoded_reader.hpp"
#include "messagepack.hpp"

using namespace json_decoder;

namespace {

constexpr int64_t kReceived = 1'700'000'000'000'000;

std::string bytes(std::string_view hex) {
  std::string bytes;
  std::string digits;
  for (const char c : hex) {
    if (c == ' ') continue;
    digits += c;
    if (digits.size() < 2) continue;
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
    digits.clear();
  }
  return bytes;
}

// JSON, or "! what (byte)", counted from 0.
template <class Transcoder>
std::string json_of(const std::string& payload) {
  penstock::Buffer<char> text;
  Transcoder transcoder(payload, 66, 1 << 30, text);
  bool ok = transcoder.value();
  if (ok && !transcoder.at_end()) {
    transcoder.rest_is_wrong();
    ok = false;
  }
  const TranscodingFault& fault = transcoder.fault();
  if (ok) return {text.data(), text.size()};
  const char* kinds[] = {"", "", "no JSON: ", "too deep", "too long"};
  return fmt::format("! {}{} ({})", kinds[fault.kind], fault.what, fault.at);
}
std::string cbor(std::string_view hex) { return json_of<CborTranscoder>(bytes(hex)); }
std::string messagepack(std::string_view hex) { return json_of<MessagePackTranscoder>(bytes(hex)); }

std::string deflated(std::string_view text, int window_bits) {
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}
std::string gzip(std::string_view text) { return deflated(text, 31); }
std::string zlib(std::string_view text) { return deflated(text, 15); }

struct Given {
  Encoding encoding = Encoding::kJson;
  Compression compression = Compression::kNone;
  MessageOptions options = {};
};

struct Read {
  std::vector<std::string> points;  // "time value 'text' metadata"
  std::string reason;
  BadPart bad;
  std::string over_limit;
};

class Reader {
 public:
  explicit Reader(const Given& given)
      : json_(FieldNames({"value", "v"}, {"quality", "q"}, {"timestamp", "ts"}, {"u:unit"}),
              given.options),
        reader_(json_, given.encoding, given.compression) {}

  Read read(std::string payload) {
    const size_t size = payload.size();
    payload.append(PENSTOCK_PADDING, '\0');
    Read read;
    PointBuilder points;
    read.reason = reader_.read({payload.data(), size}, "t", kReceived, points);
    read.bad = reader_.bad_part();
    read.over_limit = reader_.over_limit();
    CHECK((points.rows() == 0) == !read.reason.empty());
    ArrowArray rows = points.finish();
    const penstock::FixedColumn<int64_t> time(*rows.children[0]);
    const penstock::FixedColumn<double> value(*rows.children[2]);
    const penstock::TextColumn text(*rows.children[3]), metadata(*rows.children[5]);
    for (int64_t i = 0; i < rows.length; ++i) {
      read.points.push_back(fmt::format(
          "{} {} {} {}", time[i] - kReceived, value.valid(i) ? fmt::format("{}", value[i]) : "-",
          text.valid(i) ? fmt::format("'{}'", text[i]) : "-", metadata[i]));
    }
    rows.release(&rows);
    return read;
  }
  void start_batch() { reader_.start_batch(); }

 private:
  MessageReader json_;
  EncodedReader reader_;
};

Read read(const std::string& payload, const Given& given) { return Reader(given).read(payload); }
std::string reason(const std::string& payload, const Given& given) {
  return read(payload, given).reason;
}

using Points = std::vector<std::string>;

const Given kCbor{Encoding::kCbor};
const Given kMessagePack{Encoding::kMessagePack};
const Given kGzip{Encoding::kJson, Compression::kGzip};
const Given kZlib{Encoding::kJson, Compression::kZlib};
const Given kAuto{Encoding::kJson, Compression::kAuto};

std::string cbor_of(const char* json) {
  std::string bytes;
  nlohmann::ordered_json::to_cbor(nlohmann::ordered_json::parse(json), bytes);
  return bytes;
}
std::string messagepack_of(const char* json) {
  std::string bytes;
  nlohmann::ordered_json::to_msgpack(nlohmann::ordered_json::parse(json), bytes);
  return bytes;
}

}  // namespace

TEST_CASE("CBOR of every kind is the JSON that it stands for") {
  const std::pair<const char*, const char*> cases[] = {
      // RFC 8949, appendix A.
      {"00", "0"},
      {"17", "23"},
      {"1818", "24"},
      {"1903e8", "1000"},
      {"1a000f4240", "1000000"},
      {"1bffffffffffffffff", "18446744073709551615"},
      {"20", "-1"},
      {"3903e7", "-1000"},
      {"3b7fffffffffffffff", "-9223372036854775808"},
      {"f90000", "0"},
      {"f98000", "-0"},
      {"f93e00", "1.5"},
      {"f97bff", "65504"},
      {"f90001", "5.960464477539063e-08"},
      {"f90400", "6.103515625e-05"},
      {"f9c400", "-4"},
      {"fa47c35000", "1e+05"},
      {"fb3ff199999999999a", "1.1"},
      {"fb7e37e43c8800759c", "1e+300"},
      {"f4", "false"},
      {"f5", "true"},
      {"f6", "null"},
      {"f7", "null"},
      {"40", "\"\""},
      {"5f42010243030405ff", "\"AQIDBAU\""},
      {"4401020304", "\"AQIDBA\""},
      {"60", "\"\""},
      {"62225c", "\"\\\"\\\\\""},
      {"62c3bc", "\"ü\""},
      {"64f0908591", "\"𐅑\""},
      {"6100", "\"\\u0000\""},
      {"80", "[]"},
      {"8301820203820405", "[1,[2,3],[4,5]]"},
      {"a0", "{}"},
      {"a26161016162820203", "{\"a\":1,\"b\":[2,3]}"},
      {"9fff", "[]"},
      {"9f018202039f0405ffff", "[1,[2,3],[4,5]]"},
      {"bf61610161629f0203ffff", "{\"a\":1,\"b\":[2,3]}"},
      {"7f657374726561646d696e67ff", "\"streaming\""},
      // Integers as names, each name as often as it is there.
      {"a201020364", nullptr},
      {"a2010220f5", "{\"1\":2,\"-1\":true}"},
      {"a2616101616102", "{\"a\":1,\"a\":2}"},
      // A float of 32 bits has the digits that it was made of.
      {"fa41aa6666", "21.3"},
      // Tags: times, numbers, how bytes are written; others are left out.
      {"c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\""},
      {"c11a514b67b0", "\"2013-03-21T20:04:00Z\""},
      {"c1fb41d452d9ec200000", "\"2013-03-21T20:04:00.5Z\""},
      {"c120", "\"1969-12-31T23:59:59Z\""},
      {"c1fbbfe0000000000000", "\"1969-12-31T23:59:59.5Z\""},
      {"c24100", "0"},
      {"c24900ffffffffffffffff", "18446744073709551615"},
      {"c34101", "-2"},
      {"c48221196ab3", "27315e-2"},
      {"d54401020304", "\"AQIDBA\""},
      {"d6820044fffefdfc", "[0,\"//79/A==\"]"},
      {"82d74201ff4201ff", "[\"01FF\",\"Af8\"]"},
      {"d9d9f7f5", "true"},
  };
  for (const auto& [hex, json] : cases) {
    INFO(hex);
    if (json) CHECK(cbor(hex) == json);
    else CHECK(cbor(hex)[0] == '!');
  }
}

TEST_CASE("what is no CBOR, or nothing that JSON has, is told with the byte") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "! unexpected end (0)"},
      {"19", "! unexpected end (1)"},
      {"1903", "! unexpected end (2)"},
      {"62c3", "! unexpected end (2)"},
      {"8201", "! unexpected end (2)"},
      {"9f01", "! unexpected end (2)"},
      {"a161", "! unexpected end (2)"},
      {"bf6161", "! unexpected end (3)"},
      {"0000", "! unexpected bytes after the end (1)"},
      {"1c", "! no value begins with the byte 1C (0)"},
      {"1f", "! no value begins with the byte 1F (0)"},
      {"ff", "! no value begins with the byte FF (0)"},
      {"bf6161ff", "! no value begins with the byte FF (3)"},
      {"f818", "! a simple value in too many bytes (0)"},
      {"62c328", "! not valid UTF-8 (1)"},
      {"7f4100ff", "! invalid chunk in an indefinite-length string (1)"},
      {"7f7f6161ffff", "! invalid chunk in an indefinite-length string (1)"},
      {"c001", "! tag 0, a date, is not of a text (0)"},
      {"c16161", "! tag 1, a time, is not of a number (0)"},
      {"c201", "! a bignum is not of a byte string (0)"},
      {"c4820161ff", "! tag 4, a decimal fraction, is not of two integers (0)"},
      {"f97e00", "! no JSON: NaN (0)"},
      {"8201fa7f800000", "! no JSON: Infinity (2)"},
      {"fbfff0000000000000", "! no JSON: -Infinity (0)"},
      {"3b8000000000000000", "! no JSON: an integer below -2^63 (0)"},
      {"c249010000000000000000", "! no JSON: an integer of more than 64 bits (0)"},
      {"c5822003", "! no JSON: a bigfloat (tag 5) (0)"},
      {"c11b7fffffffffffffff", "! no JSON: a time outside of the years 0 to 9999 (0)"},
      {"c1f97e00", "! no JSON: NaN (0)"},
      {"f0", "! no JSON: the simple value 16 (0)"},
      {"f8ff", "! no JSON: the simple value 255 (0)"},
      {"a1f501", "! no JSON: a key that is neither text nor integer (1)"},
      {"5f410161", "! invalid chunk in an indefinite-length string (3)"},
  };
  for (const auto& [hex, told] : cases) {
    INFO(hex);
    CHECK(cbor(hex) == told);
  }
  CHECK(reason(bytes("a16576616c7565f97e00"), kCbor) ==
        "CBOR that JSON cannot hold: NaN (at byte 8)");
  CHECK(reason(bytes("a16576616c75"), kCbor) == "not CBOR: unexpected end (at byte 7)");
}

TEST_CASE("MessagePack of every kind is the JSON that it stands for") {
  const std::pair<const char*, const char*> cases[] = {
      {"00", "0"},
      {"7f", "127"},
      {"e0", "-32"},
      {"ff", "-1"},
      {"ccff", "255"},
      {"cdffff", "65535"},
      {"ceffffffff", "4294967295"},
      {"cfffffffffffffffff", "18446744073709551615"},
      {"d080", "-128"},
      {"d18000", "-32768"},
      {"d280000000", "-2147483648"},
      {"d38000000000000000", "-9223372036854775808"},
      {"d37fffffffffffffff", "9223372036854775807"},
      {"c0", "null"},
      {"c2", "false"},
      {"c3", "true"},
      {"ca41aa6666", "21.3"},
      {"cb3ff199999999999a", "1.1"},
      {"a0", "\"\""},
      {"a2c3bc", "\"ü\""},
      {"d90161", "\"a\""},
      {"da000161", "\"a\""},
      {"db0000000161", "\"a\""},
      {"c40401020304", "\"AQIDBA\""},
      {"c5000101", "\"AQ\""},
      {"c60000000101", "\"AQ\""},
      {"90", "[]"},
      {"930102c3", "[1,2,true]"},
      {"dc00020102", "[1,2]"},
      {"dd000000020102", "[1,2]"},
      {"80", "{}"},
      {"82a16101a1629102", "{\"a\":1,\"b\":[2]}"},
      {"de0001a16101", "{\"a\":1}"},
      {"df00000001d9016101", "{\"a\":1}"},
      {"820102fff5", "{\"1\":2,\"-1\":-11}"},
      // Timestamps of 32, 64 and 96 bits.
      {"d6ff514b67b0", "\"2013-03-21T20:04:00Z\""},
      {"d7ff773594 00514b67b0", "\"2013-03-21T20:04:00.5Z\""},
      {"c70cff00000001ffffffffffffffff", "\"1969-12-31T23:59:59.000000001Z\""},
  };
  for (const auto& [hex, json] : cases) {
    INFO(hex);
    CHECK(messagepack(hex) == json);
  }
}

TEST_CASE("what is no MessagePack, or nothing that JSON has, is told with the byte") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "! unexpected end (0)"},
      {"cc", "! unexpected end (1)"},
      {"a261", "! unexpected end (2)"},
      {"9201", "! unexpected end (2)"},
      {"81a161", "! unexpected end (3)"},
      {"0000", "! unexpected bytes after the end (1)"},
      {"c1", "! no value begins with the byte C1 (0)"},
      {"a2c328", "! not valid UTF-8 (1)"},
      {"d4ff00", "! a timestamp has neither 4, 8 nor 12 bytes (0)"},
      {"d7ffffffffff514b67b0", "! a timestamp has more than 999999999 ns (0)"},
      {"c70cff000000007fffffffffffffff", "! no JSON: a time outside of the years 0 to 9999 (0)"},
      {"d40100", "! no JSON: the extension type 1 (0)"},
      {"cb7ff8000000000000", "! no JSON: NaN (0)"},
      {"81c301", "! no JSON: a key that is neither text nor integer (1)"},
  };
  for (const auto& [hex, told] : cases) {
    INFO(hex);
    CHECK(messagepack(hex) == told);
  }
  CHECK(reason(bytes("81a576616c7565c1"), kMessagePack) ==
        "not MessagePack: no value begins with the byte C1 (at byte 8)");
}

TEST_CASE("a reader that makes a tree of both reads the same in them") {
  std::mt19937 random(7);
  const std::string_view characters[] = {"a", "ü", "𐅑", "\"", "\\", "\n", {"\0", 1}, " "};
  const auto text = [&] {
    std::string made;
    for (size_t i = random() % 40; i > 0; --i) made += characters[random() % 8];
    return nlohmann::json(made);
  };
  std::function<nlohmann::json(int)> any = [&](int depth) -> nlohmann::json {
    const auto bits = uint64_t{random()} << 32 | random();
    switch (random() % (depth > 0 ? 9 : 7)) {
      case 0: return bits >> random() % 64;
      case 1: return static_cast<int64_t>(bits) >> random() % 64;
      case 2: return static_cast<double>(static_cast<int64_t>(bits)) / 3e9;
      case 3: return text();
      case 4: return nullptr;
      case 5: return random() % 2 == 0;
      case 6: return static_cast<double>(random() % 8) / 4;
      case 7: {
        nlohmann::json array = nlohmann::json::array();
        for (size_t i = random() % 20; i > 0; --i) array.push_back(any(depth - 1));
        return array;
      }
      default: {
        nlohmann::json object = nlohmann::json::object();
        for (size_t i = random() % 20; i > 0; --i) {
          object[text().get<std::string>()] = any(depth - 1);
        }
        return object;
      }
    }
  };
  for (int i = 0; i < 500; ++i) {
    const nlohmann::json value = any(4);
    std::string as_cbor, as_messagepack;
    nlohmann::json::to_cbor(value, as_cbor);
    nlohmann::json::to_msgpack(value, as_messagepack);
    REQUIRE(nlohmann::json::parse(json_of<CborTranscoder>(as_cbor)) == value);
    REQUIRE(nlohmann::json::parse(json_of<MessagePackTranscoder>(as_messagepack)) == value);
  }
}

TEST_CASE(
    "nesting and lengths are a sender's word, and cost no more than the bytes that are there") {
  for (const char* container : {"81", "9f", "a16161", "bf6161", "c181", "d7"}) {
    std::string payload;
    while (payload.size() < 1'000'000) payload += bytes(container);
    const Read deep = read(payload, kCbor);
    INFO(container << ": " << deep.reason);
    const bool tags_only = container == std::string("d7");
    CHECK(deep.reason.starts_with(tags_only ? "not CBOR: unexpected end"
                                  : container == std::string("c181")
                                      ? "not CBOR: tag 1"
                                      : "nested deeper than max_depth = 64"));
    CHECK(deep.over_limit.empty() == !deep.reason.starts_with("nested"));
  }
  for (const char* container : {"91", "81a161", "dc0001", "df00000001a161"}) {
    std::string payload;
    while (payload.size() < 1'000'000) payload += bytes(container);
    CHECK(reason(payload, kMessagePack) == "nested deeper than max_depth = 64");
  }
  for (const char* hex : {"9affffffff", "9bffffffffffffffff", "baffffffff", "bbffffffffffffffff01",
                          "7affffffff", "7bffffffffffffffff", "5bffffffffffffffff"}) {
    INFO(hex);
    CHECK(reason(bytes(hex), kCbor).find("not CBOR: ") == 0);
  }
  for (const char* hex : {"ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff", "c9ffffffff01"}) {
    INFO(hex);
    CHECK(reason(bytes(hex), kMessagePack).starts_with("not MessagePack: unexpected end"));
  }
}

TEST_CASE("messages in CBOR and MessagePack are points by all options of JSON") {
  const char* message = R"({"value":75.5,"u":"°C","ts":1700000001500})";
  const Points one = {R"(1500000 75.5 - {"unit":"°C"})"};
  CHECK(read(cbor_of(message), kCbor).points == one);
  CHECK(read(messagepack_of(message), kMessagePack).points == one);
  // A time that is tagged needs no unit, and those of other names are metadata.
  const Given seconds{
      Encoding::kCbor, Compression::kNone, {.fields = {.unit = TimeUnit::kSeconds}}};
  CHECK(read(bytes("a2 6176 01 627473 c1 fb41d954fc40600000"), seconds).points ==
        Points{"1500000 1 - {}"});
  CHECK(read(bytes("82 81 01 a1 61 76 02"), kCbor).points == Points{"0 2 - {}"});
  const Given members{
      Encoding::kMessagePack, Compression::kNone, {.root = "/values", .point_per_member = true}};
  CHECK(read(messagepack_of(R"({"ts":1700000001,"values":{"a":1,"b":"x"}})"), members).points ==
        Points{"1000000 1 - {}", "1000000 - 'x' {}"});
  const Given bare{Encoding::kCbor, Compression::kNone, {.bare_values = true}};
  CHECK(read(bytes("f93e00"), bare).points == Points{"0 1.5 - {}"});
  CHECK(read(bytes("624f4e"), bare).points == Points{"0 - 'ON' {}"});
  const Given many{Encoding::kCbor, Compression::kNone, {.many_documents = true}};
  CHECK(read(bytes("a1617601 a1617602"), many).points == Points{"0 1 - {}", "0 2 - {}"});
  CHECK(reason(bytes("a1617601 a16176"), many) == "not CBOR: unexpected end (at byte 8)");
  CHECK(reason(bytes("a1617601 a1617602"), kCbor) ==
        "not CBOR: unexpected bytes after the end (at byte 5)");
  CHECK(reason(bytes("a1616101"), kCbor) == "there is no value");
  CHECK(reason("", kCbor) == "not CBOR: unexpected end (at byte 1)");
  const Given few{Encoding::kCbor, Compression::kNone, {.limits = {.points = 1}}};
  CHECK(read(cbor_of(R"([{"v":1},{"v":2}])"), few).over_limit == "more points than max_points = 1");
}

TEST_CASE("bad elements leave in the encoding in which they came, and give themselves again") {
  const char* message =
      R"({"ts":1,"values":[{"v":1},{"error":21.3,"n":18446744073709551615,"t":"ü\n"},5,{"v":2}]})";
  for (const Encoding encoding : {Encoding::kCbor, Encoding::kMessagePack}) {
    for (const Compression compression :
         {Compression::kNone, Compression::kGzip, Compression::kZlib, Compression::kAuto}) {
      const Given given{encoding, compression, {.root = "/values"}};
      std::string payload =
          encoding == Encoding::kCbor ? cbor_of(message) : messagepack_of(message);
      if (compression == Compression::kGzip || compression == Compression::kAuto) {
        payload = gzip(payload);
      }
      if (compression == Compression::kZlib) payload = zlib(payload);
      const Read first = read(payload, given);
      CHECK(first.points.size() == 2);
      CHECK(first.bad.reason == "element 1: there is no value, and 1 more");
      const Read again = read(first.bad.payload, given);
      CHECK(again.points.empty());
      CHECK(again.reason == "no element holds a value; element 0: there is no value");
    }
  }
  const Given plain{Encoding::kCbor, Compression::kNone, {.root = "/values"}};
  const std::string letter = read(cbor_of(message), plain).bad.payload;
  CHECK(json_of<CborTranscoder>(letter) ==
        R"({"ts":1,"values":[{"error":21.3,"n":18446744073709551615,"t":"ü\u000a"},5]})");
  const Given many{Encoding::kMessagePack, Compression::kNone, {.many_documents = true}};
  const std::string documents =
      messagepack_of(R"({"v":1})") + messagepack_of(R"({"x":1})") + messagepack_of("[7]");
  const Read parted = read(documents, many);
  CHECK(parted.points == Points{"0 1 - {}"});
  CHECK(parted.bad.payload == messagepack_of(R"({"x":1})") + messagepack_of("[7]"));
}

TEST_CASE("a letter has the bytes that came, also what JSON has not") {
  struct Case {
    const char *name, *payload, *letter;
    Given given;
  };
  const Given at_root{Encoding::kCbor, Compression::kNone, {.root = "/values"}};
  const Given many{Encoding::kCbor, Compression::kNone, {.many_documents = true}};
  const Case cases[] = {
      {"equal names, bytes, float32, tags, a half",
       "82 a1617601 a5 617801 617802 616242ff00 6166fa41aa6666 6167f93e00",
       "81 a5 617801 617802 616242ff00 6166fa41aa6666 6167f93e00", kCbor},
      {"tags before the array and before its elements",
       "d9d9f7 d6 83 a1617601 d8ff a1617841ff d74101", "d9d9f7 d6 82 d8ff a1617841ff d74101",
       kCbor},
      {"an array, texts and bytes of indefinite length",
       "9f a1617601 bf 7f6178ff 5f41014102ff ff 00 ff", "82 bf 7f6178ff 5f41014102ff ff 00", kCbor},
      {"beside an array at root", "a3 617a41ff 6676616c756573 9f a1617601 a1617841ff ff 617a1818",
       "a3 617a41ff 6676616c756573 81 a1617841ff 617a1818", at_root},
      {"documents, whole and in part", "a1617601 c100 82 a16176f6 a1617841ff a1617841fe",
       "c100 81 a1617841ff a1617841fe", many},
      {"MessagePack", "94 81a17601 82a17801a17802 81a178c401ff 81a178cd0001",
       "93 82a17801a17802 81a178c401ff 81a178cd0001", kMessagePack},
  };
  for (const Case& each : cases) {
    INFO(each.name);
    const Read parted = read(bytes(each.payload), each.given);
    CHECK(parted.points.size() >= 1);
    CHECK(parted.bad.payload == bytes(each.letter));
  }
}

TEST_CASE("a letter's array says how many elements it has") {
  for (const size_t count : {1, 15, 16, 23, 24, 255, 256, 65'535, 65'536}) {
    INFO(count);
    nlohmann::json bad = nlohmann::json::array();
    for (size_t i = 0; i < count; ++i) {
      if (i % 2 == 0) bad.push_back(7);
      else bad.push_back({{"x", 1}});
    }
    nlohmann::json all = bad;
    all.push_back({{"v", 1}});
    std::string cbor, messagepack;
    nlohmann::json::to_cbor(all, cbor);
    nlohmann::json::to_msgpack(all, messagepack);
    const std::string cbor_letter = read(cbor, kCbor).bad.payload,
                      messagepack_letter = read(messagepack, kMessagePack).bad.payload;
    cbor.clear();
    messagepack.clear();
    nlohmann::json::to_cbor(bad, cbor);
    nlohmann::json::to_msgpack(bad, messagepack);
    CHECK((cbor_letter == cbor));
    CHECK((messagepack_letter == messagepack));
  }
}

TEST_CASE("what is decoded has no more bytes of JSON than it may") {
  const auto fault = [](std::string_view hex, size_t most) {
    penstock::Buffer<char> text;
    const std::string payload = bytes(hex);
    CborTranscoder transcoder(payload, 66, most, text);
    const bool ok = transcoder.value();
    CHECK(text.size() <= most + 24);  // a number or a time more
    CHECK(ok == (transcoder.fault().kind == TranscodingFault::kNone));
    return transcoder.fault().kind;
  };
  // Times, a text, one of control characters, bytes.
  for (const std::string& hex : {std::string("84c100c100c100c100"), "781f" + std::string(62, '6'),
                                 "68" + std::string(16, '0'), "5818" + std::string(48, '1')}) {
    INFO(hex);
    CHECK(fault(hex, 1 << 20) == TranscodingFault::kNone);
    CHECK(fault(hex, 30) == TranscodingFault::kTooLong);
  }
  // Each 2 bytes are 23 of JSON, of which the message may have 16; the rest is the batch's.
  std::string times = bytes("9a00280000");
  const size_t count = 0x280000;
  times.reserve(5 + 2 * count);
  for (size_t i = 0; i < count; ++i) times.append("\xC1\0", 2);
  Reader reader(kCbor);
  reader.start_batch();
  const size_t fair = 8 * times.size();
  const Read one = reader.read(times);
  CHECK(one.over_limit ==
        "decodes to more than " + std::to_string(fair + (16 << 20)) + " bytes of JSON");
  CHECK(one.over_limit == one.reason);
  // What all of a batch may have is spent, and comes again with the next.
  CHECK(reader.read(times).over_limit ==
        "decodes to more than " + std::to_string(fair) + " bytes of JSON");
  CHECK(reader.read(cbor_of(R"({"v":1})")).points.size() == 1);
}

TEST_CASE("compressed payloads are what is in them") {
  const std::string json = R"({"value":1})";
  const Points one = {"0 1 - {}"};
  CHECK(read(gzip(json), kGzip).points == one);
  CHECK(read(zlib(json), kZlib).points == one);
  CHECK(read(gzip(json), kAuto).points == one);
  CHECK(read(json, kAuto).points == one);
  // Members one behind the other are one payload.
  CHECK(read(gzip(json.substr(0, 5)) + gzip("") + gzip(json.substr(5)), kGzip).points == one);
  const Given both{Encoding::kCbor, Compression::kGzip};
  CHECK(read(gzip(cbor_of(json.c_str())), both).points == one);
  // One reader reads one after the other, also behind a bad one.
  Reader reader(kGzip);
  for (int i = 0; i < 3; ++i) {
    CHECK(reader.read(gzip(json)).points == one);
    CHECK(!reader.read(gzip(json).substr(0, 15)).reason.empty());
  }
  const Read bad = read(gzip(R"([{"value":1},{"x":2}])"), kGzip);
  CHECK(bad.points == one);
  CHECK(bad.bad.payload.starts_with("\x1F\x8B"));
  CHECK(reason(bad.bad.payload, kGzip) == "no element holds a value; element 0: there is no value");
  CHECK(read(R"([{"value":1},{"x":2}])", kAuto).bad.payload == R"([{"x":2}])");
}

TEST_CASE("what is not compressed as it should be is told why") {
  const std::string json = R"({"value":1})";
  const std::string packed = gzip(json);
  const auto broken = [&](size_t at) {
    std::string text = packed;
    text[at] = static_cast<char>(text[at] ^ 0x55);
    return text;
  };
  const auto size = std::to_string(packed.size());
  CHECK(reason("", kGzip) == "it is empty");
  CHECK(reason(json, kGzip) == "not gzip: it does not begin with the bytes 1F 8B");
  CHECK(reason(json, kZlib) == "not zlib: it does not begin with a zlib header");
  for (size_t kept = 2; kept < packed.size(); ++kept) {
    CHECK(reason(packed.substr(0, kept), kGzip) ==
          "not gzip: unexpected end (at byte " + std::to_string(kept + 1) + ")");
  }
  CHECK(reason(broken(packed.size() - 5), kGzip) == "not gzip: the checksum does not match");
  CHECK(reason(broken(packed.size() - 1), kGzip) == "not gzip: the length does not match");
  CHECK(reason(broken(2), kGzip).starts_with("not gzip: it is damaged (at byte "));
  CHECK(reason(packed + "x", kGzip) == "not gzip: unexpected bytes after the end (at byte " +
                                           std::to_string(packed.size() + 1) + ")");
  CHECK(reason(zlib(json) + "x", kZlib).starts_with("not zlib: unexpected bytes after the end"));
  CHECK(reason(gzip("{"), kGzip).starts_with("not JSON: "));
}

TEST_CASE("a small payload can't hold more than its batch may", "[slow]") {
  const std::string bomb = gzip(std::string(100 << 20, ' '));
  REQUIRE(bomb.size() < 110'000);
  Reader reader(kGzip);
  reader.start_batch();
  const Read one = reader.read(bomb);
  const size_t fair = 128 * bomb.size();
  CHECK(one.over_limit ==
        "decompresses to more than " + std::to_string(fair + (16 << 20)) + " bytes");
  CHECK(one.over_limit == one.reason);
  // What all of a batch may have is spent.
  const Read two = reader.read(bomb);
  CHECK(two.over_limit == "decompresses to more than " + std::to_string(fair) + " bytes");
  const std::string honest = gzip(R"([{"value":1},{"value":2}])");
  CHECK(reader.read(honest).points.size() == 2);
  reader.start_batch();
  CHECK(reader.read(bomb).over_limit == one.over_limit);
  // A bomb of members.
  std::string members;
  for (int i = 0; i < 60; ++i) members += gzip(std::string(4 << 20, ' '));
  CHECK(!read(members, kGzip).over_limit.empty());
}

TEST_CASE("points of a compressed message may have four times what those of a plain one may") {
  std::string json = "[";
  for (int i = 0; i < 20'000; ++i) json += R"({"v":1},)";
  json.back() = ']';
  const std::string packed = gzip(json);
  Reader reader(kGzip);
  size_t passed = 0;
  reader.start_batch();
  // Of the batch's 64 MiB each takes what it has beyond 128 times its bytes.
  while (passed < 1000 && reader.read(packed).reason.empty()) ++passed;
  const size_t bytes = 20'000 * (1 + 2 + 30);
  const size_t fair = 32 * (4 * packed.size() + 1);
  CHECK(fair < bytes);
  CHECK(passed == (64 << 20) / (bytes - fair));
}
