#include "harness/plan/read_target.h"

#include <algorithm>

#include "harness/plan/fields.h"

namespace mqtts::plan {
namespace {

constexpr Range port_range{1, 65535};

class TargetReader {
 public:
  TargetReader(std::filesystem::path folder, Problems& problems) : folder_(std::move(folder)), reading_{problems} {}

  Target read(const Node& root) {
    Target target;
    if (!check_version(reading_, root, "mqtts-harness/target/v1")) return target;
    const Fields source(reading_, root, "target", {"$schema", "schema", "name", "mqtt", "ssh", "broker", "materials"});
    if (!source.is_object()) return target;
    target.name = source.name("name");
    if (const auto* node = source.need("mqtt")) target.mqtt = read_mqtt(*node);
    if (const auto* node = source.find("ssh")) target.ssh = read_ssh(*node);
    read_broker(source, target);
    if (const auto* node = source.find("materials")) target.materials = read_materials(*node);
    return target;
  }

 private:
  std::uint16_t port(const Fields& source, std::string_view key, std::uint16_t otherwise) {
    return static_cast<std::uint16_t>(source.integer(key, port_range, otherwise));
  }

  MqttAddress read_mqtt(const Node& node) {
    const Fields source(reading_, node, "mqtt", {"host", "tls_port", "plain_port"});
    MqttAddress address;
    address.host = source.text("host");
    address.tls_port = port(source, "tls_port", address.tls_port);
    address.plain_port = port(source, "plain_port", address.plain_port);
    return address;
  }

  SshAddress read_ssh(const Node& node) {
    const Fields source(reading_, node, "ssh", {"host", "port", "user", "identity_file", "known_hosts_file"});
    SshAddress address;
    address.host = source.text("host");
    address.port = port(source, "port", address.port);
    address.user = source.text("user");
    if (source.need("identity_file") != nullptr) address.identity_file = file(source, "identity_file");
    if (source.need("known_hosts_file") != nullptr) address.known_hosts_file = file(source, "known_hosts_file");
    return address;
  }

  // The absolute path of a file of this machine; empty if `key` is not there.
  std::string file(const Fields& source, std::string_view key) {
    auto path = source.optional_text(key).value_or("");
    if (path.empty()) return path;
    if (path.starts_with("host:"))
      reading_.fault(*source.find(key), msg("\"{path}\" lies on the broker's host, and files are only taken from this "
                                            "machine: copy it here and write its path",
                                            {{"path", shown(path)}}));
    if (path.starts_with("~"))
      reading_.fault(*source.find(key),
                     msg("\"{path}\": \"~\" is not expanded here: write the whole path", {{"path", shown(path)}}));
    return (folder_ / path).lexically_normal().string();
  }

  void read_broker(const Fields& target_source, Target& target) {
    auto& broker = target.broker;
    broker.plain_listener = std::to_string(target.mqtt.plain_port);
    broker.tls_listener = std::to_string(target.mqtt.tls_port);
    broker.stop_command = "systemctl stop mosquitto";
    broker.start_command = "systemctl start mosquitto";
    broker.sudo = true;
    if (target.ssh) broker.home = target.ssh->user == "root" ? "/root" : "/home/" + target.ssh->user;

    const auto* node = target_source.find("broker");
    if (node != nullptr) override_profile(*node, broker);
    if (broker.journal.empty()) {
      const bool is_root = broker.sudo || (target.ssh && target.ssh->user == "root");
      broker.journal = journal_for(broker.configuration_path, is_root ? "/var/lib" : broker.home, is_root);
    }
    // The Debian package's own lines, and a log that tells of every refusal.
    if (node == nullptr || node->find("base") == nullptr)
      broker.base = {"pid_file " + broker.pid_file, "persistence false", "log_dest file " + broker.log_path,
                     "log_type all"};
  }

