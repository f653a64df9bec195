// From a document's text to its nodes, and back.
#pragma once

#include <simdjson.h>

#include <string>
#include <vector>

#include "evaluation/run.hpp"
#include "values/json.hpp"

namespace sql {

// Reads documents whole, so that a fault anywhere is one of the document. Kept for its buffers.
class JsonReader {
 public:
  // Null: it has failed. `text` is UTF-8, with Arena::kSlack readable bytes behind it; the value
  // points into it.
  const JsonNode* read(Run& run, std::string_view text);

  static constexpr size_t kMostDepth = 1000;

 private:
  using Value = simdjson::ondemand::value;
  bool read_value(Value value);
  bool read_array(simdjson::ondemand::array array);
  bool read_object(simdjson::ondemand::object object);
  bool read_string(const char* quote, const char** end = nullptr);
  bool read_escaped(const char* begin, const char* end);
  bool read_token(std::string_view token);
  bool read_number(std::string_view token);
  bool fail(const char* state, const char* message);
  void end(size_t container, uint32_t count) {
    nodes_[container].size = count;
    nodes_[container].next = static_cast<uint32_t>(nodes_.size() - container);
    --depth_;
  }
  void add(JsonKind kind, const char* text, size_t size) {
    JsonNode& node = nodes_.emplace_back();
    node.text = text;
    node.size = static_cast<uint32_t>(size);
    node.next = 1;
    node.kind = kind;
  }

  simdjson::ondemand::parser parser_{};
  Run* run_ = nullptr;
  const char* end_ = nullptr;  // of the text
  std::vector<JsonNode> nodes_;
  size_t depth_ = 0;
  bool has_failed_ = false;
};

// As jsonb_out writes it.
void append_json(std::string& to, const JsonNode* node);
// As jsonb_pretty writes it. False: it would be more than 16 MiB.
bool append_pretty_json(std::string& to, const JsonNode* node);
// With quotes and escapes (escape_json).
void append_quoted(std::string& to, std::string_view text);
// A number of a document as numeric writes it.
void append_number(std::string& to, std::string_view written);

}  // namespace sql
