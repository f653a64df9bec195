// json_decoder: messages whose payload is JSON become points.
#include <penstock/carried_columns.hpp>
#include <penstock/occasionally.hpp>
#include <penstock/plugin.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "message_reader.hpp"

namespace json_decoder {

using namespace penstock;

enum class PointPer { kObject, kMember };
enum class Documents { kOne, kMany };

class Decoder {
 public:
  struct Options {
    std::vector<std::string> value, quality, time, rename, metadata;
    std::string root, time_zone;
    TimeUnit time_unit = TimeUnit::kAuto;
    PointPer point_per = PointPer::kObject;
    Documents documents = Documents::kOne;
    bool bare_values = false, quoted_numbers = false, ignore_case = false;
    bool keep_outer = false;
    int64_t max_depth = 0, max_points = 0;
  };
  enum Metrics : uint32_t { kParseErrors, kOverLimit };

  static Declaration declare() {
    return {
        .name = "json_decoder",
        .summary = "Turns messages with a JSON payload into points.",
        .options =
            {
                option<&Options::value>("value", {.help = "Names of the value, first one first.",
                                                  .default_value = "value,v"}),
                option<&Options::quality>(
                    "quality", {.help = "Names of the quality.", .default_value = "quality,q"}),
                option<&Options::time>(
                    "time", {.help = "Names of the time.", .default_value = "timestamp,ts"}),
                option<&Options::time_unit>(
                    "time_unit", {.help = "Unit of a time that is a number; auto: by magnitude.",
                                  .default_value = "auto",
                                  .choices = "auto,s,ms,us,ns"}),
                option<&Options::time_zone>(
                    "time_zone", {.help = "Zone of times that name none, such as Europe/Berlin; "
                                          "without it they leave by `rejected`.",
                                  .default_value = ""}),
                option<&Options::quoted_numbers>(
                    "quoted_numbers", {.help = "Take a text that is a number, such as \"23.5\", as "
                                               "the number.",
                                       .default_value = "false"}),
                option<&Options::ignore_case>(
                    "ignore_case",
                    {.help = "Names match in upper and lower case.", .default_value = "false"}),
                option<&Options::rename>(
                    "rename", {.help = "Members stored in the metadata under another name.",
                               .default_value = "u:unit"}),
                option<&Options::root>(
                    "root", {.help = "JSON Pointer to the point or points inside a message.",
                             .default_value = ""}),
                option<&Options::point_per>(
                    "point_per", {.help = "What is a point: an object with a value, or each member "
                                          "of an object, whose name joins the topic.",
                                  .default_value = "object",
                                  .choices = "object,member"}),
                option<&Options::metadata>("metadata",
                                           {.help = "Members that are metadata of the others where "
                                                    "a member is a point, besides those of rename.",
                                            .default_value = ""}),
                option<&Options::bare_values>(
                    "bare_values", {.help = "Take messages that are a value alone: a number, true, "
                                            "or a text that is no JSON.",
                                    .default_value = "false"}),
                option<&Options::documents>(
                    "documents", {.help = "Whether a message may hold many JSON documents, one "
                                          "behind the other.",
                                  .default_value = "one",
                                  .choices = "one,many"}),
                option<&Options::keep_outer>(
                    "keep_outer",
                    {.help = "Keep members beside the way to root as metadata of each "
                             "point; their time counts in any case.",
                     .default_value = "false"}),
                option<&Options::max_depth>(
                    "max_depth", {.help = "The deepest that JSON inside of a member may be nested; "
                                          "a message beyond leaves by `rejected`.",
                                  .default_value = "64",
                                  .min = 1,
                                  .max = 1000}),
                option<&Options::max_points>(
                    "max_points", {.help = "The most points of one message; one with more leaves "
                                           "by `rejected`.",
                                   .default_value = "100000",
                                   .min = 1,
                                   .max = 1'000'000}),
            },
        .ports = {{"out", "The points."}},
        .metrics = {{PENSTOCK_COUNTER, "parse_errors_total", "parse_errors",
                     "Messages that are no points or hold what is none; that leaves by `rejected`.",
                     true},
                    {PENSTOCK_COUNTER, "decoder_messages_over_limit_total", "messages_over_limit",
                     "Of these, messages beyond max_depth or max_points."}},
        .rejects = true,
    };
  }

  static void check(const Options& options, Report& report) {
    if (options.value.empty()) report.error("value", "needs at least one name");
    if (!options.root.empty() && options.root[0] != '/') {
      report.error("root", "a JSON Pointer begins with /, such as \"/points\"");
    }
    if (options.keep_outer && options.root.empty()) {
      report.error("keep_outer", "needs root: without it, nothing is beside the points");
    }
    if (!options.metadata.empty() && options.point_per != PointPer::kMember) {
      report.error("metadata",
                   "needs point_per = \"member\": of an object that is a point, all other "
                   "members are metadata");
    }
    if (options.bare_values && !options.root.empty()) {
      report.error("bare_values",
                   "has no use with root, for which a message is an object or array");
    }
    if (std::string why; !options.time_zone.empty() && !TimeZone::load(options.time_zone, why)) {
      report.error("time_zone", why);
    }
    for (const std::string& rename : options.rename) {
      const size_t colon = rename.find(':');
      if (colon == 0 || colon == std::string::npos || colon + 1 == rename.size() ||
          rename.find_first_of("\"\\") != std::string::npos) {
        report.error("rename", "\"" + rename + "\" is not from:to, such as \"u:unit\"");
      }
    }
  }

