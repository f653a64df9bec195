#include "query/message_file.hpp"

#include <future>
#include <memory>

#include <penstock/testing/settings.hpp>

#include "query/call_host.hpp"

namespace penstock::engine {

std::string read_messages(const MessageFile& file,
                          const std::function<void(const penstock_source_message&)>& take,
                          const std::function<void(std::string_view)>& complain) {
  const penstock_node_type& type = *file.type;
  testing::Settings settings(type, {{"path", file.path}});
  settings.extra_columns = file.extra_columns;
  std::promise<void> end;
  CallHost host;
  host.take_message = take;
  host.take_log = complain;
  host.take_end = [&] { end.set_value(); };
  const std::unique_ptr<void, void (*)(void*)> instance(
      type.create(settings.c(), &CallHost::functions(), host.context()), type.destroy);
  if (!instance) return host.error;
  if (type.start(instance.get()) != PENSTOCK_OK) return host.error;
  end.get_future().wait();
  type.stop(instance.get());
  return "";
}

}  // namespace penstock::engine
