// The lab's material that lies on the broker's host, brought here: keys and certificates that a student has made.
#pragma once

#include <string>
#include <vector>

#include "harness/model/material_sources.h"
#include "harness/remote/broker_host.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::remote {

// True if one of its paths begins with "host:".
bool lies_on_host(const MaterialSources& given);

// Those paths, without "host:", each once.
std::vector<std::string> paths_on_host(const MaterialSources& given);

// `given`, with the files that lie on the host in `folder`, which is private (mode 0700), holds none of ours yet, and
// is removed by whoever made it; each has mode 0600. Nothing changes over there. One round trip. What is not a regular
// file of at most 64 KiB that the login may read, links followed, is left out, and `not_there` says why:
// ErrorKind::missing_material where that is the host's doing; if the host could not be asked, that error. Of an
// identity with alternatives those are kept that are there.
MaterialSources fetch(const MaterialSources& given, SshBrokerHost& host, const std::string& folder,
                      const Deadline& deadline);

// The same where there is no way to the host: all that lies there is left out, because of `why`.
MaterialSources without_host(MaterialSources given, const Error& why);

// Why a target that says nothing of SSH gives none of it.
Error no_way_to_host();

// ---- for tests -----------------------------------------------------------------------------------------------------

constexpr std::size_t longest_file = 64 << 10;  // bytes

std::string fetch_script(const std::vector<std::string>& paths, const std::string& token);

struct Fetched {
  std::string state;  // file, missing, unreadable, special (not a regular file), big
  std::string bytes;  // of a file
};

// One for each of `count` paths, in their order. ErrorKind::remote if it is not the whole of such a script's output.
Result<std::vector<Fetched>> parse_fetched(const std::string& output, const std::string& token, std::size_t count);

}  // namespace mqtts::remote
