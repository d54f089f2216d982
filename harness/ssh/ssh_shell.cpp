#include <sys/random.h>

#include <array>
#include <optional>

#include <fmt/format.h>
#include <libssh/callbacks.h>

#include "harness/ssh/host_key.h"
#include "harness/ssh/session.h"
#include "harness/ssh/shell.h"
#include "harness/ssh/sudo_password.h"
#include "harness/util/parse_number.h"
#include "harness/util/shell_quote.h"
#include "harness/util/tcp.h"

namespace mqtts::ssh {

namespace {

constexpr std::size_t output_limit = 4 << 20;  // bytes, of each stream
constexpr std::size_t write_chunk = 32 << 10;

// Sent once to a new shell; the second line is for users whose PATH lacks the administrator's folders.
constexpr const char* preamble =
    "LC_ALL=C; export LC_ALL; umask 022\n"
    "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin; export PATH\n";

std::string random_marker() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

// One output stream of the shell, read up to a marker.
struct Stream {
  std::string bytes;
  std::size_t searched = 0;

  // Removes and returns the text before `marker`, without it; none if it has not come yet.
  std::optional<std::string> take_until(const std::string& marker) {
    const auto at = bytes.find(marker, searched < marker.size() ? 0 : searched - marker.size());
    searched = bytes.size();
    if (at == std::string::npos) return std::nullopt;
    std::string before = bytes.substr(0, at);
    bytes.erase(0, at + marker.size());
    searched = 0;
    return before;
  }
};

// Markers for a sudo that may ask, unlike anything else that a login prints.
struct SudoWords {
  std::string question = random_marker();  // on standard error, each time it wants a password
  std::string inside = random_marker();    // on standard output, once the shell runs
};

class SshShell : public Shell {
 public:
  SshShell(Session session, ChannelPtr channel) : session_(std::move(session)), channel_(std::move(channel)) {
    ssh_callbacks_init(&callbacks_);
    callbacks_.userdata = this;
    callbacks_.channel_data_function = take_bytes;
    ssh_set_channel_callbacks(channel_.get(), &callbacks_);
  }
  // Freeing a channel may still receive bytes: this object could no longer take them.
  ~SshShell() override { ssh_remove_channel_callbacks(channel_.get(), &callbacks_); }
  SshShell(const SshShell&) = delete;
  SshShell& operator=(const SshShell&) = delete;

  Result<void> start(Privilege privilege, const std::string& password, const Deadline& deadline);
  Result<ShellOutput> run(const std::string& script, const Deadline& deadline) override;
  bool usable() const override { return usable_; }
  std::string host_key() const override { return fingerprint_of_server(session_); }

 private:
  bool send_some();
  bool receive();
  static int take_bytes(ssh_session, ssh_channel, void* data, std::uint32_t size, int is_stderr, void* shell);
  Result<ShellOutput> converse(const std::string& marker, const Deadline& deadline);
  std::optional<ShellOutput> take_output(const std::string& marker);
  bool has_ended() const;
  tl::unexpected<Error> shell_ended();
  Result<void> execute(const std::string& command, const Deadline& deadline);
  Result<void> answer_sudo(const SudoWords& words, const std::string& password, const Deadline& deadline);

