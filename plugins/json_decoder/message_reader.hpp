// From one message's JSON to points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "decoding/bad_part.hpp"
#include "decoding/budget.hpp"
#include "field_names.hpp"
#include "fields.hpp"
#include "member_reader.hpp"
#include "point_reader.hpp"
#include "root_path.hpp"

namespace json_decoder {

struct MessageLimits {
  int64_t depth = 64;        // of JSON inside of a member
  int64_t points = 100'000;  // and elements that are none
};

struct MessageOptions {
  std::string root = {};
  bool keep_outer = false;  // members beside the way to `root` are metadata of each point
  bool point_per_member = false;
  bool bare_values = false;     // a message may be a value alone, or a text that is no JSON
  bool many_documents = false;  // one behind the other
  FieldOptions fields = {};
  MessageLimits limits = {};
  bool parts = true;  // an element that is no point leaves alone
};

// A document that leaves: as a whole, or with these elements of its array and no others.
struct BadDocument {
  std::string_view document, array;
  std::vector<std::string_view> elements;
};

class MessageReader {
 public:
  MessageReader(FieldNames names, MessageOptions options = {});
  MessageReader(const MessageReader&) = delete;

  // Before each batch of messages: what its points may have of memory begins anew.
  void start_batch();
  // Adds the points of `payload`, which is readable for simdjson::SIMDJSON_PADDING bytes past its
  // end. Returns nothing if it is valid; else the reason, and no point was added. It is valid JSON
  // as a whole, or nothing of it is taken. When some elements of an array are points and others are
  // not, the former are added, and the latter are in `bad_part`. `topic` and `received_us` go into
  // points that have no such thing of their own.
  std::string read(std::string_view payload, std::string_view topic, int64_t received_us,
                   PointBuilder& to) {
    return read(payload, payload.size(), topic, received_us, to);
  }
  // `counted_bytes`: what the budget takes for the payload's, which came in another form.
  std::string read(std::string_view payload, size_t counted_bytes, std::string_view topic,
                   int64_t received_us, PointBuilder& to);
  // Of the message that was read last.
  const BadPart& bad_part() const { return bad_part_; }
  // What `bad_part` is made of, in the payload that was read last.
  const std::vector<BadDocument>& bad_documents() const { return bad_documents_; }
  // The first reason of those that are a limit's, of the message or of a part of it; or nothing.
  const std::string& over_limit() const { return over_limit_; }
  const MessageOptions& options() const { return options_; }
  // How deep a message may be nested that is not over its limit.
  int most_depth() const;

 private:
  std::string rejected(Reason reason, std::string_view payload, size_t rows_before);
  Reason read_payload(std::string_view payload);
  Reason read_documents(std::string_view payload);
  Reason read_document(std::string_view text);
  Reason read_root(Document& document, std::string_view text);
  Reason read_object(Object& object);
  Reason read_array(Array array, std::string_view text);
  Reason read_elements(std::string_view text);
  Reason read_element(std::string_view text);
  Reason read_scalar(std::string_view text);
  Reason read_text(std::string_view text);
  std::string tell(const char* kind, size_t index, std::string_view reason);
  void tell_count();
  void forget_bad();
  void note_limit(const std::string& told);
  void add_part(BadDocument&& part, const std::string& told, size_t count);
  JsonFault fault_of(std::string_view text) const;

  const FieldNames names_;
  const MessageOptions options_;
  Words words_;
  Budget budget_;
  Fields fields_;
  PointReader points_;
  MemberReader members_;
  RootPath root_;
  simdjson::ondemand::parser parser_;

  // Of the message being read.
  PointBuilder* to_ = nullptr;
  std::string_view payload_, topic_;
  int64_t received_us_ = 0;
  std::string_view document_, array_;  // being read; to cut a part out
  bool read_again_ = false;            // by elements, by which the parser lost its place
  Inherited around_;
  std::string place_;  // "document 2, ", of many
  BadPart bad_part_;
  std::vector<BadDocument> bad_documents_;
  size_t bad_count_ = 0;
  std::string over_limit_;
};

}  // namespace json_decoder
