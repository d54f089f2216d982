#include "harness/ssh/session.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "harness/ssh/authentication.h"
#include "harness/ssh/host_key.h"
#include "harness/ssh/tunnel.h"
#include "harness/util/fd.h"
#include "harness/util/tcp.h"

namespace mqtts::ssh {

namespace {

std::string name_of(const SshAddress& address) {
  return address.user + "@" + address.host + " port " + std::to_string(address.port);
}

// Returns the jump as an address. A fingerprint belongs to the broker's host: known_hosts decides about the jump.
SshAddress jump_of(const SshAddress& address) {
  SshAddress jump = address;
  jump.host = address.jump->host;
  jump.port = address.jump->port;
  jump.user = address.jump->user;
  jump.jump.reset();
  if (jump.host_key == HostKeyPolicy::pinned) jump.host_key = HostKeyPolicy::strict;
  return jump;
}

// Returns false if libssh rejected a setting.
bool configure(ssh_session session, const SshAddress& address, socket_t socket) {
  const int no = 0;
  const unsigned int port = address.port;
  const bool looks_at_file = address.host_key != HostKeyPolicy::pinned && !address.known_hosts_file.empty();
  const char* known_hosts = looks_at_file ? address.known_hosts_file.c_str() : "/dev/null";
  return ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_HOST, address.host.c_str()) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_PORT, &port) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_USER, address.user.c_str()) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, known_hosts) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == 0 &&
         ssh_options_set(session, SSH_OPTIONS_FD, &socket) == 0;
}

}  // namespace

Session::Session(SessionPtr session, std::string where, std::unique_ptr<Tunnel> tunnel)
    : tunnel_(std::move(tunnel)), session_(std::move(session)), where_(std::move(where)) {}
Session::Session(Session&&) noexcept = default;
Session::~Session() = default;

// In order of destruction: a session ends before the tunnel that carries it.
Session& Session::operator=(Session&& other) noexcept {
  session_ = std::move(other.session_);
  tunnel_ = std::move(other.tunnel_);
  where_ = std::move(other.where_);
  return *this;
}

Result<Session> Session::greet(const SshAddress& address, const Deadline& deadline, LoginNotes& notes) {
  Fd socket(-1);
  std::unique_ptr<Tunnel> tunnel;
  if (address.jump) {
    auto jump = connect(jump_of(address), deadline, notes);
    if (!jump) return tl::make_unexpected(jump.error());
    auto opened = Tunnel::open(*std::move(jump), address.host, address.port, deadline, socket);
    if (!opened) return tl::make_unexpected(opened.error());
    tunnel = *std::move(opened);
  } else {
    auto connected = connect_tcp(address.host, address.port, deadline);
    if (!connected) return tl::make_unexpected(connected.error());
    socket = *std::move(connected);
  }
  Session session(SessionPtr(ssh_new()), name_of(address), std::move(tunnel));
  if (!configure(session.handle(), address, socket.get())) {
    return failure(ErrorKind::invalid_input,
                   msg("the SSH address {where} cannot be used", {{"where", session.where()}}),
                   msg("check host, port and user of the target's `ssh`"), session.last_words());
  }
  ssh_set_blocking(session.handle(), 0);
  socket.release();  // ssh_free closes it
  if (auto shaken = session.shake_hands(deadline); !shaken) return tl::make_unexpected(shaken.error());
  return session;
}

Result<Session> Session::connect(const SshAddress& address, const Deadline& deadline, LoginNotes& notes) {
  auto session = greet(address, deadline, notes);
  if (!session) return session;
  auto done =
      check_host_key(*session, address, notes).and_then([&] { return log_in(*session, address, deadline, notes); });
  if (!done) return tl::make_unexpected(done.error());
  return session;
}

Result<Session> Session::connect(const SshAddress& address, const Deadline& deadline) {
  LoginNotes nobody_reads_them;
  return connect(address, deadline, nobody_reads_them);
}

void Session::wait(const Deadline& deadline) const {
  // Each of sshd's small packets waits for the acknowledgement of the one before, which our kernel would delay for 40
  // ms; it drops this setting after a while.
  const int on = 1;
  setsockopt(ssh_get_fd(handle()), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  const bool unsent = (ssh_get_poll_flags(handle()) & SSH_WRITE_PENDING) != 0;
  pollfd waiting{ssh_get_fd(handle()), static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN), 0};
  poll(&waiting, 1, static_cast<int>(deadline.slice().count()));
}

std::string Session::last_words() const { return ssh_get_error(handle()); }

Result<void> Session::shake_hands(const Deadline& deadline) const {
  const int answer = persevere(SSH_AGAIN, deadline, [&] { return ssh_connect(handle()); });
  if (answer == SSH_OK) return {};
  if (answer == SSH_AGAIN) {
    return out_of_time(deadline, msg("{where} accepts connections, but did not speak SSH in time", {{"where", where_}}),
                       msg("is this the port of an SSH server, and is the machine overloaded?"));
  }
  return failure(ErrorKind::unreachable, msg("the SSH handshake with {where} failed", {{"where", where_}}),
                 msg("is this the port of an SSH server?"), last_words());
}

Result<void> rehearse_login(const SshAddress& address, const Deadline& deadline, LoginNotes& notes) {
  auto session = Session::connect(address, deadline, notes);
  if (!session) return tl::make_unexpected(session.error());
  return {};
}

Result<std::string> shown_host_key(const std::string& host, std::uint16_t port, const Deadline& deadline) {
  LoginNotes nobody_reads_them;
  auto session = Session::greet({.host = host, .port = port, .user = "nobody"}, deadline, nobody_reads_them);
  if (!session) return tl::make_unexpected(session.error());
  return fingerprint_of_server(*session);
}

}  // namespace mqtts::ssh
