#include "describe/reference.hpp"

#include <fmt/format.h>

#include "config/engine_options.hpp"
#include "config/option_values.hpp"
#include "describe/option_texts.hpp"

namespace penstock::engine {
namespace {

constexpr const char* kMade =
    "\n<!-- Made by `penstock generate reference`; not to be edited. -->\n";

std::string code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

std::string row(const penstock_option& option) {
  const std::string standard = default_text(option);
  const bool is_word = standard == "-" || standard == "required";
  return fmt::format("| `{}` | {} | {} | {} | {} |\n", option.name, table_cell(type_text(option)),
                     is_word ? standard == "-" ? "" : standard : code(standard),
                     table_cell(range_text(option)), table_cell(option.help));
}

constexpr const char* kOptionHead =
    "\n| option | type | default | range | what it does |\n| --- | --- | --- | --- | --- |\n";

template <class Options>
std::string engine_options(const std::string& title, const std::string& words) {
  std::string text = fmt::format("\n## {}\n\n{}\n{}", title, words, kOptionHead);
  for (const Option& option : Options::table()) text += row(option.declaration);
  return text;
}

std::string ports(const penstock_node_type& type) {
  std::string text = "\n| port | what leaves by it |\n| --- | --- |\n";
  for (size_t i = 0; i < type.port_count; ++i) {
    const penstock_port& port = strided(type.ports, i);
    text += fmt::format("| `{}` | {} |\n", port.name, table_cell(port.help));
  }
  return text +
         "| `rejected` | What could not be used: the input's columns, and `node`, `reason` and "
         "`detail`. |\n";
}

std::string metrics(const penstock_node_type& type) {
  if (type.metric_count == 0) return "";
  std::string text =
      "\n### What it measures\n\n| `/metrics` | `/status` | |\n| --- | --- | --- |\n";
  for (size_t i = 0; i < type.metric_count; ++i) {
    const penstock_metric& metric = strided(type.metrics, i);
    const std::string name = !metric.name        ? ""
                             : metric.of_service ? "`<service>_" + std::string(metric.name) + "`"
                                                 : "`penstock_" + std::string(metric.name) + "`";
    text +=
        fmt::format("| {} | {} | {} |\n", name, code(metric.status_name ? metric.status_name : ""),
                    table_cell(metric.help));
  }
  return text;
}

std::string node_type(const std::string& name, const penstock_node_type& type) {
  const bool is_source = type.kind == PENSTOCK_SOURCE;
  std::string text = fmt::format("\nA {}. {}\n\n```toml\n[nodes.NAME]\nplugin = \"{}\"\n{}```\n",
                                 kind_name(type.kind), type.summary, name,
                                 is_source ? "" : "inputs = [\"NODE\"]\n");
  text += fmt::format("\n{}: {}.\n", is_source ? "Emits" : "Takes", columns_text(type));
  if (!is_source) text += ports(type);
  if (type.option_count > 0) text += std::string("\n### Options\n") + kOptionHead;
  for (size_t i = 0; i < type.option_count; ++i) text += row(strided(type.options, i));
  return text + metrics(type);
}

std::string plugin_page(const std::string& name, const penstock_plugin& plugin) {
  std::string text = "# " + name + "\n" + kMade;
  for (size_t i = 0; i < plugin.type_count; ++i) {
    const penstock_node_type& type = strided(plugin.types, i);
    const std::string full = i == 0 ? name : name + "." + type.name;
    if (plugin.type_count > 1) text += "\n## " + full + "\n";
    text += node_type(full, type);
  }
  return text;
}

constexpr const char* kValues = R"(
## Values

A string can take its value from a variable, a file or a credential:

| reference | what it becomes |
| --- | --- |
| `${NAME}` | The environment variable; it must be set. |
| `${NAME:-default}` | The same; the default, which may hold references, if it is unset or empty. |
| `${file:/run/secrets/x}` | The content of the file, without its last newline. |
| `${credential:name}` | The credential that systemd passes on (`LoadCredential=`); may have a default. |

Numbers, sizes, durations and `true` or `false` may be strings, too, so that a reference can give
them. In a string, `yes`, `on` and `1` mean `true`, `no`, `off` and `0` mean `false`. A choice may be
written in upper or lower case; `warn` means `warning` and `err` means `error`.

An error names the value and where it comes from. `/status` and the page show the value in force, and
the reference beside it. `***` stands for what is secret: a secret option, what a file or a credential
holds, a variable that a secret option reads or whose name says that it is one (with `PASS`, `PWD`,
`SECRET`, `TOKEN` or `CRED` in it, or `KEY` or `PW` at its end), the default of such a variable or of a
credential, the login in an address, and the `password=` of a connection string. `penstock check` shows
nothing of a line behind such a name, whatever is wrong with it.
)";

std::string pipeline_file_page() {
  return std::string("# The pipeline file\n") + kMade + kValues +
         engine_options<ServiceOptions>("[service]", "The pipeline as a whole.") +
         engine_options<HttpOptions>("[http]", "Where it is watched; without it nothing listens.") +
         engine_options<LoggingOptions>("[logging]", "What it says, and how.") +
         engine_options<NodeEngineOptions>(
             "[nodes.NAME]",
             "Of every node, besides `plugin`, `inputs` (nodes, or ports such as "
             "`decoder.rejected`; none for a source) and the plugin's own options.") +
         engine_options<BufferOptions>(
             "[nodes.NAME.buffer]",
             "A source's intake, where accepted messages wait until they are stored.");
}

}  // namespace

std::string table_cell(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

std::map<std::string, std::string> reference_pages(Catalog& catalog, std::string& problems) {
  std::map<std::string, std::string> pages{{"pipeline-file.md", pipeline_file_page()}};
  std::string list = std::string("# Reference\n") + kMade +
                     "\n* [The pipeline file](pipeline-file.md)\n* [Commands](commands.md)\n\n"
                     "| plugin | | |\n| --- | --- | --- |\n";
  const auto add = [&](const std::string& name, const Library& library) {
    pages[name + ".md"] = plugin_page(name, library.plugin());
    const penstock_node_type& type = *library.find("");
    list += fmt::format("| [{0}]({0}.md) | {1} | {2} |\n", name, kind_name(type.kind),
                        table_cell(type.summary));
  };
  catalog.visit_all(add, problems);
  pages["README.md"] = list;
  return pages;
}

}  // namespace penstock::engine
