// Whatever is in messages, and whatever an earlier use of a segment left behind what it holds now:
// after kills and stops exactly what append() took and nobody said done of comes again, in order,
// byte for byte, at its position. The input is a life of a disk intake, one byte an act.
#include <penstock/columns.hpp>
#include <penstock/context.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "intake/inspect.hpp"
#include "intake/intake.hpp"
#include "poses.hpp"
#include "require.hpp"
#include "temporary_folder.hpp"

using namespace penstock;
using namespace penstock::engine;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostTopic = 65'535;
constexpr size_t kMostBytes = 4 << 20;  // appended for one input
constexpr uint64_t kRestartStep = uint64_t{1} << 40;

struct Sent {
  std::string topic, payload, attributes;
  int64_t received;
  uint32_t identifier;
  uint8_t flags;

  penstock_source_message view() const {
    penstock_source_message message = source_message(topic, payload, received);
    message.attributes = {attributes.data(), attributes.size()};
    message.identifier = identifier;
    message.flags = flags;
    return message;
  }
};

// An open intake, and what was taken of it.
struct Life {
  Wakeup pump;
  Intake intake;
  std::vector<Slice> slices;  // not done

  explicit Life(const BufferOptions& options) : intake(options, pump) {}
  ~Life() {
    for (Slice& slice : slices) release(slice);
  }
  static void release(Slice& slice) {
    if (slice.messages.release) slice.messages.release(&slice.messages);
  }
};

class Story {
 public:
  Story(Input& input, const std::string& folder) : input_(input), folder_(folder) {
    options_.type = BufferType::kDisk;
    options_.path = folder_ + "/0";
    const uint8_t sizes = input.byte();
    options_.segment_bytes = {(64 << 10) << sizes % 4};
    options_.max_bytes = {(1 << 20) << sizes / 4 % 4};
    if (sizes >> 4 == 15) options_.durability = Durability::kMachine;  // takes time
    fs::create_directory(options_.path);
    open(false);
  }

  void act() {
    switch (input_.byte() % 12) {
      case 0:
      case 1:
      case 2: return append(1);
      case 3: return append(input_.number<uint16_t>() % 2000 + 1);
      case 4: return take(1 + input_.number<uint16_t>() % kBlockRows);
      case 5: return take(kBlockRows);
      case 6: return done(1);
      case 7: return done(input_.byte());
      case 8: return dispatch_again();
      case 9: return life_->intake.reader().release_read_block();
      case 10: return die(true);
      default: return die(false);
    }
  }
  void end() {
    die(true);
    while (!expected_.empty()) take(kBlockRows);
    done(life_->slices.size());
    REQUIRE(life_->intake.drained() && undone_.empty());
    die(false);
  }

 private:
  void open(bool restarted) {
    life_ = std::make_unique<Life>(options_);
    const auto found = life_->intake.open({"pipeline", "source"}, [](const std::string&) {});
    REQUIRE(found);
    for (const std::string& problem : found->problems)
      std::fprintf(stderr, "%s\n", problem.c_str());
    REQUIRE(found->damaged == 0 && found->problems.empty());
    REQUIRE(found->messages == undone_.size());
    if (restarted && next_ != 0) next_ = (next_ / kRestartStep + 1) * kRestartStep;
    REQUIRE(life_->intake.appended() == next_);
    REQUIRE(undone_.empty() || life_->intake.ranges().watermark() <= undone_.begin()->first);
    expected_.clear();
    for (const auto& [position, sent] : undone_) expected_.push_back(position);
    again_ = waiting_ = 0;
  }

  // What was to be read in the folder, but for the segment that is appended to.
  const Known& known() {
    known_.position = next_;
    known_.folder = Checkpoint::read(options_.path)->intake;
    const auto segments = Folder::segments_in(options_.path, false).segments;
    for (const auto& segment : segments) {
      const bool is_known =
          std::any_of(known_.lives.begin(), known_.lives.end(),
                      [&](const SegmentLife& life) { return life.key == segment->life().key; });
      // They come in the order of their numbers.
      if (segment != segments.back() && !is_known) known_.lives.push_back(segment->life());
    }
    return known_;
  }

  void append(size_t times) {
    Poses poses(input_, known());
    const bool force = input_.byte() % 8 == 7;
    std::vector<Sent> kinds(1 + input_.byte() % 3);
    for (Sent& sent : kinds) {
      const uint8_t form = input_.byte();
      sent.topic = form % 2 ? "x" : poses.text(kMostTopic);
      sent.payload = form & 2 ? "" : poses.text(kMostBytes / 4);
      if ((form & 28) == 28) sent.attributes = poses.text(kMostTopic);
      sent.received = form & 32 ? input_.number<int64_t>() : 0;
      sent.identifier = form & 64 ? input_.number<uint32_t>() : 0;
      sent.flags = form & 128 ? input_.byte() & (kMessageRetained | kMessageDuplicate) : 0;
    }
    std::vector<penstock_source_message> messages;
    for (size_t i = 0; i < times; ++i) {
      const Sent& sent = kinds[i % kinds.size()];
      bytes_ += sent.topic.size() + sent.payload.size() + sent.attributes.size() + 32;
      if (bytes_ > kMostBytes) break;
      messages.push_back(sent.view());
    }
    uint64_t position = 0;
    const size_t taken = life_->intake.writer().append(messages, force, &position);
    REQUIRE(taken <= messages.size() && (!force || taken == messages.size()));
    REQUIRE(position == next_ + taken);
    for (size_t i = 0; i < taken; ++i) {
      expected_.push_back(next_);
      undone_.emplace(next_++, kinds[i % kinds.size()]);
    }
  }

