#include "harness/probes/host_probe.h"

namespace mqtts::probes {
namespace {

Result<Observation> look_at_host(const Attempt& attempt, const Deadline& deadline) {
  if (attempt.host == nullptr)
    return failure(ErrorKind::missing_material, msg("this needs the broker's host: give \"ssh\" in the target"));
  const auto start = Clock::now();
  auto look = attempt.host->look(deadline);
  if (!look) return tl::make_unexpected(look.error());
  return Observation{.outcome = Outcome::accepted,
                     .by = By::broker,
                     .evidence = std::move(look->evidence),
                     .seconds = seconds_since(start),
                     .facts = std::move(look->facts)};
}

}  // namespace

ProbeKind host_kind() {
  return {.name = "host",
          .facts = {{"host.keys_exposed", FactType::texts},
                    {"host.keys_checked", FactType::number},
                    {"host.password_files_exposed", FactType::texts},
                    {"host.password_files_checked", FactType::number},
                    {"host.dynsec_files_exposed", FactType::texts},
                    {"host.dynsec_files_checked", FactType::number},
                    {"host.weak_password_hashes", FactType::texts},
                    {"host.password_hashes_checked", FactType::number},
                    {"host.ca_keys", FactType::texts},
                    {"host.broker_user", FactType::text},
                    {"host.broker_is_root", FactType::flag},
                    {"host.sandbox", FactType::texts},
                    {"host.lint", FactType::texts},
                    {"host.lint_notes", FactType::texts},
                    {"host.version", FactType::text},
                    {"host.package", FactType::text},
                    {"host.known_flaws", FactType::texts},
                    {"host.known_flaws_low", FactType::texts},
                    {"host.open_ports", FactType::texts},
                    {"host.firewall_open", FactType::texts},
                    {"host.log_records_logins", FactType::flag},
                    {"host.log_records_refusals", FactType::flag},
                    {"host.log_secrets", FactType::texts}},
          .needs = {.ssh = true},
          .run = look_at_host};
}

}  // namespace mqtts::probes
