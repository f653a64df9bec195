#include "message_reader.hpp"

#include <algorithm>

namespace json_decoder {
namespace {

using simdjson::error_code;
using simdjson::SUCCESS;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

simdjson::padded_string_view padded(std::string_view text) {
  return simdjson::padded_string_view(text.data(), text.size(),
                                      text.size() + simdjson::SIMDJSON_PADDING);
}

}  // namespace

MessageReader::MessageReader(FieldNames names, MessageOptions options)
    : names_(std::move(names)),
      options_(std::move(options)),
      fields_(options_.unit, options_.limits.depth, words_),
      points_(names_, fields_),
      root_(options_.root, options_.keep_outer, names_, fields_, words_) {}

std::string MessageReader::read(std::string_view payload, std::string_view topic,
                                int64_t received_us, PointBuilder& to) {
  to_ = &to;
  payload_ = payload;
  topic_ = topic;
  rows_before_ = to.rows();
  counts_bytes_ = false;
  around_.time_us = received_us;
  words_.clear();
  bad_parts_.clear();
  const Reason reason = read_payload(payload);
  if (!reason) {
    if (counts_bytes_) spare_bytes_ -= std::min(spare_bytes_, bytes_over_fair());
    return {};
  }
  to.truncate(rows_before_);
  bad_parts_.clear();
  // What is not JSON is that first of all, whatever was found before its fault.
  const JsonFault fault = fault_of(payload);
  return fault.kind == JsonFault::kNone ? reason
                                        : words_.say(fault, payload, options_.limits.depth);
}

// A point alone takes no more than its message.
void MessageReader::count_bytes() {
  if (counts_bytes_) return;
  counts_bytes_ = true;
  bytes_before_ = to_->bytes();
  part_bytes_ = 0;
  fair_bytes_ = kTimes * (payload_.size() + topic_.size());
  allowed_bytes_ = std::max(payload_.size(), std::min(kMostBytes, fair_bytes_ + spare_bytes_));
}

size_t MessageReader::bytes_over_fair() {
  const size_t bytes = bytes_so_far();
  return bytes > fair_bytes_ ? bytes - fair_bytes_ : 0;
}

JsonFault MessageReader::fault_of(std::string_view document) const {
  while (document.starts_with(kByteOrderMark)) document.remove_prefix(kByteOrderMark.size());
  // An array and an object are around what `depth` is said of.
  const int64_t most_depth = options_.limits.depth + 2 + static_cast<int64_t>(root_.depth());
  const char* const no_text = utf8_fault(document);
  const JsonFault fault = find_fault(document, static_cast<int>(most_depth));
  if (no_text && (fault.kind == JsonFault::kNone || no_text <= fault.at)) {
    return {JsonFault::kWrong, no_text, {}, "not valid UTF-8"};
  }
  return fault;
}

Reason MessageReader::read_payload(std::string_view payload) {
  if (payload.size() > kMostPayload) return words_.over("larger than ", kMostPayload);
  // RFC 8259, 8.1: a parser may ignore it. Some versions of simdjson do, others don't.
  while (payload.starts_with(kByteOrderMark)) payload.remove_prefix(kByteOrderMark.size());
  return read_document(payload);
}

Reason MessageReader::read_document(std::string_view text) {
  document_ = text;
  read_again_ = false;
  Document document;
  if (parser_.iterate(padded(text)).get(document)) return kNotJson;
  if (root_.empty()) return read_root(document, text);
  around_.metadata.clear();
  around_.time_fault.clear();
  std::string_view found;
  if (const Reason reason = root_.find(document, around_, found)) return reason;
  Document points;
  if (parser_.iterate(padded(found)).get(points)) return kNotJson;
  return read_root(points, found);
}

Reason MessageReader::read_root(Document& document, std::string_view text) {
  JsonType type;
  if (document.type().get(type)) return kNotJson;
  Reason reason = nullptr;
  if (type == JsonType::object) {
    Object object;
    if (document.get_object().get(object)) return kNotJson;
    reason = points_.read(object, around_, topic_, *to_);
  } else if (type == JsonType::array) {
    Array array;
    if (document.get_array().get(array)) return kNotJson;
    reason = read_array(array, text);
    if (read_again_) return reason;
  } else {
    return root_.empty() ? "neither an object nor an array of objects"
                         : words_.say("neither object nor array at root ", root_.pointer());
  }
  if (reason) return reason;
  const char* rest = nullptr;
  return document.current_location().get(rest) == SUCCESS ? kNotJson : nullptr;
}

Reason MessageReader::read_array(Array array, std::string_view text) {
  count_bytes();
  const size_t before = to_->rows();
  for (auto element : array) {
    Object object;
    Reason reason = nullptr;
    if (const error_code error = element.get_object().get(object)) {
      if (error != simdjson::INCORRECT_TYPE) return kNotJson;
      reason = "an element of the array is not an object";
    } else {
      reason = points_.read(object, around_, topic_, *to_);
    }
    if (reason == kNotJson) return reason;
    if (reason) {
      to_->truncate(before);
      return options_.parts ? read_elements(text) : reason;
    }
    if (const Reason over = check_limits()) return over;
  }
  return to_->rows() == before ? "the array holds no points" : nullptr;
}

// Of an array of which an element is known to be bad, each by itself.
Reason MessageReader::read_elements(std::string_view text) {
  read_again_ = true;
  if (fault_of(document_).kind != JsonFault::kNone) return kNotJson;
  array_ = text;
  const size_t before = to_->rows(), parts_before = bad_parts_.size();
  const auto most = static_cast<size_t>(options_.limits.points) + 1;
  const std::vector<std::string_view> elements = elements_of(text, most);
  for (size_t i = 0; i < elements.size(); ++i) {
    const size_t row = to_->rows();
    if (const Reason reason = read_element(elements[i])) {
      to_->truncate(row);
      BadPart part{message_of(elements[i]), "element "};
      part.reason.append(std::to_string(i)).append(": ").append(reason);
      part_bytes_ += part.payload.size() + part.reason.size() + topic_.size();
      bad_parts_.push_back(std::move(part));
    }
    if (const Reason over = check_limits()) return over;
  }
  if (to_->rows() > before) return nullptr;
  const std::string first = bad_parts_[parts_before].reason;
  bad_parts_.resize(parts_before);
  return words_.say("no element is a point; " + first);
}

Reason MessageReader::read_element(std::string_view text) {
  if (text.front() != '{') return "not an object";
  Document document;
  Object object;
  if (parser_.iterate(padded(text)).get(document) || document.get_object().get(object)) {
    return kNotJson;
  }
  return points_.read(object, around_, topic_, *to_);
}

// What would give this element alone, if it were put through again.
std::string MessageReader::message_of(std::string_view element) const {
  if (root_.empty() && element.front() == '{') return std::string(element);
  std::string message(document_.data(), array_.data());
  message += '[';
  message += element;
  message += ']';
  message.append(array_.data() + array_.size(), document_.data() + document_.size());
  return message;
}

Reason MessageReader::check_limits() {
  const size_t points = to_->rows() - rows_before_ + bad_parts_.size();
  if (points > static_cast<size_t>(options_.limits.points)) {
    return words_.over("more points than max_points = ", options_.limits.points);
  }
  if (bytes_so_far() <= allowed_bytes_) return nullptr;
  return words_.over("its points have more bytes than ", static_cast<long long>(allowed_bytes_));
}

}  // namespace json_decoder
