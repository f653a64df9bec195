#include "query/row_writer.hpp"

#include <fmt/format.h>
#include <penstock/columns.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

#include "flow/row_json.hpp"

namespace penstock::engine {
namespace {

std::vector<std::string> names_of(const RowWriterOptions& options) {
  std::vector<std::string> names;
  if (options.has_numbers) names.emplace_back("n");
  for (int64_t i = 0; i < options.schema.n_children; ++i)
    names.emplace_back(options.schema.children[i]->name);
  return names;
}

using Cells = std::vector<std::optional<std::string>>;

Cells cells_of(const RowWriterOptions& options, const ArrowArray& rows, int64_t row,
               uint64_t number) {
  Cells cells;
  if (options.has_numbers) cells.emplace_back(std::to_string(number));
  for (int64_t i = 0; i < options.schema.n_children; ++i) {
    const TextColumn column(*rows.children[i]);
    if (column.valid(row)) cells.emplace_back(column[row]);
    else cells.emplace_back();
  }
  return cells;
}

class CsvWriter : public RowWriter {
 public:
  explicit CsvWriter(const RowWriterOptions& options) : options_(options) {
    Cells header;
    for (std::string& name : names_of(options)) header.emplace_back(std::move(name));
    write_line(header);
  }
  void write(const ArrowArray& rows, int64_t row, uint64_t number) override {
    write_line(cells_of(options_, rows, row, number));
  }
  void end() override { std::cout << std::flush; }

 private:
  static std::string field(const std::string& text, bool is_alone) {
    const bool needs_quotes =
        text.empty() || text.find_first_of(",\"\r\n") != text.npos || (is_alone && text == "\\.");
    if (!needs_quotes) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + '"';
  }
  void write_line(const Cells& cells) {
    std::string line;
    for (const auto& cell : cells) {
      if (&cell != &cells.front()) line += ',';
      if (cell) line += field(*cell, cells.size() == 1);
    }
    std::cout << line << "\n";
  }
  const RowWriterOptions options_;
};

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == text.npos;
}

size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// Control characters would spoil the lines.
std::string in_one_line(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= ' ') shown += c;
    else shown += c == '\n' ? "\\n" : c == '\t' ? "\\t" : fmt::format("\\x{:02x}", c);
  }
  return shown;
}

// Holds all rows, since columns are as wide as their widest value.
class TableWriter : public RowWriter {
 public:
  explicit TableWriter(const RowWriterOptions& options)
      : options_(options), names_(names_of(options)), columns_(names_.size()) {
    for (size_t i = 0; i < names_.size(); ++i) columns_[i].width = width_of(names_[i]);
  }
  void write(const ArrowArray& rows, int64_t row, uint64_t number) override {
    Cells cells = cells_of(options_, rows, row, number);
    for (size_t i = 0; i < cells.size(); ++i) {
      if (!cells[i]) continue;
      cells[i] = in_one_line(*cells[i]);
      columns_[i].width = std::max(columns_[i].width, width_of(*cells[i]));
      columns_[i].has_numbers_only = columns_[i].has_numbers_only && is_number(*cells[i]);
    }
    rows_.push_back(std::move(cells));
  }
  void end() override {
    Cells header;
    std::string rule;
    for (size_t i = 0; i < names_.size(); ++i) {
      header.emplace_back(names_[i]);
      rule += (i > 0 ? "+" : "") + std::string(columns_[i].width + 2, '-');
    }
    write_line(header, false);
    std::cout << rule << "\n";
    for (const Cells& cells : rows_) write_line(cells, true);
    std::cout << fmt::format("({} {})\n", rows_.size(), rows_.size() == 1 ? "row" : "rows")
              << std::flush;
  }

 private:
  struct Column {
    size_t width = 0;
    bool has_numbers_only = true;  // they are aligned to the right
  };
  void write_line(const Cells& cells, bool is_row) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string text = cells[i].value_or("");
      const std::string fill(columns_[i].width - width_of(text), ' ');
      const bool is_right = is_row && columns_[i].has_numbers_only;
      line += (i > 0 ? "| " : " ") + (is_right ? fill + text : text + fill) + " ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    std::cout << line << "\n";
  }

  const RowWriterOptions options_;
  const std::vector<std::string> names_;
  std::vector<Column> columns_;
  std::vector<Cells> rows_;
};

class NdjsonWriter : public RowWriter {
 public:
  explicit NdjsonWriter(const RowWriterOptions& options) : options_(options) {}
  void write(const ArrowArray& rows, int64_t row, uint64_t number) override {
    std::string json = row_json(options_.schema, rows, row);
    if (options_.has_numbers) {
      const std::string_view rest = json == "{}" ? "}" : std::string_view(json).substr(1);
      json = fmt::format("{{\"n\":{}{}{}", number, rest == "}" ? "" : ",", rest);
    }
    std::cout << json << "\n";
  }
  void end() override { std::cout << std::flush; }

 private:
  const RowWriterOptions options_;
};

}  // namespace

std::unique_ptr<RowWriter> make_csv_writer(const RowWriterOptions& options) {
  return std::make_unique<CsvWriter>(options);
}
std::unique_ptr<RowWriter> make_table_writer(const RowWriterOptions& options) {
  return std::make_unique<TableWriter>(options);
}
std::unique_ptr<RowWriter> make_ndjson_writer(const RowWriterOptions& options) {
  return std::make_unique<NdjsonWriter>(options);
}

}  // namespace penstock::engine
