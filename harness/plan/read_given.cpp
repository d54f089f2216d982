#include "harness/plan/read_given.h"

namespace mqtts::plan {
namespace {

std::string read_given_file(const json::Fields& fields, std::string_view key, const GivenFile& file) {
  const auto written = fields.optional_text(key).value_or("");
  return written.empty() ? written : file(*fields.find(key), written);
}

GivenIdentity read_identity(json::Reading& reading, const json::Node& node, std::string_view name,
                            const GivenFile& file) {
  const json::Fields files(reading, node, name, {"certificate", "key"});
  if (!files.is_object()) return {};
  files.need("certificate");
  files.need("key");
  return {read_given_file(files, "certificate", file), read_given_file(files, "key", file)};
}

void read_alternatives(json::Reading& reading, const json::Node& node, const std::string& name, const GivenFile& file,
                       GivenMaterials& given) {
  const auto& list = *node.as<json::Node::Array>();
  if (list.empty()) reading.fault(node, msg("an identity needs at least one certificate with its key"));
  for (const auto& each : list) {
    auto identity = read_identity(reading, each, name, file);
    if (&each == &list.front())
      given.identities.emplace(name, std::move(identity));
    else
      given.alternatives[name].push_back(std::move(identity));
  }
}

}  // namespace

GivenMaterials read_given(json::Reading& reading, const json::Node& node, std::string_view label, const GivenFile& file,
                          Alternatives alternatives) {
  const json::Fields source(reading, node, label, {"ca", "ca_key", "identities", "accounts"});
  GivenMaterials given;
  given.ca = read_given_file(source, "ca", file);
  given.ca_key = read_given_file(source, "ca_key", file);
  if (!given.ca_key.empty() && given.ca.empty())
    reading.fault(*source.find("ca_key"), msg("\"ca_key\" is of no use without \"ca\""));
  for (const auto& [name, at, identity] : source.members("identities")) {
    if (!json::check_name(reading, at, name)) continue;
    if (alternatives == Alternatives::allowed && identity.as<json::Node::Array>() != nullptr)
      read_alternatives(reading, identity, name, file, given);
    else
      given.identities.emplace(name, read_identity(reading, identity, name, file));
  }
  for (const auto& [name, at, account] : source.members("accounts")) {
    const json::Fields password(reading, account, name, {"password_file", "password_env"});
    if (!json::check_name(reading, at, name) || !password.is_object()) continue;
    if ((password.find("password_file") == nullptr) == (password.find("password_env") == nullptr))
      reading.fault(account, msg("an account must have exactly one of \"password_file\" and \"password_env\""));
    given.accounts.emplace(name, GivenAccount{read_given_file(password, "password_file", file),
                                              password.optional_text("password_env").value_or("")});
  }
  return given;
}

}  // namespace mqtts::plan
