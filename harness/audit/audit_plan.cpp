#include "harness/audit/audit_plan.h"

#include <algorithm>
#include <filesystem>
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
Message certificate_missing() { return msg("this needs a client certificate: give --cert and --key"); }

Plan read_plan() {
  auto loaded = plan::parse_plan(texts::audit_plan_json, "audit.json", {}, probes::kinds());
  if (!loaded.plan) throw std::logic_error("audit.json: " + to_english(loaded.problems.front().message));
  return *std::move(loaded.plan);
}

// True if the login is what the checks of this stage are about.
bool is_about_logins(const StageSpec& stage) {
  return stage.id == "password" || stage.id == "session" || stage.id == "acl";
}

// A client without credentials is no login.
bool is_counted(const CheckSpec& check) { return check.is_wrong_login() && check.changed != "account"; }

// The same for checks that are judged by one and the same attempt.
std::string login_of(const CheckSpec& check) {
  const auto form = check.client.password_form ? static_cast<int>(*check.client.password_form) : -1;
  return check.control + " " + check.changed + " " + std::to_string(form);
}

class Adaptation {
 public:
  explicit Adaptation(const Given& given) : given_(given) {}

  void adapt(Plan& plan) {
    rename(plan, plan_user, given_.user.user);
    rename(plan, plan_other_user, given_.other_user.user);
    for (auto& stage : plan.stages)
      for (auto& check : stage.checks) {
        check.points = 0;  // the grade is a letter
        check.missing = missing_of(stage, check);
        if (check.missing.empty()) check.missing = over_the_limit(check);
      }
    for (auto& stage : plan.stages)
      for (auto& check : stage.checks) leave_out(stage, check);
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
    if (check.probe.needs.ssh && !given_.has_ssh)
      return msg("this needs the broker's host: give a --target with \"ssh\"");
    if (check.probe.needs.ssh) return {};
    if (check.client.listener == "tls" && !given_.has_tls && !can_use_plain(stage))
      return msg("no TLS listener answers on port {port}", {{"port", std::to_string(given_.tls_port)}});
    if (is_about_logins(stage) && check.client.account == plan_user) return login_missing();
    if (is_about_logins(stage) && check.client.account && has_untrusted_tls()) return untrusted();
    for (const auto& [name, role] : check.probe.roles)
      if (role.account == plan_other_user) return other_login_missing();
    if (stage.id == "client-certificate" && given_.certificate.empty()) return certificate_missing();
    if (stage.id == "client-certificate" && check.client.account == plan_user && check.changed == "password")
      return login_missing();
    if (check.probe.needs.intrusion && !given_.intrusive)
      return msg("this loads or attacks the broker: allow it with --intrusive");
    return {};
  }

  bool has_untrusted_tls() const { return given_.has_tls && !given_.is_trusted; }

  // What does not ask about TLS can be asked in clear.
  bool can_use_plain(const StageSpec& stage) const {
    return given_.has_plain && stage.id != "transport" && stage.id != "server-certificate" &&
           stage.id != "client-certificate";
  }

  Message over_the_limit(const CheckSpec& check) {
    if (!is_counted(check)) return {};
    const auto known = std::ranges::find(logins_, login_of(check));
    const auto count = static_cast<int>(known - logins_.begin()) + 1;
    if (known == logins_.end()) logins_.push_back(login_of(check));
    if (count <= given_.most_wrong_logins || given_.intrusive) return {};
    return msg("not made, since it would be wrong login number {count}: allow it with --max-wrong-logins",
               {{"count", std::to_string(count)}});
  }

  void leave_out(std::optional<std::string>& account, std::optional<std::string>& certificate) const {
    if (account == plan_user || account == plan_other_user) account.reset();
    if (certificate == plan_client && given_.certificate.empty()) certificate.reset();
  }

  void leave_out(const StageSpec& stage, CheckSpec& check) const {
    if (!check.missing.empty()) return;
    leave_out(check.client.account, check.client.certificate);
    for (auto& [name, role] : check.probe.roles) leave_out(role.account, role.certificate);
    if (has_untrusted_tls() && stage.id != "server-certificate") {
      check.client.account.reset();
      check.client.trust.reset();
    }
    if (given_.has_tls || check.client.listener != "tls") return;
    check.client.listener = "plain";
    check.client.trust.reset();
    check.client.certificate.reset();
  }

  const Given& given_;
  std::vector<std::string> logins_;  // that the checks so far make, or would
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
  std::set<std::string> logins;
  for (const auto& stage : plan.stages)
    for (const auto& check : stage.checks)
      if (check.missing.empty() && is_counted(check)) logins.insert(login_of(check));
  return static_cast<int>(logins.size());
}

MaterialSources materials_of(const Given& given) {
  MaterialSources sources;
  sources.ca = absolute(given.ca);
  sources.ca_key = absolute(given.ca_key);
  if (!given.certificate.empty())
    sources.identities[std::string(plan_client)] = {absolute(given.certificate), absolute(given.key)};
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
    for (auto& check : stage.checks) {
      if ((check.verdict != Verdict::error && !(check.verdict == Verdict::fail && check.control.empty())) ||
          !check.observed)
        continue;
      const auto& seen = *check.observed;
      const bool wants_login = seen.outcome == Outcome::refused && seen.by == By::mqtt && !is_given(given.user);
      const bool wants_certificate = seen.outcome == Outcome::refused && seen.by == By::tls_peer && seen.tls &&
                                     seen.tls->certificate_requested && given.certificate.empty();
      if (!wants_login && !wants_certificate) continue;
      check.verdict = Verdict::skip;
      check.message = wants_login ? login_missing() : certificate_missing();
    }
    stage.verdict = verdict_of(stage.checks);
  }
}

}  // namespace audit
}  // namespace mqtts
