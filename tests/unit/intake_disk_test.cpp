// What a disk intake promises: what was appended and isn't done comes again, whatever ended the
// process, and nothing else does.
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "becomes.hpp"
#include "intake_life.hpp"

TEST_CASE("what was appended and not done comes again, in order") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    REQUIRE(life.opened);
    CHECK(life.found.messages == 0);
    life.append_numbers(0, 7500);
  }
  Life life(options(folder.path()));
  CHECK(life.found.messages == 7500);
  CHECK(life.found.damaged == 0);
  CHECK(life.intake.appended() == 7500);
  CHECK(life.take_all() == numbers(0, 7500));
}

TEST_CASE("what is done does not come again, and what lies between does") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    life.append_numbers(0, 5000);
    life.take_all();
    REQUIRE(life.slices.size() == 5);
    for (const size_t i : {0, 1, 3}) life.intake.ranges().done(life.slices[i].range);
    CHECK(life.intake.ranges().watermark() == 2000);
  }
  Life life(options(folder.path()));
  CHECK(life.intake.ranges().watermark() == 2000);
  CHECK(life.found.messages == 2000);
  std::vector<std::string> expected = numbers(2000, 3000);
  for (std::string& row : numbers(4000, 5000)) expected.push_back(row);
  CHECK(life.take_all() == expected);
  for (const Slice& slice : life.slices) life.intake.ranges().done(slice.range);
  CHECK(life.intake.drained());
  CHECK(life.intake.ranges().watermark() == 5000);
}

TEST_CASE("the watermark passes also what an earlier process had done") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    for (int i = 0; i < 3; ++i) {
      life.append_numbers(10 * i, 10 * i + 10);
      life.take();
    }
    life.intake.ranges().done(life.slices[1].range);
    life.append_numbers(30, 40);
    life.take();
    life.intake.ranges().done(life.slices[3].range);
  }
  Life life(options(folder.path()));
  CHECK(life.take() == numbers(0, 10));
  CHECK(life.take() == numbers(20, 30));
  life.intake.ranges().done(life.slices[0].range);
  CHECK(life.intake.ranges().watermark() == 20);
  life.intake.ranges().done(life.slices[1].range);
  CHECK(life.intake.ranges().watermark() == 40);
}

TEST_CASE("slices are cut after a restart as they were before it") {
  const TemporaryFolder folder;
  std::vector<std::pair<uint64_t, uint32_t>> before;
  {
    Life life(options(folder.path()));
    for (int i = 0; i < 60; ++i) {
      life.append_numbers(i * 47, i * 47 + 47);
      if (i < 50) life.take();
    }
    before = life.ranges();
  }
  Life life(options(folder.path()));
  CHECK(life.take_all() == numbers(0, 60 * 47));
  const auto after = life.ranges();
  REQUIRE(after.size() > before.size());
  CHECK(std::vector(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before.size())) ==
        before);
}

TEST_CASE("a new life goes on behind the old one, and ends it") {
  const TemporaryFolder folder;
  for (int life_number = 0; life_number < 5; ++life_number) {
    Life life(options(folder.path()));
    REQUIRE(life.opened);
    CHECK(life.found.messages == (life_number == 0 ? 0 : 1000));
    CHECK(life.intake.appended() == static_cast<uint64_t>(life_number) * 1000);
    life.append_numbers(life_number * 1000, life_number * 1000 + 1000);
    // Done but for the newest thousand.
    while (life.intake.reader().available() > 1000) life.take();
    for (const Slice& slice : life.slices) life.intake.ranges().done(slice.range);
  }
  CHECK(segment_files(folder.path()).size() <= 5);
}

