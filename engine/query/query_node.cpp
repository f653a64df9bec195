#include "query/query_node.hpp"

#include <penstock/builders.hpp>
#include <penstock/testing/given_batch.hpp>

namespace penstock::engine {
namespace {

// A message as a batch of one row.
ArrowArray row_of(const penstock_source_message& message, size_t columns) {
  TextBuilder topic, payload, attributes;
  FixedBuilder<int64_t> received;
  BoolBuilder retained;
  topic.push(view(message.topic));
  payload.push(view(message.payload));
  received.push(message.received_us);
  Columns row(columns);
  row.add(topic.finish());
  row.add(payload.finish());
  row.add(received.finish());
  if (columns > 3) {
    retained.push((message.flags & PENSTOCK_MESSAGE_RETAINED) != 0);
    row.add(retained.finish());
  }
  if (columns > 4) {
    if (message.attributes.size > 0) attributes.push(view(message.attributes));
    else attributes.push_null();
    row.add(attributes.finish());
  }
  return make_rows(1, row);
}

struct Remarks {
  std::vector<QueryFault> faults;
  std::vector<std::string> notes;
};

void add_fault(void* remarks, const char*, size_t byte, penstock_text message, penstock_text hint) {
  static_cast<Remarks*>(remarks)->faults.push_back(
      {std::string(view(message)), std::string(view(hint)), byte});
}
void add_other_fault(void* remarks, const char* option, penstock_text message) {
  add_fault(remarks, option, 0, message, {"", 0});
}
void pass_warning(void*, const char*, penstock_text) {}
void add_note(void* remarks, penstock_text note) {
  static_cast<Remarks*>(remarks)->notes.emplace_back(view(note));
}

}  // namespace

QueryNode::QueryNode(const penstock_node_type& type, std::vector<penstock_value> options,
                     Schema input)
    : type_(type),
      options_(std::move(options)),
      input_(std::move(input)),
      input_schema_(new ArrowSchema(export_schema(input_))),
      inputs_{input_schema_.get()} {}

QueryNode::~QueryNode() {
  if (instance_) type_.destroy(instance_);
}

penstock_settings QueryNode::settings() {
  penstock_settings settings = {};
  settings.size = sizeof(settings);
  settings.parallelism = 1;
  settings.node = settings.service = "query";
  settings.values = options_.data();
  settings.value_count = options_.size();
  settings.intake = PENSTOCK_INTAKE_MEMORY;
  settings.inputs = inputs_;
  settings.input_count = 1;
  return settings;
}

std::optional<QueryFault> QueryNode::check() {
  if (!type_.check) return std::nullopt;
  Remarks remarks;
  const penstock_report report{
      sizeof(penstock_report), &remarks, add_other_fault, pass_warning, add_note, 0, add_fault,
  };
  const penstock_settings asked = settings();
  type_.check(&asked, &report);
  notes_ = std::move(remarks.notes);
  if (remarks.faults.empty()) return std::nullopt;
  return remarks.faults.front();
}

std::string QueryNode::start() {
  const penstock_settings asked = settings();
  ArrowSchema result = {};
  type_.output_schema(&asked, 0, input_schema_.get(), &result);
  if (!result.release) return "its result has no columns";
  result_.reset(new ArrowSchema(result));
  instance_ = type_.create(&asked, &CallHost::functions(), host_.context());
  if (!instance_) return host_.error;
  if (type_.start && type_.start(instance_) != PENSTOCK_OK) return host_.error;
  return "";
}

std::string QueryNode::give(const penstock_source_message& message, const TakeRow& take_row,
                            const TakeFailure& take_failure) {
  const testing::GivenBatch batch(input_, {row_of(message, input_.size())});
  host_.take_rows = [&](ArrowArray rows) {
    for (int64_t row = 0; row < rows.length; ++row) take_row(rows, row);
    rows.release(&rows);
  };
  host_.take_rejected = [&](int64_t, std::string_view reason, std::string_view detail) {
    take_failure(reason, detail);
  };
  return type_.process(instance_, batch.c()) == PENSTOCK_OK ? "" : host_.error;
}

}  // namespace penstock::engine
