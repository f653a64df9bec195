// mqtt_source: messages from an MQTT broker, by subscriptions.
#include <penstock/plugin.hpp>

#include <memory>

#include "option_check.hpp"
#include "options.hpp"
#include "receiver.hpp"

namespace mqtt_source {

class MqttSource {
 public:
  using Options = mqtt_source::Options;

  static penstock::Declaration declare() {
    return {
        .name = "mqtt_source",
        .summary = "Subscribes to topics of an MQTT broker (3.1.1 or 5).",
        .options = option_table(),
        .ports = {},
        .metrics = metric_table(),
        .retained = true,
        .attributes = true,
    };
  }
  static void check(const Options& options, penstock::Report& report) {
    check_options(options, report);
  }
  static void check_connection(const Options& options, penstock::Report& report) {
    mqtt_source::check_connection(options, report);
  }

  MqttSource(const Options& options, penstock::Context& context)
      : receiver_(make_receiver(options, context)) {}

  void start() { receiver_->start(); }
  void stop() { receiver_->stop(); }
  void acknowledged(uint64_t position) { receiver_->acknowledged(position); }

 private:
  std::unique_ptr<Receiver> receiver_;
};

}  // namespace mqtt_source

PENSTOCK_PLUGIN("mqtt_source", penstock::source<mqtt_source::MqttSource>())
