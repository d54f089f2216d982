#include "harness/brokers/profile.h"

#include <algorithm>
#include <array>

#include "harness/brokers/drivers.h"
#include "harness/json/read_bytes.h"
#include "harness/json/variables.h"
#include "harness/util/shell_quote.h"

namespace mqtts::brokers {
namespace {

constexpr int deepest_extension = 8;

using Fault = std::function<void(Message)>;

// A command is one text, or a list of lines.
void read_command(const json::ObjectReader& source, std::string_view key, std::string& command) {
  const auto* node = source.find(key);
  if (node == nullptr) return;
  if (node->as<json::Node::Array>() == nullptr) {
    command = source.text(key);
    return;
  }
  command.clear();
  for (const auto& line : source.texts(key)) command += (command.empty() ? "" : "\n") + line;
  if (command.empty()) source.context().fault(*node, msg("\"{key}\" must not be empty", {{"key", std::string(key)}}));
}

void read_driver(const json::ObjectReader& source, BrokerProfile& profile) {
  const auto name = source.optional_text("driver");
  if (!name || name->empty()) return;
  profile.driver = *name;
  if (find_driver(*name) != nullptr) return;
  auto args = json::unknown(*name, driver_names());
  args["nearest"] = source.context().did_you_mean(*name, driver_names());
  source.context().fault(
      *source.find("driver"),
      args["nearest"].empty()
          ? msg("there is no broker driver \"{name}\"; known: {known}", std::move(args))
          : msg("there is no broker driver \"{name}\"; did you mean \"{nearest}\"?", std::move(args)));
}

class ProfileFinder {
 public:
  explicit ProfileFinder(std::vector<json::Diagnostic>& elsewhere) : elsewhere_(elsewhere) {}

  std::optional<BrokerProfile> find(const std::string& which, const std::filesystem::path& folder, const Fault& fault,
                                    int depth = 0) {
    if (which.empty()) return std::nullopt;  // its reader has reported it
    if (depth > deepest_extension) {
      fault(msg("profiles extend one another in a circle, or too deeply"));
      return std::nullopt;
    }
    if (which.ends_with(".json")) {
      const auto path = (folder / which).lexically_normal();
      const auto bytes = json::read_bytes(path.string(), elsewhere_);
      return bytes ? parse(*bytes, path, depth) : std::nullopt;
    }
    const auto shipped = std::ranges::find(shipped_profiles(), which, &ShippedProfile::name);
    if (shipped != shipped_profiles().end()) return parse(shipped->text, std::filesystem::path(which), depth);
    tell_unknown(which, fault);
    return std::nullopt;
  }

 private:
  static void tell_unknown(const std::string& which, const Fault& fault) {
    std::vector<std::string> names;
    for (const auto& shipped : shipped_profiles()) names.emplace_back(shipped.name);
    auto args = json::unknown(which, names);
    args["nearest"] = json::did_you_mean(which, names);
    fault(args["nearest"].empty()
              ? msg("there is no broker profile \"{name}\"; known: {known}, and files whose names end in .json",
                    std::move(args))
              : msg("there is no broker profile \"{name}\"; did you mean \"{nearest}\"?", std::move(args)));
  }

  std::optional<BrokerProfile> parse(std::string_view text, const std::filesystem::path& path, int depth) {
    json::Diagnostics problems(path.string(), text);
    std::optional<BrokerProfile> profile;
    if (const auto root = json::parse_json(text, problems)) profile = read(*root, path, problems, depth);
    const auto list = problems.list();
    elsewhere_.insert(elsewhere_.end(), list.begin(), list.end());
    return list.empty() ? profile : std::nullopt;
  }

  std::optional<BrokerProfile> read(const json::Node& root, const std::filesystem::path& path,
                                    json::Diagnostics& problems, int depth) {
    json::ReadContext context{problems};
    if (!json::check_version(context, root, "mqtts-harness/profile/v1")) return std::nullopt;
    auto known = profile_keys();
    known.insert(known.end(), {"$schema", "schema", "name", "title", "extends", "driver"});
    const json::ObjectReader source(context, root, "profile", known);
    if (!source.is_object()) return std::nullopt;
    BrokerProfile profile;
    if (const auto* extends = source.find("extends")) {
      auto base = find(
          source.text("extends"), path.parent_path(),
          [&](Message message) { context.fault(*extends, std::move(message)); }, depth + 1);
      if (!base) return std::nullopt;
      profile = *std::move(base);
    } else {
      for (const auto& key : profile_keys())
        if (key != "sudo") source.need(key);
    }
    profile.name = source.name("name");
    profile.title = source.local_text("title", profile.name);
    read_driver(source, profile);
    read_profile_keys(source, profile);
    return profile;
  }

