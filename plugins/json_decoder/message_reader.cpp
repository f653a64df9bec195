#include "message_reader.hpp"

#include <penstock/utf8.hpp>

#include <algorithm>

#include "decoding/most_payload.hpp"

namespace json_decoder {
namespace {

using simdjson::error_code;
using simdjson::SUCCESS;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kKeptParserBytes = 4 << 20;  // of the parser, from batch to batch

simdjson::padded_string_view padded(std::string_view text) {
  return simdjson::padded_string_view(text.data(), text.size(),
                                      text.size() + simdjson::SIMDJSON_PADDING);
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Whether it can be nothing but a value alone or a text.
bool is_bare(std::string_view text) {
  const auto begin = std::find_if_not(text.begin(), text.end(), is_space);
  return begin == text.end() || (*begin != '{' && *begin != '[');
}

// What would give this and no more, if it were put through again.
void append_message(const BadDocument& part, std::string& message) {
  const auto& [document, array, elements] = part;
  if (elements.empty()) {
    message += document;
    return;
  }
  message.append(document.data(), array.data());
  message += '[';
  for (const std::string_view element : elements) message.append(element).push_back(',');
  message.back() = ']';
  message.append(array.data() + array.size(), document.data() + document.size());
}

}  // namespace

MessageReader::MessageReader(FieldNames names, MessageOptions options)
    : names_(std::move(names)),
      options_(std::move(options)),
      budget_(options_.limits.points, words_),
      fields_(options_.fields, options_.limits.depth, words_),
      points_(names_, fields_, words_),
      members_(names_, options_.limits.depth, fields_, points_, budget_, words_),
      root_(options_.root, options_.keep_outer, names_, fields_, words_) {}

std::string MessageReader::read(std::string_view payload, size_t counted_bytes,
                                std::string_view topic, int64_t received_us, PointBuilder& to) {
  to_ = &to;
  topic_ = topic;
  const size_t rows_before = to.rows();
  received_us_ = received_us;
  around_.time_us = received_us;  // the rest is what root finds
  words_.clear();
  place_.clear();
  if (bad_count_ > 0) forget_bad();
  over_limit_.clear();
  budget_.start_message(counted_bytes, topic, to);
  // RFC 8259, 8.1: a parser may ignore it. Some versions of simdjson do, others don't.
  payload_ = payload;
  while (payload_.starts_with(kByteOrderMark)) payload_.remove_prefix(kByteOrderMark.size());
  if (const Reason reason = read_payload(payload_)) return rejected(reason, payload, rows_before);
  if (bad_count_ > 1) tell_count();
  budget_.end_message(to);
  return {};
}

// Apart, as it is rare and has much on its stack.
std::string MessageReader::rejected(Reason reason, std::string_view payload, size_t rows_before) {
  to_->truncate(rows_before);
  forget_bad();
  std::string told = reason;
  if (!options_.bare_values || !is_bare(payload_)) {
    // What is not JSON is that first of all, whatever was found before its fault.
    const JsonFault fault = fault_of(payload_);
    if (fault.kind != JsonFault::kNone) told = say(words_, fault, payload, options_.limits.depth);
  }
  if (!words_.over_limit()) over_limit_.clear();
  note_limit(told);
  return told;
}

void MessageReader::start_batch() {
  budget_.start_batch();
  if (parser_.capacity() > kKeptParserBytes) parser_ = simdjson::ondemand::parser();
}

void MessageReader::forget_bad() {
  bad_part_.clear();
  bad_documents_ = {};
  bad_count_ = 0;
}

void MessageReader::tell_count() {
  bad_part_.reason += ", and " + grouped(bad_count_ - 1) + " more";
}

// An array and an object are around what the limit is said of.
int MessageReader::most_depth() const {
  return static_cast<int>(options_.limits.depth + 2 + static_cast<int64_t>(root_.depth()));
}

JsonFault MessageReader::fault_of(std::string_view text) const {
  JsonFault fault;
  if (options_.many_documents) {
    std::string_view rest = text;
    while (fault.kind == JsonFault::kNone && !take_value(rest, most_depth(), fault).empty()) {
    }
  } else {
    fault = find_fault(text, most_depth());
  }
  const char* const no_text = penstock::utf8_fault(text);
  if (no_text && (fault.kind == JsonFault::kNone || no_text <= fault.at)) {
    return {JsonFault::kWrong, no_text, {}, "not valid UTF-8"};
  }
  return fault;
}

Reason MessageReader::read_payload(std::string_view payload) {
  if (payload.size() > kMostPayload) return words_.over("it has more bytes than ", kMostPayload);
  if (options_.bare_values && is_bare(payload)) {
    const bool is_json = fault_of(payload).kind == JsonFault::kNone;
    if (!is_json) return read_text(payload);
    if (!options_.many_documents) return read_scalar(payload);
  }
  return options_.many_documents ? read_documents(payload) : read_document(payload);
}

Reason MessageReader::read_documents(std::string_view payload) {
  if (fault_of(payload).kind != JsonFault::kNone) return kNotJson;
  budget_.start_counting(*to_);
  const size_t before = to_->rows();
  std::string first;
  size_t index = 0;
  JsonFault fault;
  for (std::string_view document; !(document = take_value(payload, INT32_MAX, fault)).empty();
       ++index) {
    const size_t row = to_->rows();
    place_ = "document " + std::to_string(index) + ", ";
    const bool bare = options_.bare_values && is_bare(document);
    const Reason reason = bare ? read_scalar(document) : read_document(document);
    if (budget_.is_exceeded() || reason == kNotJson) return reason;
    if (reason) {
      to_->truncate(row);
      if (first.empty()) first = reason;
      if (!options_.parts) return reason;
      const std::string told = tell("document ", index, reason);
      note_limit(told);
      add_part({document, {}, {}}, told, 1);
      budget_.add_part();
    }
    if (const Reason over = budget_.check(*to_)) return over;
  }
  if (to_->rows() > before) return nullptr;
  if (index == 0) return kNotJson;
  return index == 1 ? words_.say(first)
                    : words_.say("no document holds a value; document 0: " + first);
}

Reason MessageReader::read_document(std::string_view text) {
  document_ = text;
  read_again_ = false;
  // In place: copies of On-Demand's documents and objects cost more than what is checked here.
  auto parsed = parser_.iterate(padded(text));
  if (parsed.error()) return kNotJson;
  Document& document = parsed.value_unsafe();
  if (root_.empty()) return read_root(document, text);
  around_.begin(received_us_);
  std::string_view found;
  if (const Reason reason = root_.find(document, around_, found)) return reason;
  Document points;
  if (parser_.iterate(padded(found)).get(points)) return kNotJson;
  return read_root(points, found);
}

Reason MessageReader::read_root(Document& document, std::string_view text) {
  Reason reason = nullptr;
  auto object = document.get_object();
  if (object.error() == SUCCESS) {
    reason = read_object(object.value_unsafe());
  } else if (object.error() != simdjson::INCORRECT_TYPE) {
    return kNotJson;
  } else if (Array array; document.get_array().get(array) == SUCCESS) {
    reason = read_array(array, text);
    if (read_again_) return reason;
  } else {
    JsonType type;
    if (document.type().get(type) || type == JsonType::array) return kNotJson;
    return root_.empty() ? "neither an object nor an array of objects"
                         : words_.say("neither object nor array at root ", root_.pointer());
  }
  if (reason) return reason;
  const char* rest = nullptr;
  return document.current_location().get(rest) == SUCCESS ? kNotJson : nullptr;
}

Reason MessageReader::read_object(Object& object) {
  if (!options_.point_per_member) return points_.read(object, around_, topic_, *to_);
  budget_.start_counting(*to_);
  return members_.read(object, around_, topic_, *to_);
}

Reason MessageReader::read_array(Array array, std::string_view text) {
  budget_.start_counting(*to_);
  const size_t before = to_->rows();
  size_t index = 0;
  bool is_numbered = false;  // so that no element can leave alone
  for (auto element : array) {
    if (element.error()) return kNotJson;
    auto&& value = std::move(element).value_unsafe();
    Object object;
    Reason reason = nullptr;
    const error_code error = value.get_object().get(object);
    if (error == SUCCESS) {
      reason = read_object(object);
    } else if (error != simdjson::INCORRECT_TYPE) {
      return kNotJson;
    } else if (options_.point_per_member) {
      is_numbered = true;
      reason = members_.read_element(value, index, around_, topic_, *to_);
    } else {
      reason = "an element of the array is not an object";
    }
    if (budget_.is_exceeded() || reason == kNotJson) return reason;
    if (reason) {
      if (is_numbered || !options_.parts) return reason;
      to_->truncate(before);
      return read_elements(text);
    }
    if (const Reason over = budget_.check(*to_)) return over;
    ++index;
  }
  return to_->rows() == before ? "the array holds no points" : nullptr;
}

// Of an array of which an element is known to be bad, each by itself.
Reason MessageReader::read_elements(std::string_view text) {
  read_again_ = true;
  if (find_fault(document_, most_depth()).kind != JsonFault::kNone) return kNotJson;
  array_ = text;
  const size_t before = to_->rows();
  std::string first;
  std::vector<std::string_view> bad;
  const auto most = static_cast<size_t>(options_.limits.points) + 1;
  const std::vector<std::string_view> elements = elements_of(text, most);
  for (size_t i = 0; i < elements.size(); ++i) {
    const size_t row = to_->rows();
    const bool is_object = elements[i].front() == '{';
    if (!is_object && options_.point_per_member) {
      return words_.say("beside elements that are named by their index, one is no point");
    }
    const Reason reason = is_object ? read_element(elements[i]) : "not an object";
    if (budget_.is_exceeded()) return reason;
    if (reason) {
      to_->truncate(row);
      const std::string told = tell("element ", i, reason);
      note_limit(place_ + told);
      if (bad.empty()) first = told;
      bad.push_back(elements[i]);
      budget_.add_part();
      budget_.add_copied(around_.metadata.size());
    }
    if (const Reason over = budget_.check(*to_)) return over;
  }
  if (to_->rows() == before) return words_.say("no element holds a value; " + first);
  const size_t count = bad.size();
  add_part({document_, array_, std::move(bad)}, place_ + first, count);
  return nullptr;
}

Reason MessageReader::read_element(std::string_view text) {
  Document document;
  Object object;
  if (parser_.iterate(padded(text)).get(document) || document.get_object().get(object)) {
    return kNotJson;
  }
  return read_object(object);
}

Reason MessageReader::read_scalar(std::string_view text) {
  Document document;
  if (parser_.iterate(padded(text)).get(document)) return kNotJson;
  to_->start_texts();
  Point point;
  point.time_us = around_.time_us;
  if (const Reason reason = fields_.read_value(document, point, *to_)) return reason;
  to_->push(point, topic_);
  return nullptr;
}

// Which is no JSON.
Reason MessageReader::read_text(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (text.empty()) return "it is empty";
  JsonFault fault{JsonFault::kWrong, penstock::utf8_fault(text), {}, "not valid UTF-8"};
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && !is_space(c);
  });
  if (!fault.at && control != text.end()) {
    fault.at = text.data() + (control - text.begin());
    fault.what = "it has a control character";
  }
  if (fault.at) return say(words_, fault, payload_, options_.limits.depth);
  to_->start_texts();
  Point point;
  point.time_us = around_.time_us;
  point.has_text = true;
  to_->set_text(text);
  to_->push(point, topic_);
  return nullptr;
}

std::string MessageReader::tell(const char* kind, size_t index, std::string_view reason) {
  return (kind + std::to_string(index) + ": ").append(reason);
}

void MessageReader::note_limit(const std::string& told) {
  if (over_limit_.empty() && words_.over_limit()) over_limit_ = told;
}

// All of a message is one letter, so that it gives no more than its own bytes.
void MessageReader::add_part(BadDocument&& part, const std::string& told, size_t count) {
  if (bad_count_ == 0) bad_part_.reason = told;
  else bad_part_.payload += '\n';
  append_message(part, bad_part_.payload);
  bad_documents_.push_back(std::move(part));
  bad_count_ += count;
}

}  // namespace json_decoder
