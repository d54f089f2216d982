// A broker as the engine sees one: a prober that answers as a broker of a given configuration would, and a host
// whose stages set that configuration. No sockets.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "harness/engine/run.h"
#include "harness/model/interfaces.h"

namespace mqtts::engine {

// What the broker is like. The words are those of its weaknesses.
struct Posture {
  bool runs = true;
  std::string last_error{};  // what its host tells of a broker that does not run
  bool filtered = false;     // a firewall drops what goes to closed ports
  bool answers = true;       // false: takes connections and says nothing
  bool plain_listener = false;
  bool tls_listener = true;
  bool foreign_certificate = false;  // its certificate is not of lab-ca
  bool misnamed = false;             // its certificate is for another name
  bool knows_issued_only = false;    // clients' certificates are of another CA, but for those of lab-ca's key
  bool passwords = false;
  bool anonymous = true;
  bool certificate_requested = false;
  bool certificate_required = false;
  bool trusts_strangers = false;
  bool passwords_skipped_with_certificate = false;
  int accepts_at_most = 1'000'000;  // then the broker is gone
};

inline Posture at_stage(const std::string& stage) {
  Posture posture{.plain_listener = stage == "open", .tls_listener = stage != "open"};
  posture.passwords = stage == "password" || stage == "client-certificate";
  posture.anonymous = !posture.passwords;
  posture.certificate_requested = posture.certificate_required = stage == "client-certificate";
  return posture;
}

constexpr std::uint16_t plain_port = 1883;

class SimulatedBroker : public Prober, public BrokerHost {
 public:
  Posture posture;
  std::map<std::string, std::string> passwords;  // user name -> password
  std::vector<Attempt> attempts;
  // Called before each attempt: may change the posture, or say itself what is seen.
  std::function<std::optional<Observation>(const Attempt&)> interferes = [](const Attempt&) { return std::nullopt; };
  std::string tls_version;  // of what is refused and let in
  std::string log = "log\n";
  std::string fails_to_start_in;  // a stage
  bool restores = true;
  bool tells_ports = true;         // false: the host does not say what listens
  bool is_free = true;             // false: another run holds the host
  std::vector<std::string> taken;  // paths
  StopFlag* stopped_by = nullptr;  // a signal that comes while a stage is applied
  int applied = 0;
  int restored = 0;
  int kept = 0;

  Result<Observation> observe(const Attempt& attempt, const Deadline& deadline) override {
    const std::scoped_lock lock(mutex_);
    if (deadline.stopped()) return failure(ErrorKind::interrupted, msg("Stopped while probing"));
    attempts.push_back(attempt);
    if (const auto mishap = interferes(attempt)) return *mishap;
    auto seen = answer_to(attempt.client);
    if (seen.outcome == Outcome::accepted && attempt.others.contains("reader") &&
        answer_to(attempt.others.at("reader")).outcome != Outcome::accepted) {
      seen = answer_to(attempt.others.at("reader"));
      seen.facts["delivery.refused"] = std::string("reader");
    }
    if (seen.outcome == Outcome::accepted && --posture.accepts_at_most == 0) posture.runs = false;
    return seen;
  }

  Result<void> acquire(const std::vector<std::string>& paths, const Deadline&) override {
    taken = paths;
    if (!is_free) return failure(ErrorKind::denied, msg("another run is at work on the broker's host: {who}"));
    return {};
  }
  Result<Applied> apply(const StageSetup& setup, const Deadline&) override {
    for (const auto& file : setup.files)
      if (std::ranges::find(taken, file.path) == taken.end())
        return failure(ErrorKind::local, msg("{path} would be changed without having been kept"));
    ++applied;
    if (stopped_by != nullptr) {
      *stopped_by = 2;
      return failure(ErrorKind::interrupted, msg("Stopped while the broker was restarted"));
    }
    if (setup.stage == fails_to_start_in)
      return failure(ErrorKind::broker_down, msg("the broker did not come up"), {}, "Error: bad line");
    posture = at_stage(setup.stage);
    return Applied{};
  }
  Result<std::string> new_log_lines(const Deadline&) override { return log; }
  Result<std::string> last_error(const Deadline&) override { return posture.last_error; }
  Result<bool> broker_runs(const Deadline&) override { return posture.runs; }
  Result<bool> listens(std::uint16_t port, const Deadline&) override {
    if (!tells_ports) return failure(ErrorKind::remote, msg("nobody may look there"));
    return posture.runs && is_open(port);
  }
  Result<void> keep(const Deadline&) override {
    ++kept;
    return {};
  }
  Result<void> restore(const Deadline&) override {
    ++restored;
    if (!restores) return failure(ErrorKind::remote, msg("it could not be put back"), {}, "mv a b\nmv c d\n");
    return {};
  }

