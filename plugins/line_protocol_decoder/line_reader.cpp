#include "line_reader.hpp"

#include <penstock/utf8.hpp>

#include <simdjson.h>

#include <algorithm>

#include "decoding/most_payload.hpp"
#include "escapes.hpp"

namespace line_protocol_decoder {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

std::string_view remedy_of(std::string_view reason) {
  if (reason.find("time: out of range") != std::string_view::npos) {
    return "time_unit says what times count";
  }
  if (reason.starts_with("not gzip: it does not begin")) {
    return "set compression = \"auto\" if only some are compressed";
  }
  return {};
}

LineReader::LineReader(const LineOptions& options)
    : options_(options),
      decompressor_(options_.compression, words_),
      budget_(options_.most_points, words_) {
  const auto at = [&](std::string_view name) {
    return std::find(options_.join.begin(), options_.join.end(), name);
  };
  field_part_ = static_cast<size_t>(at(kField) - options_.join.begin());
  is_measurement_joined_ = at(kMeasurement) != options_.join.end();
}

void LineReader::start_batch() {
  budget_.start_batch();
  decompressor_.start_batch();
  parser_.start_batch();
}

std::string LineReader::read(std::string_view payload, std::string_view topic, int64_t received_us,
                             PointBuilder& to) {
  to_ = &to;
  received_us_ = received_us;
  words_.clear();
  over_limit_.clear();
  bad_part_.clear();
  bad_count_ = 0;
  topic_.assign(topic);
  base_size_ = topic.size();
  const size_t rows_before = to.rows();
  std::string_view text;
  Reason reason = decompressor_.read(payload, text);
  if (!reason && text.size() > kMostPayload) {
    reason = words_.over("it has more bytes than ", kMostPayload);
  }
  if (!reason) {
    budget_.start_message(decompressor_.counted_bytes(), topic, to);
    budget_.start_counting(to);
    reason = read_lines(text);
  }
  if (!reason) {
    budget_.end_message(to);
    if (bad_count_ > 1) bad_part_.reason += ", and " + grouped(bad_count_ - 1) + " more";
    if (bad_count_ > 0) {
      bad_part_.payload = decompressor_.compressed(std::move(bad_part_.payload));
    }
    return {};
  }
  to.truncate(rows_before);
  bad_part_.clear();
  if (words_.over_limit()) over_limit_ = reason;
  return reason;
}

Reason LineReader::read_lines(std::string_view text) {
  text_ = text;
  is_utf8_ = simdjson::validate_utf8(text.data(), text.size());
  const char* at = text.data();
  const char* const end = at + text.size();
  if (text.starts_with(kByteOrderMark)) at += kByteOrderMark.size();
  const size_t before = to_->rows();
  std::string first;
  while (true) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) ++at;
    if (at == end) break;
    if (*at == '#') {
      at = std::find(at, end, '\n');
      continue;
    }
    const char* const begin = at;
    const Reason reason = read_line(at, end);
    if (budget_.is_exceeded()) return reason;
    if (!reason) continue;
    if (!options_.parts) return reason;
    if (bad_count_ == 0) first = reason;
    at = std::max(at, end_of_line(begin, end));
    add_bad(begin, at, reason);
    if (const Reason over = budget_.check(*to_)) return over;
  }
  if (to_->rows() > before) return nullptr;
  if (bad_count_ == 0) return text.empty() ? "it is empty" : "it holds no points";
  if (bad_count_ == 1) return words_.say(std::move(first));
  return words_.say("no line can be read; " + bad_part_.reason);
}

Reason LineReader::read_line(const char*& at, const char* end) {
  if (!is_utf8_) {
    const char* const line_end = end_of_line(at, end);
    const char* const fault = penstock::utf8_fault({at, static_cast<size_t>(line_end - at)});
    if (fault) return say({LineFault::kWrong, fault, {}, "not valid UTF-8"});
  }
  if (parser_.parse(at, end, budget_.points_left(*to_))) return push_points(parser_.line());
  switch (parser_.fault().kind) {
    case LineFault::kTooManyFields: return budget_.exceed_points();
    case LineFault::kTooManyTags:
      return budget_.exceed("more tags of one line than ", LineParser::kMostTags);
    default: return say(parser_.fault());
  }
}

