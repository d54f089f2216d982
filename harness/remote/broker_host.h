// The broker's host, driven through a shell: stages put in effect, and everything put back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/model/target.h"
#include "harness/model/world.h"
#include "harness/remote/originals.h"
#include "harness/remote/shell.h"

namespace mqtts::remote {

// Opens its shell when first needed, and another one when that has broken, so that restore() still works after a
// time-out in the middle of apply(). One thread at a time.
class SshBrokerHost : public BrokerHost {
 public:
  SshBrokerHost(ShellOpener open, BrokerProfile profile);

  // One round trip, and another before it when there are files whose original is not known yet.
  Result<Applied> apply(const StageSetup& setup, const Deadline& deadline) override;
  // Only whole lines; of more than 64 KiB the last, after a line that tells how much was left out. Before the first
  // apply the first call only marks the place and returns nothing.
  Result<std::string> new_log_lines(const Deadline& deadline) override;
  Result<bool> broker_runs(const Deadline& deadline) override;
  // What the profile's version command says, 4 KiB at most: hostile text, for broker_version_from.
  Result<std::string> version_words(const Deadline& deadline);
  // On failure, Error::detail holds the commands that put everything back by hand, one a line.
  Result<void> restore(const Deadline& deadline) override;

 private:
  Result<void> open_shell(const Deadline& deadline);
  Result<ShellOutput> run(const std::string& script, const Deadline& deadline);
  Result<void> remember_originals(const StageSetup& setup, const Deadline& deadline);

  ShellOpener open_;
  BrokerProfile profile_;
  std::string tag_;             // in the names of our temporary folders
  std::string shell_identity_;  // of the current shell, or of the one that broke
  std::unique_ptr<Shell> shell_;
  std::optional<Originals> originals_;       // none: nothing has been changed
  std::optional<std::uint64_t> log_offset_;  // bytes of the log that were read or belong to the start
};

}  // namespace mqtts::remote
