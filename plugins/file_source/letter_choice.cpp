#include "letter_choice.hpp"

#include <nlohmann/json.hpp>

namespace file_source {

LetterChoice::LetterChoice(Options options) : options_(std::move(options)) {
  if (options_.rows) rows_.emplace(options_.columns);
}

bool LetterChoice::has(const nlohmann::ordered_json& letter) const {
  if (!letter.is_object()) return false;
  const auto columns = letter.find("columns");
  const bool has_columns = columns != letter.end();
  const bool is_row =
      has_columns || !(letter.contains("payload") || letter.contains("payload_base64"));
  if (is_row != options_.rows) return false;
  const auto node = letter.find("node");
  const bool is_text = node != letter.end() && node->is_string();
  const std::string name = is_text ? node->get<std::string>() : "";
  const bool of_any = !is_row && options_.node.empty();
  if (name != options_.node && !of_any) return false;
  return !is_row || (has_columns ? columns->dump() : "") == options_.columns;
}

bool LetterChoice::has(const std::string& line) const {
  const auto letter = nlohmann::ordered_json::parse(line, nullptr, false);
  return has(letter);
}

std::optional<Message> LetterChoice::message_of(const std::string& line) {
  const auto letter = nlohmann::ordered_json::parse(line);
  if (!has(letter)) return std::nullopt;
  if (!options_.rows) return file_source::message_of(letter);
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
