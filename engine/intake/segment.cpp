#include "intake/segment.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <penstock/file_error.hpp>
#include <penstock/own_file.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>

#include "intake/format_v1.hpp"

namespace penstock::engine {
namespace {

constexpr int kOwnerOnly = 0600;  // messages are the plant's, not everybody's

std::string failure(const char* what, const std::string& path, int error) {
  return file_error(what, path, error, FileUse::kWrite);
}

bool is_credible(const SegmentLife& life) {
  return life.number > 0 && life.number < kNumberLimit && life.first < kNumberLimit;
}

template <class Header>
std::optional<SegmentLife> life_of(const char* bytes) {
  Header header;
  std::memcpy(&header, bytes, sizeof(header));
  if (!is_intact(header)) return std::nullopt;
  SegmentLife life{header.version, header.number, header.first, 0, header.intake};
  if constexpr (std::is_same_v<Header, SegmentHeader>) life.key = header.key;
  else life.key = header.number;
  return is_credible(life) ? std::optional(life) : std::nullopt;
}

}  // namespace

Segment::Segment(std::string path, char* memory, size_t bytes)
    : path_(std::move(path)), memory_(memory), bytes_(bytes) {}

Segment::~Segment() { munmap(memory_, bytes_); }

std::unique_ptr<Segment> Segment::in_memory(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return std::unique_ptr<Segment>(new Segment("", static_cast<char*>(memory), bytes));
}

Result<std::unique_ptr<Segment>> Segment::map(const std::string& path, int fd, size_t bytes,
                                              bool writable) {
  const int access = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  void* memory = mmap(nullptr, bytes, access, MAP_SHARED, fd, 0);
  const int code = errno;
  struct stat status = {};
  fstat(fd, &status);
  close(fd);
  if (memory == MAP_FAILED) return fail(failure("cannot map", path, code));
  std::unique_ptr<Segment> segment(new Segment(path, static_cast<char*>(memory), bytes));
  segment->opened_ = status;
  return segment;
}

bool Segment::is_missing() const { return names_another(path_, opened_); }

Result<std::unique_ptr<Segment>> Segment::create(const std::string& path, size_t bytes) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (fd < 0) return fail(failure("cannot create", path, errno));
  if (const int code = posix_fallocate(fd, 0, static_cast<off_t>(bytes))) {
    std::string why = failure("cannot allocate", path, code);
    close(fd);
    unlink(path.c_str());
    return fail(std::move(why));
  }
  return map(path, fd, bytes, true);
}

Result<std::unique_ptr<Segment>> Segment::open(const std::string& path, bool writable) {
  std::string refused;
  const int fd = open_own_file(path, writable ? O_RDWR : O_RDONLY, 0, refused);
  struct stat status = {};
  if (!refused.empty()) return fail(std::move(refused));
  if (fd < 0 || fstat(fd, &status) != 0) {
    const int code = errno;
    if (fd >= 0) close(fd);
    return fail(file_error("cannot open", path, code, writable ? FileUse::kWrite : FileUse::kRead));
  }
  if (status.st_size <= static_cast<off_t>(kFirstBlock)) {
    close(fd);
    return fail(path + ": is too short for a segment");
  }
  auto segment = map(path, fd, static_cast<size_t>(status.st_size), writable);
  if (segment) {
    if (const auto life = (*segment)->read_life()) (*segment)->set_life(*life);
  }
  return segment;
}

void Segment::begin(SegmentHeader header) {
  header.magic = SegmentHeader::kMagic;
  header.version = kFormatVersion;
  header.bytes = bytes_;
  header.crc = crc_of(header);
  std::memcpy(memory_, &header, sizeof(header));
  // The second only when the first is whole: a reader of a torn first has the old second, whose
  // blocks are all done.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  std::memcpy(memory_ + kHeaderCopy, &header, sizeof(header));
  set_life({header.version, header.number, header.first, header.key, header.intake});
}

std::optional<SegmentLife> Segment::read_life() const {
  for (const size_t offset : {size_t{0}, kHeaderCopy}) {
    if (auto life = life_of<SegmentHeader>(memory_ + offset)) return life;
    if (auto life = life_of<v1::SegmentHeader>(memory_ + offset)) return life;
  }
  return std::nullopt;
}

void Segment::set_life(const SegmentLife& life) {
  life_ = life;
  if (is_file()) intake_ = id_text(life.intake);
}

bool Segment::is_blank() const {
  return std::all_of(memory_, memory_ + kFirstBlock, [](char c) { return c == 0; });
}

uint64_t Segment::file_number() const {
  return std::strtoull(std::filesystem::path(path_).filename().c_str(), nullptr, 10);
}

// msync with MS_SYNC does what fdatasync does for the mapped file (Linux, mm/msync.c).
Result<void> Segment::sync() {
  if (!is_file() || msync(memory_, bytes_, MS_SYNC) == 0) return {};
  return fail(failure("cannot write", path_, errno));
}

void Segment::remove() {
  if (is_file()) unlink(path_.c_str());
}

}  // namespace penstock::engine
