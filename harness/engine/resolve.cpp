#include "harness/engine/resolve.h"

#include <algorithm>

#include "harness/engine/credential_guesses.h"
#include "harness/util/parse_number.h"
#include "harness/util/seeded_random.h"

namespace mqtts::engine {
namespace {

bool has_account(const ClientSpec& client) { return client.account || client.user_name; }

}  // namespace

std::vector<ClientPatch> escalations(const Plan& plan, const StageSpec& stage, const CheckSpec& check) {
  std::vector<ClientPatch> patches{{}};
  const bool tls = plan.listeners.at(check.client.listener).tls;
  bool later = false;
  for (const auto& step : plan.stages) {
    if (later) {
      for (const auto& other : step.checks) {
        if (other.is_negative()) continue;
        ClientPatch patch = patches.back();
        if (tls && !check.client.certificate && other.client.certificate) patch.certificate = other.client.certificate;
        if (!has_account(check.client) && other.client.account) {
          patch.account = other.client.account;
          for (const auto& [role, spec] : other.probe.roles)
            if (spec.account) patch.role_accounts[role] = *spec.account;
        }
        if (patch == patches.back()) continue;
        patch.demanded_by = step.id;
        patches.push_back(std::move(patch));
      }
    }
    later = later || &step == &stage;
  }
  return patches;
}

std::vector<const CheckSpec*> checks_requiring(const Plan& plan, const StageSpec& stage, const ClientPatch& patch,
                                               const ClientPatch& applied) {
  const bool certificate = patch.certificate && !applied.certificate;
  const bool account = patch.account && !applied.account;
  std::vector<const CheckSpec*> proofs;
  auto step = std::ranges::find(plan.stages, stage.id, &StageSpec::id);
  while (step != plan.stages.end() && step->id != patch.demanded_by) {
    if (++step == plan.stages.end()) break;
    for (const auto& check : step->checks)
      if ((certificate && check.changed == "certificate" && !check.client.certificate) ||
          (account && check.changed == "account" && !check.client.account))
        proofs.push_back(&check);
  }
  return proofs;
}

ClientSpec patched(ClientSpec client, const ClientPatch& patch, const std::string& changed) {
  if (patch.certificate && !client.certificate && changed != "certificate") client.certificate = patch.certificate;
  if (patch.account && !has_account(client) && changed != "account") client.account = patch.account;
  client = without(std::move(client), patch.aside);
  if (changed == "certificate") client.issued_certificate = false;
  return client;
}

ProbeSpec patched(ProbeSpec probe, const ClientSpec& client, const ClientPatch& patch) {
  if (patch.account && !has_account(client) && probe.kind != "connect")
    for (const auto& [role, account] : patch.role_accounts)
      if (auto& spec = probe.roles[role]; !spec.account) spec.account = account;
  return without(std::move(probe), patch.aside);
}

std::uint16_t port_of(const Plan& plan, const ClientSpec& client) {
  return leading_number<std::uint16_t>(plan.listeners.at(client.listener).port);
}

Result<Client> to_client(const ClientSpec& spec, const Plan& plan, const Endpoint& endpoint, Materials& materials) {
  const auto& listener = plan.listeners.at(spec.listener);
  Client client{.address = endpoint.address,
                .port = port_of(plan, spec),
                .name = endpoint.name,
                .tls = listener.tls,
                .websocket = listener.websocket,
                .websocket_path = listener.path,
                .mqtt = spec.mqtt};
  if (client.port == 0)
    return failure(ErrorKind::missing_material,
                   msg("the target does not say the port of the listener \"{listener}\"",
                       {{"listener", spec.listener}}),
                   msg("Give \"websocket_port\" or \"secure_websocket_port\" in the target's \"mqtt\""));

  if (listener.tls && spec.trust) {
    auto authority = materials.authority(*spec.trust);
    if (!authority) return tl::make_unexpected(authority.error());
    client.trust = std::move(authority->certificate);
    client.any_server_name = spec.any_server_name;
  }
  if (listener.tls && spec.certificate) {
    auto identity =
        spec.issued_certificate ? materials.issued(*spec.certificate) : materials.certificate(*spec.certificate);
    if (!identity) return tl::make_unexpected(identity.error());
    client.identity = *std::move(identity);
  }
  if (spec.account) {
    auto account = materials.account(*spec.account);
    if (!account) return tl::make_unexpected(account.error());
    client.user_name = std::move(account->user_name);
    client.password = std::move(account->password);
    client.password_of = *spec.account;
  }
  if (spec.user_name) client.user_name = spec.user_name;
  if (spec.password) {
    client.password = spec.password;
    client.password_of.clear();
    client.has_wrong_password = spec.any_password;
  }
  if (spec.password_form == PasswordForm::none) client.password.reset();
  if (spec.password_form == PasswordForm::empty) client.password = "";
  if (spec.password_form == PasswordForm::right_then_nul && client.password)
    *client.password += std::string(1, '\0') + "mqtts-harness";
  if (spec.password_form) client.password_of.clear();
  return client;
}

namespace {

// Another client of a probe. Its own certificate may be one that only the target could give.
Result<Client> to_role(const ClientSpec& client, const RoleSpec& role, const Plan& plan, const Endpoint& endpoint,
                       Materials& materials) {
  ClientSpec spec = client;
  if (role.account) spec.account = role.account;
  if (role.certificate) spec.certificate = role.certificate;
  auto made = to_client(spec, plan, endpoint, materials);
  if (made || made.error().kind != ErrorKind::missing_material || spec.certificate == client.certificate) return made;
  spec.certificate = client.certificate;
  return to_client(spec, plan, endpoint, materials);
}

}  // namespace

Result<Attempt> to_attempt(const ClientSpec& spec, const ProbeSpec& probe, const Plan& plan, const Endpoint& endpoint,
                           Materials& materials) {
  auto client = to_client(spec, plan, endpoint, materials);
  if (!client) return tl::make_unexpected(client.error());
  Attempt attempt{.client = *std::move(client), .kind = probe.kind, .parameters = probe.parameters};
  // A client that takes a role itself does so on its own connection: a broker may throw out one of two with one name.
  for (const auto& [name, role] : probe.roles) {
    if (role == RoleSpec{}) continue;
    auto other = to_role(spec, role, plan, endpoint, materials);
    if (!other) return tl::make_unexpected(other.error());
    attempt.others.emplace(name, *std::move(other));
  }
  return attempt;
}

namespace {

void make_password_wrong(Client& client, const ClientSpec& spec, Materials& materials, const std::string& seed,
                         Wrong wrong) {
  const auto account = spec.account ? materials.account(*spec.account) : Result<Credentials>(Credentials{});
  if (!account) return;
  client.password = wrong == Wrong::altered ? altered(account->password, seed)
                                            : wrong_password(account->password, client.user_name.value_or(""), seed);
}

void make_user_unknown(Client& client, const ClientSpec& spec, const Plan& plan, const std::string& seed, Wrong wrong) {
  std::vector<std::string> known;
  for (const auto& [name, unused] : plan.materials.accounts) known.push_back(name);
  const bool imitates = wrong == Wrong::altered && spec.account;
  client.user_name = imitates ? altered_user(*spec.account, known, seed) : unknown_user(known, seed);
}

}  // namespace

void randomize(Attempt& attempt, const ClientSpec& spec, const Plan& plan, Materials& materials,
               const std::string& run_seed, const std::string& name, Wrong wrong) {
  // A run without a seed draws from the text that the plan's expansion has put in the place of "${random}".
  const auto seed_of = [&](const std::optional<std::string>& random) {
    return derive(run_seed.empty() ? random.value_or("") : run_seed, name);
  };
  if (spec.any_password)
    make_password_wrong(attempt.client, spec, materials, derive(seed_of(spec.password), "password"), wrong);
  if (spec.any_user_name) make_user_unknown(attempt.client, spec, plan, derive(seed_of(spec.user_name), "user"), wrong);
  if (run_seed.empty()) return;
  const auto seed = derive(run_seed, name);
  attempt.client.seed = derive(seed, "client");
  attempt.client.program_seed = run_seed;
  for (auto& [role, other] : attempt.others) {
    other.seed = derive(seed, role);
    other.program_seed = run_seed;
  }
}

std::optional<ClientPatch> applied_patch(const Plan& plan, const StageSpec& stage, const CheckSpec& check,
                                         const Observation& accepted) {
  if (accepted.superseded_by.empty()) return ClientPatch{};
  for (const auto& patch : escalations(plan, stage, check))
    if (patch.demanded_by == accepted.superseded_by) return patch;
  return std::nullopt;
}

}  // namespace mqtts::engine
