// The floor of the Paho receiver: a MQTTAsync client that counts. Arguments: port, messages.
#include <MQTTAsync.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

std::atomic<long> g_left = 0;
MQTTAsync g_client = nullptr;

int on_message(void*, char* topic, int, MQTTAsync_message* message) {
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  --g_left;
  return 1;
}

void on_connected(void*, char*) {
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  MQTTAsync_subscribe(g_client, "#", 1, &options);
}

}  // namespace

int main(int, char** argv) {
  g_left = std::atol(argv[2]);
  MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);
  const std::string url = std::string("tcp://127.0.0.1:") + argv[1];
  if (MQTTAsync_create(&g_client, url.c_str(), "floor", MQTTCLIENT_PERSISTENCE_NONE, nullptr) !=
      0) {
    return 1;
  }
  MQTTAsync_setCallbacks(g_client, nullptr, nullptr, on_message, nullptr);
  MQTTAsync_setConnected(g_client, nullptr, on_connected);
  MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
  if (MQTTAsync_connect(g_client, &options) != 0) return 1;
  while (g_left > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  MQTTAsync_destroy(&g_client);
}
