#include "harness/audit/audit_plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>

#include <openssl/x509.h>

#include "harness/catalogue/catalogue.h"
#include "harness/plan/load.h"
#include "harness/probes/probes.h"

namespace mqtts {

namespace texts {
extern const std::string_view audit_plan_json;
}

namespace audit {
namespace {

// Names of the plan's own materials.
constexpr std::string_view plan_user = "audit-user";
constexpr std::string_view plan_other_user = "audit-other-user";
constexpr std::string_view plan_client = "audit-client";
constexpr std::string_view plan_other_client = "audit-other-client";

bool is_given(const GivenLogin& login) { return !login.user.empty(); }

Message login_missing() { return msg("this needs an account: give --user and --password-file"); }
Message other_login_missing() {
  return msg("this needs a second account: give --other-user and --other-password-file");
}
Message untrusted() {
  return msg(
      "a password is only sent to a server whose certificate is trusted: see server-certificate-trusted, or give "
      "its CA with --ca");
}
Message not_looked_at() {
  return msg(
      "a password is only sent to a server whose certificate is trusted, and the first look at it got no answer in "
      "time: try again");
}
Message trust_missing() {
  return msg(
      "this needs a server whose certificate is trusted: see server-certificate-trusted, or give its CA with --ca");
}
Message certificate_missing() { return msg("this needs a client certificate: give --cert and --key"); }

Message why_not_trusted(const Given& given) { return given.is_trust_known ? untrusted() : not_looked_at(); }

Plan read_plan() {
  auto loaded = plan::parse_plan(texts::audit_plan_json, "audit.json", {}, probes::kinds());
  if (!loaded.plan) throw std::logic_error("audit.json: " + to_english(loaded.problems.front().message));
  return *std::move(loaded.plan);
}

// True if the login is what this check is about.
bool is_about_logins(const StageSpec& stage, const CheckSpec& check) {
  return stage.id == "password" || stage.id == "session" || stage.id == "acl" || check.id == "password-hidden-on-wire";
}

// Wrong logins that a probe of the kind makes at most, with its default parameters; 0: none.
int wrong_logins_of_kind(const std::string& kind) {
  if (kind == "logins") return 5;           // three accounts, and a made-up one before and after a hit
  if (kind == "name_variants") return 3;
  if (kind == "login_guessing") return 40;  // two rows of twenty
  if (kind == "login_timing") return 480;   // four times sixty pairs
  return 0;
}

// Wrong logins of a check. A client without credentials is no login.
int wrong_logins_of(const CheckSpec& check) {
  if (check.is_negative()) return check.is_wrong_login() && check.changed != "account" ? 1 : 0;
  return wrong_logins_of_kind(check.probe.kind);
}

// The same for checks that are judged by one and the same attempt.
std::string login_of(const CheckSpec& check) {
  if (!check.is_negative()) return check.id;
  const auto form = check.client.password_form ? static_cast<int>(*check.client.password_form) : -1;
  return check.control + " " + check.changed + " " + std::to_string(form);
}

class Adaptation {
 public:
  explicit Adaptation(const Given& given) : given_(given) {}

  void adapt(Plan& plan) {
    rename(plan, plan_user, given_.user.user);
    rename(plan, plan_other_user, given_.other_user.user);
    if (!given_.has_tls && given_.has_secure_websocket) plan.listeners["tls"] = plan.listeners.at("wss");
    if (!given_.has_secure_websocket && given_.has_websocket)
      plan.listeners["wss"] = {.port = "${broker.websocket_port}", .tls = false, .websocket = true};
    for (auto& stage : plan.stages)
      for (auto& check : stage.checks) {
        check.points = 0;  // the grade is a letter
        check.missing = missing_of(stage, check);
        if (check.missing.empty()) check.missing = over_the_limit(check);
      }
    for (auto& stage : plan.stages)
      for (auto& check : stage.checks) leave_out(plan, stage, check);
  }

 private:
  static void rename(std::optional<std::string>& account, std::string_view from, const std::string& to) {
    if (account == from) account = to;
  }

  // The plan's account becomes the user's, by name.
  static void rename(Plan& plan, std::string_view from, const std::string& to) {
    if (to.empty()) return;
    plan.materials.accounts.erase(std::string(from));
    plan.materials.accounts.emplace(to, "${random}");
    plan.materials.random_accounts.erase(std::string(from));
    plan.materials.random_accounts.insert(to);
    for (auto& stage : plan.stages)
      for (auto& check : stage.checks) {
        rename(check.client.account, from, to);
        for (auto& [name, role] : check.probe.roles) rename(role.account, from, to);
      }
  }

