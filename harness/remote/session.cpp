#include "harness/remote/session.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace mqtts::remote {

namespace {

using CharsPtr = std::unique_ptr<char, FreeWith<ssh_string_free_char>>;

// Without it OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(const char*, char*, size_t, int, int, void*) { return -1; }

std::string fingerprint_of_server(ssh_session session) {
  ssh_key raw_key = nullptr;
  if (ssh_get_server_publickey(session, &raw_key) != SSH_OK) return "?";
  const KeyPtr key(raw_key);
  unsigned char* hash = nullptr;
  size_t size = 0;
  if (ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) return "?";
  const CharsPtr text(ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size));
  ssh_clean_pubkey_hash(&hash);
  return text ? text.get() : "?";
}

// Returns false if libssh took one of the settings ill.
bool configure(ssh_session session, const SshAddress& address, socket_t socket) {
  const int no = 0;
  const unsigned int port = address.port;
  return ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_HOST, address.host.c_str()) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_PORT, &port) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_USER, address.user.c_str()) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, address.known_hosts_file.c_str()) == 0 &&
         ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == 0 &&
         ssh_options_set(session, SSH_OPTIONS_FD, &socket) == 0;
}

}  // namespace

Result<Session> Session::connect(const SshAddress& address, const Deadline& deadline) {
  auto socket = connect_tcp(address.host, address.port, deadline);
  if (!socket) return tl::make_unexpected(socket.error());
  Session session(SessionPtr(ssh_new()), address.user + "@" + address.host + " port " + std::to_string(address.port));
  if (!configure(session.handle(), address, socket->get())) {
    return failure(ErrorKind::invalid_input,
                   msg("the SSH address {where} cannot be used", {{"where", session.where()}}),
                   msg("check host, port and user of the target's `ssh`"), session.last_words());
  }
  ssh_set_blocking(session.handle(), 0);
  socket->release();  // ssh_free closes it
  auto done = session.shake_hands(deadline).and_then([&] { return session.check_host_key(address); }).and_then([&] {
    return session.log_in(address, deadline);
  });
  if (!done) return tl::make_unexpected(done.error());
  return session;
}

void Session::wait(const Deadline& deadline) const {
  // sshd's small packets each wait for the acknowledgement of the one before, which our kernel would hold back for
  // 40 ms; it forgets this setting by and by.
  const int on = 1;
  setsockopt(ssh_get_fd(handle()), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  const bool unsent = (ssh_get_poll_flags(handle()) & SSH_WRITE_PENDING) != 0;
  pollfd waiting{ssh_get_fd(handle()), static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN), 0};
  poll(&waiting, 1, static_cast<int>(deadline.slice().count()));
}

std::string Session::last_words() const { return ssh_get_error(handle()); }

template <class Step>
int Session::persevere(int again, const Deadline& deadline, Step step) const {
  int answer = step();
  while (answer == again && !deadline.passed()) {
    wait(deadline);
    answer = step();
  }
  return answer;
}

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

Result<void> Session::check_host_key(const SshAddress& address) const {
  const auto state = ssh_session_is_known_server(handle());
  if (state == SSH_KNOWN_HOSTS_OK) return {};
  const std::map<std::string, std::string> args = {{"where", where_},
                                                   {"fingerprint", fingerprint_of_server(handle())},
                                                   {"file", address.known_hosts_file},
                                                   {"host", address.host},
                                                   {"port", std::to_string(address.port)}};
  if (state == SSH_KNOWN_HOSTS_CHANGED) {
    return failure(
        ErrorKind::denied,
        msg("the host key of {where} has changed: it now shows {fingerprint}, which is not the key in {file}", args),
        msg("another machine may be answering; if the machine was made anew, take its old line out of {file}", args));
  }
  if (state == SSH_KNOWN_HOSTS_OTHER) {
    return failure(ErrorKind::denied,
                   msg("{where} shows a host key of another type than the one in {file}: {fingerprint}", args),
                   msg("compare it with the machine's own, then add it: ssh-keyscan -p {port} {host} >> {file}", args));
  }
  if (state == SSH_KNOWN_HOSTS_ERROR) {
    return failure(ErrorKind::denied, msg("the host key of {where} cannot be checked against {file}", args), {},
                   last_words());
  }
  return failure(ErrorKind::denied, msg("the host key of {where} is not in {file}: {fingerprint}", args),
                 msg("compare it with the machine's own, then add it: ssh-keyscan -p {port} {host} >> {file}", args));
}

Result<void> Session::log_in(const SshAddress& address, const Deadline& deadline) const {
  ssh_key raw_key = nullptr;
  const int read =
      ssh_pki_import_privkey_file(address.identity_file.c_str(), nullptr, no_passphrase, nullptr, &raw_key);
  const KeyPtr key(raw_key);
  if (read != SSH_OK) {
    return failure(ErrorKind::local, msg("the SSH key {file} cannot be read", {{"file", address.identity_file}}),
                   msg("it must be a private key without a passphrase, readable by you"));
  }
  const int answer =
      persevere(SSH_AUTH_AGAIN, deadline, [&] { return ssh_userauth_publickey(handle(), nullptr, key.get()); });
  if (answer == SSH_AUTH_SUCCESS) return {};
  if (answer == SSH_AUTH_AGAIN) {
    return out_of_time(deadline, msg("{where} did not answer our login in time", {{"where", where_}}));
  }
  if (answer == SSH_AUTH_ERROR && ssh_is_connected(handle()) == 0) {
    return failure(ErrorKind::unreachable, msg("{where} closed the connection at login", {{"where", where_}}),
                   msg("see the SSH server's log on that machine"), last_words());
  }
  return failure(ErrorKind::denied,
                 msg("{where} refuses the key {file}", {{"where", where_}, {"file", address.identity_file}}),
                 msg("its public half must be in that user's ~/.ssh/authorized_keys, and be all that login asks for"),
                 last_words());
}

}  // namespace mqtts::remote
