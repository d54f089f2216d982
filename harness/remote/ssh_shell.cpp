#include <sys/random.h>

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "harness/remote/scripts.h"
#include "harness/remote/session.h"
#include "harness/remote/shell.h"

namespace mqtts::remote {

namespace {

constexpr std::size_t output_limit = 4 << 20;  // bytes, of each stream
constexpr std::size_t write_chunk = 32 << 10;

// Said once to a new shell; the second line is for users whose PATH lacks the administrator's folders.
constexpr const char* preamble =
    "LC_ALL=C; export LC_ALL; umask 022\n"
    "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin; export PATH\n";

std::string random_marker() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

// One of the shell's two streams, read up to a marker.
struct Stream {
  std::string bytes;
  std::size_t searched = 0;

  // What stands before `marker`, which is taken away with it; none if it has not come yet.
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

class SshShell : public Shell {
 public:
  SshShell(Session session, ChannelPtr channel) : x_session(std::move(session)), x_channel(std::move(channel)) {}

  Result<void> start(Privilege privilege, const Deadline& deadline);
  Result<ShellOutput> run(const std::string& script, const Deadline& deadline) override;
  bool usable() const override { return x_usable; }

 private:
  bool send_some();
  bool receive(Stream& stream, int is_stderr);
  Result<ShellOutput> converse(const std::string& marker, const Deadline& deadline);
  std::optional<ShellOutput> take_output(const std::string& marker);
  tl::unexpected<Error> shell_ended();

