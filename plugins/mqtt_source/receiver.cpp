#include "receiver.hpp"

#include "bulk_receiver.hpp"
#include "paho_receiver.hpp"

namespace mqtt_source {

std::unique_ptr<Receiver> make_receiver(const Options& options, penstock::Context& context) {
  if (kind_of(options) == ReceiverKind::kPaho && !context.ends_session()) {
    return std::make_unique<PahoReceiver>(options, context);
  }
  return std::make_unique<BulkReceiver>(options, context);
}

}  // namespace mqtt_source
