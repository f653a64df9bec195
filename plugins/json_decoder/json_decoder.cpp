// json_decoder: messages whose payload is JSON become points.
#include <penstock/plugin.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "decoding/message_loop.hpp"
#include "encoded_reader.hpp"
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
    Encoding encoding = Encoding::kJson;
    Compression compression = Compression::kNone;
    TimeUnit time_unit = TimeUnit::kAuto;
    PointPer point_per = PointPer::kObject;
    Documents documents = Documents::kOne;
    bool bare_values = false, quoted_numbers = false, ignore_case = false;
    bool keep_outer = false;
    int64_t max_depth = 0, max_points = 0;
  };

  static Declaration declare() {
    return {
        .name = "json_decoder",
        .summary = "Turns messages in JSON, CBOR or MessagePack into points.",
        .options =
            {
                option<&Options::encoding>(
                    "encoding", {.help = "What payloads are; CBOR and MessagePack are read as the "
                                         "JSON that they stand for.",
                                 .default_value = "json",
                                 .choices = "json,cbor,messagepack"}),
                option<&Options::compression>("compression", {.help = kCompressionHelp,
                                                              .default_value = "none",
                                                              .choices = kCompressionChoices}),
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
        .metrics = MessageLoop::metrics(),
        .rejects = true,
        .usual = true,
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
  static Schema output_schema(const Options&, uint32_t, const Schema& input) {
    return points_from(input);
  }

  Decoder(const Options& options, Context& context)
      : reader_(FieldNames(options.value, options.quality, options.time, options.rename,
                           options.metadata, options.ignore_case),
                {.root = options.root,
                 .keep_outer = options.keep_outer,
                 .point_per_member = options.point_per == PointPer::kMember,
                 .bare_values = options.bare_values,
                 .many_documents = options.documents == Documents::kMany,
                 .fields = {options.time_unit, zone_of(options), options.quoted_numbers},
                 .limits = {options.max_depth, options.max_points},
                 .parts = context.rejects_parts()}),
        loop_(context, remedy_of) {
    if (options.encoding != Encoding::kJson || options.compression != Compression::kNone) {
      encoded_.emplace(reader_, options.encoding, options.compression);
    }
  }

  Outcome process(const Batch& batch) {
    if (encoded_) loop_.decode(batch, *encoded_);
    else loop_.decode(batch, reader_);
    return Outcome::done();
  }

 private:
  static std::optional<TimeZone> zone_of(const Options& options) {
    if (options.time_zone.empty()) return std::nullopt;
    std::string why;
    std::optional<TimeZone> zone = TimeZone::load(options.time_zone, why);
    if (!zone) throw std::runtime_error(why);
    return zone;
  }

  MessageReader reader_;
  std::optional<EncodedReader> encoded_;  // where payloads are not JSON as it is
  MessageLoop loop_;
};

}  // namespace json_decoder

PENSTOCK_PLUGIN("json_decoder", penstock::transform<json_decoder::Decoder>())