  void take(uint32_t most) {
    if (expected_.empty()) return;
    // With durability = "machine" once it is synced.
    while (!life_->pump.wait_for(1s, [&] { return life_->intake.reader().available() > 0; })) {
    }
    life_->slices.push_back(life_->intake.reader().take(most));
    const Slice& slice = life_->slices.back();
    const uint64_t first = slice.range->first;
    const uint32_t rows = slice.range->rows;
    if (again_ > 0) waiting_ -= rows;
    REQUIRE(rows > 0 && rows <= kBlockRows && slice.messages.length == rows);
    REQUIRE(again_ > 0 || rows <= most);
    check_rows(slice);
    // What was a slice is one again: a ledger may know of it.
    if (const auto known = cuts_.find(first); known != cuts_.end()) {
      const uint32_t before = known->second;
      REQUIRE(rows == (again_ > 0 ? before : std::min(before, most)));
      if (rows < before) cuts_[first + rows] = before - rows;
    }
    cuts_[first] = rows;
    if (again_ > 0) --again_;
  }
  void check_rows(const Slice& slice) {
    const TextColumn topic(*slice.messages.children[0]), payload(*slice.messages.children[1]);
    const FixedColumn<int64_t> received(*slice.messages.children[2]);
    const Block& block = *slice.range->block;
    for (uint32_t i = 0; i < slice.range->rows; ++i) {
      const uint64_t position = slice.range->first + i;
      REQUIRE(!expected_.empty() && expected_.front() == position);
      expected_.pop_front();
      const Sent& sent = undone_.at(position);
      REQUIRE(topic[i] == sent.topic && payload[i] == sent.payload);
      REQUIRE(received[i] == sent.received);
      const auto row = static_cast<uint32_t>(position - block.first());
      REQUIRE(block.attributes(row) == sent.attributes);
      REQUIRE(block.identifier(row) == sent.identifier && block.flags(row) == sent.flags);
    }
  }

  void done(size_t count) {
    for (auto& slices = life_->slices; count > 0 && !slices.empty(); --count) {
      const auto slice = slices.begin() + static_cast<ptrdiff_t>(input_.byte() % slices.size());
      Life::release(*slice);
      const uint64_t first = slice->range->first;
      undone_.erase(undone_.find(first), undone_.lower_bound(first + slice->range->rows));
      cuts_.erase(first);
      life_->intake.ranges().done(slice->range);
      slices.erase(slice);
    }
  }

  // As at a reload that could not end its work.
  void dispatch_again() {
    for (Slice& slice : life_->slices) {
      waiting_ += slice.range->rows;
      for (uint32_t i = 0; i < slice.range->rows; ++i) expected_.push_back(slice.range->first + i);
      Life::release(slice);
    }
    std::sort(expected_.begin(), expected_.end());
    life_->intake.ranges().abandon();
    REQUIRE(life_->intake.ranges().dispatch_again() == waiting_);
    const bool is_synced = options_.durability == Durability::kProcess;
    REQUIRE(!is_synced || life_->intake.reader().available() == expected_.size());
    again_ += life_->slices.size();
    life_->slices.clear();
  }

  // Killed: what its pages held at that moment is the folder from then on.
  void die(bool killed) {
    if (killed) {
      const std::string next = folder_ + "/" + std::to_string(++deaths_);
      std::error_code code;
      do {  // a fuzzer's own timer interrupts it
        fs::remove_all(next);
        fs::copy(options_.path, next, code);
      } while (code == std::errc::interrupted);
      REQUIRE(!code);
      life_.reset();
      fs::remove_all(options_.path);
      options_.path = next;
    } else {
      life_.reset();
    }
    REQUIRE(undone_in_intake(options_.path) == undone_.size());
    const bool restarted = input_.byte() % 8 == 7;
    if (restarted) change_boot();
    for (int files = input_.byte() % 4; files > 0; --files) leave_segment();
    open(restarted);
  }
  void change_boot() {
    const auto checkpoint = Checkpoint::read(options_.path);
    checkpoint->boot[0] ^= 1;
    checkpoint->crc = crc_of(*checkpoint);
    std::fstream file(options_.path + "/checkpoint",
                      std::ios::in | std::ios::out | std::ios::binary);
    file.write(reinterpret_cast<const char*>(checkpoint.get()), sizeof(*checkpoint));
    REQUIRE(file);
  }
  // A free one, with what messages of an earlier use may have left in it.
  void leave_segment() {
    Poses poses(input_, known());
    std::string bytes(kFirstBlock, '\0');
    bytes += poses.text(static_cast<size_t>(options_.segment_bytes.count) - kFirstBlock);
    bytes.resize(static_cast<size_t>(options_.segment_bytes.count));
    const std::string name = "/" + std::to_string(90'000'000 + ++left_) + ".segment";
    std::ofstream(options_.path + name, std::ios::binary) << bytes;
  }

  Input& input_;
  const std::string folder_;
  BufferOptions options_;
  std::unique_ptr<Life> life_;
  Known known_;
  int deaths_ = 0, left_ = 0;
  size_t bytes_ = 0;

  uint64_t next_ = 0;                  // position of the next message
  std::map<uint64_t, Sent> undone_;    // by position
  std::deque<uint64_t> expected_;      // positions, as they are to be dispatched
  std::map<uint64_t, uint32_t> cuts_;  // slices that were dispatched and are not done
  size_t again_ = 0;                   // slices that come again before all others
  uint64_t waiting_ = 0;               // messages in them
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  static const TemporaryFolder folder;
  for (const auto& entry : fs::directory_iterator(folder.path())) fs::remove_all(entry.path());
  Input input(data, size);
  Story story(input, folder.path());
  for (int acts = 0; acts < 200 && !input.is_empty(); ++acts) story.act();
  story.end();
  return 0;
}
