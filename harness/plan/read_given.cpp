#include "harness/plan/read_given.h"

namespace mqtts::plan {
namespace {

std::string read_given_file(const json::ObjectReader& fields, std::string_view key, const GivenFile& file) {
  const auto written = fields.optional_text(key).value_or("");
  return written.empty() ? written : file(*fields.find(key), written);
}

GivenIdentity read_identity(json::ReadContext& context, const json::Node& node, std::string_view name,
                            const GivenFile& file) {
  const json::ObjectReader files(context, node, name, {"certificate", "key"});
  if (!files.is_object()) return {};
  files.need("certificate");
  files.need("key");
  return {read_given_file(files, "certificate", file), read_given_file(files, "key", file)};
}

void read_alternatives(json::ReadContext& context, const json::Node& node, const std::string& name,
                       const GivenFile& file, MaterialSources& given) {
  const auto& list = *node.as<json::Node::Array>();
  if (list.empty()) context.fault(node, msg("an identity needs at least one certificate with its key"));
  for (const auto& each : list) {
    auto identity = read_identity(context, each, name, file);
    if (&each == &list.front())
      given.identities.emplace(name, std::move(identity));
    else
      given.alternatives[name].push_back(std::move(identity));
  }
}

}  // namespace

MaterialSources read_given(json::ReadContext& context, const json::Node& node, std::string_view label,
                           const GivenFile& file, Alternatives alternatives) {
  const json::ObjectReader source(context, node, label, {"ca", "ca_key", "authorities", "identities", "accounts"});
  MaterialSources given;
  given.ca = read_given_file(source, "ca", file);
  given.ca_key = read_given_file(source, "ca_key", file);
  if (!given.ca_key.empty() && given.ca.empty())
    context.fault(*source.find("ca_key"), msg("\"ca_key\" is of no use without \"ca\""));
  for (const auto& [name, at, authority] : source.members("authorities")) {
    const auto path = json::read_text(context, authority, name);
    if (path && path->empty())
      context.fault(authority, msg("\"{key}\" must not be empty", {{"key", json::shown(name)}}));
    if (json::check_name(context, at, name) && path && !path->empty())
      given.authorities.emplace(name, file(authority, *path));
  }
  for (const auto& [name, at, identity] : source.members("identities")) {
    if (!json::check_name(context, at, name)) continue;
    if (alternatives == Alternatives::allowed && identity.as<json::Node::Array>() != nullptr)
      read_alternatives(context, identity, name, file, given);
    else
      given.identities.emplace(name, read_identity(context, identity, name, file));
  }
  for (const auto& [name, at, account] : source.members("accounts")) {
    const json::ObjectReader password(context, account, name, {"password_file", "password_env"});
    if (!json::check_name(context, at, name) || !password.is_object()) continue;
    if ((password.find("password_file") == nullptr) == (password.find("password_env") == nullptr))
      context.fault(account, msg("an account must have exactly one of \"password_file\" and \"password_env\""));
    given.accounts.emplace(name, GivenAccount{read_given_file(password, "password_file", file),
                                              password.optional_text("password_env").value_or("")});
  }
  return given;
}

}  // namespace mqtts::plan
