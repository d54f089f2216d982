// Keeps what the commands in a result's evidence need, when the run's own folder is gone.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/model/report.h"
#include "harness/model/target.h"
#include "harness/util/error.h"

namespace mqtts::runner {

// Lets commands that name a private key of the broker's host copy it first, by scp(1), to `folder`; where there is no
// login, or `folder` is empty or relative, a note says that the user has to.
void copy_keys_first(TargetResult& result, const std::optional<SshAddress>& ssh, const std::filesystem::path& folder);

// Copies each KeptFile of the evidence to where its command names it, seen from `folder`: mode 0600, in a folder of
// mode 0700; replaces what an earlier run has left there. ErrorKind::local, naming the first that cannot be kept.
Result<void> keep_files(const TargetResult& result, const std::filesystem::path& folder);

}  // namespace mqtts::runner
