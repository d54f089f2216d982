#include "harness/targets/read_target.h"

#include "harness/brokers/profile.h"
#include "harness/json/object_reader.h"
#include "harness/plan/read_given.h"
#include "harness/targets/ssh_destination.h"

namespace mqtts::targets {
namespace {

class TargetReader {
 public:
  TargetReader(const TargetContext& context, json::Diagnostics& problems, std::vector<json::Diagnostic>& elsewhere)
      : context_(context), read_context_{problems}, elsewhere_(elsewhere) {}

  Target read(const json::Node& root) {
    Target target;
    if (!json::check_version(read_context_, root, "mqtts-harness/target/v1")) return target;
    const json::ObjectReader source(read_context_, root, "target",
                                    {"$schema", "schema", "name", "mqtt", "ssh", "broker", "materials"});
    if (!source.is_object()) return target;
    target.name = source.name("name");
    if (const auto* node = source.need("mqtt")) target.mqtt = read_mqtt(*node);
    if (const auto* node = source.find("ssh")) target.ssh = read_ssh(*node);
    read_broker(source, target);
    if (const auto* node = source.find("materials")) {
      const bool has_ssh = source.find("ssh") != nullptr;
      target.materials = plan::read_given(
          read_context_, *node, "materials",
          [&](const json::Node& at, const std::string& path) { return material_file(at, path, has_ssh); });
    }
    return target;
  }

 private:
  std::uint16_t port(const json::ObjectReader& source, std::string_view key, std::uint16_t otherwise) {
    return static_cast<std::uint16_t>(source.integer(key, json::port_range, otherwise));
  }

  MqttAddress read_mqtt(const json::Node& node) {
    const json::ObjectReader source(
        read_context_, node, "mqtt",
        {"host", "tls_port", "plain_port", "websocket_port", "secure_websocket_port", "websocket_path"});
    MqttAddress address;
    address.host = source.text("host");
    address.tls_port = port(source, "tls_port", address.tls_port);
    address.plain_port = port(source, "plain_port", address.plain_port);
    address.websocket_port = port(source, "websocket_port", address.websocket_port);
    address.secure_websocket_port = port(source, "secure_websocket_port", address.secure_websocket_port);
    if (auto path = source.optional_text("websocket_path"))
      address.websocket_path = websocket_path(source, *std::move(path));
    return address;
  }

  std::string websocket_path(const json::ObjectReader& source, std::string path) {
    if (!path.starts_with('/') || path.find_first_of(" \t?#") != std::string::npos)
      read_context_.fault(
          *source.find("websocket_path"),
          msg("\"{path}\" is no path of a WebSocket: it begins with \"/\" and has no blanks, \"?\" or \"#\"",
              {{"path", json::shown(path)}}));
    return path;
  }

  SshAddress read_ssh(const json::Node& node) {
    const json::ObjectReader source(
        read_context_, node, "ssh",
        {"host", "port", "user", "identity_file", "agent", "known_hosts_file", "host_key", "jump"});
    SshAddress address;
    address.host = source.text("host");
    address.port = port(source, "port", address.port);
    address.user = source.text("user");
    address.agent = source.flag("agent", false);
    if (source.find("identity_file") != nullptr || !address.agent) address.identity_files = identity_files(source);
    read_host_key(source, address);
    read_jump(source, address);
    const bool looks_at_file = address.host_key != HostKeyPolicy::pinned || address.jump;
    if (source.find("known_hosts_file") != nullptr || (looks_at_file && source.need("known_hosts_file") != nullptr))
      address.known_hosts_file = file(source, "known_hosts_file");
    return address;
  }

  // One path, or a list of paths.
  std::vector<std::string> identity_files(const json::ObjectReader& source) {
    const auto* node = source.need("identity_file");
    if (node == nullptr) return {};
    if (node->as<json::Node::Array>() == nullptr) return {file(source, "identity_file")};
    std::vector<std::string> files;
    for (const auto& [at, text] : source.texts_at("identity_file")) files.push_back(local_path(*at, text));
    if (source.elements("identity_file").empty())
      read_context_.fault(*node,
                          msg("\"identity_file\" is an empty list: name a key, or leave it out with \"agent\": true"));
    return files;
  }

  void read_host_key(const json::ObjectReader& source, SshAddress& address) {
    const auto text = source.optional_text("host_key");
    if (text && !text->empty() && !set_host_key(address, *text))
      read_context_.fault(*source.find("host_key"),
                          msg("\"{text}\" is no host key policy: it is \"strict\", \"accept-new\", or a fingerprint, "
                              "\"SHA256:\" and 43 letters",
                              {{"text", json::shown(*text)}}));
  }

