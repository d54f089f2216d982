#include "harness/doctor/findings.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/util/exit_status.h"

namespace mqtts::doctor {

namespace {

constexpr std::int64_t made = 1795132800;  // 2026-11-20: a correct clock cannot show an earlier time

struct StepRow {
  Step step;
  const char* id;
  Message (*fine)(const Target& target);
};

std::map<std::string, std::string> in_ssh(const SshAddress& ssh) {
  return {{"host", ssh.host}, {"port", std::to_string(ssh.port)}, {"user", ssh.user}, {"file", ssh.known_hosts_file}};
}

constexpr std::array rows = {
    StepRow{Step::name, "ssh-name",
            [](const Target& target) { return msg("the name {host} has an address", in_ssh(*target.ssh)); }},
    StepRow{Step::port, "ssh-port",
            [](const Target& target) { return msg("{host} port {port} can be reached", in_ssh(*target.ssh)); }},
    StepRow{
        Step::protocol, "ssh-protocol",
        [](const Target& target) { return msg("an SSH server answers on {host} port {port}", in_ssh(*target.ssh)); }},
    StepRow{Step::host_key, "host-key",
            [](const Target& target) {
              return msg("the host key of {host} is the one that is known", in_ssh(*target.ssh));
            }},
    StepRow{Step::login, "login",
            [](const Target& target) { return msg("{host} lets {user} in", in_ssh(*target.ssh)); }},
    StepRow{Step::shell, "shell",
            [](const Target& target) { return msg("{user} has a shell there", in_ssh(*target.ssh)); }},
    StepRow{Step::sudo, "sudo",
            [](const Target& target) {
              return target.broker.sudo ? msg("sudo works for {user}", in_ssh(*target.ssh))
                                        : msg("the target asks for no sudo");
            }},
    StepRow{Step::answers, "answers",
            [](const Target& target) { return msg("{host} tells what it is asked", in_ssh(*target.ssh)); }},
};

}  // namespace

Message command(std::string line) { return {"{command}", {{"command", std::move(line)}}}; }

Message command_on_host(const Target& target, const std::string& line) {
  return msg("on the broker's host: {command}", {{"command", sudo(target) + line}});
}

std::string sudo(const Target& target) { return target.ssh && target.ssh->user == "root" ? "" : "sudo "; }

bool is_of_the_system(const std::string& path) {
  constexpr std::array files = {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"};
  constexpr std::array folders = {"/proc/", "/sys/", "/etc/ssl/", "/etc/ssh/"};
  const bool is_device = path.starts_with("/dev/") && !path.starts_with("/dev/shm/");
  return is_device || std::ranges::find(files, path) != files.end() ||
         std::ranges::any_of(folders, [&path](const char* folder) { return path.starts_with(folder); });
}

std::string date(std::int64_t seconds) {
  // fmt throws for a year of more than four digits.
  constexpr std::int64_t latest = 253402300799;
  return fmt::format("{:%Y-%m-%d %H:%M}",
                     fmt::gmtime(static_cast<std::time_t>(std::clamp<std::int64_t>(seconds, 0, latest))));
}

Findings local_findings(const Facts& seen) {
  Findings all;
  if (seen.now < made)
    all.push_back(
        {"local-clock", State::broken,
         msg("this machine's clock shows {time} UTC, before this program was made", {{"time", date(seen.now)}}),
         command("sudo timedatectl set-ntp true")});
  else
    all.push_back(
        {"local-clock", State::fine, msg("this machine's clock shows {time} UTC", {{"time", date(seen.now)}})});
  for (const auto& error : seen.materials_trouble)
    all.push_back({"materials", State::broken, error.what, error.hint, error.detail});
  if (seen.materials_on_host > 0)
    all.push_back({"materials", State::fine,
                   msg_n(seen.materials_on_host, "{count} material is read from the broker's host when it is observed",
                         "{count} materials are read from the broker's host when it is observed")});
  if (seen.materials + seen.materials_on_host == 0)
    all.push_back({"materials", State::fine, msg("the target gives no keys or passwords: a run makes its own")});
  else if (seen.materials > 0 && seen.materials_trouble.empty())
    all.push_back({"materials", State::fine,
                   msg_n(seen.materials, "what the target gives can be read, and fits together",
                         "all {count} materials that the target gives can be read, and fit together")});
  return all;
}

Findings login_findings(const Target& target, const Facts& seen) {
  Findings all;
  if (!target.ssh) {
    all.push_back(
        {"ssh", State::not_looked_at,
         msg("the target {target} says nothing of SSH, so its host cannot be asked", {{"target", target.name}}),
         msg("add `ssh` to the target file")});
    return all;
  }
  for (const auto& row : rows) {
    if (!seen.trouble || row.step < seen.trouble->step) {
      all.push_back({row.id, State::fine, row.fine(target)});
    } else if (row.step == seen.trouble->step) {
      const auto& error = seen.trouble->error;
      all.push_back({row.id, State::broken, error.what, error.hint, error.detail});
    } else {
      all.push_back({row.id, State::not_looked_at, msg("not looked at: what it needs failed")});
    }
  }
  return all;
}

Findings findings(const Target& target, const Facts& seen) {
  Findings all = local_findings(seen);
  for (const auto& part : {login_findings, broker_findings, port_findings, file_findings, lab_findings})
    std::ranges::copy(part(target, seen), std::back_inserter(all));
  return all;
}

int exit_code(const Target& target, const Facts& seen, const Findings& all) {
  const bool unreachable =
      seen.trouble && (seen.trouble->step <= Step::protocol || seen.trouble->step == Step::answers);
  if (!target.ssh || unreachable) return exit_unjudged;
  return std::ranges::any_of(all, [](const auto& each) { return each.state == State::broken; }) ? exit_broken : exit_ok;
}

}  // namespace mqtts::doctor
