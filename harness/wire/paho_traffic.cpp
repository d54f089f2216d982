#include "harness/wire/paho_traffic.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <MQTTAsync.h>
#include <openssl/bio.h>

#include "harness/model/traffic.h"
#include "harness/util/tcp.h"
#include "harness/wire/tcp.h"

namespace mqtts::wire {

struct AwaitedByRecord::Waiting {
  std::string address;
  std::uint16_t port = 0;
  std::shared_ptr<TrafficRecord> traffic;
};

namespace {

std::optional<SocketAddress> copy_of(const sockaddr* address, socklen_t size) {
  SocketAddress copy;
  if (address == nullptr || size > sizeof copy.bytes) return std::nullopt;
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6) return std::nullopt;
  const auto* bytes = reinterpret_cast<const unsigned char*>(address);
  std::copy(bytes, bytes + size, reinterpret_cast<unsigned char*>(&copy.bytes));
  copy.size = size;
  return copy;
}

// The library that this address is in; null: none.
const void* library_of(const void* address) {
  Dl_info info{};
  return dladdr(address, &info) != 0 ? info.dli_fbase : nullptr;
}

bool is_in_paho(const void* caller) {
  static const void* const paho = library_of(reinterpret_cast<const void*>(&MQTTAsync_connect));
  return paho != nullptr && library_of(caller) == paho;
}

}  // namespace

// The sockets that are recorded, and those that are about to be.
class PahoTraffic {
 public:
  static PahoTraffic& instance() {
    static auto& traffic = *new PahoTraffic;  // never destroyed: Paho's threads may outlive main()
    return traffic;
  }

  // False while there is nothing to record.
  static bool is_active() { return active_.load(std::memory_order_acquire) != 0; }

  void await(const std::shared_ptr<AwaitedByRecord::Waiting>& waiting, const Deadline& deadline) {
    std::unique_lock lock(mutex_);
    const auto is_free = [&] {
      return std::ranges::none_of(
          waiting_, [&](const auto& it) { return it->address == waiting->address && it->port == waiting->port; });
    };
    while (!is_free() && !deadline.passed()) changed_.wait_for(lock, deadline.slice());
    waiting_.push_back(waiting);
    ++active_;
  }

  void forget(const std::shared_ptr<AwaitedByRecord::Waiting>& waiting) {
    const std::lock_guard lock(mutex_);
    remove(waiting);
  }

  // The traffic in which a connection to that address is to be recorded; null: none.
  std::shared_ptr<TrafficRecord> claim(const SocketAddress& broker) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(
        waiting_, [&](const auto& it) { return it->port == port_of(broker) && it->address == to_text(broker); });
    if (found == waiting_.end()) return nullptr;
    const auto waiting = *found;
    remove(waiting);
    return waiting->traffic;
  }

  void add(int fd, std::shared_ptr<ConnectionRecord> record, bool wants_keys) {
    const auto old = take(fd);  // which may close its file: not while the lock is held
    const std::lock_guard lock(mutex_);
    sockets_.emplace(fd, Socket{std::move(record), wants_keys});
    ++active_;
  }

  std::shared_ptr<ConnectionRecord> find(int fd) {
    const std::lock_guard lock(mutex_);
    const auto found = sockets_.find(fd);
    return found == sockets_.end() ? nullptr : found->second.record;
  }

  bool wants_keys(int fd) {
    const std::lock_guard lock(mutex_);
    const auto found = sockets_.find(fd);
    return found != sockets_.end() && found->second.wants_keys;
  }

  std::shared_ptr<ConnectionRecord> take(int fd) {
    const std::lock_guard lock(mutex_);
    const auto found = sockets_.find(fd);
    if (found == sockets_.end()) return nullptr;
    auto record = std::move(found->second.record);
    sockets_.erase(found);
    --active_;
    return record;
  }

  // Held while a request is sent and recorded: the answer to it, which another thread reads, is recorded after it.
  std::mutex& sending() { return sending_; }

 private:
  struct Socket {
    std::shared_ptr<ConnectionRecord> record;
    bool wants_keys = false;
  };
  void remove(const std::shared_ptr<AwaitedByRecord::Waiting>& waiting) {
    if (std::erase(waiting_, waiting) == 0) return;
    --active_;
    changed_.notify_all();
  }

  static inline std::atomic<int> active_ = 0;  // number of those below
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<AwaitedByRecord::Waiting>> waiting_;
  std::map<int, Socket> sockets_;
  std::mutex sending_;
};

namespace {

PahoTraffic& paho_traffic() { return PahoTraffic::instance(); }

// The record of a socket of Paho's; null: it is not recorded.
std::shared_ptr<ConnectionRecord> record_of(int fd) {
  return PahoTraffic::is_active() ? paho_traffic().find(fd) : nullptr;
}

// Keeps errno as the system's function has left it.
class KeptErrno {
 public:
  KeptErrno() = default;
  ~KeptErrno() { errno = kept_; }
  KeptErrno(const KeptErrno&) = delete;
  KeptErrno& operator=(const KeptErrno&) = delete;
  int value() const { return kept_; }

