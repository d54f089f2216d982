// --target: from what the user writes to a broker that can be reached.
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
  std::string profile;  // a broker profile's name or file; empty: the target's own, or the kind's default
  // For machines that are reached by SSH and are not our own; empty: as the target says.
  std::vector<std::string> identities;
  std::string host_key;
  std::string jump;
  std::string sudo_password_file;
};

// A broker's host that we have started ourselves. It ends with this object.
class ManagedHost {
 public:
  virtual ~ManagedHost() = default;
  // A private folder of this machine that goes with the host, even when we are killed.
  virtual std::filesystem::path folder() const = 0;
};

struct OpenTarget {
  std::unique_ptr<ManagedHost> managed_host;  // null: the machine is not ours; lives as long as the target is used
  Target target;
};

// Why a target could not be opened: one thing, or all that is wrong with its files, by place.
struct OpenFailure {
  OpenFailure(Error reason) : error(std::move(reason)) {}
  OpenFailure(std::vector<json::Diagnostic> found) : problems(std::move(found)) {}

  std::optional<Error> error;
  std::vector<json::Diagnostic> problems;  // not empty if there is no error
};

using Opened = tl::expected<OpenTarget, OpenFailure>;

// Where the target is, and how to get there.
Opened find_target(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);

// find_target, and what people have to do with the login is done: passphrases are asked for, host keys that are learnt
// are told.
Opened open_target(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);

// What is known of the broker of a host that open_target would start; none where the host is not ours to start.
std::optional<BrokerProfile> planned_profile(const TargetOptions& options);

}  // namespace mqtts::targets
