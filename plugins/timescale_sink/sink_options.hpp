// The sink's options.
#pragma once

#include <penstock/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "encoding/text_encoder.hpp"
#include "statements.hpp"

namespace timescale_sink {

inline constexpr const char* kLedgerTable = "penstock_ledger";
inline constexpr int64_t kMostColumns = 200;

enum class Delivery { kAtLeastOnce, kExactlyOnce };
enum class Rounding { kReject, kNearest };
enum class SessionAttrs { kAuto, kAny, kReadWrite, kPrimary };
enum class SslMode { kAuto, kDisable, kAllow, kPrefer, kRequire, kVerifyCa, kVerifyFull };
struct SinkOptions {
  std::string host, database, user, table, ledger_table;
  Delivery delivery = Delivery::kAtLeastOnce;
  int64_t port = 0, pool_size = 0;
  penstock::Secret password;
  SslMode ssl_mode = SslMode::kAuto;
  std::string ssl_root_cert, ssl_cert, ssl_key;
  SessionAttrs target_session_attrs = SessionAttrs::kAuto;
  bool use_copy_protocol = true, create_table = false, add_columns = false;
  int64_t max_columns = 0;
  std::chrono::nanoseconds connect_timeout{};
  NulRule nul = NulRule::kReplace;
  OnConflict on_conflict = OnConflict::kError;
  std::vector<std::string> conflict_key, columns;
  std::string newer_by;
  Rounding rounding = Rounding::kReject;
};

std::vector<penstock::Option> sink_options();

}  // namespace timescale_sink
