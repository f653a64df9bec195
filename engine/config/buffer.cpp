// [nodes.X.buffer]: a source's intake.
#include <fmt/format.h>

#include <unistd.h>

#include <penstock/file_error.hpp>

#include <cerrno>
#include <filesystem>
#include <map>

#include "config/nodes.hpp"
#include "config/quantity.hpp"

namespace penstock::engine {
namespace {

constexpr int64_t kMiB = 1 << 20;
constexpr int64_t kMemoryBytes = 16 * kMiB;
constexpr int64_t kDiskBytes = 1024 * kMiB;
constexpr int64_t kSegmentBytes = 8 * kMiB;

// Several segments at least, so that there is one to fill while another is emptied.
constexpr int64_t kLeastSegments = 4;

// What the options say together.
class BufferCheck {
 public:
  BufferCheck(const toml::table& table, Location at, Problems& problems)
      : table_(table), at_(at), problems_(problems) {}

  void run(BufferOptions& buffer) {
    const bool disk = buffer.type == BufferType::kDisk;
    if (disk && buffer.path.empty()) {
      problems_.add(at_,
                    "path is missing: the folder of a disk intake, such as "
                    "\"/var/lib/penstock/NAME\"");
    }
    if (!disk) {
      refuse("path", "does nothing with type = \"memory\"; remove it, or write type = \"disk\"");
      if (buffer.durability == Durability::kMachine) {
        refuse("durability", "\"machine\" needs type = \"disk\": memory survives nothing");
      }
    }
    if (buffer.durability != Durability::kMachine) {
      refuse("sync_interval", "does nothing without durability = \"machine\"; remove it");
    }
    if (buffer.max_bytes.count == 0) buffer.max_bytes.count = disk ? kDiskBytes : kMemoryBytes;
    const int64_t most = buffer.max_bytes.count / kLeastSegments;
    if (buffer.segment_bytes.count > most) {
      refuse("segment_bytes", "is more than a quarter of max_bytes; lower it, or raise max_bytes");
    }
    const int64_t least = buffer.max_bytes.count / kMostSegments;
    if (buffer.segment_bytes.count != 0 && buffer.segment_bytes.count < least) {
      refuse("segment_bytes", "is less than 1/4096 of max_bytes; raise it, or lower max_bytes");
    }
    if (buffer.segment_bytes.count == 0) {
      buffer.segment_bytes.count = std::min(std::max(kSegmentBytes, least + kMiB), most);
    }
  }

 private:
  // If the file has the option.
  void refuse(const char* option, const char* why) {
    if (const toml::node* value = table_.get(option)) {
      problems_.add(location(*value), fmt::format("{}: {}", option, why));
    }
  }

  const toml::table& table_;
  const Location at_;
  Problems& problems_;
};

}  // namespace

void read_buffer(const toml::table& table, const Lookup& lookup, NodeDescription& node,
                 Problems& problems) {
  static const toml::table no_table;
  const toml::node* value = table.get("buffer");
  if (value && node.type->kind != PENSTOCK_SOURCE) {
    problems.add(location(*value), "buffer: only sources have an intake; remove it");
    return;
  }
  if (value && !value->is_table()) {
    problems.add(location(*value),
                 fmt::format("buffer is not a table; write [nodes.{}.buffer]", node.name));
    return;
  }
  const toml::table& buffer = value ? *value->as_table() : no_table;
  const Location at = value ? location(*value) : node.at;
  const size_t before = problems.list().size();
  node.buffer =
      parse_engine_options<BufferOptions>(buffer, at, lookup, problems, {}, &node.shown_buffer);
  if (problems.list().size() != before) return;
  BufferCheck(buffer, at, problems).run(node.buffer);
  add_origin_notes(buffer, node.shown_buffer, before, problems);
}

std::string plain_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  std::filesystem::path plain = std::filesystem::weakly_canonical(absolute, error);
  if (error) plain = absolute.lexically_normal();
  if (!plain.has_filename()) plain = plain.parent_path();
  return plain.string();
}

namespace {

// Why there is no folder there and nobody can make one.
std::string fault_of_folder(const std::string& path) {
  if (std::string fault = fault_of_path(path); !fault.empty()) return fault;
  if (const auto link = dangling_link(path); !link.empty()) return tell_dangling(link);
  const std::filesystem::path there = nearest_existing(std::filesystem::path(path));
  std::error_code error;
  const bool is_other = std::filesystem::exists(there, error) &&
                        !std::filesystem::is_directory(there, error) && !error;
  if (!is_other) return "";
  return fmt::format("{} is a file, not a folder; choose another path", there.string());
}

}  // namespace

void check_folders(const toml::table& tables, const std::vector<NodeDescription>& nodes,
                   Problems& problems) {
  std::map<std::string, std::string> owners;
  for (const NodeDescription& node : nodes) {
    const std::string& path = node.buffer.path;
    if (path.empty()) continue;
    const Location at = location(*tables[node.name]["buffer"]["path"].node());
    const auto [owner, is_new] = owners.emplace(plain_path(path), node.name);
    if (!is_new) {
      problems.add(
          at, fmt::format("path: {} is the intake of \"{}\" already; each source needs its own",
                          path, owner->second));
    }
    const size_t before = problems.list().size();
    if (const std::string fault = fault_of_folder(path); !fault.empty()) {
      problems.add(at, fmt::format("path: {}", fault));
    }
    add_origin_notes(*tables[node.name]["buffer"].as_table(), node.shown_buffer, before, problems);
  }
}

namespace {

int64_t bytes_in(const std::filesystem::path& folder) {
  std::error_code error;
  int64_t sum = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    sum += static_cast<int64_t>(entry.file_size(error));
  }
  return sum;
}

}  // namespace

void check_intake_folder(const toml::table& tables, const NodeDescription& node,
                         Problems& problems) {
  if (node.buffer.type != BufferType::kDisk) return;
  const Location at = location(*tables[node.name]["buffer"]["path"].node());
  const auto folder = std::filesystem::absolute(node.buffer.path);
  const std::filesystem::path existing = nearest_existing(folder);
  std::error_code error;
  if (access(existing.c_str(), W_OK | X_OK) != 0) {
    problems.add(at, "path: " + file_error("cannot use the intake folder", folder.string(), errno,
                                           FileUse::kFill));
    return;
  }
  const auto space = std::filesystem::space(existing, error);
  const int64_t free = static_cast<int64_t>(space.available) + bytes_in(folder);
  if (!error && free < node.buffer.max_bytes.count) {
    problems.warn(
        at, fmt::format("path: max_bytes is {}, but its disk has {} free; a full disk "
                        "makes the source wait",
                        format_size(node.buffer.max_bytes.count), format_size(free / kMiB * kMiB)));
  }
}

int32_t intake_of(const BufferOptions& buffer) {
  if (buffer.type == BufferType::kMemory) return PENSTOCK_INTAKE_MEMORY;
  return buffer.durability == Durability::kMachine ? PENSTOCK_INTAKE_SYNCED : PENSTOCK_INTAKE_DISK;
}

}  // namespace penstock::engine
