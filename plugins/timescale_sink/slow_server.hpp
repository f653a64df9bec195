// Reports in the node's health that a statement takes long, and why.
#pragma once

#include <penstock/plugin.hpp>

#include <string>

#include "connection.hpp"

namespace timescale_sink {

class SlowServer final : public Watcher {
 public:
  // `parameters`: of the connection that asks the server what blocks the statement.
  SlowServer(ConnectionParameters parameters, penstock::Context& context);

  void set_parameters(ConnectionParameters parameters);

  bool gives_up() override { return context_.is_interrupted(); }
  void waits(std::chrono::seconds time, int backend) override;
  void ends_waiting() override { context_.healthy(); }

 private:
  // Such as ": blocked by backend 4711 (psql of someone, idle in transaction); …".
  std::string cause(int backend);

  ConnectionParameters parameters_;
  penstock::Context& context_;
};

}  // namespace timescale_sink
