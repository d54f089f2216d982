#include "harness/engine/set_aside.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace mqtts::engine {
namespace {

constexpr std::string_view server_name = "server-name";
constexpr std::string_view certificate = "certificate";
constexpr std::string_view account = "account ";

bool is_about_the_name(const Observation& seen) {
  return seen.by == By::tls_self && (seen.reason == "hostname_mismatch" || seen.reason == "ip_address_mismatch");
}

bool is_about_the_login(const Observation& seen) {
  return seen.outcome == Outcome::refused && seen.by == By::mqtt &&
         (seen.reason == "not_authorized" || seen.reason == "bad_user_name_or_password");
}

// What a server says of a certificate that it has got (RFC 8446 section 6.2).
bool is_about_the_certificate(const Observation& seen) {
  constexpr std::array<std::string_view, 8> reasons = {
      "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired", "certificate_unknown",
      "unknown_ca",      "decrypt_error",           "handshake_failure"};
  return seen.by == By::tls_peer && seen.tls && seen.tls->certificate_sent &&
         std::ranges::find(reasons, seen.reason) != reasons.end();
}

std::optional<std::string> refused_account(const ClientSpec& client, const ProbeSpec& probe, const Observation& seen) {
  const auto role = seen.facts.find("delivery.refused");
  const auto* name = role == seen.facts.end() ? nullptr : std::get_if<std::string>(&role->second);
  if (name == nullptr) return client.account;
  const auto spec = probe.roles.find(*name);
  return spec != probe.roles.end() && spec->second.account ? spec->second.account : client.account;
}

// Another account of the plan that has not been refused itself.
std::optional<std::string> another_account(const SetAside& aside, const Plan& plan, const std::string& refused) {
  for (const auto& [name, unused] : plan.materials.accounts)
    if (name != refused && !aside.accounts.contains(name)) return name;
  return std::nullopt;
}

template <class Uses>
void add_first(const Plan& plan, const Uses& uses, std::vector<const CheckSpec*>& found) {
  for (const auto& stage : plan.stages)
    for (const auto& check : stage.checks) {
      if (check.is_negative() || !uses(check)) continue;
      found.push_back(&check);
      return;
    }
}

bool uses_account(const CheckSpec& check, const std::string& name) {
  return check.client.account == name ||
         std::ranges::any_of(check.probe.roles, [&](const auto& role) { return role.second.account == name; });
}

std::string in_place_of(const SetAside& aside, const std::string& name) {
  const auto found = aside.accounts.find(name);
  return found == aside.accounts.end() ? name : found->second;
}

}  // namespace

std::vector<std::string> words_of(const SetAside& aside) {
  std::vector<std::string> words;
  if (aside.server_name) words.emplace_back(server_name);
  if (aside.certificate) words.emplace_back(certificate);
  for (const auto& [name, unused] : aside.accounts) words.push_back(std::string(account) + name);
  return words;
}

// One account stands in for all: the first that is not set aside itself, as set_aside_too() takes it.
SetAside set_aside_of(const Plan& plan, const std::vector<std::string>& words) {
  SetAside aside;
  for (const auto& word : words) {
    aside.server_name = aside.server_name || word == server_name;
    aside.certificate = aside.certificate || word == certificate;
    if (word.starts_with(account)) aside.accounts[word.substr(account.size())];
  }
  for (auto& [name, other] : aside.accounts) other = another_account(aside, plan, name).value_or(name);
  return aside;
}

ClientSpec without(ClientSpec client, const SetAside& aside) {
  client.any_server_name = aside.server_name;
  client.issued_certificate = aside.certificate;
  if (client.account) client.account = in_place_of(aside, *client.account);
  return client;
}

ProbeSpec without(ProbeSpec probe, const SetAside& aside) {
  for (auto& [role, spec] : probe.roles)
    if (spec.account) spec.account = in_place_of(aside, *spec.account);
  return probe;
}

std::optional<SetAside> set_aside_too(const SetAside& aside, const Plan& plan, const ClientSpec& client,
                                      const ProbeSpec& probe, const Observation& seen) {
  auto more = aside;
  if (is_about_the_name(seen)) {
    more.server_name = true;
  } else if (is_about_the_certificate(seen) && client.certificate) {
    more.certificate = true;
  } else if (is_about_the_login(seen)) {
    const auto refused = refused_account(client, probe, seen);
    if (!refused) return std::nullopt;
    // What stands in another one's place is refused itself: then no account is left to try.
    const auto stands_in = [&](const auto& each) { return each.second == *refused; };
    if (std::ranges::any_of(aside.accounts, stands_in)) return std::nullopt;
    const auto other = another_account(aside, plan, *refused);
    if (!other) return std::nullopt;
    more.accounts[*refused] = *other;
  }
  if (more == aside) return std::nullopt;
  return more;
}

std::optional<SetAside> set_aside_too(const SetAside& aside, const Error& why) {
  if (why.kind != ErrorKind::missing_material || aside.certificate) return std::nullopt;
  auto more = aside;
  more.certificate = true;
  return more;
}

std::vector<const CheckSpec*> answering_for(const Plan& plan, const SetAside& aside) {
  return answering_for(plan, words_of(aside));
}

std::vector<const CheckSpec*> answering_for(const Plan& plan, const std::vector<std::string>& words) {
  std::vector<const CheckSpec*> found;
  for (const auto& word : words) {
    if (word == server_name)
      add_first(
          plan, [](const CheckSpec& it) { return it.client.trust.has_value(); }, found);
    else if (word == certificate)
      add_first(
          plan, [](const CheckSpec& it) { return it.client.certificate.has_value(); }, found);
    else if (word.starts_with(account))
      add_first(
          plan, [&](const CheckSpec& it) { return uses_account(it, word.substr(account.size())); }, found);
  }
  return found;
}

}  // namespace mqtts::engine
