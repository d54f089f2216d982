// --target: opens the target that the user names.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/json/diagnostic.h"
#include "harness/model/target.h"
#include "harness/targets/interaction.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::targets {

struct TargetOptions {
  std::string name = "embedded";
  std::string profile;  // name or file of a broker profile; empty: the target's own, or the kind's default
  // For machines reached by SSH that this program did not start; empty: as the target says.
  std::vector<std::string> identities;
  std::string host_key;
  std::string jump;
  std::string sudo_password_file;
};

// A broker's host that this program has started. It ends with this object.
class ManagedHost {
 public:
  virtual ~ManagedHost() = default;
  // A private folder of this machine that is removed with the host, even if this process is killed.
  virtual std::filesystem::path folder() const = 0;
};

struct OpenTarget {
  std::unique_ptr<ManagedHost> managed_host;  // null: not started by this program; keep while in use
  Target target;
};

// Why a target could not be opened: one error, or all problems of its files, by position.
struct OpenFailure {
  OpenFailure(Error reason) : error(std::move(reason)) {}
  OpenFailure(std::vector<json::Diagnostic> found) : problems(std::move(found)) {}

  std::optional<Error> error;
  std::vector<json::Diagnostic> problems;  // not empty if `error` is not set
};

using Opened = tl::expected<OpenTarget, OpenFailure>;

// Finds the target's addresses and its login.
Opened find_target(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);

// find_target, then the interactive part of the login: asks for passphrases, and reports host keys that are stored.
Opened open_target(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);

// The broker profile of a host that open_target would start; none for other hosts.
std::optional<BrokerProfile> planned_profile(const TargetOptions& options);

}  // namespace mqtts::targets
