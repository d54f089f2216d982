// --target: from what the user writes to a broker that can be reached.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/app.h"
#include "harness/model/deadline.h"
#include "harness/model/error.h"
#include "harness/model/target.h"
#include "reports/words.h"

namespace mqtts::cli {

struct TargetOptions {
  std::string name = "embedded";
  std::string profile;  // a broker profile's name or file; empty: the target's own, or the kind's default
  // For machines that are reached by SSH and are not our own; empty: as the target says.
  std::vector<std::string> identities;
  std::string host_key;
  std::string jump;
  std::string sudo_password_file;
};

// --target, and the flags that go with it.
std::shared_ptr<TargetOptions> add_target_options(CLI::App& command);

// --profile, --identity and the others that go with --target.
void add_login_options(CLI::App& command, TargetOptions& options);

// A broker's host that we have started ourselves. It ends with this object.
class OwnHost {
 public:
  virtual ~OwnHost() = default;
  // A private folder of this machine that goes with the host, even when we are killed.
  virtual std::filesystem::path folder() const = 0;
};

struct OpenTarget {
  std::unique_ptr<OwnHost> own_host;  // null: the machine is not ours; lives as long as the target is used
  Target target;
};

// Where the target is, and how to get there. What is wrong is told to standard error; the error is the exit code.
tl::expected<OpenTarget, int> find_target(const TargetOptions& options, const Deadline& deadline,
                                          const reports::Words& words);

// find_target, and what people have to do with the login is done: passphrases are asked for at the terminal, host keys
// that are learnt are told.
tl::expected<OpenTarget, int> open_target(const TargetOptions& options, const Deadline& deadline,
                                          const reports::Words& words);

// What is known of the broker of a host that open_target would start; none where the host is not ours to start.
std::optional<BrokerProfile> host_to_be(const TargetOptions& options);

}  // namespace mqtts::cli
