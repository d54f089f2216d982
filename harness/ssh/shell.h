// A POSIX shell on the broker's host: every action there uses it.
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
  // Runs `script` (POSIX sh, standard input /dev/null, LC_ALL=C, a subshell of its own) and returns its output. Output
  // beyond 4 MiB, a passed deadline and a broken connection are errors, never empty output; after one of them every
  // further call is an error.
  virtual Result<ShellOutput> run(const std::string& script, const Deadline& deadline) = 0;
  // Returns false after an error of run(): open another shell.
  virtual bool usable() const = 0;
  // Returns the fingerprint ("SHA256:…") of the key that the SSH server has proven to have; empty if there is none.
  virtual std::string host_key() const { return {}; }
};

// Opens a new shell on one fixed host; called again after the last one broke.
using ShellOpener = std::function<Result<std::unique_ptr<Shell>>(const Deadline& deadline)>;

enum class Privilege {
  login_user,
  sudo
};

// Logs in by SSH and starts one long-lived `sh`, directly or by sudo: `sudo -n` unless the address has a password file
// for it; the password goes to sudo's standard input, and only if sudo asks. ErrorKind::unreachable, unknown_host, wrong_host,
// denied (login, sudo, a password file that others may read), timeout, interrupted, local (our own files) or remote.
Result<std::unique_ptr<Shell>> open_ssh_shell(const SshAddress& address, Privilege privilege, const Deadline& deadline);

// open_ssh_shell with `address` and `privilege` bound.
ShellOpener ssh_opener(SshAddress address, Privilege privilege);

}  // namespace mqtts::ssh
