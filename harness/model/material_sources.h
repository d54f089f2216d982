// Sources of the lab's material where the broker is already set up, for --observe and grade.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/util/error.h"

namespace mqtts {

// Prefix of the path of a file on the broker's host.
inline constexpr std::string_view on_host = "host:";

// File paths: an absolute path of this machine or, after "host:", of the broker's host. In a plan, only the latter.
struct GivenIdentity {
  std::string certificate_file;
  std::string key_file;
};

struct GivenAccount {
  std::string password_file;  // exactly one of these two is set
  std::string password_env;
};

// Entries by name: "ca", "ca_key", "authorities.NAME", "identities.NAME", "accounts.NAME". All alternatives of an
// identity are one entry.
struct MaterialSources {
  std::string ca;                                    // certificate of the lab's CA; may be empty
  std::string ca_key;                                // its key, if it may be used for minting; may be empty
  std::map<std::string, std::string> authorities{};  // certificates of the plan's authorities; each goes before `ca`
  std::map<std::string, GivenIdentity> identities;
  // By identity name, in order of preference: used if the identity's own files are missing or unusable for a client.
  std::map<std::string, std::vector<GivenIdentity>> alternatives{};
  std::map<std::string, GivenAccount> accounts;

  // Set once the files of the broker's host have been fetched:
  std::map<std::string, Error> not_there{};        // why an entry is unavailable; it then counts as not given
  std::map<std::string, std::string> from_host{};  // file of this machine -> its path on the host
};

// Takes the entries of `target`, and from `plan` those that `target` does not give.
MaterialSources merged(MaterialSources target, const MaterialSources& plan);

}  // namespace mqtts