  std::vector<json::Diagnostic>& elsewhere_;
};

}  // namespace

const std::vector<std::string>& profile_keys() {
  static const std::vector<std::string> keys = {"configuration", "log",  "pid_file", "user",    "process",
                                                "base",          "stop", "start",    "version", "sudo"};
  return keys;
}

void check_host_path(const json::ObjectReader& source, std::string_view key) {
  const auto* node = source.find(key);
  const auto* path = node == nullptr ? nullptr : node->as<std::string>();
  if (path != nullptr && !path->empty() && !path->starts_with("/"))
    source.context().fault(*node,
                           msg("\"{path}\" is no absolute path on the broker's host", {{"path", json::shown(*path)}}));
}

void read_profile_keys(const json::ObjectReader& source, BrokerProfile& profile) {
  const std::pair<const char*, std::string*> texts[] = {{"configuration", &profile.configuration_path},
                                                        {"log", &profile.log_path},
                                                        {"pid_file", &profile.pid_file},
                                                        {"user", &profile.user},
                                                        {"process", &profile.process}};
  for (const auto& [key, value] : texts)
    if (auto text = source.optional_text(key)) *value = std::move(*text);
  for (const auto* key : {"configuration", "log", "pid_file"}) check_host_path(source, key);
  if (source.find("base") != nullptr) profile.base = source.texts("base");
  read_command(source, "stop", profile.stop_command);
  read_command(source, "start", profile.start_command);
  read_command(source, "version", profile.version_command);
  profile.sudo = source.flag("sudo", profile.sudo);
}

std::optional<BrokerProfile> find_profile(const std::string& which, const std::filesystem::path& folder,
                                          std::vector<json::Diagnostic>& elsewhere, const Fault& fault) {
  return ProfileFinder(elsewhere).find(which, folder, fault);
}

void place_profile(BrokerProfile& profile, const MqttAddress& mqtt, const std::string& login_user) {
  profile.plain_listener = std::to_string(mqtt.plain_port);
  profile.tls_listener = std::to_string(mqtt.tls_port);
  if (login_user == "root") profile.sudo = false;
  if (!login_user.empty() && login_user != "root") profile.home = "/home/" + login_user;
}

// One per broker of a host: "/var/lib/mqtts-harness/etc-mosquitto-mosquitto.conf".
std::string journal_for(const BrokerProfile& profile) {
  std::string broker = profile.configuration_path.substr(std::min<std::size_t>(1, profile.configuration_path.size()));
  std::ranges::replace(broker, '/', '-');
  const bool writes_everywhere = profile.sudo || !profile.home.starts_with("/home/");
  return (writes_everywhere ? "/var/lib/mqtts-harness/" : profile.home + "/.mqtts-harness/") + broker;
}

void complete_profile(BrokerProfile& profile) {
  if (profile.home.empty()) profile.home = std::filesystem::path(profile.configuration_path).parent_path().string();
  if (profile.journal.empty()) profile.journal = journal_for(profile);
  const std::map<std::string, std::string> values = {{"configuration", profile.configuration_path},
                                                     {"log", profile.log_path},
                                                     {"pid_file", profile.pid_file},
                                                     {"process", profile.process},
                                                     {"user", profile.user}};
  const auto value_of = [&](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
  const auto word_of = [&](const std::string& name) {
    const auto value = value_of(name);
    return value ? std::optional(shell_word(*value)) : std::nullopt;
  };
  for (auto& line : profile.base) line = json::substitute(line, value_of);
  for (auto* command : {&profile.stop_command, &profile.start_command, &profile.version_command})
    *command = json::substitute(*command, word_of);
}

LoadedProfile load_profile(const std::string& which, const MqttAddress& mqtt, const std::string& login_user) {
  LoadedProfile loaded;
  loaded.profile = find_profile(which, std::filesystem::current_path(), loaded.problems, [&](Message message) {
    loaded.problems.push_back({.file = which, .message = std::move(message)});
  });
  if (!loaded.profile) return loaded;
  place_profile(*loaded.profile, mqtt, login_user);
  complete_profile(*loaded.profile);
  return loaded;
}

}  // namespace mqtts::brokers
