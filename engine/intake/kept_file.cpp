#include "intake/kept_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <penstock/file_error.hpp>
#include <penstock/own_file.hpp>

#include <cerrno>
#include <cstring>

namespace penstock::engine {

Result<std::unique_ptr<KeptFile>> KeptFile::open(const std::string& folder, const std::string& name,
                                                 size_t bytes) {
  const std::string path = folder + "/" + name + ".kept";
  const size_t whole = kHeaderBytes + bytes;
  std::string refused;
  const int fd = open_own_file(path, O_RDWR | O_CREAT, 0600, refused);
  if (fd < 0) {
    if (!refused.empty()) return fail(std::move(refused));
    return fail(file_error("cannot open", path, errno, FileUse::kWrite));
  }
  struct stat there = {};
  const bool fits = fstat(fd, &there) == 0 && static_cast<size_t>(there.st_size) == whole;
  // A page without a place would end the process when the disk is full.
  int failed = fits || ftruncate(fd, 0) == 0 ? 0 : errno;
  if (failed == 0) failed = posix_fallocate(fd, 0, static_cast<off_t>(whole));
  void* mapping = MAP_FAILED;
  if (failed == 0) {
    mapping = mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapping == MAP_FAILED) failed = errno;
  }
  close(fd);
  if (failed != 0) return fail(file_error("cannot write", path, failed, FileUse::kWrite));
  std::unique_ptr<KeptFile> file(new KeptFile(mapping, whole));
  file->device_ = there.st_dev;
  file->inode_ = there.st_ino;
  Header& header = file->header();
  if (header.magic != Header::kMagic || header.bytes != bytes) {
    std::memset(mapping, 0, whole);
    header.magic = Header::kMagic;
    header.bytes = bytes;
    file->is_new_ = true;
  }
  return file;
}

void KeptFile::assign_to(const Id& run) {
  header().device = device_;
  header().inode = inode_;
  header().run = run;
}

KeptFile::~KeptFile() { munmap(mapping_, mapped_bytes_); }

}  // namespace penstock::engine