  Message missing_of(const StageSpec& stage, const CheckSpec& check) const {
    if (check.probe.needs.ssh)
      return given_.has_ssh ? Message{} : msg("this needs the broker's host: give a --target with \"ssh\"");
    for (const auto& missing :
         {missing_listener(stage, check), missing_login(stage, check), missing_certificate(stage, check)})
      if (!missing.empty()) return missing;
    if (check.probe.needs.intrusion && !given_.intrusive)
      return msg("this loads or attacks the broker: allow it with --intrusive");
    return {};
  }

  Message missing_listener(const StageSpec& stage, const CheckSpec& check) const {
    if (check.client.listener == "wss" && !given_.has_secure_websocket && !given_.has_websocket)
      return msg("no WebSocket port is known: name it by a wss:// or ws:// URL, or in a target file");
    if (check.client.listener == "tls" && !speaks_tls() && !can_do_without_tls(stage))
      return msg("no TLS listener answers on port {port}", {{"port", std::to_string(given_.tls_port)}});
    return {};
  }

  Message missing_login(const StageSpec& stage, const CheckSpec& check) const {
    if (check.changed == "trust" && has_untrusted_tls() && given_.is_trust_known) return trust_missing();
    // A well-known account that is let in is proof without an own one.
    if (is_about_logins(stage, check) && check.client.account == plan_user && check.probe.kind != "logins")
      return login_missing();
    if (is_about_logins(stage, check) && check.client.account && has_untrusted_tls()) return why_not_trusted(given_);
    if (check.client.account && check.client.account != plan_user && !given_.may_log_in_clear && comes_in_clear(check))
      return msg("a password is only sent without TLS to a port that is named by a mqtt:// or ws:// URL");
    for (const auto& [name, role] : check.probe.roles)
      if (role.account == plan_other_user) return other_login_missing();
    return {};
  }

  Message missing_certificate(const StageSpec& stage, const CheckSpec& check) const {
    if (stage.id != "client-certificate") return {};
    if (given_.certificate.empty()) return certificate_missing();
    if (check.client.certificate == "revoked" && given_.revoked.certificate_file.empty())
      return msg(
          "this needs a client certificate that was revoked: name it in a target file as "
          "materials.identities.revoked");
    const auto& name = check.client.certificate.value_or("");
    if ((name == "expired" || name == "not-yet-valid" || name == "for-servers") && given_.ca_key.empty())
      return msg("this needs a certificate that only the CA can sign: give its key with --ca-key");
    const bool is_about_login = check.changed == "password" || !check.probe.roles.empty();
    if (check.client.account == plan_user && is_about_login) return login_missing();
    return has_untrusted_tls() ? why_not_trusted(given_) : Message{};
  }

  // By a TLS port, or by one of WebSocket in its stead.
  bool speaks_tls() const { return given_.has_tls || given_.has_secure_websocket; }

  bool has_untrusted_tls() const { return speaks_tls() && !given_.is_trusted; }

  bool comes_in_clear(const CheckSpec& check) const {
    const bool is_websocket = check.client.listener == "wss";
    return is_websocket ? !given_.has_secure_websocket : !speaks_tls();
  }

  // What does not ask about TLS can be asked on another listener.
  bool can_do_without_tls(const StageSpec& stage) const {
    const bool is_about_tls =
        stage.id == "transport" || stage.id == "server-certificate" || stage.id == "client-certificate";
    return !is_about_tls && (given_.has_plain || given_.has_websocket);
  }

  Message over_the_limit(const CheckSpec& check) {
    const auto cost = wrong_logins_of(check);
    if (cost == 0) return {};
    const auto known = refused_.find(login_of(check));
    if (known != refused_.end()) return known->second;
    Message why;
    if (made_ + cost > given_.most_wrong_logins && !given_.intrusive)
      why = msg("not made, since it would be wrong login number {count}: allow it with --max-wrong-logins",
                {{"count", std::to_string(made_ + cost)}});
    else
      made_ += cost;
    refused_.emplace(login_of(check), why);
    return why;
  }

  void leave_out(std::optional<std::string>& account, std::optional<std::string>& certificate) const {
    if (account == plan_user || account == plan_other_user) account.reset();
    if (certificate == plan_client && given_.certificate.empty()) certificate.reset();
    if (certificate == plan_other_client && given_.other_certificate.empty()) certificate.reset();
  }

  void leave_out(const Plan& plan, const StageSpec& stage, CheckSpec& check) const {
    if (!check.missing.empty()) return;
    auto& client = check.client;
    leave_out(client.account, client.certificate);
    for (auto& [name, role] : check.probe.roles) leave_out(role.account, role.certificate);
    if (has_untrusted_tls() && stage.id != "server-certificate") {
      client.account.reset();
      client.trust.reset();
    }
    if (!given_.asks_for_certificate && stage.id != "client-certificate" && client.certificate == plan_client)
      client.certificate.reset();
    if (!speaks_tls() && client.listener == "tls") client.listener = given_.has_plain ? "plain" : "wss";
    if (plan.listeners.at(client.listener).tls) return;
    client.trust.reset();
    client.certificate.reset();
    // Without TLS, a refused login protects nothing: nobody may answer there.
    if (client.listener == "wss" && check.changed == "listener")
      check.expected = {Expected{.outcome = Outcome::refused, .by = By::network, .reasons = {}}};
  }

