// What plugins themselves have to say of their options, and of what they find outside.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "config/nodes.hpp"
#include "config/place_in_value.hpp"
#include "config/secrets.hpp"

namespace penstock::engine {
namespace {

// Where a plugin's words go: to the option's place in the file.
struct CheckTarget {
  const toml::table& table;
  const NodeDescription& node;
  Problems& problems;
};

// A secret is not in what is said of it either.
std::string redacted(const NodeDescription& node, const char* option, std::string text) {
  for (size_t i = 0; option && i < node.type->option_count; ++i) {
    const penstock_option& each = strided(node.type->options, i);
    const penstock_text& secret = node.values.values()[i].text;
    if (each.type != PENSTOCK_SECRET || std::string_view(option) != each.name) continue;
    replace_all(text, {secret.data, secret.size}, kMask);
  }
  return node.values.redacted(std::move(text));
}

// Of an option that is a string and no secret; otherwise nothing.
std::string_view text_of(const NodeDescription& node, std::string_view option) {
  for (size_t i = 0; i < node.type->option_count; ++i) {
    const penstock_option& each = strided(node.type->options, i);
    if (option != each.name || each.type != PENSTOCK_STRING) continue;
    const penstock_text& text = node.values.values()[i].text;
    return {text.data, text.size};
  }
  return {};
}

std::string origin_of(const NodeDescription& node, std::string_view option,
                      const std::string& message) {
  for (size_t i = 0; i < node.type->option_count; ++i) {
    if (option != strided(node.type->options, i).name) continue;
    return origin_note(node.values.shown()[i], message);
  }
  return "";
}

void add(void* engine, const char* option, penstock_text message, Severity severity) {
  auto& target = *static_cast<CheckTarget*>(engine);
  const toml::node* value = option ? target.table.get(option) : nullptr;
  const std::string text = redacted(target.node, option, {message.data, message.size});
  target.problems.add(
      value ? location(*value) : target.node.at,
      option ? fmt::format("{}: {}{}", option, text, origin_of(target.node, option, text))
             : fmt::format("nodes.{}: {}", target.node.name, text),
      severity);
}

void report_error(void* engine, const char* option, penstock_text message) {
  add(engine, option, message, Severity::kError);
}
void report_warning(void* engine, const char* option, penstock_text message) {
  add(engine, option, message, Severity::kWarning);
}
// The same of a place in an option's text.
void report_error_at(void* engine, const char* option, size_t byte, penstock_text message,
                     penstock_text hint) {
  auto& target = *static_cast<CheckTarget*>(engine);
  std::string text(message.data, message.size);
  if (hint.size > 0) text.append(". ").append(hint.data, hint.size);
  const toml::node* value = target.table.get(option);
  const auto place =
      value ? place_in_value(target.problems.source(), *value, text_of(target.node, option), byte)
            : std::nullopt;
  if (!place) return report_error(engine, option, {text.data(), text.size()});
  target.problems.add({*place, fmt::format("{}: {}", option, redacted(target.node, option, text)),
                       Severity::kError, true});
}
void report_note(void* engine, penstock_text message) {
  add(engine, nullptr, message, Severity::kNote);
}

using Check = void (*)(const penstock_settings*, const penstock_report*);

void ask(Check check, const toml::table& tables, const NodeDescription& node,
         const ServiceOptions& service, Problems& problems) {
  CheckTarget target{*tables[node.name].as_table(), node, problems};
  const penstock_report report{
      sizeof(penstock_report), &target,         report_error, report_warning, report_note,
      service.buffer_size,     report_error_at,
  };
  const penstock_settings settings = node.settings(service.name);
  check(&settings, &report);
}

// Plugins of an older ABI have none.
Check connection_check(const penstock_node_type& type) {
  constexpr size_t kEnd = offsetof(penstock_node_type, check_connection) + sizeof(Check);
  return type.size >= kEnd ? type.check_connection : nullptr;
}

}  // namespace

void note_intakes(std::vector<NodeDescription>& nodes) {
  for (NodeDescription& node : nodes) {
    if (node.type && node.type->kind == PENSTOCK_SOURCE) node.intake = intake_of(node.buffer);
  }
  // The least safe intake goes on along the edges. As often as a path is long at most, since with
  // a cycle, which is reported elsewhere, the nodes are in no order.
  for (size_t round = 0; round < nodes.size(); ++round) {
    for (NodeDescription& node : nodes) {
      for (const InputDescription& input : node.inputs) {
        node.intake = std::min(node.intake, nodes[input.node].intake);
      }
    }
  }
}

void check_options(const toml::table& tables, const std::vector<NodeDescription>& nodes,
                   const std::set<int32_t>& kinds, const ServiceOptions& service,
                   Problems& problems) {
  for (const NodeDescription& node : nodes) {
    if (!node.options_are_valid || !node.type->check || !kinds.contains(node.type->kind)) continue;
    ask(node.type->check, tables, node, service, problems);
  }
}

void check_connections(const toml::table& tables, const std::vector<NodeDescription>& nodes,
                       const ServiceOptions& service, Problems& problems) {
  for (const NodeDescription& node : nodes) {
    if (node.type->kind == PENSTOCK_SOURCE) check_intake_folder(tables, node, problems);
    if (const Check check = connection_check(*node.type)) {
      ask(check, tables, node, service, problems);
    }
  }
}

}  // namespace penstock::engine
