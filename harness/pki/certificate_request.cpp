#include "harness/pki/certificate_request.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/objects.h>

namespace mqtts::pki {
namespace {

std::string comma_list(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ",")); }

}  // namespace

CertificateRequest request_of(const CertificateSpec& spec, const std::string& seed, ClockSkew host) {
  CertificateRequest request{.subject = spec.subject,
                             .validity = validity_of(spec.begins_in_days, spec.days, host),
                             .alternative_names = spec.names,
                             .serial_seed = seed,
                             .digest = spec.digest};
  const auto add = [&](int extension, const std::string& value) { request.extensions.emplace_back(extension, value); };
  if (spec.is_ca) add(NID_basic_constraints, *spec.is_ca ? "critical,CA:TRUE" : "CA:FALSE");
  if (!spec.usage.empty()) add(NID_key_usage, "critical," + comma_list(spec.usage));
  if (!spec.extended_usage.empty()) add(NID_ext_key_usage, comma_list(spec.extended_usage));
  return request;
}

}  // namespace mqtts::pki
