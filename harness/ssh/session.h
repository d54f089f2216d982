// An SSH session to the broker's host: connected, host key checked, logged in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <libssh/libssh.h>

#include "harness/model/target.h"
#include "harness/ssh/address.h"
#include "harness/ssh/login.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/free_with.h"

namespace mqtts::ssh {

class Tunnel;

using SessionPtr = std::unique_ptr<ssh_session_struct, FreeWith<ssh_free>>;
using ChannelPtr = std::unique_ptr<ssh_channel_struct, FreeWith<ssh_channel_free>>;  // destroyed before its session

// libssh never blocks here: a silent server costs the deadline and no more. Reads only the files that the address
// names, not ~/.ssh/config, and uses an agent only if the address says so. One thread at a time.
class Session {
 public:
  // ErrorKind::unreachable (no TCP, or not an SSH server), unknown_host, wrong_host, denied
  // (login, a locked key), timeout,
  // interrupted, or local (the identity files, known_hosts). `notes` gains what users should know.
  static Result<Session> connect(const SshAddress& address, const Deadline& deadline, LoginNotes& notes);
  static Result<Session> connect(const SshAddress& address, const Deadline& deadline);
  // Only the handshake: no check of the host key and no login.
  static Result<Session> greet(const SshAddress& address, const Deadline& deadline, LoginNotes& notes);

  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  ssh_session handle() const { return session_.get(); }
  const std::string& where() const { return where_; }  // "user@host port 22", for messages

  // Waits until bytes arrive or pending ones can be sent, or for one slice of the deadline.
  void wait(const Deadline& deadline) const;
  // Returns libssh's text for the last failure; may contain the server's own text.
  std::string last_words() const;

  // Repeats `step` while it returns `again` and there is time; returns its last result.
  template <class Step>
  int persevere(int again, const Deadline& deadline, Step step) const {
    int answer = step();
    while (answer == again && !deadline.passed()) {
      wait(deadline);
      answer = step();
    }
    return answer;
  }

 private:
  Session(SessionPtr session, std::string where, std::unique_ptr<Tunnel> tunnel);
  Result<void> shake_hands(const Deadline& deadline) const;

  std::unique_ptr<Tunnel> tunnel_;  // carries the session, if set: destroyed after it
  SessionPtr session_;
  std::string where_;
};

}  // namespace mqtts::ssh