TEST_CASE("files are used again, so that a long run leaves few") {
  const TemporaryFolder folder;
  Life life(options(folder.path()));
  for (int round = 0; round < 100; ++round) {
    life.append_numbers(round * 1000, round * 1000 + 1000);
    life.take_all();
    for (Slice& slice : life.slices) {
      life.intake.ranges().done(slice.range);
      slice.messages.release(&slice.messages);
    }
    life.slices.clear();
  }
  CHECK(life.intake.ranges().watermark() == 100'000);
  CHECK(segment_files(folder.path()).size() <= 4);
}

TEST_CASE("a process killed while it appends loses no message that append took") {
  const TemporaryFolder folder;
  auto* taken = static_cast<std::atomic<int>*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Life life(options(folder.path()));
    for (int i = 0;; ++i) {
      if (!life.append(Life::text(i))) life.intake.writer().wait_for_space(1s);
      else taken->store(i + 1);
    }
  }
  const bool has_taken = becomes([&] { return taken->load() >= 20'000; });
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  REQUIRE(has_taken);
  Life life(options(folder.path()));
  REQUIRE(life.opened);
  const std::vector<std::string> rows = life.take_all();
  CHECK(life.found.damaged == 0);
  CHECK(rows.size() >= static_cast<size_t>(taken->load()));
  CHECK(rows == numbers(0, static_cast<int>(rows.size())));
  munmap(taken, 4096);
}

TEST_CASE("a flipped bit costs the messages that it is in, which are counted, and no others") {
  std::mt19937 random(7);
  constexpr int kMessages = 6000;
  for (int round = 0; round < 150; ++round) {
    const TemporaryFolder folder;
    {
      Life life(options(folder.path()));
      life.append_numbers(0, kMessages);
      for (int i = 0; i < 3; ++i) life.take();
    }
    const std::vector<std::string> files = segment_files(folder.path());
    const std::string& file = files[random() % files.size()];
    const size_t byte = random() % std::filesystem::file_size(file);
    const int bit = static_cast<int>(random() % 8);
    flip(file, round % 10 == 0 ? random() % kFirstBlock : byte, bit);
    Life life(options(folder.path()));
    INFO(file << " byte " << byte << " bit " << bit);
    REQUIRE(life.opened);
    const std::vector<std::string> rows = life.take_all();
    CHECK(rows.size() + life.found.damaged == kMessages);
    // In order, each as it was.
    size_t next = 0;
    bool ok = true;
    for (const std::string& row : rows) {
      while (next < kMessages && Life::text(static_cast<int>(next)) != row) ++next;
      ok = ok && next++ < kMessages;
    }
    CHECK(ok);
    CHECK(life.found.damaged <= 1000);
  }
}

TEST_CASE("a flipped bit in the checkpoint costs nothing", "[slow]") {
  for (size_t byte = 0; byte < sizeof(CheckpointPage); byte += 3) {
    const TemporaryFolder folder;
    {
      Life life(options(folder.path()));
      life.append_numbers(0, 100);
    }
    flip(folder.path() + "/checkpoint", byte, static_cast<int>(byte % 8));
    Life life(options(folder.path()));
    INFO(byte << ": " << life.error);
    REQUIRE(life.opened);
    CHECK(life.take_all() == numbers(0, 100));
    CHECK(life.intake.appended() >= 100);
  }
}

TEST_CASE("a torn tail is cut and counted") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    life.append_numbers(0, 1500);
  }
  const std::string file = segment_files(folder.path()).front();
  // As after a power cut: what lies behind never reached the disk.
  const size_t size = std::filesystem::file_size(file), kept = 90'000;
  std::filesystem::resize_file(file, kept);
  std::filesystem::resize_file(file, size);
  Life life(options(folder.path()));
  const std::vector<std::string> rows = life.take_all();
  CHECK(rows.size() > 300);
  CHECK(rows.size() < 1500);
  CHECK(rows == numbers(0, static_cast<int>(rows.size())));
  CHECK(rows.size() + life.found.damaged == 1500);
}

TEST_CASE("a segment without a readable header is read by the checkpoint, else kept for a person") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    life.append_numbers(0, 10);
  }
  const std::string file = segment_files(folder.path()).front();
  const auto damage_headers = [&] {
    flip(file, 20, 1);
    flip(file, kHeaderCopy + 20, 1);
  };
  damage_headers();
  {
    Life life(options(folder.path()));
    REQUIRE(life.found.problems.size() == 1);
    CHECK(life.found.problems[0].find("damaged; recovered from the checkpoint") !=
          std::string::npos);
    CHECK(life.found.damaged == 0);
    CHECK(life.take_all() == numbers(0, 10));
  }
  std::filesystem::remove(folder.path() + "/checkpoint");
  Life life(options(folder.path()));
  REQUIRE(life.found.problems.size() == 1);
  CHECK(life.found.problems[0].find("damaged; kept as") != std::string::npos);
  CHECK(std::filesystem::exists(file + ".damaged"));
}

TEST_CASE("a second opener is refused with the pid of the first") {
  const TemporaryFolder folder;
  const Life first(options(folder.path()));
  const Life second(options(folder.path()));
  CHECK_FALSE(second.opened);
  CHECK(second.error.find("is in use by process " + std::to_string(getpid())) != std::string::npos);
}

TEST_CASE("another source's folder is refused by its owner's name") {
  const TemporaryFolder folder;
  { const Life first(options(folder.path())); }
  const Life second(options(folder.path()), "elsewhere");
  CHECK_FALSE(second.opened);
  CHECK(second.error.find("the intake of source \"source\" of pipeline \"pipeline\"") !=
        std::string::npos);
}

TEST_CASE("after a restart of the machine no position is given twice") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    life.append_numbers(0, 100);
  }
  reboot(folder.path());
  for (int i = 0; i < 2; ++i) {
    Life life(options(folder.path()));
    CHECK(life.found.damaged == 0);
    CHECK(life.intake.appended() == (uint64_t{1} << 40) + static_cast<uint64_t>(i) * 10);
    life.append_numbers(100 + i * 10, 110 + i * 10);
  }
  Life life(options(folder.path()));
  CHECK(life.take_all() == numbers(0, 120));
}

