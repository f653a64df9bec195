// A message's way allocates nothing: counted by the allocator over the real pieces, from the bytes
// of the broker to those of COPY. What is allocated is per batch of a thousand.
#include <penstock/batch.hpp>
#include <penstock/context.hpp>

#include <atomic>
#include <cstring>
#include <string>
#include "catch.hpp"

#include "broker_script.hpp"
#include "copy_encoder.hpp"
#include "encoded_reader.hpp"
#include "intake/intake.hpp"
#include "line_reader.hpp"
#include "message_reader.hpp"
#include "point_plan.hpp"
#include "temporary_folder.hpp"

namespace {

std::atomic<uint64_t> g_allocations = 0;

}  // namespace

// glibc's own, under the names that everybody calls (glibc manual, "Replacing malloc").
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);

// Exported, so that the C++ library's operator new calls it, too.
__attribute__((visibility("default"))) void* malloc(size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(memory, size);
}
}

using namespace penstock;
using namespace penstock::engine;

namespace {

// A thousand PUBLISH packets, as a broker writes them.
std::string packets() {
  const std::string topic = "dev/plc-001/temperature";
  std::string bytes;
  for (int i = 0; i < 1000; ++i) {
    const std::string payload =
        R"({"value":)" + std::to_string(10 + i % 90) +
        R"(.5,"quality":192,"unit":"°C","timestamp":"2024-01-15T10:30:00.123Z","device_id":"plc-001"})";
    const size_t length = 2 + topic.size() + 3 + payload.size();
    bytes += '\x32';
    bytes += static_cast<char>(length % 128 | 128);
    bytes += static_cast<char>(length / 128);
    bytes += '\0';
    bytes += static_cast<char>(topic.size());
    bytes += topic;
    bytes += static_cast<char>((i + 1) >> 8);
    bytes += static_cast<char>(i + 1);
    bytes += '\0';  // no properties
    bytes += payload;
  }
  return bytes;
}

struct Way {
  TemporaryFolder folder;
  Wakeup pump;
  BufferOptions options;
  std::unique_ptr<Intake> intake;
  BrokerScript broker;
  uint64_t position = 0;
  uint64_t allocations_of_client = 0;
  json_decoder::MessageReader reader{
      json_decoder::FieldNames({"value", "v"}, {"quality", "q"}, {"timestamp", "ts"}, {"u:unit"})};
  json_decoder::PointBuilder points;
  ArrowSchema schema = export_schema(json_decoder::point_schema());
  timescale_sink::ColumnPlan plan = test_plans::point_plan();
  Buffer<char> copy;

  Way() {
    options.type = BufferType::kDisk;
    options.path = folder.path();
    options.max_bytes = {16 << 20};
    options.segment_bytes = {1 << 20};
    intake = std::make_unique<Intake>(options, pump);
    REQUIRE(intake->open({"p", "s"}, [](const std::string&) {}));
    broker.subscribe();
  }
  ~Way() { schema.release(&schema); }

  // Socket buffer → intake: the first copy. The packets are read where they lie.
  void receive(const std::string& bytes) {
    MqttClient& client = broker.client;
    const uint64_t before = g_allocations;
    const std::span<char> space = client.space();
    std::memcpy(space.data(), bytes.data(), bytes.size());  // in the place of read()
    client.received(bytes.size(), broker.now);
    if (client.next() != MqttClient::Event::kMessages) std::abort();
    const auto messages = client.messages();
    if (messages[0].payload.data < space.data()) std::abort();
    client.appending(position);
    const uint64_t before_append = g_allocations;
    if (intake->writer().append(messages, false, nullptr) != 1000) std::abort();
    const uint64_t of_append = g_allocations - before_append;
    client.appended(position, 1000, position + 1000);
    position += 1000;
    if (client.next() != MqttClient::Event::kNone) std::abort();
    const size_t sent = client.to_send(0, broker.now).size();  // in the place of send()
    if (sent < size_t{1000} * 4) std::abort();
    client.sent(sent, broker.now);
    allocations_of_client += g_allocations - before - of_append;
  }

