// Says in the node's health what the database is waited for.
#pragma once

#include <penstock/plugin.hpp>

#include <string>

#include "connection.hpp"

namespace timescale_sink {

class SlowServer final : public Watcher {
 public:
  // `parameters`: of the connections by which it asks the server what holds a statement up.
  SlowServer(ConnectionParameters parameters, penstock::Context& context);

  void set_parameters(ConnectionParameters parameters);

  bool gives_up() override { return context_.is_interrupted(); }
  void waits(std::chrono::seconds time, int backend) override;
  void ends_waiting() override { context_.healthy(); }

 private:
  // Such as ": it waits for process 4711 (psql of someone, idle in transaction)".
  std::string cause(int backend);

  ConnectionParameters parameters_;
  penstock::Context& context_;
};

}  // namespace timescale_sink