  // One for each broker of a host: "/var/lib/mqtts-harness/etc-mosquitto-mosquitto.conf".
  static std::string journal_for(std::string configuration, const std::string& folder, bool is_root) {
    std::ranges::replace(configuration, '/', '-');
    return folder + (is_root ? "/mqtts-harness/" : "/.mqtts-harness/") + configuration.substr(1);
  }

  void override_profile(const Node& node, BrokerProfile& broker) {
    const Fields source(reading_, node, "broker",
                        {"profile", "configuration", "log", "pid_file", "journal", "user", "home", "root",
                         "plain_listener", "tls_listener", "base", "stop", "start", "sudo"});
    if (!source.is_object()) return;
    const auto profile = source.text("profile");
    if (!profile.empty() && profile != "mosquitto")
      reading_.fault(*source.find("profile"),
                     msg("there is no broker profile \"{name}\"; known: {known}", unknown(profile, {"mosquitto"})));
    const std::pair<const char*, std::string*> texts[] = {{"configuration", &broker.configuration_path},
                                                          {"log", &broker.log_path},
                                                          {"pid_file", &broker.pid_file},
                                                          {"journal", &broker.journal},
                                                          {"user", &broker.user},
                                                          {"home", &broker.home},
                                                          {"plain_listener", &broker.plain_listener},
                                                          {"tls_listener", &broker.tls_listener},
                                                          {"stop", &broker.stop_command},
                                                          {"start", &broker.start_command}};
    for (const auto& [key, value] : texts)
      if (auto text = source.optional_text(key)) *value = std::move(*text);
    // Unlike the others it may be empty: on a real machine nothing stands before the root.
    if (const auto* root = source.find("root")) broker.root = read_text(reading_, *root, "root").value_or("");
    for (const auto* key : {"configuration", "log", "pid_file", "journal", "home", "root"})
      check_host_path(source, key);
    broker.base = source.texts("base");
    broker.sudo = source.flag("sudo", broker.sudo);
  }

  void check_host_path(const Fields& source, std::string_view key) {
    const auto* node = source.find(key);
    const auto* path = node == nullptr ? nullptr : node->as<std::string>();
    if (path != nullptr && !path->empty() && !path->starts_with("/"))
      reading_.fault(*node, msg("\"{path}\" is no absolute path on the broker's host", {{"path", shown(*path)}}));
  }

  GivenMaterials read_materials(const Node& node) {
    const Fields source(reading_, node, "materials", {"ca", "ca_key", "identities", "accounts"});
    GivenMaterials materials;
    materials.ca = file(source, "ca");
    materials.ca_key = file(source, "ca_key");
    if (!materials.ca_key.empty() && materials.ca.empty())
      reading_.fault(*source.find("ca_key"), msg("\"ca_key\" is of no use without \"ca\""));
    for (const auto& [name, at, identity] : source.members("identities")) {
      const Fields files(reading_, identity, name, {"certificate", "key"});
      if (!check_name(reading_, at, name) || !files.is_object()) continue;
      files.need("certificate");
      files.need("key");
      materials.identities.emplace(name, GivenIdentity{file(files, "certificate"), file(files, "key")});
    }
    for (const auto& [name, at, account] : source.members("accounts")) {
      const Fields given(reading_, account, name, {"password_file", "password_env"});
      if (!check_name(reading_, at, name) || !given.is_object()) continue;
      if ((given.find("password_file") == nullptr) == (given.find("password_env") == nullptr))
        reading_.fault(account, msg("an account must have exactly one of \"password_file\" and \"password_env\""));
      materials.accounts.emplace(
          name, GivenAccount{file(given, "password_file"), given.optional_text("password_env").value_or("")});
    }
    return materials;
  }

  std::filesystem::path folder_;
  Reading reading_;
};

}  // namespace

Target read_target(const Node& root, const std::filesystem::path& folder, Problems& problems) {
  return TargetReader(folder, problems).read(root);
}

}  // namespace mqtts::plan