 private:
  const int kept_ = errno;
};

void record_received(ConnectionRecord& record, const void* bytes, ssize_t count, int error) {
  if (count > 0)
    record.data(Direction::to_client, {static_cast<const unsigned char*>(bytes), static_cast<std::size_t>(count)});
  else if (count == 0)
    record.ended(Direction::to_client, TcpEnd::fin);
  else if (error == ECONNRESET)
    record.ended(Direction::to_client, TcpEnd::reset);
}

void record_sent(ConnectionRecord& record, std::span<const iovec> parts, ssize_t count, int error) {
  if (count < 0 && (error == EPIPE || error == ECONNRESET)) record.ended(Direction::to_client, TcpEnd::reset);
  if (count <= 0) return;
  Bytes bytes;
  for (const auto& part : parts) {
    const auto* first = static_cast<const unsigned char*>(part.iov_base);
    bytes.insert(bytes.end(), first, first + part.iov_len);
  }
  bytes.resize(std::min(bytes.size(), static_cast<std::size_t>(count)));
  record.data(Direction::to_broker, bytes);
}

void record_connecting(int fd, const SocketAddress& broker, WallClock::time_point start, bool is_connected) {
  const auto traffic = paho_traffic().claim(broker);
  if (!traffic) return;
  const auto ours = local_address(fd);
  if (ours.size == 0) return;
  auto record = traffic->opened({ours, broker}, start, "paho");
  if (is_connected) record->connected();
  paho_traffic().add(fd, std::move(record), traffic->wants_keys());
}

// Of OpenSSL's BIO of a socket: what it has read or written.
long on_socket_bio(BIO* bio, int operation, const char* bytes, std::size_t, int, long, int result, std::size_t* done) {
  const KeptErrno kept;
  const bool is_read = operation == (BIO_CB_READ | BIO_CB_RETURN);
  if (!is_read && operation != (BIO_CB_WRITE | BIO_CB_RETURN)) return result;
  const auto record = record_of(static_cast<int>(BIO_get_fd(bio, nullptr)));
  if (!record) return result;
  const auto count = result > 0 && done != nullptr ? static_cast<ssize_t>(*done) : ssize_t{-1};
  if (is_read && count > 0) record_received(*record, bytes, count, 0);
  if (is_read && count < 0) record_received(*record, bytes, count, BIO_should_retry(bio) != 0 ? EAGAIN : kept.value());
  const iovec part{const_cast<char*>(bytes), count > 0 ? static_cast<std::size_t>(count) : 0};
  if (!is_read) record_sent(*record, std::span(&part, 1), count, BIO_should_retry(bio) != 0 ? EAGAIN : kept.value());
  return result;
}

void on_paho_key(const SSL* ssl, const char* line) {
  if (const auto record = record_of(SSL_get_fd(ssl))) record->key(line);
}

// The system's own function of that name.
template <class Function>
Function* systems(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

AwaitedByRecord::AwaitedByRecord(const Client& client, const Deadline& deadline) {
  if (!client.traffic) return;
  const auto address = numeric_address(client.address, client.port);
  if (!address) return;
  waiting_ = std::make_shared<Waiting>(Waiting{to_text(*address), client.port, client.traffic});
  paho_traffic().await(waiting_, deadline);
}

AwaitedByRecord::~AwaitedByRecord() {
  if (waiting_) paho_traffic().forget(waiting_);
}

void record_tls_of(SSL& ssl, int fd) {
  if (!record_of(fd)) return;
  BIO_set_callback_ex(SSL_get_rbio(&ssl), on_socket_bio);
  if (paho_traffic().wants_keys(fd)) SSL_CTX_set_keylog_callback(SSL_get_SSL_CTX(&ssl), on_paho_key);
}

}  // namespace mqtts::wire

using namespace mqtts;        // NOLINT(google-build-using-namespace)
using namespace mqtts::wire;  // NOLINT(google-build-using-namespace)

// Their names are for us alone: the symbols are the system's. Its headers may define these functions inline
// (_FORTIFY_SOURCE).
extern "C" {
int connect_recorded(int fd, const sockaddr* address, socklen_t size) __asm__("connect");
ssize_t recv_recorded(int fd, void* bytes, std::size_t size, int flags) __asm__("recv");
ssize_t writev_recorded(int fd, const iovec* parts, int number) __asm__("writev");
int shutdown_recorded(int fd, int how) __asm__("shutdown");
int close_recorded(int fd) __asm__("close");
}

int connect_recorded(int fd, const sockaddr* address, socklen_t size) {
  static const auto system = systems<int(int, const sockaddr*, socklen_t)>("connect");
  if (!PahoTraffic::is_active() || !is_in_paho(__builtin_return_address(0))) return system(fd, address, size);
  const auto start = WallClock::now();
  const int result = system(fd, address, size);
  const KeptErrno kept;
  if (const auto broker = copy_of(address, size)) record_connecting(fd, *broker, start, result == 0);
  return result;
}

ssize_t recv_recorded(int fd, void* bytes, std::size_t size, int flags) {
  static const auto system = systems<ssize_t(int, void*, std::size_t, int)>("recv");
  const auto record = size == 0 || (flags & MSG_PEEK) != 0 ? nullptr : record_of(fd);
  const auto count = system(fd, bytes, size, flags);
  const KeptErrno kept;
  if (!record) return count;
  const std::lock_guard after_what_is_sent(paho_traffic().sending());
  record_received(*record, bytes, count, kept.value());
  return count;
}

ssize_t writev_recorded(int fd, const iovec* parts, int number) {
  static const auto system = systems<ssize_t(int, const iovec*, int)>("writev");
  const auto record = record_of(fd);
  if (!record) return system(fd, parts, number);
  const std::lock_guard before_what_answers(paho_traffic().sending());
  const auto count = system(fd, parts, number);
  const KeptErrno kept;
  record_sent(*record, std::span(parts, static_cast<std::size_t>(number)), count, kept.value());
  return count;
}

int shutdown_recorded(int fd, int how) {
  static const auto system = systems<int(int, int)>("shutdown");
  if (const auto record = how == SHUT_RD ? nullptr : record_of(fd)) record_end(fd, *record, Ending::shutdown);
  return system(fd, how);
}

int close_recorded(int fd) {
  static const auto system = systems<int(int)>("close");
  if (PahoTraffic::is_active())
    if (const auto record = paho_traffic().take(fd)) record_end(fd, *record);
  return system(fd);
}