  Session x_session;
  ChannelPtr x_channel;
  bool x_usable = true;
  std::string x_unsent;
  std::size_t x_sent = 0;
  Stream x_out;
  Stream x_err;
  std::optional<std::string> x_script_out;  // the running script's, once its end was seen
  std::optional<std::string> x_script_err;
};

// `env` rather than NAME=VALUE: the login shell may be one that does not know the latter.
const char* command_for(Privilege privilege) {
  return privilege == Privilege::sudo ? "exec env LC_ALL=C sudo -n sh" : "exec env LC_ALL=C sh";
}

tl::unexpected<Error> explain_start(const Error& error, const std::string& where) {
  const auto said = [&](const char* words) { return error.detail.find(words) != std::string::npos; };
  if (said("password is required")) {
    return failure(ErrorKind::denied, msg("sudo asks for a password on {where}", {{"where", where}}),
                   msg("allow it without one: a line `USER ALL=(ALL) NOPASSWD: ALL` in a file in /etc/sudoers.d"),
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

Result<void> SshShell::start(Privilege privilege, const Deadline& deadline) {
  const auto attempt = [&](auto step) {
    int answer = step();
    while (answer == SSH_AGAIN && !deadline.passed()) {
      x_session.wait(deadline);
      answer = step();
    }
    return answer;
  };
  int answer = attempt([&] { return ssh_channel_open_session(x_channel.get()); });
  if (answer == SSH_OK) {
    answer = attempt([&] { return ssh_channel_request_exec(x_channel.get(), command_for(privilege)); });
  }
  if (answer == SSH_AGAIN) {
    return out_of_time(deadline, msg("{where} opened no shell in time", {{"where", x_session.where()}}));
  }
  if (answer != SSH_OK) {
    return failure(ErrorKind::remote, msg("{where} opens no shell", {{"where", x_session.where()}}), {},
                   x_session.last_words());
  }
  x_unsent = preamble;
  const auto greeting = run(":", deadline);
  if (!greeting) return explain_start(greeting.error(), x_session.where());
  return {};
}

Result<ShellOutput> SshShell::run(const std::string& script, const Deadline& deadline) {
  if (!x_usable) {
    return failure(ErrorKind::remote,
                   msg("the shell on {where} cannot be used after an earlier error", {{"where", x_session.where()}}));
  }
  const std::string marker = random_marker();
  // The script stands in eval and a subshell, so that neither its `exit` nor its mistakes end the shell itself.
  x_unsent.append("( eval ").append(quoted(script)).append(" ) </dev/null; ");
  x_unsent.append(fmt::format("printf '{0}%s\\n{0}' \"$?\"; printf {0} >&2\n", marker));
  x_script_out.reset();
  x_script_err.reset();
  auto output = converse(marker, deadline);
  x_usable = output.has_value();
  return output;
}

Result<ShellOutput> SshShell::converse(const std::string& marker, const Deadline& deadline) {
  for (;;) {
    const bool sent = send_some();
    const bool received_out = receive(x_out, 0);
    const bool received_err = receive(x_err, 1);
    if (auto output = take_output(marker)) return *std::move(output);
    if (x_out.bytes.size() > output_limit || x_err.bytes.size() > output_limit) {
      return failure(ErrorKind::remote, msg("a command on {where} wrote more than {limit} MiB",
                                            {{"where", x_session.where()}, {"limit", "4"}}));
    }
    if (deadline.passed()) {
      return out_of_time(deadline, msg("a command on {where} did not end in time", {{"where", x_session.where()}}),
                         msg("is the machine overloaded, or has the connection gone silent?"));
    }
    if (sent || received_out || received_err) continue;
    if (ssh_channel_is_eof(x_channel.get()) != 0 || ssh_channel_is_open(x_channel.get()) == 0 ||
        ssh_is_connected(x_session.handle()) == 0) {
      return shell_ended();
    }
    x_session.wait(deadline);
  }
}

// True if bytes went to libssh. It keeps what the socket does not take, so it gets no more until that has gone.
bool SshShell::send_some() {
  if (x_sent == x_unsent.size() || (ssh_get_poll_flags(x_session.handle()) & SSH_WRITE_PENDING) != 0) return false;
  const auto size = static_cast<std::uint32_t>(std::min(write_chunk, x_unsent.size() - x_sent));
  const int written = ssh_channel_write(x_channel.get(), x_unsent.data() + x_sent, size);
  if (written <= 0) return false;
  x_sent += static_cast<std::size_t>(written);
  if (x_sent == x_unsent.size()) {
    x_unsent.clear();
    x_sent = 0;
  }
  return true;
}

bool SshShell::receive(Stream& stream, int is_stderr) {
  std::array<char, 16384> buffer{};
  const int count = ssh_channel_read_nonblocking(x_channel.get(), buffer.data(), buffer.size(), is_stderr);
  if (count <= 0) return false;
  stream.bytes.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

// On standard output the marker comes twice: before and after the exit status.
std::optional<ShellOutput> SshShell::take_output(const std::string& marker) {
  if (!x_script_err) x_script_err = x_err.take_until(marker);
  if (!x_script_out) x_script_out = x_out.take_until(marker);
  if (!x_script_out || !x_script_err) return std::nullopt;
  const auto status = x_out.take_until(marker);
  if (!status) return std::nullopt;
  int number = 0;
  std::from_chars(status->data(), status->data() + status->size(), number);
  return ShellOutput{number, std::move(*x_script_out), std::move(*x_script_err)};
}

tl::unexpected<Error> SshShell::shell_ended() {
  std::string detail = x_script_err.value_or(x_err.bytes);
  if (detail.empty()) detail = x_out.bytes;
  if (ssh_is_connected(x_session.handle()) == 0) {
    return failure(ErrorKind::unreachable, msg("the connection to {where} broke", {{"where", x_session.where()}}), {},
                   detail.empty() ? x_session.last_words() : detail);
  }
  return failure(ErrorKind::remote, msg("the shell on {where} ended by itself", {{"where", x_session.where()}}),
                 msg("that user's login shell must be able to run `sh`"), detail);
}

}  // namespace

Result<std::unique_ptr<Shell>> open_ssh_shell(const SshAddress& address, Privilege privilege,
                                              const Deadline& deadline) {
  auto session = Session::connect(address, deadline);
  if (!session) return tl::make_unexpected(session.error());
  ChannelPtr channel(ssh_channel_new(session->handle()));
  auto shell = std::make_unique<SshShell>(*std::move(session), std::move(channel));
  if (auto started = shell->start(privilege, deadline); !started) return tl::make_unexpected(started.error());
  return shell;
}

ShellOpener ssh_opener(SshAddress address, Privilege privilege) {
  return [address = std::move(address), privilege](const Deadline& deadline) {
    return open_ssh_shell(address, privilege, deadline);
  };
}

}  // namespace mqtts::remote
