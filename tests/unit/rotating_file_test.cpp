#include "rotating_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "catch.hpp"
#include "temporary_folder.hpp"

using file_sink::FileLimits;
using file_sink::RotatingFile;
using file_sink::WhenFull;

namespace {

constexpr const char* kLetter = "{\"replayed\":false,\"n\":1}\n";
constexpr const char* kReplayed = "{\"replayed\":true ,\"n\":1}\n";

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Place {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/letters.ndjson";
  std::vector<std::string> warned;
  std::atomic<bool> interrupted = false;

  RotatingFile writer(FileLimits limits = {}) {
    return {path, limits, false, [&](const std::string& what) { warned.push_back(what); },
            [&] { return interrupted.load(); }};
  }
  std::string aside(int number) const { return path + "." + std::to_string(number); }
};

// Files cannot grow beyond `bytes`, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

}  // namespace

TEST_CASE("a writer without room takes back its own lines, and none of another writer's") {
  Place place;
  RotatingFile one = place.writer(), other = place.writer();
  REQUIRE(one.write("one\n").empty());
  REQUIRE(other.write("other\n").empty());
  {
    const FullDisk full(14);
    CHECK_FALSE(one.write("too long for it\n").empty());
  }
  CHECK(content(place.path) == "one\nother\n");
  CHECK(one.write("again\n").empty());
  CHECK(content(place.path) == "one\nother\nagain\n");
}

TEST_CASE("a file that was removed or renamed is made anew") {
  Place place;
  RotatingFile file = place.writer();
  REQUIRE(file.write("1\n").empty());
  std::filesystem::remove(place.path);
  REQUIRE(file.write("2\n").empty());
  CHECK(content(place.path) == "2\n");
  std::filesystem::rename(place.path, place.path + "-20240115");
  REQUIRE(file.write("3\n").empty());
  CHECK(content(place.path) == "3\n");
  CHECK(content(place.path + "-20240115") == "2\n");
}

TEST_CASE("a torn line is ended before the next, and counted") {
  Place place;
  std::ofstream(place.path) << "whole\ntor";
  RotatingFile file = place.writer(), other = place.writer();
  REQUIRE(file.write("a\n").empty());
  REQUIRE(file.write("b\n").empty());
  CHECK(content(place.path) == "whole\ntor\na\nb\n");
  // And one of a writer that died since.
  std::ofstream(place.path, std::ios::app) << "tor";
  REQUIRE(file.write("c\n").empty());
  CHECK(content(place.path) == "whole\ntor\na\nb\ntor\nc\n");
  CHECK(file.torn() == 2);
  CHECK(place.warned.size() == 1);
}

