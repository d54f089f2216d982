// The lab's own material where somebody else has set the broker up, for --observe and grade.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/util/error.h"

namespace mqtts {

// What the path of a file of the broker's host begins with.
inline constexpr std::string_view on_host = "host:";

// A file: an absolute path of this machine or, after "host:", an absolute path of the broker's host. Of a plan's, only
// the latter.
struct GivenIdentity {
  std::string certificate_file;
  std::string key_file;
};

struct GivenAccount {
  std::string password_file;  // one of these two
  std::string password_env;
};

// Its entries, by name: "ca", "ca_key", "identities.NAME", "accounts.NAME". All alternatives of an identity are one
// entry.
struct MaterialSources {
  std::string ca;      // certificate of the lab's CA; may be empty
  std::string ca_key;  // its key, if it may be used to mint; may be empty
  std::map<std::string, GivenIdentity> identities;
  // By name, in their order: what stands for an identity whose files are missing, or are of no use to a client.
  std::map<std::string, std::vector<GivenIdentity>> alternatives{};
  std::map<std::string, GivenAccount> accounts;

  // Once what lies on the broker's host has been fetched:
  std::map<std::string, Error> not_there{};        // why an entry could not be had; it is not given then
  std::map<std::string, std::string> from_host{};  // files of this machine -> where they lie on the host
};

// What `target` gives and, of the entries that it does not give, what `plan` does.
MaterialSources merged(MaterialSources target, const MaterialSources& plan);

}  // namespace mqtts