 private:
  static Observation refused(By by, std::string reason, int code = 0) {
    return {.outcome = Outcome::refused, .by = by, .code = code, .reason = std::move(reason)};
  }

  static Observation with(const TlsFacts& tls, Observation seen) {
    seen.tls = tls;
    return seen;
  }

  bool is_open(std::uint16_t port) const { return port == plain_port ? posture.plain_listener : posture.tls_listener; }

  Observation answer_to(const Client& client) const {
    if (!posture.runs || !is_open(client.port)) {
      if (posture.filtered) return {.outcome = Outcome::timeout, .by = By::network, .reason = "timed_out"};
      return refused(By::network, "connection_refused");
    }
    if (!posture.answers) return {.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"};
    TlsFacts tls{.version = tls_version, .certificate_requested = posture.certificate_requested};
    if (client.tls) {
      const bool trusted = !client.trust || (client.trust->text == "lab-ca") != posture.foreign_certificate;
      if (!trusted) return refused(By::tls_self, "unable_to_get_local_issuer_certificate", 20);
      if (client.trust && posture.misnamed && !client.any_server_name)
        return refused(By::tls_self, "hostname_mismatch", 62);
      tls.verified = client.trust ? "ok" : "";
      tls.key_proven = true;
      const bool stranger =
          client.identity && (client.identity->certificate.text == "stranger" ||
                              (posture.knows_issued_only && !client.identity->certificate.text.starts_with("issued ")));
      tls.certificate_sent = posture.certificate_requested && client.identity;
      if (posture.certificate_required && !client.identity)
        return with(tls, refused(By::tls_peer, "certificate_required", 116));
      if (posture.certificate_requested && stranger && !posture.trusts_strangers)
        return with(tls, refused(By::tls_peer, "unknown_ca", 48));
    }
    const bool known_by_certificate = posture.passwords_skipped_with_certificate && client.identity;
    if (posture.passwords && !known_by_certificate) {
      const auto account = passwords.find(client.user_name.value_or(""));
      const bool right = account != passwords.end() && account->second == client.password;
      const bool let_in = client.user_name ? right : posture.anonymous;
      if (!let_in && client.tls) return with(tls, refused(By::mqtt, "not_authorized", 5));
      if (!let_in) return refused(By::mqtt, "not_authorized", 5);
    }
    Observation seen{.outcome = Outcome::accepted, .by = By::broker, .code = 0};
    if (client.tls) seen.tls = tls;
    return seen;
  }

  std::mutex mutex_;
};

// Materials whose PEM text is their name; what `missing` lists was not given.
class NamedMaterials : public Materials {
 public:
  std::vector<std::string> missing;

  Result<Identity> authority(const std::string& name) override { return named(name); }
  Result<Identity> certificate(const std::string& name) override { return named(name); }
  Result<Credentials> account(const std::string& name) override {
    const auto it = named(name);
    if (!it) return tl::make_unexpected(it.error());
    return Credentials{name, "password of " + name};
  }
  Result<Identity> forged(const std::string& name, const std::string&) override { return named(name); }
  Result<Pem> revocation_list(const std::string& issuer_name, int) override {
    return named("list of " + issuer_name).map([](const Identity& it) { return it.certificate; });
  }
  Result<Identity> issued(const std::string& name) override { return named("issued " + name); }

 private:
  Result<Identity> named(const std::string& name) const {
    if (std::ranges::find(missing, name) != missing.end())
      return failure(ErrorKind::missing_material, msg("{name} was not given", {{"name", name}}));
    return Identity{{name, ""}, {"key of " + name, ""}};
  }
};

struct QuietProgress : Progress {
  std::vector<std::string> checks;
  void waiting_for(const Message&) override {}
  void stage_started(const StageSpec&) override {}
  void check_done(const CheckResult& check) override { checks.push_back(check.id); }
  void stage_done(const StageResult&) override {}
};

}  // namespace mqtts::engine
