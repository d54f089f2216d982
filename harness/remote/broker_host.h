// The broker's host, driven through a shell: stages put in effect, and everything put back.
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

// 16 hexadecimal digits that nobody can guess.
std::string fresh_token();

// "vagrant@client, process 123, since 2026-11-22 15:17:23 UTC"
std::string this_process();

// Opens its shell when first needed, and another one when that has broken, so that restore() still works after a
// time-out in the middle of apply(). One thread at a time.
class SshBrokerHost : public BrokerHost {
 public:
  // `who` names this run to others who want the same host: one line.
  SshBrokerHost(ssh::ShellOpener open, BrokerProfile profile, const std::string& who = this_process());

  // Ports as we name them below -> as the host does, where they are forwarded; others are the same there.
  void map_ports(std::map<std::uint16_t, std::uint16_t> there) { port_there_ = std::move(there); }

  // One round trip. Harmless twice with the same paths.
  Result<void> acquire(const std::vector<std::string>& paths, const Deadline& deadline) override;
  // One round trip.
  Result<Applied> apply(const StageSetup& setup, const Deadline& deadline) override;
  // Only whole lines; of more than 64 KiB the last, after a line that tells how much was left out. Before the first
  // apply the first call only marks the place and returns nothing.
  Result<std::string> new_log_lines(const Deadline& deadline) override;
  // An error where /proc does not tell this user.
  Result<bool> broker_runs(const Deadline& deadline) override;
  Result<bool> listens(std::uint16_t port, const Deadline& deadline) override;
  // One round trip; rules that let loopback through say nothing of it.
  Result<bool> drops(const std::string& address, std::uint16_t port, const Deadline& deadline) override;
  Result<std::string> last_error(const Deadline& deadline) override;
  // What the profile's version command says, 4 KiB at most: hostile text, for BrokerDriver::version_in.
  Result<std::string> version_words(const Deadline& deadline);
  // Runs a script of the caller's, which must change nothing over there.
  Result<ssh::ShellOutput> ask(const std::string& script, const Deadline& deadline);
  // The host's clock beside ours, as the last shell that was opened told; none before.
  std::optional<ClockSkew> clock() const { return clock_; }
  // Of the server that the last shell was opened on: see Shell.
  const std::string& host_key() const { return host_key_; }
  // Two round trips. On failure, Error::detail holds the commands that put everything back by hand, one a line.
  Result<void> restore(const Deadline& deadline) override;

  // Takes over what another run has left changed, for restore(). `ours` with the former holder's words if there is
  // something to be put back; else `none`, or who holds the host: only a holder that has gone is succeeded without
  // force. An own former connection is waited for up to 2 s.
  Result<JournalOwner> take_over(TakeOver succession, const Deadline& deadline);

 private:
  enum class Ownership {
    none,     // nothing of ours can be on the host
    perhaps,  // a journal was asked for, and no answer came
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
  std::string shell_identity_;  // of the current shell, or of the one that broke
  std::unique_ptr<ssh::Shell> shell_;
  std::string host_key_;
  std::optional<ClockSkew> clock_;
  Ownership ownership_ = Ownership::none;
  Journal journal_;                          // once it is ours
  std::optional<std::uint64_t> log_offset_;  // bytes of the log that were read or belong to the start
};

}  // namespace mqtts::remote
