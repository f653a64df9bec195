// What a source keeps beside its messages, and whether a later process may trust it.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>

#include "catch.hpp"
#include "intake_life.hpp"

namespace {

constexpr size_t kBytes = 4096;

KeptFiles::Kept keep(Life& life, const std::string& name = "sessions", size_t bytes = kBytes) {
  REQUIRE(life.opened);
  const auto kept = life.intake.kept_files().keep(name, bytes);
  REQUIRE(kept);
  REQUIRE(kept->file);
  return *kept;
}

penstock_kept state_in(const std::string& path) {
  Life life(options(path));
  return keep(life).state;
}

char& first_byte(const KeptFiles::Kept& kept) { return *static_cast<char*>(kept.file->memory()); }

// A process that does so much and is killed.
void in_killed_process(const std::string& path, const std::function<void(Life&)>& what) {
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Life life(options(path));
    what(life);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
}

}  // namespace

TEST_CASE("what is kept is new, then whole, with what was stored in it") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    const KeptFiles::Kept kept = keep(life);
    CHECK(kept.state == PENSTOCK_KEPT_NEW);
    CHECK(first_byte(kept) == 0);
    first_byte(kept) = 'x';
    REQUIRE(life.append("a"));
  }
  for (int run = 0; run < 3; ++run) {
    Life life(options(folder.path()));
    const KeptFiles::Kept kept = keep(life);
    CHECK(kept.state == PENSTOCK_KEPT_WHOLE);
    CHECK(first_byte(kept) == 'x');
    if (run == 1) REQUIRE(life.append("b"));
  }
}

TEST_CASE("a process killed at its first append leaves what it keeps whole") {
  const TemporaryFolder folder;
  for (int run = 0; run < 3; ++run) {
    in_killed_process(folder.path(), [&](Life& life) {
      first_byte(keep(life)) = 'x';
      life.append("a");
    });
    CHECK(state_in(folder.path()) == PENSTOCK_KEPT_WHOLE);
  }
}

TEST_CASE("messages that another run appended without it make it doubtful") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    keep(life);
    REQUIRE(life.append("a"));
  }
  {
    Life life(options(folder.path()));
    REQUIRE(life.append("without"));
  }
  // Over kills, too, until it is put in order.
  for (int run = 0; run < 2; ++run)
    in_killed_process(folder.path(), [](Life& life) { keep(life); });
  {
    Life life(options(folder.path()));
    CHECK(keep(life).state == PENSTOCK_KEPT_DOUBTFUL);
    REQUIRE(life.append("b"));
  }
  CHECK(state_in(folder.path()) == PENSTOCK_KEPT_WHOLE);
}

TEST_CASE(
    "a copy of what is kept, one of before a restart of the machine and one beside damage are "
    "doubtful") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    keep(life);
    life.append_numbers(0, 100);
  }
  SECTION("a copy") {
    const std::string file = folder.path() + "/sessions.kept";
    std::filesystem::copy_file(file, file + ".copy");
    std::filesystem::rename(file + ".copy", file);
  }
  SECTION("a restart of the machine") { reboot(folder.path()); }
  SECTION("damage") {
    const std::string segment = segment_files(folder.path())[0];
    std::ifstream file(segment, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    flip(segment, bytes.find(Life::text(50)), 1);
  }
  CHECK(state_in(folder.path()) == PENSTOCK_KEPT_DOUBTFUL);
}

TEST_CASE("an instance that starts again gets the same memory, or zeros of another size") {
  const TemporaryFolder folder;
  Life life(options(folder.path()));
  const KeptFiles::Kept first = keep(life);
  const KeptFiles::Kept again = keep(life);
  CHECK(again.file == first.file);
  CHECK(again.state == PENSTOCK_KEPT_DOUBTFUL);
  REQUIRE(life.append("a"));
  CHECK(keep(life).state == PENSTOCK_KEPT_WHOLE);
  first_byte(first) = 'x';
  const KeptFiles::Kept larger = keep(life, "sessions", 2 * kBytes);
  CHECK(larger.state == PENSTOCK_KEPT_NEW);
  CHECK(first_byte(larger) == 0);
  CHECK(keep(life, "others").state == PENSTOCK_KEPT_NEW);
}

TEST_CASE("what the next instance does not ask for is doubtful once that has appended") {
  const TemporaryFolder folder;
  Life life(options(folder.path()));
  keep(life);
  REQUIRE(life.append("a"));
  keep(life, "others");
  REQUIRE(life.append("b"));
  CHECK(keep(life).state == PENSTOCK_KEPT_DOUBTFUL);
  CHECK(keep(life, "others").state == PENSTOCK_KEPT_WHOLE);
}

TEST_CASE("a memory intake keeps nothing") {
  BufferOptions memory;
  memory.type = BufferType::kMemory;
  memory.max_bytes = {1 << 20};
  memory.segment_bytes = {64 << 10};
  Life life(memory);
  REQUIRE(life.opened);
  const auto kept = life.intake.kept_files().keep("sessions", kBytes);
  REQUIRE(kept);
  CHECK_FALSE(kept->file);
}
