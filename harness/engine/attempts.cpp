#include "harness/engine/attempts.h"

#include <algorithm>

namespace mqtts::engine {
namespace {

void redact(std::string& text, const std::optional<std::string>& secret) {
  if (!secret || secret->empty()) return;
  for (auto at = text.find(*secret); at != std::string::npos; at = text.find(*secret, at + 3))
    text.replace(at, secret->size(), "***");
}

void tell_foreign_certificate(const Attempt& attempt, Observation& seen) {
  const auto tell = [&seen](const std::optional<Identity>& identity) {
    if (!identity || identity->foreign.empty()) return;
    seen.facts["client.foreign_certificate"] = true;
    seen.evidence.push_back(note(identity->foreign));
  };
  if (seen.tls && seen.tls->certificate_sent) tell(attempt.client.identity);
  // What the others have shown is not in the observation: they have been asked, as the client was, and were let in.
  if (seen.outcome == Outcome::accepted && seen.tls && seen.tls->certificate_requested)
    for (const auto& [role, other] : attempt.others) tell(other.identity);
}

// One look at a host explains more than one check asks about.
void leave_out_other_facts(const CheckSpec& check, Observation& seen) {
  const auto is_asked_about = [&](const Evidence& evidence) {
    return std::ranges::any_of(check.expected, [&](const Expected& wanted) {
      return std::ranges::any_of(wanted.facts,
                                 [&](const Predicate& it) { return it.fact.starts_with(evidence.about); });
    });
  };
  std::erase_if(seen.evidence, [&](const Evidence& it) { return !it.about.empty() && !is_asked_about(it); });
}

}  // namespace

HostSays Attempts::host_says(const CheckSpec& check, const Seen& seen) const {
  if (!seen || seen->by != By::network || environment_.host == nullptr) return HostSays::nothing;
  const auto runs = environment_.host->broker_runs(deadline_.within(options_.probe_timeout));
  if (!runs) return HostSays::nothing;
  if (!*runs) return HostSays::broker_is_down;
  if (was_answered(*seen)) return HostSays::broker_runs;
  const auto listens =
      environment_.host->listens(port_of(plan_, check.client), deadline_.within(options_.probe_timeout));
  return listens && !*listens ? HostSays::nothing_listens : HostSays::broker_runs;
}

std::string Attempts::last_error(const CheckSpec& check) const {
  auto error = environment_.host->last_error(deadline_.within(options_.probe_timeout)).value_or("");
  const auto attempt = to_attempt(check.client, check.probe, plan_, environment_.endpoint, environment_.materials);
  if (attempt) redact(error, attempt->client.password);
  return error;
}

Attempted Attempts::of(const CheckSpec& check, const std::string& name, const ClientSpec& client,
                       const ProbeSpec& probe, Log log, Programs programs) {
  const auto attempt = prepared(check, name, client, probe, programs);
  if (!attempt) return {tl::make_unexpected(attempt.error()), 0};
  return make(*attempt, check, log);
}

Result<Attempt> Attempts::prepared(const CheckSpec& check, const std::string& name, const ClientSpec& client,
                                   const ProbeSpec& probe, Programs programs) const {
  if (auto missing = missing_need(check, probe.needs)) return tl::make_unexpected(*std::move(missing));
  auto attempt = to_attempt(client, probe, plan_, environment_.endpoint, environment_.materials);
  if (!attempt) return attempt;
  attempt->timeout = options_.probe_timeout;
  attempt->programs = programs;
  attempt->expects_rejection = check.is_negative();
  attempt->host = environment_.host;
  attempt->client.strict = is_first_to_trust(check);
  randomize(*attempt, client, plan_, environment_.materials, environment_.seed, name);
  record_traffic(*attempt, environment_, plan_, check.id, name);
  return attempt;
}

Attempted Attempts::make(const Attempt& attempt, const CheckSpec& check, Log log) {
  const auto start = Clock::now();
  auto seen = observe(attempt, log);
  if (seen && !check.acts) static_cast<void>(settle(*seen));
  if (seen) tell_foreign_certificate(attempt, *seen);
  if (seen) leave_out_other_facts(check, *seen);
  return {std::move(seen), seconds_since(start)};
}

// What the probe cannot do without and this run has not; the CA's key is missed by who issues a certificate.
std::optional<Error> Attempts::missing_need(const CheckSpec& check, const Needs& needs) const {
  const auto missing = [](Message what) { return Error{ErrorKind::missing_material, std::move(what), {}, {}}; };
  if (!check.missing.empty()) return missing(check.missing);
  if (needs.ssh && environment_.host == nullptr)
    return missing(msg("this needs the broker's host: give \"ssh\" in the target"));
  if (needs.recorder) return missing(msg("this needs a recording of the traffic, which this run has not"));
  if (needs.intrusion && options_.permission == Permission::gentle)
    return missing(msg("this loads or attacks the broker: allow it with --intrusive"));
  if (needs.change && options_.mode != Mode::apply && options_.permission == Permission::gentle)
    return missing(msg("this changes rights on the broker, and puts them back: allow it with --intrusive"));
  return std::nullopt;
}

Attempted Attempts::expecting_rejection(const CheckSpec& check, const std::string& name, const ClientSpec& client,
                                        const Endpoint& endpoint, Clock::duration wait, bool requires_client_id) {
  const auto start = Clock::now();
  if (auto missing = missing_need(check, Needs{})) return {tl::make_unexpected(*std::move(missing)), 0};
  auto attempt = to_attempt(client, ProbeSpec{}, plan_, endpoint, environment_.materials);
  if (!attempt) return {tl::make_unexpected(attempt.error()), 0};
  attempt->timeout = wait;
  attempt->expects_rejection = true;
  attempt->programs = Programs::probe_only;
  attempt->client.requires_client_id = requires_client_id;
  randomize(*attempt, client, plan_, environment_.materials, environment_.seed, name);
  record_traffic(*attempt, environment_, plan_, check.id, name);
  auto seen = observe(*attempt, Log::read);
  return {std::move(seen), seconds_since(start)};
}

// The plan's first check that verifies the server: it, and no other, answers for the strength of its certificate.
bool Attempts::is_first_to_trust(const CheckSpec& check) const {
  for (const auto& stage : plan_.stages)
    for (const auto& each : stage.checks)
      if (!each.is_negative() && each.client.trust) return each.id == check.id;
  return false;
}

Seen Attempts::observe(const Attempt& attempt, Log log) {
  if (deadline_.stopped()) return failure(ErrorKind::interrupted, not_tried().message);
  if (deadline_.passed()) return failure(ErrorKind::timeout, msg("the run's deadline passed before it was tried"));
  auto seen = environment_.prober.observe(attempt, deadline_);
  if (environment_.host == nullptr || log == Log::leave) return seen;
  // The log is a third witness for people; without it a verdict stands all the same.
  auto lines = environment_.host->new_log_lines(deadline_.within(options_.probe_timeout));
  if (seen && lines && !lines->empty()) {
    redact(*lines, attempt.client.password);
    for (const auto& [role, other] : attempt.others) redact(*lines, other.password);
    seen->evidence.push_back({EvidenceKind::broker_log, *std::move(lines)});
  }
  return seen;
}

}  // namespace mqtts::engine
