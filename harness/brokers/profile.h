// Broker profiles: how a kind of broker is driven, said in JSON. The ones that ship are baked into the program.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/diagnostic.h"
#include "harness/json/object_reader.h"
#include "harness/model/target.h"

namespace mqtts::brokers {

inline constexpr std::string_view default_profile = "mosquitto";

struct ShippedProfile {
  std::string_view name;
  std::string_view text;
};

// Made by CMake of scenarios/profiles/, by name.
const std::vector<ShippedProfile>& shipped_profiles();

struct LoadedProfile {
  std::optional<BrokerProfile> profile;  // there if and only if there is no problem
  std::vector<json::Diagnostic> problems;
};

// For a target that no file describes: the profile `which`, the name of a shipped one or a path that ends in ".json"
// (relative to the current folder), for a broker at `mqtt` on whose host we log in as `login_user`.
LoadedProfile load_profile(const std::string& which, const MqttAddress& mqtt, const std::string& login_user);

// ---- for the readers of this layer --------------------------------------------------------------

// Reads what is laid over a profile: the keys that a profile and a target's "broker" have in common. `profile` is a
// template: its ${…} are filled in by complete_profile.
void read_profile_keys(const json::ObjectReader& source, BrokerProfile& profile);
const std::vector<std::string>& profile_keys();

// The template of profile `which` with all that it extends; a relative path is meant from `folder`. Null if there is a
// problem: one of the file's own is added to `elsewhere`, and what is wrong with `which` itself is given to `fault`.
std::optional<BrokerProfile> find_profile(const std::string& which, const std::filesystem::path& folder,
                                          std::vector<json::Diagnostic>& elsewhere,
                                          const std::function<void(Message)>& fault);

// What a profile says of no target: its listeners, and the home of `login_user` (empty: there is no way in). Root needs
// no sudo, and gets no home: no broker's user can read in /root.
void place_profile(BrokerProfile& profile, const MqttAddress& mqtt, const std::string& login_user);

// Puts values in place of a template's ${configuration}, ${log}, ${pid_file}, ${process} and ${user}: as they are in
// base lines, and as one word of the shell in commands. Any other ${…} of a command is the shell's own. Where there is
// no home, it is the configuration's folder. Where there is no journal, one in /var/lib/mqtts-harness or, for a login
// user without sudo, in his home.
void complete_profile(BrokerProfile& profile);

void check_host_path(const json::ObjectReader& source, std::string_view key);

}  // namespace mqtts::brokers
