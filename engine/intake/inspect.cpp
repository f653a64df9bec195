#include "intake/inspect.hpp"

#include <fmt/format.h>
#include <penstock/file_error.hpp>
#include <penstock/json_text.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "config/quantity.hpp"
#include "intake/recovery.hpp"
#include "telemetry/utc_text.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

// A folder, opened for reading.
struct OpenFolder {
  std::unique_ptr<CheckpointPage> checkpoint;
  std::vector<std::unique_ptr<Segment>> segments;
  std::vector<std::string> problems;

  uint64_t watermark() const {
    return checkpoint && checkpoint->watermark.holds() ? checkpoint->watermark.number : 0;
  }
};

Result<OpenFolder> open_folder(const std::string& path) {
  std::error_code code;
  const std::filesystem::directory_iterator entries(path, code);
  if (code) {
    const bool missing = code == std::errc::no_such_file_or_directory;
    return fail(file_error("cannot open the intake folder", path, code.value(), FileUse::kRead) +
                (missing ? "; buffer.path in the pipeline file names it" : ""));
  }
  OpenFolder folder;
  folder.checkpoint = Checkpoint::read(path);
  Folder::Files files = Folder::segments_in(path, false);
  folder.problems = std::move(files.unreadable);
  identify(files, Checkpoint::read_entries(path), folder.problems);
  folder.segments = std::move(files.segments);
  for (const std::string& cut : files.too_short) {
    folder.problems.push_back(cut + ": is truncated to less than a segment");
  }
  if (folder.checkpoint || !folder.segments.empty()) return folder;
  return fail(
      fmt::format("{}: is not an intake's folder: it has neither checkpoint nor segments", path));
}

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// What one segment holds.
struct Tally {
  uint64_t first = UINT64_MAX, end = 0;
  uint64_t messages = 0, done = 0, undone = 0, damaged = 0;
  int64_t oldest_us = INT64_MAX;  // received, of the undone
};

Tally tally_of(Segment& segment, uint64_t watermark) {
  Tally tally;
  for_each_block(segment, watermark, [&](std::unique_ptr<Block> block, FoundBlock& found) {
    tally.first = std::min(tally.first, block->first());
    tally.end = std::max(tally.end, block->first() + block->published());
    tally.messages += block->published();
    tally.done += found.done;
    tally.damaged += found.damaged_messages();
    for (const SliceRows& slice : found.undone) {
      tally.undone += slice.rows;
      tally.oldest_us = std::min(tally.oldest_us, block->received()[slice.row]);
    }
  });
  return tally;
}

void describe_owner(const std::string& path, const OpenFolder& folder, std::ostream& to) {
  const int pid = Folder::owner_pid(path);
  to << fmt::format("folder     {}\n", path);
  to << fmt::format("in use by  {}\n", pid ? fmt::format("process {}", pid) : "nobody");
  if (!folder.checkpoint) {
    to << "checkpoint missing or damaged\n";
    return;
  }
  const CheckpointPage& page = *folder.checkpoint;
  to << fmt::format("id         {}\n", id_text(page.intake));
  to << fmt::format("owner      source \"{}\" of pipeline \"{}\"\n", page.source, page.pipeline);
  to << fmt::format("watermark  {}\n", folder.watermark());
  if (page.appended.holds()) to << fmt::format("position   {}\n", page.appended.number);
}

void dump_row(const Block& block, uint32_t row, std::ostream& to) {
  const auto text = [&](const char* bytes, const int32_t* offsets) {
    return std::string(bytes + offsets[row], bytes + offsets[row + 1]);
  };
  const std::string payload = text(block.payloads(), block.payload_offsets());
  Json json{{"topic", text(block.topics(), block.topic_offsets())}, {"payload", payload}};
  const auto tail = [&] {
    json["received"] = utc_text(UtcTime(std::chrono::microseconds(block.received()[row])), 6);
    json["position"] = block.first() + row;
    if (block.flags(row) & kMessageRetained) json["retained"] = true;
    if (const std::string_view attributes = block.attributes(row); !attributes.empty()) {
      Json parsed = Json::parse(attributes, nullptr, false);
      json["attributes"] = parsed.is_discarded() ? Json(attributes) : std::move(parsed);
    }
  };
  tail();
  try {
    to << json.dump() << "\n";
  } catch (const Json::type_error&) {  // not UTF-8
    json = {{"topic", text(block.topics(), block.topic_offsets())},
            {"payload_base64", base64(payload)}};
    tail();
    to << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
  }
}

}  // namespace

Result<void> describe_intake(const std::string& path, std::ostream& to) {
  auto opened = open_folder(path);
  if (!opened) return fail(std::move(opened.error()));
  const OpenFolder& folder = *opened;
  std::string rows;
  Tally all;
  for (const auto& segment : folder.segments) {
    const Tally tally = tally_of(*segment, folder.watermark());
    all.undone += tally.undone;
    all.damaged += tally.damaged;
    all.oldest_us = std::min(all.oldest_us, tally.oldest_us);
    const std::string name = std::filesystem::path(segment->path()).filename();
    const std::string positions =
        tally.messages ? fmt::format("{} … {}", tally.first, tally.end - 1) : "-";
    rows += fmt::format("{:<20} {:>8} {:>27} {:>9} {:>9} {:>9} {:>9} {:>9}\n", name,
                        segment->number(), positions, tally.messages, tally.done, tally.undone,
                        tally.damaged, format_size(static_cast<int64_t>(segment->bytes())));
  }
  describe_owner(path, folder, to);
  to << fmt::format("undone     {} messages", all.undone);
  if (all.undone > 0) {
    const int64_t age_s = std::max<int64_t>(0, now_us() - all.oldest_us) / 1'000'000;
    to << fmt::format(", the oldest received {} ago", format_uptime(age_s));
  }
  const uint64_t damaged =
      folder.checkpoint ? Checkpoint::damage_with(*folder.checkpoint, all.damaged) : all.damaged;
  to << fmt::format("\ndamaged    {} messages\n\n", damaged);
  to << fmt::format("{:<20} {:>8} {:>27} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "segment", "number",
                    "positions", "messages", "done", "undone", "damaged", "size")
     << rows;
  for (const std::string& problem : folder.problems) to << problem << "\n";
  return {};
}

Result<uint64_t> undone_in_intake(const std::string& path) {
  auto folder = open_folder(path);
  if (!folder) return fail(std::move(folder.error()));
  uint64_t undone = 0;
  for (const auto& segment : folder->segments)
    undone += tally_of(*segment, folder->watermark()).undone;
  return undone;
}

bool is_unused_intake(const std::string& path) {
  const auto folder = open_folder(path);
  return folder && folder->watermark() == 0 &&
         std::all_of(folder->segments.begin(), folder->segments.end(),
                     [](const auto& segment) { return tally_of(*segment, 0).messages == 0; });
}

Result<void> dump_intake(const std::string& path, std::ostream& to) {
  const auto folder = open_folder(path);
  if (!folder) return fail(folder.error());
  for (const auto& segment : folder->segments) {
    for_each_block(*segment, folder->watermark(),
                   [&](std::unique_ptr<Block> block, FoundBlock& found) {
                     for (const SliceRows& slice : found.undone) {
                       for (uint32_t i = 0; i < slice.rows && to; ++i)
                         dump_row(*block, slice.row + i, to);
                     }
                   });
  }
  return {};
}

}  // namespace penstock::engine
