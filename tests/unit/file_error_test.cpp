#include <penstock/file_error.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "catch.hpp"
#include "temporary_folder.hpp"

using namespace penstock;

namespace {

constexpr uid_t kNobody = 65534;

// What a user without rights is told; root has every right, so another process asks.
std::string told(const std::string& path, FileUse use) {
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) _exit(1);
    const std::string text = file_fault(path, EACCES, use);
    _exit(write(pipe_ends[1], text.data(), text.size()) > 0 ? 0 : 1);
  }
  close(pipe_ends[1]);
  std::string text;
  char piece[4096];
  for (ssize_t size; (size = read(pipe_ends[0], piece, sizeof(piece))) > 0;) {
    text.append(piece, static_cast<size_t>(size));
  }
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(status == 0);
  return text;
}

const std::string kUser = detail::user_name(geteuid() == 0 ? kNobody : geteuid());

}  // namespace

TEST_CASE("a file at the root is no reason to give the root away") {
  const std::string text = told("/x", FileUse::kWrite);
  CHECK(text == "Permission denied: user " + kUser +
                    " may not create files in /, which belongs to root; run as root, or choose "
                    "another path");
}

TEST_CASE("a missing folder is made for the user, and what lies above it is left alone") {
  const std::string begin = "Permission denied: user " + kUser +
                            " may not create files in /var/lib, which belongs to root; run: ";
  const std::string folder = "/var/lib/penstock-missing/y";
  CHECK(told(folder, FileUse::kFill) == begin + "sudo install -d -o " + kUser + " " + folder);
  CHECK(told(folder + "/", FileUse::kFill) == begin + "sudo install -d -o " + kUser + " " + folder);
  CHECK(told(folder + "/z.ndjson", FileUse::kWrite) ==
        begin + "sudo install -d -o " + kUser + " " + folder);
}

TEST_CASE("a folder of the system keeps its owner") {
  for (const char* folder : {"/", "/usr", "/var/lib"}) {
    CHECK(told(folder, FileUse::kFill).ends_with("; run as root, or choose another path"));
    CHECK(told(folder, FileUse::kRead).ends_with("; run as root, or choose another path"));
  }
}

TEST_CASE("a closed folder is not opened to everybody") {
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0));
  for (const FileUse use : {FileUse::kRead, FileUse::kWrite, FileUse::kFill}) {
    const std::string owner = detail::user_name(geteuid());
    const std::string advice =
        geteuid() == 0 ? "run as root, or choose another path" : "run: chmod u+x " + folder.path();
    CHECK(told(folder.path() + "/secret", use) ==
          "Permission denied: user " + kUser + " may not enter " + folder.path() +
              ", which belongs to " + owner + "; " + advice);
  }
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0700));
}