  void read_jump(const json::ObjectReader& source, SshAddress& address) {
    const auto text = source.optional_text("jump");
    if (!text || text->empty()) return;
    const auto place = parse_ssh_place(*text);
    if (place && !place->user.empty()) {
      address.jump = SshJump{place->host, place->port, place->user};
    } else {
      read_context_.fault(*source.find("jump"),
                          msg("\"{text}\" is no jump host: one is written as \"user@host\" or \"user@host:port\"",
                              {{"text", json::shown(*text)}}));
    }
  }

  // Returns the absolute path of a file of this machine; empty without `key`.
  std::string file(const json::ObjectReader& source, std::string_view key) {
    const auto path = source.optional_text(key).value_or("");
    return path.empty() ? path : local_path(*source.find(key), path);
  }

  std::string local_path(const json::Node& node, const std::string& path) {
    if (path.starts_with(on_host))
      read_context_.fault(node, msg("\"{path}\" lies on the broker's host, and this file is only taken from this "
                                    "machine: copy it here and write its path",
                                    {{"path", json::shown(path)}}));
    if (path.starts_with("~"))
      read_context_.fault(
          node, msg("\"{path}\": \"~\" is not expanded here: write the whole path", {{"path", json::shown(path)}}));
    return (context_.folder / path).lexically_normal().string();
  }

  void read_broker(const json::ObjectReader& target_source, Target& target) {
    const auto* node = target_source.find("broker");
    const json::Node nothing{.at = target_source.node().at, .value = json::Node::Object{}};
    auto known = brokers::profile_keys();
    known.insert(known.end(),
                 {"profile", "journal", "home", "root", "plain_listener", "tls_listener", "sudo_password_file"});
    const json::ObjectReader source(read_context_, node == nullptr ? nothing : *node, "broker", known);
    if (!source.is_object()) return;

    const auto written = node == nullptr ? std::string(brokers::default_profile) : source.text("profile");
    const auto* at = source.find("profile");
    const bool is_given = !context_.profile.empty();
    auto profile = brokers::find_profile(
        is_given ? context_.profile : written, is_given ? std::filesystem::current_path() : context_.folder, elsewhere_,
        [&](const Message& message) { read_context_.fault(at == nullptr ? source.node() : *at, message); });
    target.broker = std::move(profile).value_or(BrokerProfile{});  // without one, to report further errors
    brokers::place_profile(target.broker, target.mqtt, target.ssh ? target.ssh->user : "");
    brokers::read_profile_keys(source, target.broker);
    read_place(source, target.broker);
    if (node != nullptr) read_sudo_password_file(*node, target);
    brokers::complete_profile(target.broker);
  }

  void read_sudo_password_file(const json::Node& node, Target& target) {
    // Its other keys are reported elsewhere.
    const auto* path = node.find("sudo_password_file");
    const auto text = path == nullptr ? std::nullopt : json::read_text(read_context_, *path, "sudo_password_file");
    if (!text) return;
    if (text->empty()) read_context_.fault(*path, msg("\"{key}\" must not be empty", {{"key", "sudo_password_file"}}));
    const auto file = text->empty() ? *text : local_path(*path, *text);
    if (target.ssh) target.ssh->sudo_password_file = file;
  }

  // Reads what depends on the machine and is in no profile.
  void read_place(const json::ObjectReader& source, BrokerProfile& broker) {
    const std::pair<const char*, std::string*> texts[] = {{"journal", &broker.journal},
                                                          {"home", &broker.home},
                                                          {"plain_listener", &broker.plain_listener},
                                                          {"tls_listener", &broker.tls_listener}};
    for (const auto& [key, value] : texts)
      if (auto text = source.optional_text(key)) *value = std::move(*text);
    // Unlike the others, it may be empty: a real machine needs no prefix.
    if (const auto* root = source.find("root"))
      broker.root = json::read_text(read_context_, *root, "root").value_or("");
    for (const auto* key : {"journal", "home", "root"}) brokers::check_host_path(source, key);
  }

  // A file of this machine or, if the target has an SSH address, of the broker's host.
  std::string material_file(const json::Node& node, const std::string& path, bool has_ssh) {
    if (!path.starts_with(on_host)) return local_path(node, path);
    if (!path.substr(on_host.size()).starts_with('/'))
      read_context_.fault(node, msg("\"{path}\" is no absolute path on the broker's host: it is written as "
                                    "\"host:/home/vagrant/ca.crt\"",
                                    {{"path", json::shown(path)}}));
    if (!has_ssh)
      read_context_.fault(node,
                          msg("\"{path}\" is fetched from the broker's host, and this target says nothing of \"ssh\"",
                              {{"path", json::shown(path)}}));
    return path;
  }

  const TargetContext& context_;
  json::ReadContext read_context_;
  std::vector<json::Diagnostic>& elsewhere_;
};

}  // namespace

Target read_target(const json::Node& root, const TargetContext& context, json::Diagnostics& problems,
                   std::vector<json::Diagnostic>& elsewhere) {
  return TargetReader(context, problems, elsewhere).read(root);
}

}  // namespace mqtts::targets
