// A process's time with a disk intake, for tests: from opening it to its end, orderly or not.
#pragma once

#include <penstock/columns.hpp>
#include <penstock/context.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>
#include "catch.hpp"

#include "intake/intake.hpp"
#include "temporary_folder.hpp"

using namespace penstock;
using namespace penstock::engine;
using namespace std::chrono_literals;

inline BufferOptions options(const std::string& path,
                             Durability durability = Durability::kProcess) {
  BufferOptions buffer;
  buffer.type = BufferType::kDisk;
  buffer.path = path;
  buffer.max_bytes = {64 << 20};
  buffer.segment_bytes = {512 << 10};
  buffer.durability = durability;
  buffer.sync_interval = 1ms;
  return buffer;
}

struct Life {
  Wakeup pump;
  Intake intake;
  Intake::Found found;
  std::string error;
  bool opened;
  std::vector<std::string> troubles;
  std::vector<Slice> slices;

  explicit Life(const BufferOptions& buffer, const std::string& source = "source")
      : intake(buffer, pump) {
    auto open = intake.open({"pipeline", source},
                            [&](const std::string& what) { troubles.push_back(what); });
    opened = open.has_value();
    if (open) found = std::move(*open);
    else error = std::move(open.error());
  }
  ~Life() {
    for (Slice& slice : slices) slice.messages.release(&slice.messages);
  }

  bool append(const std::string& payload) {
    const penstock_source_message message = source_message("topic", payload, 7);
    return intake.writer().append({&message, 1}, false, nullptr) == 1;
  }
  void append_numbers(int from, int to) {
    for (int i = from; i < to; ++i) REQUIRE(append(text(i)));
  }
  // Of varying length, so that sizes matter.
  static std::string text(int i) {
    return std::to_string(i) + std::string(static_cast<size_t>(i % 90), '.');
  }

  // The next slice's payloads.
  std::vector<std::string> take() {
    slices.push_back(intake.reader().take(kBlockRows));
    std::vector<std::string> rows;
    const TextColumn payload(*slices.back().messages.children[1]);
    const TextColumn topic(*slices.back().messages.children[0]);
    for (int64_t i = 0; i < slices.back().messages.length; ++i) {
      CHECK(topic[i] == "topic");
      rows.emplace_back(payload[i]);
    }
    return rows;
  }
  std::vector<std::string> take_all() {
    std::vector<std::string> all;
    while (intake.reader().available() > 0) {
      for (std::string& row : take()) all.push_back(std::move(row));
    }
    return all;
  }
  std::vector<std::pair<uint64_t, uint32_t>> ranges() {
    std::vector<std::pair<uint64_t, uint32_t>> result;
    for (const Slice& slice : slices) {
      result.emplace_back(slice.range->first, slice.range->rows);
    }
    return result;
  }
};

inline std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> result;
  for (int i = from; i < to; ++i) result.push_back(Life::text(i));
  return result;
}

inline std::vector<std::string> segment_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".segment") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

template <class Change>
void change_checkpoint(const std::string& folder, Change change) {
  std::fstream file(folder + "/checkpoint", std::ios::in | std::ios::out | std::ios::binary);
  CheckpointPage page;
  file.read(reinterpret_cast<char*>(&page), sizeof(page));
  change(page);
  page.crc = crc_of(page);
  file.seekp(0);
  file.write(reinterpret_cast<const char*>(&page), sizeof(page));
  REQUIRE(file);
}

// As if the machine had been restarted since.
inline void reboot(const std::string& folder) {
  change_checkpoint(folder, [](CheckpointPage& page) { page.boot[0] ^= 1; });
}

inline void flip(const std::string& path, size_t byte, int bit) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(byte));
  const char old = static_cast<char>(file.get());
  file.seekp(static_cast<std::streamoff>(byte));
  file.put(static_cast<char>(old ^ (1 << bit)));
  REQUIRE(file);
}
