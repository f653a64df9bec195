#include "intake/segment.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <penstock/file_error.hpp>

#include <cerrno>
#include <new>

namespace penstock::engine {
namespace {

constexpr int kOwnerOnly = 0600;  // messages are the plant's, not everybody's

std::string failure(const char* what, const std::string& path, int error) {
  return file_error(what, path, error, FileUse::kWrite);
}

bool is_credible(const SegmentHeader& header) {
  return is_intact(header) && header.number > 0 && header.number < kNumberLimit &&
         header.first < kNumberLimit;
}

}  // namespace

Segment::Segment(std::string path, int fd, char* memory, size_t bytes)
    : path_(std::move(path)), fd_(fd), memory_(memory), bytes_(bytes) {}

Segment::~Segment() {
  munmap(memory_, bytes_);
  if (fd_ >= 0) close(fd_);
}

std::unique_ptr<Segment> Segment::in_memory(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return std::unique_ptr<Segment>(new Segment("", -1, static_cast<char*>(memory), bytes));
}

std::unique_ptr<Segment> Segment::map(const std::string& path, int fd, size_t bytes, bool writable,
                                      std::string& error) {
  const int access = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  void* memory = mmap(nullptr, bytes, access, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) {
    error = failure("cannot map", path, errno);
    close(fd);
    return nullptr;
  }
  return std::unique_ptr<Segment>(new Segment(path, fd, static_cast<char*>(memory), bytes));
}

std::unique_ptr<Segment> Segment::create(const std::string& path, size_t bytes,
                                         std::string& error) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (fd < 0) {
    error = failure("cannot create", path, errno);
    return nullptr;
  }
  if (const int code = posix_fallocate(fd, 0, static_cast<off_t>(bytes))) {
    error = failure("cannot allocate", path, code);
    close(fd);
    unlink(path.c_str());
    return nullptr;
  }
  return map(path, fd, bytes, true, error);
}

std::unique_ptr<Segment> Segment::open(const std::string& path, bool writable, std::string& error) {
  const int fd = ::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  struct stat status = {};
  if (fd < 0 || fstat(fd, &status) != 0) {
    error = file_error("cannot open", path, errno, writable ? FileUse::kWrite : FileUse::kRead);
    if (fd >= 0) close(fd);
    return nullptr;
  }
  if (status.st_size <= static_cast<off_t>(kFirstBlock)) {
    error = path + ": is too short for a segment";
    close(fd);
    return nullptr;
  }
  auto segment = map(path, fd, static_cast<size_t>(status.st_size), writable, error);
  if (segment) {
    if (const SegmentHeader* header = segment->header()) segment->number_ = header->number;
  }
  return segment;
}

void Segment::begin(SegmentHeader header) {
  header.magic = SegmentHeader::kMagic;
  header.version = kFormatVersion;
  header.bytes = bytes_;
  header.crc = crc_of(header);
  std::memcpy(memory_, &header, sizeof(header));
  // The second only when the first is whole: whoever finds a torn first has the old second, whose
  // blocks are all done.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  std::memcpy(memory_ + kHeaderCopy, &header, sizeof(header));
  // No block of its earlier life may be taken for one of this.
  std::memset(memory_ + kFirstBlock, 0, sizeof(BlockHeader));
  number_ = header.number;
}

const SegmentHeader* Segment::header() const {
  for (const size_t offset : {size_t{0}, kHeaderCopy}) {
    const auto* header = reinterpret_cast<const SegmentHeader*>(memory_ + offset);
    if (is_credible(*header)) return header;
  }
  return nullptr;
}

bool Segment::sync(std::string& error) {
  if (fd_ < 0 || fdatasync(fd_) == 0) return true;
  error = failure("cannot write", path_, errno);
  return false;
}

void Segment::remove() {
  if (is_file()) unlink(path_.c_str());
}

}  // namespace penstock::engine
