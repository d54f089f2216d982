#include "harness/wire/paho_runtime.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string>

#include <MQTTAsync.h>

#include "harness/util/deadline.h"
#include "harness/util/digest.h"
#include "harness/util/fd.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/paho_sockets.h"
#include "harness/wire/random_bytes.h"
#include "harness/wire/tcp.h"

namespace mqtts::wire {
namespace {

constexpr std::array<unsigned char, 4> accepting_connack = {0x20, 2, 0, 0};
constexpr std::array<unsigned char, 2> pingresp = {0xd0, 0};

// Our end of the idle client's connection. Never closed: Paho's threads live as long as the process.
std::atomic<int> idle_fd = -1;

// A flag that a callback of Paho's sets.
class Raised {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    raised_ = true;
    changed_.notify_all();
  }
  bool wait(const Deadline& deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline.at(), [this] { return raised_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

Fd listen_on_loopback(std::uint16_t* port) {
  Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener.get(), generic, size) != 0 || listen(listener.get(), 1) != 0 ||
      getsockname(listener.get(), generic, &size) != 0)
    return {};
  *port = ntohs(address.sin_port);
  return listener;
}

// Accepts the client with this id; refuses another program that connected first.
Fd accept_client(const Fd& listener, const std::string& id, const Deadline& deadline) {
  while (!deadline.passed()) {
    pollfd watched{listener.get(), POLLIN, 0};
    poll(&watched, 1, static_cast<int>(deadline.slice().count()));
    Fd accepted(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (accepted.get() < 0) continue;
    std::array<unsigned char, 256> connect{};
    const auto got = read_some(accepted, connect, deadline);
    if (std::string(connect.begin(), connect.begin() + static_cast<std::ptrdiff_t>(got.bytes)).find(id) ==
        std::string::npos)
      continue;
    write_all(accepted, accepting_connack, deadline);
    return accepted;
  }
  return {};
}

bool connect_idle_client() {
  const auto deadline = Deadline::in(std::chrono::seconds(5));
  std::uint16_t port = 0;
  const auto listener = listen_on_loopback(&port);
  if (listener.get() < 0) return false;
  // Both outlive this call on purpose: the client stays connected.
  static MQTTAsync client = nullptr;
  static Raised connected;
  const auto id = to_hex(random_bytes(10));
  const auto uri = "tcp://127.0.0.1:" + std::to_string(port);
  if (MQTTAsync_create(&client, uri.c_str(), id.c_str(), MQTTCLIENT_PERSISTENCE_NONE, nullptr) != MQTTASYNC_SUCCESS)
    return false;
  MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
  options.MQTTVersion = MQTTVERSION_3_1_1;
  options.keepAliveInterval = 0;
  options.onSuccess = [](void*, MQTTAsync_successData*) { connected.raise(); };
  if (MQTTAsync_connect(client, &options) != MQTTASYNC_SUCCESS) return false;
  auto ours = accept_client(listener, id, deadline);
  if (ours.get() < 0 || !connected.wait(deadline)) return false;
  idle_fd = ours.release();
  return true;
}

}  // namespace

Result<void> prepare_paho() {
  static const bool prepared = [] {
    unsetenv("http_proxy");
    unsetenv("https_proxy");
    unsetenv("MQTT_C_CLIENT_TRACE");
    watch_paho_sockets();
    MQTTAsync_init_options options = MQTTAsync_init_options_initializer;  // OpenSSL 3 initializes itself
    MQTTAsync_global_init(&options);
    return connect_idle_client();
  }();
  if (!prepared)
    return failure(ErrorKind::local, msg("Paho cannot be set up: its idle client did not connect on 127.0.0.1"),
                   msg("Check that programs may open sockets on loopback"));
  return {};
}

// Each wake makes Paho check every socket: if hundreds wait at the same time, one wake per millisecond serves all. A
// caller that comes too soon after it calls again, as all waiters do.
void wake_paho() {
  using std::chrono::milliseconds;
  static std::atomic<Clock::rep> last_wake = 0;
  const auto now = Clock::now().time_since_epoch();
  auto last = last_wake.load(std::memory_order_relaxed);
  if (now - Clock::duration(last) < milliseconds(1)) return;
  if (!last_wake.compare_exchange_strong(last, now.count())) return;
  acknowledge_now();
  if (const int fd = idle_fd; fd >= 0) send(fd, pingresp.data(), pingresp.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace mqtts::wire