  const Given& given_;
  int made_ = 0;                            // wrong logins
  std::map<std::string, Message> refused_;  // by login: why it is not made; empty: it is
};

std::string absolute(const std::string& file) {
  return file.empty() ? file : std::filesystem::absolute(file).lexically_normal().string();
}

}  // namespace

Plan audit_plan(const Given& given) {
  auto plan = read_plan();
  Adaptation(given).adapt(plan);
  return plan;
}

int wrong_logins_of(const Plan& plan) {
  int count = 0;
  std::set<std::string> logins;
  for (const auto& stage : plan.stages)
    for (const auto& check : stage.checks)
      if (check.missing.empty() && logins.insert(login_of(check)).second) count += wrong_logins_of(check);
  return count;
}

MaterialSources materials_of(const Given& given) {
  MaterialSources sources;
  sources.ca = absolute(given.ca);
  sources.ca_key = absolute(given.ca_key);
  if (!given.certificate.empty())
    sources.identities[std::string(plan_client)] = {absolute(given.certificate), absolute(given.key)};
  if (!given.other_certificate.empty())
    sources.identities[std::string(plan_other_client)] = {absolute(given.other_certificate), absolute(given.other_key)};
  if (!given.revoked.certificate_file.empty()) sources.identities["revoked"] = given.revoked;
  for (const auto* login : {&given.user, &given.other_user})
    if (is_given(*login))
      sources.accounts[login->user] = {.password_file = absolute(login->password_file), .password_env = {}};
  return sources;
}

std::string system_trust_store() {
  std::error_code error;
  for (const std::string file : {X509_get_default_cert_file(), "/etc/ssl/certs/ca-certificates.crt",
                                 "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"})
    if (std::filesystem::is_regular_file(file, error)) return file;
  return {};
}

bool is_tried_without_control(const CheckSpec& check) { return check.changed == "account" && !check.client.account; }

void choose_remedies(TargetResult& target) {
  for (auto& stage : target.stages)
    for (auto& check : stage.checks) {
      const auto* entry = catalogue::find(check.id);
      const auto* remedy =
          entry == nullptr ? nullptr : catalogue::remedy_for(*entry, target.broker.value_or("")).remedy;
      if (remedy == nullptr) continue;
      check.hint = remedy->text;
      check.lines = remedy->lines;
    }
}

void explain_refusals(TargetResult& target, const Given& given) {
  for (auto& stage : target.stages) {
    bool demands_certificate = false;
    for (auto& check : stage.checks) {
      const bool is_of_login = check.control.empty() && !asks_for_facts_alone(check.expected);
      const bool may_be_of_refusal = check.verdict == Verdict::error || (check.verdict == Verdict::fail && is_of_login);
      if (!may_be_of_refusal || !check.observed) continue;
      const auto& seen = *check.observed;
      const bool is_kept_back = (given.has_tls || given.has_secure_websocket) && !given.is_trusted;
      const bool wants_login =
          seen.outcome == Outcome::refused && seen.by == By::mqtt && (!is_given(given.user) || is_kept_back);
      const bool wants_certificate = seen.outcome == Outcome::refused && seen.by == By::tls_peer && seen.tls &&
                                     seen.tls->certificate_requested && given.certificate.empty();
      if (!wants_login && !wants_certificate) continue;
      check.verdict = Verdict::skip;
      demands_certificate = demands_certificate || wants_certificate;
      check.message = !wants_login            ? certificate_missing()
                      : is_given(given.user) ? why_not_trusted(given)
                                             : login_missing();
    }
    // These get no farther than the handshake, or the broker lets everybody in.
    for (auto& check : stage.checks) {
      const bool lacks_certificate = check.id == "tls-renegotiation-refused" && demands_certificate;
      const bool lacks_login = check.id == "default-credentials-rejected" && !is_given(given.user);
      if (check.verdict != Verdict::error || (!lacks_certificate && !lacks_login)) continue;
      check.verdict = Verdict::skip;
      check.message = lacks_certificate ? certificate_missing() : login_missing();
    }
    // What leans on such a client could not be judged for the same reason.
    for (auto& check : stage.checks) {
      const auto control = std::ranges::find(stage.checks, check.control, &CheckResult::id);
      if (check.verdict != Verdict::error || control == stage.checks.end() || control->verdict != Verdict::skip)
        continue;
      check.verdict = Verdict::skip;
      check.message = control->message;
    }
    stage.verdict = verdict_of(stage.checks);
  }
}

}  // namespace audit
}  // namespace mqtts
