// The broker's host, controlled through a shell: applies stages and restores everything.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/model/target.h"
#include "harness/remote/journal.h"
#include "harness/remote/scripts.h"
#include "harness/ssh/shell.h"
#include "harness/util/clock.h"

namespace mqtts::remote {

// Returns 16 hexadecimal digits that nobody can guess.
std::string fresh_token();

// "vagrant@client, process 123, since 2026-11-22 15:17:23 UTC"
std::string this_process();

// Opens its shell when first needed, and another one after an error, so that restore() still works after a time-out
// during apply(). One thread at a time.
class SshBrokerHost : public BrokerHost {
 public:
  // `who` identifies this run to others that want the same host: one line.
  SshBrokerHost(ssh::ShellOpener open, BrokerProfile profile, const std::string& who = this_process());

  // Maps port numbers used below to the host's, if they are forwarded; others are the same there.
  void map_ports(std::map<std::uint16_t, std::uint16_t> there) { port_there_ = std::move(there); }

  // One round trip. Safe to repeat with the same paths.
  Result<void> acquire(const std::vector<std::string>& paths, const Deadline& deadline) override;
  // One round trip.
  Result<Applied> apply(const StageSetup& setup, const Deadline& deadline) override;
  // Returns only whole lines; beyond 64 KiB only the last ones, after a line that states how much was left out. Before
  // the first apply the first call only marks the position and returns nothing.
  Result<std::string> new_log_lines(const Deadline& deadline) override;
  // An error if /proc does not show it to this user.
  Result<bool> broker_runs(const Deadline& deadline) override;
  Result<bool> listens(std::uint16_t port, const Deadline& deadline) override;
  // One round trip. False for a loopback address: rules usually accept it.
  Result<bool> drops(const std::string& address, std::uint16_t port, const Deadline& deadline) override;
  Result<std::string> last_error(const Deadline& deadline) override;
  std::string restart_command() const override;
  // One round trip, unless the last look is younger than ten seconds and nothing was applied since.
  Result<HostLook> look(const Deadline& deadline) override;
  // Returns the output of the profile's version command, at most 4 KiB: hostile text, for BrokerDriver::version_in.
  Result<std::string> version_words(const Deadline& deadline);
  // Runs the caller's script, which must change nothing on the host.
  Result<ssh::ShellOutput> ask(const std::string& script, const Deadline& deadline);
  // The host's clock compared with ours, measured when the last shell was opened; none before.
  std::optional<ClockSkew> clock() const { return clock_; }
  // Host key of the server of the last opened shell: see Shell.
  const std::string& host_key() const { return host_key_; }
  // Two round trips. On failure, Error::detail holds the commands that restore everything by hand, one per line.
  Result<void> restore(const Deadline& deadline) override;

  // One round trip.
  Result<void> keep(const Deadline& deadline) override;

  // Takes over the journal of another run, for restore(). Returns `ours` with the former holder's description if there
  // is something to restore; else `none`, or the current holder: without force, takes over only from a holder that has
  // gone. Waits up to 2 s for an earlier connection of ours to end.
  Result<JournalOwner> take_over(TakeOver succession, const Deadline& deadline);

 private:
  enum class Ownership {
    none,     // nothing of ours can be on the host
    perhaps,  // a journal was requested, and no answer came
    ours
  };

  Result<void> open_shell(const Deadline& deadline);
  Result<ssh::ShellOutput> run(const std::string& script, const Deadline& deadline);
  Result<bool> yes_or_no(const std::string& script, const Deadline& deadline);
  Result<ssh::ShellOutput> run_persistently(const std::string& script, const Deadline& deadline);
  tl::unexpected<Error> not_put_back(const Error& error) const;

  ssh::ShellOpener open_;
  BrokerProfile profile_;
  Owner us_;
  std::uint16_t port_there(std::uint16_t port) const;

  std::map<std::uint16_t, std::uint16_t> port_there_;
  std::string shell_identity_;  // of the current shell, or of the broken one
  std::unique_ptr<ssh::Shell> shell_;
  std::string host_key_;
  std::optional<ClockSkew> clock_;
  Ownership ownership_ = Ownership::none;
  Journal journal_;  // set once it is ours
  std::optional<HostLook> last_look_;
  Clock::time_point looked_at_;
  std::optional<std::uint64_t> log_offset_;  // bytes of the log that were read or belong to the start
};

}  // namespace mqtts::remote