  // Intake → columns: the second. The arrays point into the log.
  ArrowArray decode(const Slice& slice) {
    const TextColumn topic(*slice.messages.children[0]), payload(*slice.messages.children[1]);
    const Block& block = *slice.range->block;
    if (payload[0].data() < block.payloads() || slice.messages.length != 1000) std::abort();
    points.reserve(1000, 24'000, 130'000);
    for (int64_t row = 0; row < slice.messages.length; ++row) {
      if (!reader.read(payload[row], topic[row], 0, points).empty()) std::abort();
    }
    return points.finish();
  }

  // Columns → COPY: the third.
  void encode(const ArrowArray& rows) {
    const ArrowArray* chunk = &rows;
    const penstock_batch batch{
        sizeof(penstock_batch), 0, &schema, &chunk, 1, rows.length, nullptr, 0};
    const Batch rows_of(&batch, nullptr);
    const timescale_sink::RowFindings findings = timescale_sink::check_rows(rows_of, plan);
    timescale_sink::encode_copy(timescale_sink::BatchRows(rows_of, {}, findings), plan, false,
                                copy);
  }

  void round(const std::string& bytes) {
    receive(bytes);
    Slice slice = intake->reader().take(kBlockRows);
    ArrowArray rows = decode(slice);
    encode(rows);
    rows.release(&rows);
    slice.messages.release(&slice.messages);
    intake->ranges().done(slice.range);
  }
};

}  // namespace

TEST_CASE("from socket to COPY a thousand messages cost a batch's few allocations") {
  const std::string bytes = packets();
  Way way;
  for (int i = 0; i < 20; ++i) way.round(bytes);  // until every buffer has its size
  constexpr int kRounds = 50;
  way.allocations_of_client = 0;
  const uint64_t before = g_allocations;
  for (int i = 0; i < kRounds; ++i) way.round(bytes);
  const uint64_t allocations = g_allocations - before;
  INFO(allocations << " allocations for " << kRounds << " batches of a thousand messages");
  CHECK(allocations < kRounds * 60);
  CHECK(way.allocations_of_client == 0);
  // The counter counts operator new.
  const uint64_t counted = g_allocations;
  void* volatile memory = ::operator new(10);
  ::operator delete(memory);
  CHECK(g_allocations > counted);
}

namespace {

// What a reader allocates for a thousand messages, once its buffers have their size.
template <class Reader>
uint64_t allocations_of(Reader& reader, std::string payload) {
  const size_t size = payload.size();
  payload.append(PENSTOCK_PADDING, '\0');
  decoding::PointBuilder points;
  uint64_t before = 0;
  for (int i = 0; i < 1100; ++i) {
    if (i == 100) before = g_allocations;
    points.truncate(0);
    if (!reader.read({payload.data(), size}, "dev/plc-001/temperature", 0, points).empty()) {
      std::abort();
    }
  }
  return g_allocations - before;
}

}  // namespace

TEST_CASE("messages in other encodings allocate nothing, either") {
  json_decoder::MessageReader json{
      json_decoder::FieldNames({"value", "v"}, {"quality", "q"}, {"timestamp", "ts"}, {"u:unit"})};
  // {"value":75.5,"timestamp":1(1700000001.5),"device_id":"plc-001"}
  const std::string_view cbor(
      "\xA3\x65value\xFB\x40\x52\xE0\0\0\0\0\0\x69timestamp\xC1\xFB\x41\xD9\x54\xFC\x40\x60\0\0"
      "\x69"
      "device_id\x67plc-001",
      54);
  json_decoder::EncodedReader plain(json, json_decoder::Encoding::kCbor,
                                    decoding::Compression::kNone);
  CHECK(allocations_of(plain, std::string(cbor)) == 0);
  decoding::Words words;
  decoding::Decompressor packer(decoding::Compression::kGzip, words);
  std::string_view text;
  packer.read("\x1F\x8B", text);  // which it compresses as, from here on
  json_decoder::EncodedReader packed(json, json_decoder::Encoding::kCbor,
                                     decoding::Compression::kGzip);
  CHECK(allocations_of(packed, packer.compressed(std::string(cbor))) == 0);
  line_protocol_decoder::LineReader lines({});
  CHECK(allocations_of(
            lines,
            R"(press,line=a,device\ id=plc\,1 temp=75.5,state="a \"long\" text of many letters",)"
            "count=3i 1700000001500000000\n"
            "oven,line=a temp=180.25 1700000001500000000\n") == 0);
}