  static Schema input_schema(const Options&) { return message_schema(); }
  // What messages have besides goes with each point of theirs.
  static Schema output_schema(const Options&, uint32_t, const Schema& input) {
    Schema schema = point_schema();
    const Schema carried = carried_columns(input, message_schema(), schema);
    schema.insert(schema.end(), carried.begin(), carried.end());
    return schema;
  }

  Decoder(const Options& options, Context& context)
      : context_(context),
        reader_(FieldNames(options.value, options.quality, options.time, options.rename,
                           options.metadata, options.ignore_case),
                {.root = options.root,
                 .keep_outer = options.keep_outer,
                 .point_per_member = options.point_per == PointPer::kMember,
                 .bare_values = options.bare_values,
                 .many_documents = options.documents == Documents::kMany,
                 .fields = {options.time_unit, zone_of(options), options.quoted_numbers},
                 .limits = {options.max_depth, options.max_points},
                 .parts = context.rejects_parts()}),
        carried_(carried_from(context)) {}

  Outcome process(const Batch& batch) {
    const size_t topic_at = batch.column("topic"), payload_at = batch.column("payload"),
                 received_at = batch.column("received");
    points_.truncate(0);
    reader_.start_batch();
    for (size_t i = 0; i < batch.chunks(); ++i) {
      const ArrowArray& chunk = batch.chunk(i);
      const TextColumn topics(*chunk.children[topic_at]), payloads(*chunk.children[payload_at]);
      const FixedColumn<int64_t> received(*chunk.children[received_at]);
      reserve(chunk, topics, payloads);
      carried_.start_chunk(batch, i);
      for (int64_t row = 0; row < chunk.length; ++row) {
        emit_from(i, kPieceBytes);
        const size_t carried = carried_.bytes_of(row);
        const std::string reason =
            reader_.read(payloads[row], topics[row], received[row], points_, carried);
        if (!carried_.empty()) carried_.made(row, points_.rows(), carried);
        const BadPart& part = reader_.bad_part();
        if (!reason.empty()) {
          context_.reject_row(batch, i, row, reason, remedy_of(reason));
        } else if (!part.payload.empty()) {
          context_.reject_part(batch, i, row, payload_at, part.payload, part.reason,
                               remedy_of(part.reason));
        } else {
          continue;
        }
        context_.add(kParseErrors);
        if (!reader_.over_limit().empty()) tell_over_limit(topics[row], reader_.over_limit());
      }
      emit_from(i, 1);
    }
    return Outcome::done();
  }

 private:
  // Its input is one, or several with the same columns.
  static Schema carried_from(const Context& context) {
    if (context.inputs().empty()) return {};
    return carried_columns(context.inputs().front(), message_schema(), point_schema());
  }
  static std::optional<TimeZone> zone_of(const Options& options) {
    if (options.time_zone.empty()) return std::nullopt;
    std::string why;
    std::optional<TimeZone> zone = TimeZone::load(options.time_zone, why);
    if (!zone) throw std::runtime_error(why);
    return zone;
  }

  void reserve(const ArrowArray& chunk, const TextColumn& topics, const TextColumn& payloads) {
    if (chunk.length == 0) return;
    const auto bytes = [&](const TextColumn& column) {
      const std::string_view first = column[0], last = column[chunk.length - 1];
      return static_cast<size_t>(last.data() + last.size() - first.data());
    };
    points_.reserve(static_cast<size_t>(chunk.length), bytes(topics), bytes(payloads));
  }

  // What there is of a chunk, if its texts have so many bytes: a column must not outgrow its
  // offsets.
  void emit_from(size_t chunk, size_t bytes) {
    if (points_.rows() > 0 && points_.bytes() + carried_.bytes() >= bytes) {
      context_.emit_from_chunk(0, points_.finish(&carried_), chunk);
    }
  }
  void tell_over_limit(std::string_view topic, const std::string& reason) {
    context_.add(kOverLimit);
    if (tell_.due())
      context_.warn("a message on " + shortened(topic, 200) + " is rejected: " + reason);
  }

  static constexpr size_t kPieceBytes = 128 << 20;

  Context& context_;
  MessageReader reader_;
  PointBuilder points_;
  CarriedColumns carried_;
  Occasionally tell_;
};

}  // namespace json_decoder

PENSTOCK_PLUGIN("json_decoder", penstock::transform<json_decoder::Decoder>())
