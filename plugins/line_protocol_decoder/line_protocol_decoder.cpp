// line_protocol_decoder: messages in InfluxDB line protocol become points.
#include <penstock/plugin.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "decoding/message_loop.hpp"
#include "line_reader.hpp"

namespace line_protocol_decoder {

using namespace penstock;

class Decoder {
 public:
  struct Options {
    std::vector<std::string> join;
    TimeUnit time_unit = TimeUnit::kNanoseconds;
    Compression compression = Compression::kNone;
    int64_t max_points = 0;
  };

  static Declaration declare() {
    return {
        .name = "line_protocol_decoder",
        .summary = "Turns messages in InfluxDB line protocol into points, one a field.",
        .options =
            {
                option<&Options::join>(
                    "join",
                    {.help = "Parts appended to the topic, in this order: measurement, field "
                             "and names of tags; all other tags are metadata.",
                     .default_value = "measurement,field"}),
                option<&Options::time_unit>(
                    "time_unit", {.help = "Unit of times (their precision); auto: by magnitude.",
                                  .default_value = "ns",
                                  .choices = "auto,s,ms,us,ns"}),
                option<&Options::compression>("compression", {.help = kCompressionHelp,
                                                              .default_value = "none",
                                                              .choices = kCompressionChoices}),
                option<&Options::max_points>(
                    "max_points", {.help = "The most points of one message; one with more leaves "
                                           "by `rejected`.",
                                   .default_value = "100000",
                                   .min = 1,
                                   .max = 1'000'000}),
            },
        .ports = {{"out", "The points."}},
        .metrics = MessageLoop::metrics(),
        .rejects = true,
    };
  }

  static void check(const Options& options, Report& report) {
    const auto count = [&](std::string_view name) {
      return std::count(options.join.begin(), options.join.end(), name);
    };
    if (count(kField) == 0) {
      report.error("join", "needs \"field\": without it, all fields of a line have one topic");
    }
    for (const std::string& name : options.join) {
      if (name.empty()) return report.error("join", "a name is empty");
      if (count(name) > 1) return report.error("join", "\"" + name + "\" is there twice");
    }
  }

  static Schema input_schema(const Options&) { return message_schema(); }
  static Schema output_schema(const Options&, uint32_t, const Schema& input) {
    return points_from(input);
  }

  Decoder(const Options& options, Context& context)
      : reader_({.join = options.join,
                 .unit = options.time_unit,
                 .compression = options.compression,
                 .most_points = options.max_points,
                 .parts = context.rejects_parts()}),
        loop_(context, remedy_of) {}

  Outcome process(const Batch& batch) {
    loop_.decode(batch, reader_);
    return Outcome::done();
  }

 private:
  LineReader reader_;
  MessageLoop loop_;
};

}  // namespace line_protocol_decoder

PENSTOCK_PLUGIN("line_protocol_decoder", penstock::transform<line_protocol_decoder::Decoder>())
