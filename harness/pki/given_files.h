// Reads what a target gives: files of this machine, some of which were fetched from the broker's host.
#pragma once

#include <optional>
#include <string>

#include "harness/model/material_sources.h"
#include "harness/model/materials.h"
#include "harness/util/error.h"

namespace mqtts::pki {

// Reads a certificate and, unless `key_file` is empty, its matching key.
Result<Identity> read_identity(const std::string& certificate_file, const std::string& key_file);

// Returns why an entry of `given` was not fetched from the broker's host, if it was to come from there.
std::optional<Error> why_not_there(const std::string& entry, const MaterialSources& given);

// Reports a fetched file by its path on the host; an unusable one is the host's fault, not ours.
template <class T>
Result<T> as_of_host(Result<T> result, const MaterialSources& given) {
  if (result) return result;
  bool of_host = false;
  for (auto* message : {&result.error().what, &result.error().hint}) {
    for (auto& [name, value] : message->args) {
      const auto found = given.from_host.find(value);
      if (found == given.from_host.end()) continue;
      value = found->second;
      of_host = true;
    }
  }
  if (of_host) result.error().kind = ErrorKind::missing_material;
  return result;
}

// Returns the file of the CA's key, or why it cannot sign though it is given; empty if none is given, or if the mistake
// is the user's own, which the authority reports.
Result<std::string> usable_ca_key(const MaterialSources& given);

// `ca_key`: file of the key of `ca`, or empty.
Result<Identity> given_authority(const std::string& name, const MaterialSources& given, const std::string& ca_key);

// Checks that the certificate's own key usage allows clients (RFC 5280 sections 4.2.1.3 and 4.2.1.12): a broker rightly
// refuses others.
Result<Identity> for_clients(Identity identity);

// Returns the file of an authority's certificate; empty if it is not given.
std::string authority_file(const std::string& name, const MaterialSources& given);

Result<Credentials> given_account(const std::string& name, const MaterialSources& given);

// Where the user finds a file: on the broker's host, if it was fetched from there.
std::string place_of(const std::string& file, const MaterialSources& given);

}  // namespace mqtts::pki
