// The floor of receiving: reads a broker's stream in large pieces, finds the packets and
// acknowledges them in one write a read. Nothing else. Arguments: port, messages.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

int main(int, char** argv) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(std::atoi(argv[1])));
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return 1;
  const std::string connect_packet("\x10\x11\0\4MQTT\4\2\0\0\0\5floor", 19);
  const std::string subscribe_packet("\x82\x06\0\1\0\1#\1", 8);
  std::vector<char> buffer(256 << 10);
  if (write(fd, connect_packet.data(), connect_packet.size()) < 0 ||
      read(fd, buffer.data(), 4) != 4 ||
      write(fd, subscribe_packet.data(), subscribe_packet.size()) < 0) {
    return 1;
  }
  std::string acknowledgements;
  size_t held = 0;
  for (long left = std::atol(argv[2]); left > 0;) {
    const ssize_t count = read(fd, buffer.data() + held, buffer.size() - held);
    if (count <= 0) return 1;
    held += static_cast<size_t>(count);
    size_t at = 0;
    while (held - at > 5) {
      const auto* p = reinterpret_cast<unsigned char*>(buffer.data() + at);
      const size_t header = p[1] & 0x80 ? 3 : 2;
      const size_t length = p[1] & 0x80 ? (p[1] & 0x7Fu) | p[2] << 7 : p[1];
      if (at + header + length > held) break;
      if (p[0] >> 4 == 3) {
        const size_t topic = static_cast<size_t>(p[header] << 8 | p[header + 1]);
        acknowledgements.append("\x40\x02", 2);
        acknowledgements.append(reinterpret_cast<const char*>(p) + header + 2 + topic, 2);
        --left;
      }
      at += header + length;
    }
    held -= at;
    std::memmove(buffer.data(), buffer.data() + at, held);
    if (write(fd, acknowledgements.data(), acknowledgements.size()) < 0) return 1;
    acknowledgements.clear();
  }
  close(fd);
}
