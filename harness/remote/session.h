// An SSH session to the broker's host: connected, its host key checked, logged in.
#pragma once

#include <memory>
#include <string>

#include <libssh/libssh.h>

#include "harness/model/deadline.h"
#include "harness/model/error.h"
#include "harness/model/free_with.h"
#include "harness/model/target.h"
#include "harness/remote/address.h"

namespace mqtts::remote {

using SessionPtr = std::unique_ptr<ssh_session_struct, FreeWith<ssh_free>>;
using ChannelPtr = std::unique_ptr<ssh_channel_struct, FreeWith<ssh_channel_free>>;  // dies before its session
using KeyPtr = std::unique_ptr<ssh_key_struct, FreeWith<ssh_key_free>>;

// libssh never blocks in here: a server that falls silent costs the deadline and no more. Neither ~/.ssh/config nor
// an agent nor any file but the two that the address names is looked at. One thread at a time.
class Session {
 public:
  // ErrorKind::unreachable (no TCP, or not an SSH server), denied (host key, login), timeout, interrupted, or local
  // (the identity file).
  static Result<Session> connect(const SshAddress& address, const Deadline& deadline);

  ssh_session handle() const { return session_.get(); }
  const std::string& where() const { return where_; }  // "user@host port 22", for messages

  // Waits until bytes have come or waiting ones can go, or for one slice of the deadline.
  void wait(const Deadline& deadline) const;
  // What libssh says of the last failure; may hold the server's own words.
  std::string last_words() const;

 private:
  Session(SessionPtr session, std::string where) : session_(std::move(session)), where_(std::move(where)) {}

  // Repeats `step` while it answers `again` and there is time.
  template <class Step>
  int persevere(int again, const Deadline& deadline, Step step) const;
  Result<void> shake_hands(const Deadline& deadline) const;
  Result<void> check_host_key(const SshAddress& address) const;
  Result<void> log_in(const SshAddress& address, const Deadline& deadline) const;

  SessionPtr session_;
  std::string where_;
};

}  // namespace mqtts::remote
