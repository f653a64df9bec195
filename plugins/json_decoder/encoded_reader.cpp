#include "encoded_reader.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "cbor.hpp"
#include "decoding/most_payload.hpp"
#include "messagepack.hpp"

namespace json_decoder {
namespace {

constexpr size_t kKeptBytes = 4 << 20;  // from batch to batch

}  // namespace

void EncodedReader::start_batch() {
  json_.start_batch();
  decompressor_.start_batch();
  spare_bytes_ = kSpareBytes;
  if (text_.size() > kKeptBytes) text_ = {};
}

std::string EncodedReader::read(std::string_view payload, std::string_view topic,
                                int64_t received_us, PointBuilder& to) {
  words_.clear();
  over_limit_.clear();
  bad_part_.clear();
  std::string_view bytes;
  Reason reason = decompressor_.read(payload, bytes);
  std::string_view text = bytes;
  if (!reason && encoding_ != Encoding::kJson) {
    reason = transcode(bytes);
    text = {text_.data(), text_.size()};
  }
  if (reason) {
    if (words_.over_limit()) over_limit_ = reason;
    return reason;
  }
  std::string told = json_.read(text, decompressor_.counted_bytes(), topic, received_us, to);
  over_limit_ = json_.over_limit();
  bad_part_ = json_.bad_part();
  if (!bad_part_.payload.empty()) {
    if (encoding_ == Encoding::kCbor) bad_part_.payload = letter_by<CborTranscoder>(bytes);
    if (encoding_ == Encoding::kMessagePack) {
      bad_part_.payload = letter_by<MessagePackTranscoder>(bytes);
    }
    bad_part_.payload = decompressor_.compressed(std::move(bad_part_.payload));
  }
  return told;
}

Reason EncodedReader::transcode(std::string_view payload) {
  const size_t fair = kTimes * payload.size();
  most_text_ = std::min(kMost, fair + spare_bytes_);
  const Reason reason = encoding_ == Encoding::kCbor ? transcode_by<CborTranscoder>(payload)
                                                     : transcode_by<MessagePackTranscoder>(payload);
  if (text_.size() > fair) spare_bytes_ -= std::min(spare_bytes_, text_.size() - fair);
  std::memset(text_.room(PENSTOCK_PADDING), 0, PENSTOCK_PADDING);
  return reason;
}

template <class Transcoder>
Reason EncodedReader::transcode_by(std::string_view payload, std::span<ValuePlace> places) {
  text_.clear();
  // As deep as the JSON may be: what is deeper in it is told of by its reader.
  Transcoder transcoder(payload, json_.most_depth(), most_text_, text_, places);
  const bool many = json_.options().many_documents;
  do {
    if (!transcoder.value()) return say(transcoder.fault());
    if (many) text_.push('\n');
  } while (many && !transcoder.at_end());
  return transcoder.at_end() ? nullptr : say(transcoder.rest_is_wrong());
}

Reason EncodedReader::say(const TranscodingFault& fault) {
  if (fault.kind == TranscodingFault::kTooDeep) {
    return words_.over("nested deeper than max_depth = ", json_.options().limits.depth);
  }
  if (fault.kind == TranscodingFault::kTooLong) {
    return words_.over("decodes to more than ", static_cast<long long>(most_text_),
                       " bytes of JSON");
  }
  const std::string name = encoding_ == Encoding::kCbor ? "CBOR" : "MessagePack";
  const bool is_wrong = fault.kind == TranscodingFault::kWrong;
  return words_.say((is_wrong ? "not " + name + ": " : name + " that JSON cannot hold: ") +
                    fault.what + " (at byte " + std::to_string(fault.at + 1) + ")");
}

// Of each document, of its array if that isn't all of it, and of the elements.
std::vector<ValuePlace> EncodedReader::places_of_bad() const {
  std::vector<ValuePlace> places;
  const auto add = [&](std::string_view text) {
    places.push_back({static_cast<size_t>(text.data() - text_.data())});
  };
  for (const auto& [document, array, elements] : json_.bad_documents()) {
    add(document);
    if (elements.empty()) continue;
    if (array.data() != document.data()) add(array);
    for (const std::string_view element : elements) add(element);
  }
  return places;
}

// Cut out of the message's own bytes, which a second look finds: JSON has not all that is in them.
template <class Transcoder>
std::string EncodedReader::letter_by(std::string_view payload) {
  std::vector<ValuePlace> places = places_of_bad();
  transcode_by<Transcoder>(payload, places);
  if (places.back().end == nullptr) throw std::logic_error("a bad part is not in its message");
  std::string letter;
  const ValuePlace* next = places.data();
  for (const auto& [document, array, elements] : json_.bad_documents()) {
    const ValuePlace& whole = *next++;
    if (elements.empty()) {
      letter.append(whole.begin, whole.end);
      continue;
    }
    const ValuePlace& list = array.data() == document.data() ? whole : *next++;
    letter.append(whole.begin, list.head);
    Transcoder::append_array_head(elements.size(), letter);
    for (size_t i = 0; i < elements.size(); ++i, ++next) letter.append(next->begin, next->end);
    letter.append(list.end, whole.end);
  }
  return letter;
}

}  // namespace json_decoder