Reason LineReader::push_points(const Line& line) {
  Point point;
  point.time_us = received_us_;
  if (line.time) {
    const std::optional<int64_t> time_us = from_epoch(*line.time, options_.unit);
    if (!time_us) return words_.say("time: out of range: ", line.time_text);
    point.time_us = *time_us;
  }
  start_topic(line);
  metadata_.clear();
  if (!is_measurement_joined_) {
    metadata_ += "\"_measurement\":";  // as InfluxDB's Flux names it
    append_json(line.measurement, kOfMeasurement, metadata_);
  }
  for (const Tag& tag : line.tags) {
    if (is_joined(tag)) continue;
    if (!metadata_.empty()) metadata_ += ',';
    append_json(tag.key, kOfKey, metadata_);
    metadata_ += ':';
    append_json(tag.value, kOfKey, metadata_);
  }
  const size_t topic_size = topic_.size();
  for (const Field& field : line.fields) {
    to_->start_texts();
    if (!metadata_.empty()) to_->add_metadata_members(metadata_);
    point.has_text = field.is_text;
    point.value.reset();
    if (field.is_text) to_->set_text(text_of(field));
    else point.value = field.number;
    for (size_t part = field_part_; part < options_.join.size(); ++part) join(part, line, &field);
    to_->push(point, topic_);
    topic_.resize(topic_size);
    if (const Reason over = budget_.check(*to_)) return over;
  }
  return nullptr;
}

std::string_view LineReader::text_of(const Field& field) {
  if (field.text.find('\\') == std::string_view::npos) return field.text;
  name_.clear();
  append_unescaped(field.text, kOfText, name_);
  return name_;
}

// What is before the field, of all points of the line.
void LineReader::start_topic(const Line& line) {
  topic_.resize(base_size_);
  for (size_t part = 0; part < field_part_; ++part) join(part, line, nullptr);
}

void LineReader::join(size_t part, const Line& line, const Field* field) {
  const std::string& name = options_.join[part];
  if (name == kMeasurement) {
    topic_ += '/';
    append_unescaped(line.measurement, kOfMeasurement, topic_);
  } else if (name == kField && field) {
    topic_ += '/';
    append_unescaped(field->key, kOfKey, topic_);
  } else {
    for (const Tag& tag : line.tags) {
      name_.clear();
      append_unescaped(tag.key, kOfKey, name_);
      if (name_ != name) continue;
      topic_ += '/';
      append_unescaped(tag.value, kOfKey, topic_);
      return;
    }
  }
}

bool LineReader::is_joined(const Tag& tag) {
  if (options_.join.size() <= 1 + static_cast<size_t>(is_measurement_joined_)) return false;
  name_.clear();
  append_unescaped(tag.key, kOfKey, name_);
  if (name_ == kMeasurement || name_ == kField) return false;
  return std::find(options_.join.begin(), options_.join.end(), name_) != options_.join.end();
}

Reason LineReader::say(const LineFault& fault) {
  std::string text = "not line protocol: ";
  if (!fault.shown.empty()) text += '"' + shortened(fault.shown, 40) + "\" ";
  text += fault.what;
  text += " (at byte " + std::to_string(fault.at - text_.data() + 1) + ")";
  return words_.say(std::move(text));
}

void LineReader::add_bad(const char* begin, const char* end, const char* reason) {
  if (bad_count_++ == 0) {
    const auto line = std::count(text_.data(), begin, '\n') + 1;
    bad_part_.reason = "line " + std::to_string(line) + ": " + reason;
  } else {
    bad_part_.payload += '\n';
  }
  if (end[-1] == '\n') --end;  // with all else that may be what is bad
  bad_part_.payload.append(begin, end);
  budget_.add_part();
}

}  // namespace line_protocol_decoder
