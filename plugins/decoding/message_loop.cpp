#include "message_loop.hpp"

namespace decoding {

std::vector<penstock::Metric> MessageLoop::metrics() {
  return {{PENSTOCK_COUNTER, "parse_errors_total", "parse_errors",
           "Messages that are no points or hold what is none; that leaves by `rejected`.", true},
          {PENSTOCK_COUNTER, "decoder_messages_over_limit_total", "messages_over_limit",
           "Of these, messages beyond a limit."}};
}

// Its inputs have the same columns.
penstock::Schema MessageLoop::carried_from(const penstock::Context& context) {
  if (context.inputs().empty()) return {};
  return carried_with_points(context.inputs().front());
}

void MessageLoop::reserve(const ArrowArray& chunk, const penstock::TextColumn& topics,
                          const penstock::TextColumn& payloads) {
  if (chunk.length == 0) return;
  const auto bytes = [&](const penstock::TextColumn& column) {
    const std::string_view first = column[0], last = column[chunk.length - 1];
    return static_cast<size_t>(last.data() + last.size() - first.data());
  };
  points_.reserve(static_cast<size_t>(chunk.length), bytes(topics), bytes(payloads));
}

void MessageLoop::count(std::string_view topic, const std::string& over_limit) {
  context_.add(kParseErrors);
  if (over_limit.empty()) return;
  context_.add(kOverLimit);
  if (tell_.due()) {
    context_.warn("a message on " + shortened(topic, 200) + " is rejected: " + over_limit);
  }
}

}  // namespace decoding
