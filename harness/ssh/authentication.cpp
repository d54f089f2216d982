#include "harness/ssh/authentication.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "harness/ssh/address.h"
#include "harness/ssh/identities.h"
#include "harness/util/fd.h"
#include "harness/util/tcp.h"

namespace mqtts::ssh {

namespace {

// Returns a connection to the agent; none if there is no agent.
Fd connect_agent() {
  const char* path = std::getenv("SSH_AUTH_SOCK");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path == nullptr || *path == '\0' || std::strlen(path) >= sizeof address.sun_path) return Fd(-1);
  std::strcpy(address.sun_path, path);
  Fd agent(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return connect(agent.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? std::move(agent)
                                                                                                : Fd(-1);
}

// libssh waits for the agent forever, and an agent may wait for a person. Shuts down the agent's socket for reading at
// the deadline.
class EndOfPatience {
 public:
  EndOfPatience(int agent, const Deadline& deadline)
      : agent_(dup(agent)), thread_([this, deadline] { watch(deadline); }) {}
  ~EndOfPatience() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  EndOfPatience(const EndOfPatience&) = delete;
  EndOfPatience& operator=(const EndOfPatience&) = delete;

 private:
  void watch(const Deadline& deadline) {
    std::unique_lock lock(mutex_);
    while (!done_ && !deadline.passed()) changed_.wait_for(lock, deadline.slice());
    if (!done_) shutdown(agent_.get(), SHUT_RD);
  }

  Fd agent_;  // our own descriptor, independent of libssh's
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

class Login {
 public:
  Login(const Session& session, const SshAddress& address, const Deadline& deadline, LoginNotes& notes)
      : session_(session), address_(address), deadline_(deadline), notes_(notes) {}

  Result<void> run() {
    std::vector<std::pair<std::string, Identity>> locked;
    for (const auto& file : address_.identity_files) {
      auto identity = read_identity(file);
      if (identity.state == Identity::State::unreadable) unreadable_.push_back(file);
      if (identity.state == Identity::State::locked) locked.emplace_back(file, std::move(identity));
      if (identity.state == Identity::State::open && offer_file(file, identity.key.get())) return ended();
    }
    if (address_.agent && offer_agent()) return ended();
    for (const auto& [file, identity] : locked) {
      if (identity.key != nullptr && !would_be_let_in(identity.key.get())) {
        if (is_over()) return ended();
        offered_.push_back(file);
        continue;
      }
      notes_.locked_key = file;
      return failure(ErrorKind::denied,
                     msg("the SSH key {file} has a passphrase, and nobody has told it", {{"file", file}}),
                     msg("add the key to your SSH agent (ssh-add {file}), or run this in a terminal, which is asked",
                         {{"file", file}}));
    }
    return ended();
  }

 private:
  // Returns true if nothing is left to try: logged in, or ended by the server or the deadline.
  bool is_over() const {
    return answer_ == SSH_AUTH_SUCCESS || answer_ == SSH_AUTH_AGAIN || answer_ == SSH_AUTH_PARTIAL ||
           ssh_is_connected(session_.handle()) == 0;
  }

  bool offer_file(const std::string& file, ssh_key key) {
    offered_.push_back(file);
    answer_ = session_.persevere(SSH_AUTH_AGAIN, deadline_,
                                 [&] { return ssh_userauth_publickey(session_.handle(), nullptr, key); });
    return is_over();
  }

  bool would_be_let_in(ssh_key key) {
    answer_ = session_.persevere(SSH_AUTH_AGAIN, deadline_,
                                 [&] { return ssh_userauth_try_publickey(session_.handle(), nullptr, key); });
    const bool is_welcome = answer_ == SSH_AUTH_SUCCESS;
    if (is_welcome) answer_ = SSH_AUTH_DENIED;
    return is_welcome;
  }

  bool offer_agent() {
    Fd agent = connect_agent();
    if (agent.get() < 0) return false;
    const EndOfPatience patience(agent.get(), deadline_);
    offered_.emplace_back("$SSH_AUTH_SOCK");
    ssh_set_agent_socket(session_.handle(), agent.release());  // ssh_free closes it
    answer_ =
        session_.persevere(SSH_AUTH_AGAIN, deadline_, [&] { return ssh_userauth_agent(session_.handle(), nullptr); });
    if (answer_ != SSH_AUTH_SUCCESS && deadline_.passed()) answer_ = SSH_AUTH_AGAIN;
    return is_over();
  }

  Result<void> ended() const {
    if (answer_ == SSH_AUTH_SUCCESS) return {};
    const auto& where = session_.where();
    if (answer_ == SSH_AUTH_AGAIN) {
      return out_of_time(deadline_, msg("{where} did not answer our login in time", {{"where", where}}));
    }
    if (!offered_.empty() && ssh_is_connected(session_.handle()) == 0) {
      return failure(ErrorKind::unreachable, msg("{where} closed the connection at login", {{"where", where}}),
                     msg("see the SSH server's log on that machine; has it been offered too many keys?"),
                     session_.last_words());
    }
    if (!offered_.empty()) {
      return failure(
          ErrorKind::denied,
          msg("{where} refuses our keys: {keys}",
              {{"where", where}, {"keys", fmt::format("{}", fmt::join(offered_, ", "))}}),
          msg("the public half of one must be in that user's ~/.ssh/authorized_keys, and be all that login asks for"),
          session_.last_words());
    }
    if (!unreadable_.empty()) {
      return failure(ErrorKind::local, msg("the SSH key {file} cannot be read", {{"file", unreadable_.front()}}),
                     msg("it must be a private key, readable by you"));
    }
    return failure(ErrorKind::local, msg("there is no SSH key to log in to {where} with", {{"where", where}}),
                   msg("name one with --identity FILE, or add one to your SSH agent (ssh-add)"));
  }

  const Session& session_;
  const SshAddress& address_;
  const Deadline& deadline_;
  LoginNotes& notes_;
  int answer_ = SSH_AUTH_DENIED;
  std::vector<std::string> offered_;
  std::vector<std::string> unreadable_;
};

}  // namespace

Result<void> log_in(const Session& session, const SshAddress& address, const Deadline& deadline, LoginNotes& notes) {
  return Login(session, address, deadline, notes).run();
}

}  // namespace mqtts::ssh
