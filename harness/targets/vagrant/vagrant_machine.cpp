#include "harness/targets/vagrant/vagrant_machine.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "harness/util/digest.h"
#include "harness/util/read_file.h"
#include "harness/util/run_program.h"

namespace mqtts::targets {
namespace {

namespace fs = std::filesystem;

constexpr auto patience_with_vagrant = std::chrono::seconds(60);

bool has_vagrantfile(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / "Vagrantfile", error);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path cache_home() {
  if (const fs::path named = environment("XDG_CACHE_HOME"); named.is_absolute()) return named;
  if (const fs::path home = environment("HOME"); home.is_absolute()) return home / ".cache";
  const passwd* user = getpwuid(geteuid());
  return fs::path(user == nullptr ? "/" : user->pw_dir) / ".cache";
}

fs::path state_of(const MachineName& machine) {
  const fs::path dot_folder = environment("VAGRANT_DOTFILE_PATH");
  return machine.folder / (dot_folder.empty() ? ".vagrant" : dot_folder) / "machines" / machine.machine;
}

// Returns the latest change of the machine's files and its Vagrantfile, in nanoseconds; 0 if there is no such machine.
std::int64_t youngest(const MachineName& machine) {
  std::error_code error;
  auto latest = fs::file_time_type::min();
  bool exists = false;
  for (const auto& entry : fs::recursive_directory_iterator(state_of(machine), error)) {
    if (!entry.is_regular_file(error)) continue;
    exists = true;
    latest = std::max(latest, entry.last_write_time(error));
  }
  latest = std::max(latest, fs::last_write_time(machine.folder / "Vagrantfile", error));
  return exists ? std::chrono::duration_cast<std::chrono::nanoseconds>(latest.time_since_epoch()).count() : 0;
}

// "PROVIDER id" for each provider that has created it; empty if none has.
std::string identity(const MachineName& machine) {
  std::error_code error;
  std::vector<std::string> all;
  for (const auto& provider : fs::directory_iterator(state_of(machine), error)) {
    const auto id = read_file(provider.path() / "id").value_or("");
    if (!id.empty()) all.push_back(provider.path().filename().string() + " " + id + "\n");
  }
  std::ranges::sort(all);
  std::string text;
  for (const auto& each : all) text += each;
  return text;
}

nlohmann::json read_state(const fs::path& file) {
  auto state = nlohmann::json::parse(read_file(file).value_or(""), nullptr, /*allow_exceptions=*/false);
  return state.is_object() ? state : nlohmann::json::object();
}

std::string text_in(const nlohmann::json& state, const char* key) {
  const auto found = state.find(key);
  return found != state.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

Result<MachineName> parse_machine(const std::string& name, const fs::path& here) {
  std::string folder = name.substr(std::string("vagrant").size());
  std::string machine = "broker";
  if (const auto hash = folder.rfind('#'); hash != std::string::npos) {
    machine = folder.substr(hash + 1);
    folder.resize(hash);
  }
  const bool is_name = !machine.empty() && !machine.starts_with('-') && !machine.starts_with('.') &&
                       machine.find_first_of("/ \t\n") == std::string::npos;
  if (!is_name || folder == ":") {
    return failure(ErrorKind::usage,
                   msg("--target {target}: it is written vagrant[:DIR][#MACHINE]", {{"target", name}}),
                   msg("for the lab: vagrant, or vagrant:/path/of/the/lab#broker"));
  }
  if (!folder.empty()) {
    const auto place = fs::weakly_canonical(here / folder.substr(1));
    if (has_vagrantfile(place)) return MachineName{place, machine};
    return failure(ErrorKind::usage, msg("there is no Vagrantfile in {folder}", {{"folder", place.string()}}),
                   msg("name the folder that holds it: --target vagrant:DIR"));
  }
  for (auto place = fs::weakly_canonical(here);; place = place.parent_path()) {
    if (has_vagrantfile(place)) return MachineName{place, machine};
    if (place == place.parent_path()) break;
  }
  return failure(ErrorKind::usage, msg("there is no Vagrantfile in {folder} nor above it", {{"folder", here.string()}}),
                 msg("name the folder that holds it: --target vagrant:DIR"));
}

Result<std::string> ask_vagrant(const MachineName& machine, const Deadline& deadline) {
  auto output =
      run_local({"vagrant", "ssh-config", machine.machine}, machine.folder, deadline.within(patience_with_vagrant));
  if (!output) return tl::make_unexpected(output.error());
  if (output->status == 0) return std::move(output->out);
  return failure(ErrorKind::unreachable,
                 msg("Vagrant knows no way in to the machine {machine} of {folder}",
                     {{"machine", machine.machine}, {"folder", machine.folder.string()}}),
                 msg("is it created and running? In that folder: vagrant up {machine}", {{"machine", machine.machine}}),
                 output->err.empty() ? output->out : output->err);
}

Result<MachineCache> MachineCache::open(const MachineName& machine) {
  const auto name = sha256_hex(machine.folder.string() + "#" + machine.machine).substr(0, 16);
  const auto folder = cache_home() / "mqtts-harness" / "vagrant" / name;
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  mkdir(folder.c_str(), 0700);
  struct stat facts {};
  if (lstat(folder.c_str(), &facts) != 0) {
    return failure(ErrorKind::local, msg("the folder {folder} cannot be made", {{"folder", folder.string()}}),
                   msg("make room there, or set XDG_CACHE_HOME to a folder of yours"));
  }
  if (!S_ISDIR(facts.st_mode) || facts.st_uid != geteuid() || (facts.st_mode & 077) != 0) {
    return failure(ErrorKind::denied, msg("{folder} is not a private folder of yours", {{"folder", folder.string()}}),
                   msg("remove it, or set XDG_CACHE_HOME to a folder of yours"));
  }
  return MachineCache(machine, folder);
}

std::optional<MachineCache::Kept> MachineCache::find() const {
  const auto state = read_state(folder_ / "machine.json");
  const auto when = youngest(machine_);
  const auto kept_when = state.find("youngest");
  if (when == 0 || kept_when == state.end() || !kept_when->is_number_integer() || *kept_when != when)
    return std::nullopt;
  if (text_in(state, "folder") != machine_.folder || text_in(state, "machine") != machine_.machine) return std::nullopt;
  return Kept{text_in(state, "config"), text_in(state, "address")};
}

Result<void> MachineCache::keep(const Kept& kept) const {
  const nlohmann::json state = {
      {"folder", machine_.folder.string()}, {"machine", machine_.machine}, {"youngest", youngest(machine_)},
      {"id", identity(machine_)},           {"config", kept.config},       {"address", kept.address}};
  const auto file = folder_ / "machine.json";
  const auto part = folder_ / ("machine.json." + std::to_string(getpid()));
  std::ofstream out(part);
  out << state.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  out.close();
  std::error_code error;
  if (out) fs::rename(part, file, error);
  if (out && !error) return {};
  return failure(ErrorKind::local, msg("{path} cannot be written", {{"path", file.string()}}),
                 msg("make room there, or set XDG_CACHE_HOME to a folder of yours"));
}

bool MachineCache::knows_host_key(const std::string& host, std::uint16_t port) const {
  const auto state = read_state(folder_ / "machine.json");
  const auto line = read_file(known_hosts()).value_or("");
  const auto key = line.find(' ');
  std::error_code ignored;
  if (text_in(state, "id") != identity(machine_) || key == std::string::npos) {
    fs::remove(known_hosts(), ignored);
    return false;
  }
  // sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"
  const auto place = port == 22 ? host : "[" + host + "]:" + std::to_string(port);
  if (line.substr(0, key) != place) std::ofstream(known_hosts(), std::ios::binary) << place << line.substr(key);
  return true;
}

}  // namespace mqtts::targets
