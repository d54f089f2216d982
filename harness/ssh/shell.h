// A POSIX shell on the broker's host: the one thing that everything done there goes through.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/model/target.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::ssh {

struct ShellOutput {
  int status = 0;   // of the script's last command, or of its `exit`
  std::string out;  // bytes, exactly as written
  std::string err;
};

class Shell {
 public:
  virtual ~Shell() = default;
  // Runs `script` (POSIX sh, standard input /dev/null, LC_ALL=C, a subshell of its own) and returns what it wrote.
  // Output beyond 4 MiB, a deadline that passes and a connection that breaks are errors, never empty output; after
  // one of them the shell is unusable, and says so.
  virtual Result<ShellOutput> run(const std::string& script, const Deadline& deadline) = 0;
  // False after an error of run(): another shell is needed.
  virtual bool usable() const = 0;
  // The fingerprint ("SHA256:…") of the key that the SSH server has proven to have; empty if there is none to tell.
  virtual std::string host_key() const { return {}; }
};

// Opens a new shell on one certain host; called again when the last one has broken.
using ShellOpener = std::function<Result<std::unique_ptr<Shell>>(const Deadline& deadline)>;

enum class Privilege {
  login_user,
  sudo
};

// Logs in by SSH and starts one long-lived `sh`, or one by sudo: `sudo -n` unless the address has a password file for
// it; the password goes to sudo's standard input, and only if sudo asks. ErrorKind::unreachable, unknown_host,
// wrong_host, denied (login, sudo, a password file that others may read), timeout, interrupted, local (our own files)
// or remote.
Result<std::unique_ptr<Shell>> open_ssh_shell(const SshAddress& address, Privilege privilege, const Deadline& deadline);

// open_ssh_shell with `address` and `privilege` bound.
ShellOpener ssh_opener(SshAddress address, Privilege privilege);

}  // namespace mqtts::ssh
