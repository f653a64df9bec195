// Whether what flows along an edge is what its end needs.
#include <fmt/format.h>

#include <algorithm>

#include "config/column_type_name.hpp"
#include "config/nodes.hpp"
#include "config/schema_fault.hpp"
#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

const Field* find_field(const Schema& schema, const std::string& name) {
  const auto at = std::find_if(schema.begin(), schema.end(),
                               [&](const Field& field) { return field.name == name; });
  return at == schema.end() ? nullptr : &*at;
}

OwnedSchema own(ArrowSchema schema) { return OwnedSchema(new ArrowSchema(schema)); }

std::string port_name(const NodeDescription& node, size_t port) {
  return port == 0 ? node.name : fmt::format("{}.{}", node.name, node.ports[port].name);
}

// What the input `from` lacks of what `node` needs, in words; empty when it fits.
std::string misfit(const Schema& needed, const Schema& comes) {
  for (const Field& want : needed) {
    const Field* have = find_field(comes, want.name);
    if (!have) {
      std::vector<std::string> names;
      for (const Field& field : comes) names.push_back(field.name);
      return fmt::format("it has no column \"{}\"{}", want.name, suggestion(want.name, names));
    }
    if (have->format != want.format) {
      return fmt::format("its column \"{}\" is {}, not {}", want.name,
                         column_type_name(have->format), column_type_name(want.format));
    }
    if (have->nullable && !want.nullable) {
      return fmt::format("its column \"{}\" may be null", want.name);
    }
  }
  return "";
}

class SchemaCheck {
 public:
  SchemaCheck(std::vector<NodeDescription>& nodes, const std::string& service, Problems& problems)
      : nodes_(nodes), service_(service), problems_(problems), mixed_(nodes.size()) {}

  void run() {
    for (NodeDescription& node : nodes_) {
      if (!node.type) continue;
      check_inputs(node);
      describe_ports(node);
    }
    for (NodeDescription& node : nodes_) note_inputs(node);
  }

 private:
  size_t index_of(const NodeDescription& node) const {
    return static_cast<size_t>(&node - nodes_.data());
  }

  const ArrowSchema* schema_of(const InputDescription& input) const {
    const NodeDescription& from = nodes_[input.node];
    return input.port < from.ports.size() ? from.ports[input.port].schema.get() : nullptr;
  }

  bool is_without_fault(const NodeDescription& node, const std::string& which,
                        const ArrowSchema& schema) {
    const std::string fault = schema_fault(schema);
    if (fault.empty()) return true;
    problems_.add(node.at, fmt::format("nodes.{} ({}): the schema of its {} is refused: {}",
                                       node.name, node.plugin, which, fault));
    return false;
  }

  void check_inputs(NodeDescription& node) {
    Schema needed;
    // What the columns depend on may be an option that could not be read.
    if (node.type->input_schema && node.options_are_valid) {
      const penstock_settings settings = node.settings(service_);
      ArrowSchema schema = {};
      node.type->input_schema(&settings, &schema);
      if (schema.release) {
        if (is_without_fault(node, "input", schema)) needed = read_schema(schema);
        schema.release(&schema);
      }
    }
    const ArrowSchema* first = nullptr;
    for (const InputDescription& input : node.inputs) {
      const ArrowSchema* comes = schema_of(input);
      if (!comes && mixed_[input.node] && input.port == nodes_[input.node].rejected_port()) {
        problems_.add(input.at, fmt::format("inputs: \"{}.rejected\" has no one set of columns, "
                                            "because the inputs of \"{}\" differ",
                                            nodes_[input.node].name, nodes_[input.node].name));
      }
      if (!comes) continue;  // reported where it went wrong
      const std::string from = port_name(nodes_[input.node], input.port);
      if (const std::string why = misfit(needed, read_schema(*comes)); !why.empty()) {
        problems_.add(input.at, fmt::format("inputs: \"{}\" doesn't fit \"{}\" ({}): {}", from,
                                            node.name, node.plugin, why));
      }
      if (!first) first = comes;
      if (same_columns(read_schema(*first), read_schema(*comes))) continue;
      mixed_[index_of(node)] = true;
      if (node.type->kind == PENSTOCK_TRANSFORM) {
        problems_.add(input.at,
                      fmt::format("inputs: \"{}\" has other columns than \"{}\"; the inputs of "
                                  "\"{}\" must be alike",
                                  from, port_name(nodes_[node.inputs[0].node], node.inputs[0].port),
                                  node.name));
      }
    }
  }

  void note_inputs(NodeDescription& node) {
    for (const InputDescription& input : node.inputs) {
      const ArrowSchema* schema = schema_of(input);
      if (!schema) {
        node.inputs_at.clear();
        return;
      }
      node.input_schemas.push_back(own(export_schema(read_schema(*schema))));
      node.inputs_at.push_back(node.input_schemas.back().get());
    }
  }

  void describe_ports(NodeDescription& node) {
    if (node.type->kind == PENSTOCK_SOURCE) {
      for (PortDescription& port : node.ports) {
        port.schema = own(export_schema(message_schema(node.extra_columns)));
      }
      return;
    }
    const ArrowSchema* input = node.inputs.empty() ? nullptr : schema_of(node.inputs[0]);
    if (!input) return;
    const penstock_settings settings = node.settings(service_);
    for (size_t port = 0; port < node.rejected_port(); ++port) {
      ArrowSchema output = {};
      if (node.type->output_schema && !node.options_are_valid) continue;
      if (node.type->output_schema) {
        node.type->output_schema(&settings, static_cast<uint32_t>(port), input, &output);
      } else {
        output = export_schema(read_schema(*input));
      }
      if (!output.release) continue;
      const std::string which = fmt::format("port \"{}\"", node.ports[port].name);
      if (is_without_fault(node, which, output)) node.ports[port].schema = own(output);
      else output.release(&output);
    }
    if (mixed_[index_of(node)]) return;
    Schema rejected = read_schema(*input);
    std::erase_if(rejected, [](const Field& field) {
      return field.name == "node" || field.name == "reason" || field.name == "detail";
    });
    rejected.push_back({"node", format::kUtf8});
    rejected.push_back({"reason", format::kUtf8});
    rejected.push_back({"detail", format::kUtf8, true});
    node.ports.back().schema = own(export_schema(std::move(rejected)));
  }

  std::vector<NodeDescription>& nodes_;
  const std::string& service_;
  Problems& problems_;
  std::vector<bool> mixed_;  // nodes whose inputs have different columns
};

}  // namespace

void check_schemas(std::vector<NodeDescription>& nodes, const std::string& service,
                   Problems& problems) {
  SchemaCheck(nodes, service, problems).run();
}

}  // namespace penstock::engine