TEST_CASE("with durability = machine nothing is dispatched or acknowledged before its sync") {
  const TemporaryFolder folder;
  std::vector<std::pair<uint64_t, uint32_t>> before;
  size_t first = 0;
  {
    BufferOptions slow = options(folder.path(), Durability::kMachine);
    slow.sync_interval = 500ms;
    Life life(slow);
    REQUIRE(life.opened);
    life.append_numbers(0, 10);
    const uint64_t available = life.intake.reader().available();
    CHECK(available <= life.intake.safe_position());  // which may have moved on since
    const auto synced = [&](uint64_t position) {
      return becomes([&] { return life.intake.safe_position() >= position; });
    };
    REQUIRE(synced(10));
    CHECK(life.take_all() == numbers(0, 10));
    first = life.slices.size();  // one, if this machine appends ten within a sync's interval
    life.append_numbers(10, 20);
    REQUIRE(synced(20));
    life.append_numbers(20, 30);
    REQUIRE(synced(30));
    // Two syncs, two slices: a crash of the machine can't merge what a ledger knows apart.
    CHECK(life.take_all() == numbers(10, 30));
    CHECK(life.slices.size() >= first + 2);
    for (size_t i = 0; i < first; ++i) life.intake.ranges().done(life.slices[i].range);
    CHECK(life.intake.ranges().watermark() == 10);
    REQUIRE(becomes([&] { return life.intake.durable_watermark() >= 10; }));
    before = life.ranges();
  }
  Life life(options(folder.path(), Durability::kMachine));
  CHECK(life.take_all() == numbers(10, 30));
  CHECK(life.ranges() ==
        std::vector(before.begin() + static_cast<std::ptrdiff_t>(first), before.end()));
}

TEST_CASE("a folder of another format version is refused with both versions") {
  const TemporaryFolder folder;
  { const Life life(options(folder.path())); }
  change_checkpoint(folder.path(), [](CheckpointPage& page) { page.version = 99; });
  const Life life(options(folder.path()));
  CHECK_FALSE(life.opened);
  CHECK(life.error.find("has format version 99, this engine reads up to 2") != std::string::npos);
}

// tests/unit/intake_v1 was written by 0.1.0, with the commented lines, intake_v2 by the version
// after it. They stay as they are: what a plant has on disk, later versions must read (or migrate,
// or refuse with both versions).
//   Life life(options("tests/unit/intake_v1"));
//   life.append_numbers(0, 2500); life.take(); life.intake.ranges().done(life.slices[0].range);
TEST_CASE("folders of earlier formats are read") {
  const std::string written = GENERATE("/intake_v1", "/intake_v2");
  const TemporaryFolder folder;
  std::filesystem::copy(UNIT_FOLDER + written, folder.path(),
                        std::filesystem::copy_options::recursive);
  Life life(options(folder.path()));
  REQUIRE(life.opened);
  CHECK(life.found.problems.empty());
  CHECK(life.take_all() == numbers(1000, 2500));
}

TEST_CASE("a folder whose lock file was deleted is still in use") {
  const TemporaryFolder folder;
  Life life(options(folder.path()));
  REQUIRE(life.opened);
  std::filesystem::remove(folder.path() + "/lock");
  const Life other(options(folder.path()));
  CHECK_FALSE(other.opened);
  CHECK(other.error.find("is in use by") != std::string::npos);
}

TEST_CASE("a folder knows the runs in which it was appended to, and where each ended") {
  const TemporaryFolder folder;
  std::vector<std::pair<std::string, uint64_t>> runs;
  for (int run = 0; run < 200; ++run) {
    Life life(options(folder.path()));
    REQUIRE(life.opened);
    std::vector<std::pair<std::string, uint64_t>> expected = runs, known;
    if (expected.size() > kRunsKept - 1) expected.resize(kRunsKept - 1);
    // Format 1 knew them all by the folder's id.
    expected.emplace_back(life.intake.id(), expected.empty() ? 0 : expected.back().second - 2);
    for (const auto& [id, end] : life.intake.earlier_runs()) known.emplace_back(id, end);
    REQUIRE(known == expected);
    if (run % 7 == 3) continue;  // nothing comes
    REQUIRE((life.append("x") && life.append("y")));
    runs.insert(runs.begin(), {life.intake.run(), life.intake.appended()});
    life.take_all();
    for (Slice& slice : life.slices) life.intake.ranges().done(slice.range);
  }
}

TEST_CASE("what one intake has not done goes to another, in order") {
  const TemporaryFolder folder;
  BufferOptions memory;
  memory.type = BufferType::kMemory;
  memory.max_bytes = {1 << 20};
  memory.segment_bytes = {64 << 10};
  Life from(memory), to(options(folder.path()));
  REQUIRE((from.opened && to.opened));
  from.append_numbers(0, 2500);
  const auto done = static_cast<int>(from.take().size());
  from.take();
  from.intake.ranges().done(from.slices[0].range);
  REQUIRE(to.append("before"));
  CHECK(from.intake.transfer_to(to.intake) == static_cast<uint64_t>(2500 - done));
  CHECK(from.intake.drained());
  std::vector<std::string> expected = numbers(done, 2500);
  expected.insert(expected.begin(), "before");
  CHECK(to.take_all() == expected);
}
