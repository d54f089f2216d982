// Fetches the lab's material from the broker's host: keys and certificates that a student has made.
#pragma once

#include <string>
#include <vector>

#include "harness/model/material_sources.h"
#include "harness/remote/broker_host.h"
#include "harness/remote/limits.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::remote {

// Returns true if one of its paths begins with "host:".
bool lies_on_host(const MaterialSources& given);

// Returns those paths, without "host:" and without duplicates.
std::vector<std::string> paths_on_host(const MaterialSources& given);

// Returns `given`, with the host's files copied to `folder`, which is private (mode 0700), holds none of our files yet,
// and is removed by its creator; each file has mode 0600. Changes nothing on the host. One round trip. Leaves out what
// is not a regular file of at most 64 KiB that the login may read, links followed, and `not_there` says why:
// ErrorKind::missing_material if the host is the cause; if the host could not be asked, that error. Keeps the existing
// alternatives of an identity.
MaterialSources fetch(const MaterialSources& given, SshBrokerHost& host, const std::string& folder,
                      const Deadline& deadline);

// The same without access to the host: leaves out all its files, because of `why`.
MaterialSources without_host(MaterialSources given, const Error& why);

// Returns the error for a target without SSH.
Error no_way_to_host();

// ---- for tests -----------------------------------------------------------------------------------------------------

std::string fetch_script(const std::vector<std::string>& paths, const std::string& token);

struct Fetched {
  std::string state;  // file, missing, unreadable, special (not a regular file), big
  std::string bytes;  // of a file
};

// Returns one for each of `count` paths, in their order. ErrorKind::remote if the output is not complete.
Result<std::vector<Fetched>> parse_fetched(const std::string& output, const std::string& token, std::size_t count);

}  // namespace mqtts::remote