  Session session_;
  ssh_channel_callbacks_struct callbacks_{};  // destroyed after the channel that uses it
  ChannelPtr channel_;
  bool usable_ = true;
  std::string unsent_;
  std::size_t sent_ = 0;
  Stream out_;
  Stream err_;
  std::optional<std::string> script_out_;  // of the running script, once its end was seen
  std::optional<std::string> script_err_;
};

// Uses `env` instead of NAME=VALUE: some login shells do not support the latter.
const char* command_for(Privilege privilege) {
  return privilege == Privilege::sudo ? "exec env LC_ALL=C sudo -n sh" : "exec env LC_ALL=C sh";
}

// For a sudo that may ask: our own texts show when it asks, and whether it has accepted. -k: ignores the ticket of an
// earlier login.
std::string command_for(const SudoWords& words) {
  return fmt::format("exec env LC_ALL=C sudo -k -S -p {} sh -c 'echo {}; exec sh'", words.question, words.inside);
}

tl::unexpected<Error> explain_start(const Error& error, const std::string& where) {
  const auto said = [&](const char* words) { return error.detail.find(words) != std::string::npos; };
  if (said("password is required")) {
    return failure(ErrorKind::denied, msg("sudo asks for a password on {where}", {{"where", where}}),
                   msg("give it with --sudo-password-file FILE, or allow sudo without one: a line "
                       "`USER ALL=(ALL) NOPASSWD: ALL` in a file in /etc/sudoers.d"),
                   error.detail);
  }
  if (said("not in the sudoers file") || said("not allowed to execute") || said("may not run sudo")) {
    return failure(ErrorKind::denied, msg("sudo is not allowed to this user: {where}", {{"where", where}}),
                   msg("allow it: a line `USER ALL=(ALL) NOPASSWD: ALL` in a file in /etc/sudoers.d"), error.detail);
  }
  if (said("sudo") && said("No such file")) {
    return failure(ErrorKind::denied, msg("there is no sudo on {where}", {{"where", where}}),
                   msg("install sudo there, or log in as root"), error.detail);
  }
  return tl::make_unexpected(error);
}

Result<void> SshShell::execute(const std::string& command, const Deadline& deadline) {
  int answer = session_.persevere(SSH_AGAIN, deadline, [&] { return ssh_channel_open_session(channel_.get()); });
  if (answer == SSH_OK) {
    answer = session_.persevere(SSH_AGAIN, deadline,
                                [&] { return ssh_channel_request_exec(channel_.get(), command.c_str()); });
  }
  if (answer == SSH_OK) return {};
  if (answer == SSH_AGAIN) {
    return out_of_time(deadline, msg("{where} opened no shell in time", {{"where", session_.where()}}));
  }
  return failure(ErrorKind::remote, msg("{where} opens no shell", {{"where", session_.where()}}), {},
                 session_.last_words());
}

Result<void> SshShell::start(Privilege privilege, const std::string& password, const Deadline& deadline) {
  const SudoWords words;
  const bool may_ask = privilege == Privilege::sudo && !password.empty();
  auto started = execute(may_ask ? command_for(words) : command_for(privilege), deadline);
  if (!started) return started;
  if (may_ask) started = answer_sudo(words, password, deadline);
  if (!started) return explain_start(started.error(), session_.where());
  unsent_ = preamble;
  const auto greeting = run(":", deadline);
  if (!greeting) return explain_start(greeting.error(), session_.where());
  return {};
}

// Sends the password when sudo asks for it, and only then: if it does not ask, the shell would run it as a command.
// Sends nothing else before the shell runs: sudo would take it for another attempt.
Result<void> SshShell::answer_sudo(const SudoWords& words, const std::string& password, const Deadline& deadline) {
  bool is_told = false;
  for (;;) {
    // Bytes may also have come during another wait.
    const bool sent = send_some();
    const bool received = receive();
    if (out_.take_until(words.inside + "\n")) return {};
    const bool is_asked = err_.take_until(words.question).has_value();
    if (is_asked && is_told) {
      return failure(ErrorKind::denied, msg("sudo on {where} refuses the password", {{"where", session_.where()}}),
                     msg("see --sudo-password-file, or `sudo_password_file` in the target file: it must hold the "
                         "login user's password"));
    }
    if (is_asked) {
      unsent_ = password + "\n";
      is_told = true;
    }
    if (deadline.passed()) {
      return out_of_time(deadline, msg("sudo on {where} did not answer in time", {{"where", session_.where()}}));
    }
    if (is_asked || sent || received) continue;
    if (has_ended()) return shell_ended();
    session_.wait(deadline);
  }
}

Result<ShellOutput> SshShell::run(const std::string& script, const Deadline& deadline) {
  if (!usable_) {
    return failure(ErrorKind::remote,
                   msg("the shell on {where} cannot be used after an earlier error", {{"where", session_.where()}}));
  }
  const std::string marker = random_marker();
  // The script runs in eval and a subshell, so that neither its `exit` nor its errors end the shell itself.
  unsent_.append("( eval ").append(shell_quoted(script)).append(" ) </dev/null; ");
  unsent_.append(fmt::format("printf '{0}%s\\n{0}' \"$?\"; printf {0} >&2\n", marker));
  script_out_.reset();
  script_err_.reset();
  auto output = converse(marker, deadline);
  usable_ = output.has_value();
  return output;
}

Result<ShellOutput> SshShell::converse(const std::string& marker, const Deadline& deadline) {
  for (;;) {
    const bool sent = send_some();
    const bool received = receive();
    if (auto output = take_output(marker)) return *std::move(output);
    if (out_.bytes.size() > output_limit || err_.bytes.size() > output_limit) {
      return failure(ErrorKind::remote, msg("a command on {where} wrote more than {limit} MiB",
                                            {{"where", session_.where()}, {"limit", "4"}}));
    }
    if (deadline.passed()) {
      return out_of_time(deadline, msg("a command on {where} did not end in time", {{"where", session_.where()}}),
                         msg("is the machine overloaded, or has the connection gone silent?"));
    }
    if (sent || received) continue;
    if (has_ended()) return shell_ended();
    session_.wait(deadline);
  }
}

// Returns true if bytes went to libssh. It buffers what the socket does not take, and gets no more until that is sent.
bool SshShell::send_some() {
  if (sent_ == unsent_.size() || (ssh_get_poll_flags(session_.handle()) & SSH_WRITE_PENDING) != 0) return false;
  const auto size = static_cast<std::uint32_t>(std::min(write_chunk, unsent_.size() - sent_));
  const int written = ssh_channel_write(channel_.get(), unsent_.data() + sent_, size);
  if (written <= 0) return false;
  sent_ += static_cast<std::size_t>(written);
  if (sent_ == unsent_.size()) {
    unsent_.clear();
    sent_ = 0;
  }
  return true;
}

// Returns true if bytes of either stream came. Reading one stream makes libssh take in the packets of both, and bytes
// that it keeps of the other would not wake the next wait: so a callback takes all bytes as they come.
bool SshShell::receive() {
  const auto before = out_.bytes.size() + err_.bytes.size();
  ssh_channel_poll(channel_.get(), 0);
  return out_.bytes.size() + err_.bytes.size() > before;
}

int SshShell::take_bytes(ssh_session, ssh_channel, void* data, std::uint32_t size, int is_stderr, void* shell) {
  auto& self = *static_cast<SshShell*>(shell);
  (is_stderr != 0 ? self.err_ : self.out_).bytes.append(static_cast<const char*>(data), size);
  return static_cast<int>(size);
}

// Standard output has the marker twice: before and after the exit status.
std::optional<ShellOutput> SshShell::take_output(const std::string& marker) {
  if (!script_err_) script_err_ = err_.take_until(marker);
  if (!script_out_) script_out_ = out_.take_until(marker);
  if (!script_out_ || !script_err_) return std::nullopt;
  const auto status = out_.take_until(marker);
  if (!status) return std::nullopt;
  return ShellOutput{leading_number<int>(*status), std::move(*script_out_), std::move(*script_err_)};
}

bool SshShell::has_ended() const {
  return ssh_channel_is_eof(channel_.get()) != 0 || ssh_channel_is_open(channel_.get()) == 0 ||
         ssh_is_connected(session_.handle()) == 0;
}

tl::unexpected<Error> SshShell::shell_ended() {
  std::string detail = script_err_.value_or(err_.bytes);
  if (detail.empty()) detail = out_.bytes;
  if (ssh_is_connected(session_.handle()) == 0) {
    return failure(ErrorKind::unreachable, msg("the connection to {where} broke", {{"where", session_.where()}}), {},
                   detail.empty() ? session_.last_words() : detail);
  }
  return failure(ErrorKind::remote, msg("the shell on {where} ended by itself", {{"where", session_.where()}}),
                 msg("that user's login shell must be able to run `sh`"), detail);
}

}  // namespace

Result<std::unique_ptr<Shell>> open_ssh_shell(const SshAddress& address, Privilege privilege,
                                              const Deadline& deadline) {
  Result<std::string> password;
  if (privilege == Privilege::sudo && !address.sudo_password_file.empty()) {
    password = read_sudo_password(address.sudo_password_file);
    if (!password) return tl::make_unexpected(password.error());
  }
  auto session = Session::connect(address, deadline);
  if (!session) return tl::make_unexpected(session.error());
  ChannelPtr channel(ssh_channel_new(session->handle()));
  auto shell = std::make_unique<SshShell>(*std::move(session), std::move(channel));
  if (auto started = shell->start(privilege, *password, deadline); !started)
    return tl::make_unexpected(started.error());
  return shell;
}

ShellOpener ssh_opener(SshAddress address, Privilege privilege) {
  return [address = std::move(address), privilege](const Deadline& deadline) {
    return open_ssh_shell(address, privilege, deadline);
  };
}

}  // namespace mqtts::ssh
