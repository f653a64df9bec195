#include "letter_choice.hpp"

#include <penstock/dead_letter.hpp>

#include <nlohmann/json.hpp>

namespace file_source {

LetterChoice::LetterChoice(Options options) : options_(std::move(options)) {
  if (options_.rows) rows_.emplace(options_.columns);
}

bool LetterChoice::has(const nlohmann::ordered_json& letter) const {
  if (!letter.is_object()) return false;
  const penstock::letter::Kind kind = penstock::letter::kind_of(letter);
  if (kind.row != options_.rows) return false;
  const bool of_any = !kind.row && options_.node.empty();
  if (kind.node != options_.node && !of_any) return false;
  return !kind.row || kind.columns == options_.columns;
}

bool LetterChoice::has(const std::string& line) const {
  const auto letter = nlohmann::ordered_json::parse(line, nullptr, false);
  return has(letter);
}

std::optional<Message> LetterChoice::message_of(const std::string& line) {
  const auto letter = nlohmann::ordered_json::parse(line);
  if (!has(letter)) return std::nullopt;
  if (!options_.rows) return file_source::message_of(letter, 0);
  rows_->add(line);  // whether it is one
  if (rows_->rows() >= 1000) {
    ArrowArray rows = rows_->finish();
    rows.release(&rows);
  }
  Message message;
  message.topic = options_.node;
  message.payload = line;
  return message;
}

}  // namespace file_source
