// `penstock sql`: what a query makes of messages.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "commands/command_line.hpp"
#include "commands/standard_output.hpp"
#include "config/option_values.hpp"
#include "query/message_file.hpp"
#include "query/query_node.hpp"
#include "query/row_writer.hpp"

namespace penstock::engine {

namespace {

// Named after the language, in which those who use it think.
constexpr const char* kCommand = "sql";
// Before a query: what it does is told, instead of done.
constexpr std::string_view kExplain = "EXPLAIN ";

struct Arguments {
  std::string query, pipeline, node;
  std::string input = "-", format = "table";
  bool has_numbers = false, is_explained = false;
};

// What runs the query, and what reads the messages for it.
struct Chosen {
  std::unique_ptr<Catalog> catalog;  // holds the types' libraries open
  LoadedPipeline loaded;             // where the query is one of its nodes'
  const penstock_node_type* type = nullptr;
  const penstock_node_type* reader = nullptr;
  OptionValues own;
  std::vector<penstock_value> options;
  std::string query;  // as it was given
  std::string asked;  // what `options` point at, where it is a node's
  uint32_t extra_columns = 0;
};

int refuse(const std::string& why) {
  std::cerr << fmt::format("penstock {}: {}\n", kCommand, why);
  return 1;
}

// The line of the query, and a caret below the place.
int refuse(const QueryFault& fault, const std::string& query) {
  const size_t place = std::min(fault.byte, query.size());
  const size_t begin = place == 0 ? 0 : query.rfind('\n', place - 1) + 1;
  const std::string line = query.substr(begin, query.find('\n', place) - begin);
  const auto number =
      1 + std::count(query.begin(), query.begin() + static_cast<ptrdiff_t>(begin), '\n');
  const std::string label = fmt::format("line {}: ", number);
  std::cerr << fmt::format("{}\n{}{}\n", fault.message, label, line);
  std::string blanks(label.size(), ' ');
  for (size_t i = begin; i < place; ++i) {
    if ((static_cast<unsigned char>(query[i]) & 0xC0) != 0x80)
      blanks += query[i] == '\t' ? '\t' : ' ';
  }
  std::cerr << blanks << "^\n";
  if (!fault.hint.empty()) std::cerr << fault.hint << "\n";
  return 2;
}

const penstock_node_type* find_with(Catalog& catalog, penstock_kind kind, uint32_t flag) {
  const std::vector<std::string> names = catalog.names_with(kind, flag, 1);
  return names.empty() ? nullptr : catalog.find(names.front()).value_or(nullptr);
}

size_t option_index(const penstock_node_type& type, std::string_view name) {
  size_t i = 0;
  while (i < type.option_count && name != strided(type.options, i).name) ++i;
  return i;
}

std::string asked(const Arguments& arguments, std::string_view query) {
  return std::string(arguments.is_explained ? kExplain : "").append(query);
}

// Columns as texts, unless values are wanted.
OptionValues own_options(const penstock_node_type& type, const Arguments& arguments,
                         Problems& problems) {
  toml::table table{{"query", asked(arguments, arguments.query)},
                    {"result", arguments.format == "ndjson" ? "values" : "texts"}};
  const Lookup none([](const std::string&) { return std::nullopt; });
  return parse_options(table, type.options, type.option_count, {}, {}, none, problems);
}

// Returns why not; empty: it is done.
std::string choose(const Arguments& arguments, const CommonArguments& common, Chosen& to) {
  to.catalog = std::make_unique<Catalog>(Catalog::standard_folders({}, common.plugin_dirs));
  to.type = find_with(*to.catalog, PENSTOCK_TRANSFORM, PENSTOCK_NODE_QUERY);
  to.reader = find_with(*to.catalog, PENSTOCK_SOURCE, PENSTOCK_NODE_FILE);
  if (!to.type) return "there is no plugin that runs queries";
  if (!to.reader) return "there is no plugin that reads messages from files";
  Problems problems("the query");
  to.own = own_options(*to.type, arguments, problems);
  if (!problems.empty()) return problems.text();
  to.options = to.own.values();
  to.query = arguments.query;
  return "";
}

// Columns that messages may have besides.
std::optional<uint32_t> extra_columns_of(const ArrowSchema& schema) {
  const Schema columns = read_schema(schema);
  for (const uint32_t extra : {0u, PENSTOCK_COLUMN_RETAINED, PENSTOCK_COLUMN_ATTRIBUTES,
                               PENSTOCK_COLUMN_RETAINED | PENSTOCK_COLUMN_ATTRIBUTES}) {
    if (same_columns(columns, message_schema(extra))) return extra;
  }
  return std::nullopt;
}

// The query of a node of a pipeline, instead of one that was given.
std::string take_from_pipeline(const Arguments& arguments, const CommonArguments& common,
                               Chosen& to) {
  to.loaded = load_pipeline(arguments.pipeline, common);
  if (!to.loaded.pipeline) return "\n" + to.loaded.problems.text();
  const auto& nodes = to.loaded.pipeline->nodes;
  const auto node = std::find_if(nodes.begin(), nodes.end(), [&](const NodeDescription& each) {
    return each.name == arguments.node;
  });
  if (node == nodes.end())
    return fmt::format("{} has no node \"{}\"", arguments.pipeline, arguments.node);
  if (!(node->type->flags & PENSTOCK_NODE_QUERY))
    return fmt::format("nodes.{} runs no query, but {}", node->name, node->plugin);
  const auto extra = extra_columns_of(*node->inputs_at.front());
  if (!extra) {
    return fmt::format(
        "nodes.{} reads rows of other columns than messages have; write its query "
        "so that it reads messages, or use penstock test",
        node->name);
  }
  const size_t query = option_index(*node->type, "query");
  const size_t result = option_index(*node->type, "result");
  std::vector<penstock_value> options = node->values.values();
  options[result] = to.options[result];
  to.options = std::move(options);
  to.query = std::string(view(to.options[query].text));
  to.asked = asked(arguments, to.query);
  to.options[query].text = {to.asked.data(), to.asked.size()};
  to.type = node->type;
  to.extra_columns = *extra;
  return "";
}

std::unique_ptr<RowWriter> writer_for(const std::string& format, const RowWriterOptions& options) {
  if (format == "csv") return make_csv_writer(options);
  return format == "ndjson" ? make_ndjson_writer(options) : make_table_writer(options);
}

int run_query(const Arguments& arguments, Chosen& chosen) {
  QueryNode node(*chosen.type, chosen.options, message_schema(chosen.extra_columns));
  if (auto fault = node.check()) {
    // That an explained query gives no rows is its only fault.
    for (const std::string& line : node.notes()) std::cout << line << "\n";
    if (!node.notes().empty()) return 0;
    if (arguments.is_explained) fault->byte -= std::min(kExplain.size(), fault->byte);
    return refuse(*fault, chosen.query);
  }
  if (const std::string why = node.start(); !why.empty()) return refuse(why);
  if (arguments.format == "csv") StandardOutput::begin_data();
  const auto writer = writer_for(arguments.format, {node.result(), arguments.has_numbers});
  uint64_t number = 0, failed = 0;
  const auto complain = [&](std::string_view what) {
    ++failed;
    std::cout << std::flush;
    std::cerr << what << "\n";
  };
  const auto fail_row = [&](std::string_view reason, std::string_view detail) {
    complain(fmt::format("row {}: {}{}{}", number, detail, detail.empty() ? "" : ": ", reason));
  };
  const std::string fault = read_messages(
      {chosen.reader, arguments.input, chosen.extra_columns},
      [&](const penstock_source_message& message) {
        ++number;
        const std::string why = node.give(
            message, [&](const ArrowArray& rows, int64_t row) { writer->write(rows, row, number); },
            fail_row);
        if (!why.empty()) fail_row(why, "");
        // A pipe's reader sees each row when it comes.
        std::cout << std::flush;
      },
      complain);
  writer->end();
  if (!fault.empty()) return refuse(fault);
  return failed == 0 ? 0 : 1;
}

int query_command(const Arguments& arguments, const CommonArguments& common) {
  const bool has_pipeline = !arguments.pipeline.empty();
  if (has_pipeline != arguments.query.empty() || has_pipeline != !arguments.node.empty()) {
    return refuse("give either a QUERY, or --pipeline and --node");
  }
  Chosen chosen;
  std::string why = choose(arguments, common, chosen);
  if (why.empty() && has_pipeline) why = take_from_pipeline(arguments, common, chosen);
  return why.empty() ? run_query(arguments, chosen) : refuse(why);
}

}  // namespace

void add_query(CommandLine& line) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& query = line.add(
      kCommand, "Try a query on messages, as tap and file sinks write them",
      fmt::format("{} --input messages.ndjson 'SELECT topic, body FROM input'", kCommand).c_str(),
      [&line, arguments] { return query_command(*arguments, line.common); });
  query.add_option("QUERY", arguments->query, "The query, a SELECT from input");
  query.add_option("--input", arguments->input, "File of messages, NDJSON; - is standard input")
      ->type_name("FILE")
      ->capture_default_str();
  query.add_option("--format", arguments->format, "How rows are printed")
      ->transform(choice({"table", "csv", "ndjson"}))
      ->capture_default_str();
  query.add_flag("--row-numbers", arguments->has_numbers,
                 "Begin each row with the number of the message it was made of, as column n");
  query.add_flag("--explain", arguments->is_explained,
                 "Print what the query does: what it reads, in which order, and what is constant");
  query.add_option("--pipeline", arguments->pipeline, "Take the query from this pipeline file")
      ->type_name("FILE");
  query.add_option("--node", arguments->node, "With --pipeline: the node whose query it is")
      ->type_name("NODE");
}

}  // namespace penstock::engine
