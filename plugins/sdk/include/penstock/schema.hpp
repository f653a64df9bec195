// Columns by name and type: what a node needs and what it emits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/plugin.h"

namespace penstock {

// Arrow's type strings, by the names that the documentation uses.
// https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings
namespace format {
inline constexpr const char* kUtf8 = "u";
inline constexpr const char* kBinary = "z";
inline constexpr const char* kLargeUtf8 = "U";
inline constexpr const char* kLargeBinary = "Z";
inline constexpr const char* kBool = "b";
inline constexpr const char* kInt8 = "c";
inline constexpr const char* kUint8 = "C";
inline constexpr const char* kInt16 = "s";
inline constexpr const char* kUint16 = "S";
inline constexpr const char* kUint32 = "I";
inline constexpr const char* kUint64 = "L";
inline constexpr const char* kFloat32 = "f";
inline constexpr const char* kDate32 = "tdD";  // days since 1970-01-01
inline constexpr const char* kInt32 = "i";
inline constexpr const char* kInt64 = "l";
inline constexpr const char* kFloat64 = "g";
inline constexpr const char* kTimestampUs = "tsu:UTC";
inline constexpr const char* kLocalTimestampUs = "tsu:";  // of no zone: what a clock shows
}  // namespace format

// Microseconds in the unit of a format of times ("tss:", "tsm:", "tsu:" and a zone); 0: it is none
// of these.
inline int64_t us_per_unit(std::string_view format) {
  if (format.starts_with("tsu:")) return 1;
  if (format.starts_with("tsm:")) return 1'000;
  return format.starts_with("tss:") ? 1'000'000 : 0;
}

// What texts of a column are, by the metadata key ARROW:extension:name.
// https://arrow.apache.org/docs/format/CanonicalExtensions.html
namespace extension {
inline constexpr const char* kKey = "ARROW:extension:name";
inline constexpr const char* kJson = "arrow.json";
// Before the name of one of PostgreSQL's types, as format_type writes it: "postgresql.numeric",
// "postgresql.text[]". The texts are what its output function gives.
inline constexpr const char* kPostgres = "postgresql.";
}  // namespace extension

struct Field {
  std::string name;
  std::string format;
  bool nullable = false;
  std::string extension{};  // see above; empty: none. Whoever does not know it reads the texts

  bool operator==(const Field&) const = default;
};

using Schema = std::vector<Field>;

// Whether they are the same but for their extensions.
inline bool same_columns(const Schema& a, const Schema& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Field& x, const Field& y) {
    return x.name == y.name && x.format == y.format && x.nullable == y.nullable;
  });
}

// What sources emit, and what a decoder takes. `extra_columns`: of the source, PENSTOCK_COLUMN_….
inline Schema message_schema(uint32_t extra_columns = 0) {
  Schema schema{
      {"topic", format::kUtf8}, {"payload", format::kBinary}, {"received", format::kTimestampUs}};
  if (extra_columns & PENSTOCK_COLUMN_RETAINED) schema.push_back({"retained", format::kBool});
  if (extra_columns & PENSTOCK_COLUMN_ATTRIBUTES) {
    schema.push_back({"attributes", format::kUtf8, true, extension::kJson});
  }
  return schema;
}

namespace detail {

// One allocation that owns a whole exported schema; the top's private_data.
struct ExportedSchema {
  Schema fields;
  std::vector<std::string> metadata;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};

// Arrow's metadata of one key and its value, or none: the number of pairs, and of each text its
// size and bytes. https://arrow.apache.org/docs/format/CDataInterface.html#c.ArrowSchema.metadata
inline std::string extension_metadata(const std::string& extension) {
  if (extension.empty()) return {};
  std::string text;
  const auto add = [&](int32_t number) {
    text.append(reinterpret_cast<const char*>(&number), sizeof(number));
  };
  add(1);
  for (const std::string_view part :
       {std::string_view(extension::kKey), std::string_view(extension)}) {
    add(static_cast<int32_t>(part.size()));
    text += part;
  }
  return text;
}

// A view of the metadata.
inline std::string_view read_extension(const char* metadata) {
  if (metadata == nullptr) return {};
  const auto read_number = [&] {
    int32_t number;
    std::memcpy(&number, metadata, sizeof(number));
    metadata += sizeof(number);
    return number;
  };
  const auto read_text = [&] {
    const auto size = static_cast<size_t>(read_number());
    const std::string_view text(metadata, size);
    metadata += size;
    return text;
  };
  for (int32_t left = read_number(); left > 0; --left) {
    const std::string_view key = read_text();
    const std::string_view value = read_text();
    if (key == extension::kKey) return value;
  }
  return {};
}

inline void release_child_schema(ArrowSchema* child) { child->release = nullptr; }

inline void release_exported_schema(ArrowSchema* top) {
  delete static_cast<ExportedSchema*>(top->private_data);
  top->release = nullptr;
}

}  // namespace detail

// The fields as the C struct that crosses the plugin boundary; the receiver releases it.
inline ArrowSchema export_schema(Schema fields) {
  auto owned = std::make_unique<detail::ExportedSchema>();
  owned->fields = std::move(fields);
  owned->children.resize(owned->fields.size());
  for (const Field& field : owned->fields)
    owned->metadata.push_back(detail::extension_metadata(field.extension));
  for (size_t i = 0; i < owned->fields.size(); ++i) {
    const Field& field = owned->fields[i];
    ArrowSchema& child = owned->children[i];
    child = {};
    child.format = field.format.c_str();
    child.name = field.name.c_str();
    child.metadata = field.extension.empty() ? nullptr : owned->metadata[i].c_str();
    child.flags = field.nullable ? ARROW_FLAG_NULLABLE : 0;
    child.release = detail::release_child_schema;
    owned->pointers.push_back(&child);
  }
  ArrowSchema top = {};
  top.format = "+s";
  top.name = "";
  top.n_children = static_cast<int64_t>(owned->fields.size());
  top.children = owned->pointers.data();
  top.release = detail::release_exported_schema;
  top.private_data = owned.release();
  return top;
}

inline Schema read_schema(const ArrowSchema& schema) {
  Schema fields;
  for (int64_t i = 0; i < schema.n_children; ++i) {
    const ArrowSchema& child = *schema.children[i];
    fields.push_back({child.name ? child.name : "", child.format,
                      (child.flags & ARROW_FLAG_NULLABLE) != 0,
                      std::string(detail::read_extension(child.metadata))});
  }
  return fields;
}

inline bool is_json(const ArrowSchema& column) {
  return detail::read_extension(column.metadata) == extension::kJson;
}

// The position of a column, or -1.
inline int column_index(const ArrowSchema& schema, std::string_view name) {
  for (int64_t i = 0; i < schema.n_children; ++i) {
    if (schema.children[i]->name && name == schema.children[i]->name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace penstock