TEST_CASE("several writers set one file aside, and each line is there once") {
  Place place;
  const FileLimits limits{1000, 1000};
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      RotatingFile file(
          place.path, limits, false, [](const std::string&) {}, [] { return false; });
      for (int n = 0; n < 500; ++n) {
        // As sinks do it: what is not written, since the others are too quick, is tried again.
        int tries = 0;
        while (!file.write(std::to_string(i * 1000 + n) + "\n").empty() && ++tries < 100) {
        }
        if (tries == 100) ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  std::vector<int> numbers;
  for (const auto& entry : std::filesystem::directory_iterator(place.folder.path())) {
    std::ifstream file(entry.path());
    for (int n; file >> n;) numbers.push_back(n);
    CHECK(entry.file_size() <= 1000);
  }
  std::sort(numbers.begin(), numbers.end());
  CHECK(numbers.size() == 2000);
  CHECK(std::unique(numbers.begin(), numbers.end()) == numbers.end());
}

TEST_CASE("a file that somebody else has locked is waited for, and its holder named") {
  Place place;
  RotatingFile file = place.writer();
  REQUIRE(file.write("1\n").empty());
  const int holder = open(place.path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(flock(holder, LOCK_EX) == 0);
  const std::string error = file.write("2\n");
  CHECK(error.find("cannot lock " + place.path + ": ") == 0);
  if (std::filesystem::exists("/proc/locks") &&
      content("/proc/locks").find("FLOCK") != std::string::npos) {
    CHECK(error.find("process " + std::to_string(getpid()) + " has locked it") !=
          std::string::npos);
  }
  close(holder);
  CHECK(file.write("2\n").empty());
  CHECK(content(place.path) == "1\n2\n");
}

TEST_CASE("letters that are discarded unreplayed are counted, and told of before") {
  Place place;
  RotatingFile file = place.writer({30, 2});
  for (int i = 0; i < 3; ++i) REQUIRE(file.write(kLetter).empty());
  REQUIRE(place.warned.size() == 1);
  CHECK(place.warned[0].find("is on its last file") != std::string::npos);
  CHECK(file.discarded() == 0);
  for (int i = 0; i < 3; ++i) REQUIRE(file.write(kLetter).empty());
  CHECK(file.discarded() == 3);
  CHECK(place.warned.size() == 4);
  // What was replayed is no loss.
  std::ofstream(place.aside(2)) << kReplayed;
  REQUIRE(file.write(kLetter).empty());
  CHECK(file.discarded() == 3);
}

TEST_CASE("a file set aside goes where one was taken away, and nothing is discarded") {
  for (const WhenFull when_full : {WhenFull::kDiscardOldest, WhenFull::kBlock}) {
    Place place;
    RotatingFile file = place.writer({30, 3, when_full});
    for (int i = 0; i < 4; ++i) REQUIRE(file.write(kLetter).empty());
    std::filesystem::remove(place.aside(2));
    CHECK(file.write(kLetter).empty());
    CHECK(file.discarded() == 0);
    for (const int number : {1, 2, 3}) CHECK(content(place.aside(number)) == kLetter);
  }
}

TEST_CASE("a device or pipe whose path names something else by now is left") {
  Place place;
  std::filesystem::create_symlink("/dev/null", place.path);
  RotatingFile file = place.writer();
  CHECK(file.write("gone\n").empty());
  std::filesystem::remove(place.path);
  CHECK(file.write("kept\n").empty());
  CHECK(content(place.path) == "kept\n");
}

TEST_CASE("when_full block waits until what the oldest file holds was replayed") {
  Place place;
  RotatingFile file = place.writer({30, 1, WhenFull::kBlock});
  REQUIRE(file.write(kLetter).empty());
  REQUIRE(file.write(kLetter).empty());
  CHECK(file.write(kLetter).find("still holds unreplayed lines") != std::string::npos);
  CHECK(content(place.path) == kLetter);
  CHECK(file.discarded() == 0);
  std::ofstream(place.aside(1)) << kReplayed;
  CHECK(file.write(kLetter).empty());
  CHECK(content(place.aside(1)) == kLetter);
}

TEST_CASE("a pipe whose reader stands still keeps nobody, and gets each byte once") {
  Place place;
  REQUIRE(mkfifo(place.path.c_str(), 0600) == 0);
  RotatingFile file = place.writer();
  CHECK(file.write("1\n").find("nobody reads it") != std::string::npos);
  const int reader = open(place.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + "\n";
  CHECK(file.write(text).find("the reader is not reading") != std::string::npos);
  CHECK(file.bytes_begun() > 0);
  place.interrupted = true;  // then at once, as slow as the reader may be
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(file.write(text).empty());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(900));
  place.interrupted = false;
  std::string got;
  std::thread slow([&] {
    char piece[5000];
    while (got.size() < text.size()) {
      const ssize_t count = read(reader, piece, sizeof(piece));
      if (count > 0) got.append(piece, static_cast<size_t>(count));
      else std::this_thread::yield();
    }
  });
  while (!file.write(text).empty()) {
  }
  slow.join();
  CHECK(got == text);
  CHECK(file.bytes_begun() == 0);
  close(reader);
}

TEST_CASE("what root makes in a user's folder is that user's") {
  if (geteuid() != 0) return;
  Place place;
  REQUIRE(chown(place.folder.path().c_str(), 1, 1) == 0);
  RotatingFile file = place.writer({30, 1});
  for (int i = 0; i < 2; ++i) {
    REQUIRE(file.write(kLetter).empty());
    struct stat status = {};
    REQUIRE(stat(place.path.c_str(), &status) == 0);
    CHECK(status.st_uid == 1);
  }
}

TEST_CASE("a link or another user's file in a folder that others may write is refused") {
  Place place;
  const std::string shared = place.folder.path() + "/shared";
  std::filesystem::create_directory(shared);
  REQUIRE(chmod(shared.c_str(), 01777) == 0);
  const auto write_to = [](const std::string& path) {
    return RotatingFile(
               path, {}, false, [](const std::string&) {}, [] { return false; })
        .write("x\n");
  };
  std::ofstream(place.path) << "kept\n";

  std::filesystem::create_symlink(place.path, shared + "/link");
  CHECK(write_to(shared + "/link").find("is a symbolic link in a folder writable by other users") !=
        std::string::npos);
  std::filesystem::create_hard_link(place.path, shared + "/hard");
  CHECK(write_to(shared + "/hard").find("has another hard link") != std::string::npos);
  CHECK(write_to(shared + "/own").empty());
  CHECK(content(place.path) == "kept\n");
  if (geteuid() == 0) {
    std::ofstream(shared + "/theirs") << "";
    REQUIRE(chown((shared + "/theirs").c_str(), 1, 1) == 0);
    CHECK(write_to(shared + "/theirs").find("belongs to ") != std::string::npos);
  }
  // A link of the operator's own, in a folder of his own.
  std::filesystem::create_symlink(place.path, place.folder.path() + "/link");
  std::filesystem::remove(shared + "/hard");
  CHECK(write_to(place.folder.path() + "/link").empty());
  CHECK(content(place.path) == "kept\nx\n");
}
