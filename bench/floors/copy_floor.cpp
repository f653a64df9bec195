// The floor of storing: the same 5,000 documented rows again and again by binary COPY over four
// connections. Arguments: connection string, rows.
#include <libpq-fe.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kRows = 5000;

template <class T>
void put(std::string& to, T value) {
  for (int i = sizeof(T) - 1; i >= 0; --i) to += static_cast<char>(value >> 8 * i);
}

void put_text(std::string& to, const std::string& text) {
  put(to, static_cast<int32_t>(text.size()));
  to += text;
}

std::string rows() {
  std::string data("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  for (int i = 0; i < kRows; ++i) {
    put(data, int16_t{6});
    put(data, int32_t{8});
    put(data, int64_t{758'629'800'000'000} + i);
    put_text(data, "dev/plc-001/temperature");
    put(data, int32_t{8});
    put(data, int64_t{0x4052E00000000000});
    put(data, int32_t{-1});
    put(data, int32_t{2});
    put(data, int16_t{192});
    put_text(data, "\1{\"unit\":\"°C\",\"device_id\":\"plc-001\",\"tag_id\":\"temperature\"}");
  }
  put(data, int16_t{-1});
  return data;
}

bool copy(const char* parameters, const std::string& data, long batches) {
  PGconn* connection = PQconnectdb(parameters);
  bool ok = PQstatus(connection) == CONNECTION_OK;
  for (; ok && batches > 0; --batches) {
    PQclear(PQexec(connection, "COPY metrics FROM STDIN (FORMAT binary)"));
    ok = PQputCopyData(connection, data.data(), static_cast<int>(data.size())) == 1 &&
         PQputCopyEnd(connection, nullptr) == 1;
    while (PGresult* result = PQgetResult(connection)) {
      ok = ok && PQresultStatus(result) == PGRES_COMMAND_OK;
      PQclear(result);
    }
  }
  PQfinish(connection);
  return ok;
}

}  // namespace

int main(int, char** argv) {
  constexpr int kConnections = 4;
  const std::string data = rows();
  const long batches = std::atol(argv[2]) / kRows / kConnections;
  std::vector<std::thread> threads;
  for (int i = 0; i < kConnections; ++i) {
    threads.emplace_back([&] {
      if (!copy(argv[1], data, batches)) std::_Exit(1);
    });
  }
  for (std::thread& thread : threads) thread.join();
}
