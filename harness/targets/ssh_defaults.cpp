#include "harness/targets/ssh_defaults.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/brokers/profile.h"
#include "harness/ssh/login.h"
#include "harness/targets/ssh_destination.h"

namespace mqtts::targets {
namespace {

constexpr int tries_per_key = 3;

// Makes a name for report files: letters, digits, "._-", at most 64.
std::string file_name(std::string text) {
  for (auto& letter : text) {
    const bool is_fine = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '.' || letter == '_';
    if (!is_fine) letter = '-';
  }
  if (text.empty() || std::isalnum(static_cast<unsigned char>(text.front())) == 0) text.insert(0, "host");
  return text.substr(0, 64);
}

// Returns true if `file` can be used now.
bool ask_for_passphrase(const std::string& file, const Deadline& deadline, Interaction& interaction) {
  auto question = msg("Passphrase of the SSH key {file}:", {{"file", file}});
  for (int i = 0; i < tries_per_key; ++i) {
    const auto passphrase = interaction.ask_secret(question, deadline);
    if (!passphrase || passphrase->empty()) return false;
    if (ssh::unlock_key(file, *passphrase)) return true;
    question = msg("That is not the passphrase of {file}. Once more:", {{"file", file}});
  }
  return false;
}

}  // namespace

std::filesystem::path home_folder() {
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return home;
  const passwd* user = getpwuid(geteuid());
  return user == nullptr ? "/" : user->pw_dir;
}

std::string login_name() {
  const passwd* user = getpwuid(geteuid());
  return user == nullptr ? "root" : user->pw_name;
}

Result<void> apply_ssh_options(const TargetOptions& options, SshAddress& ssh) {
  if (!options.identities.empty()) {
    ssh.identity_files.clear();
    for (const auto& file : options.identities) {
      if (!std::filesystem::exists(file)) {
        return failure(ErrorKind::usage, msg("--identity {file}: there is no such file", {{"file", file}}));
      }
      ssh.identity_files.push_back(std::filesystem::absolute(file).lexically_normal());
    }
  }
  if (!options.host_key.empty() && !set_host_key(ssh, options.host_key)) {
    return failure(ErrorKind::usage, msg("--host-key {text} is no host key policy", {{"text", options.host_key}}),
                   msg("give strict, accept-new, or a fingerprint, SHA256:… (ssh-keygen -lf shows it)"));
  }
  if (!options.jump.empty()) {
    const auto place = parse_ssh_place(options.jump);
    if (!place) {
      return failure(ErrorKind::usage, msg("--jump {text} is no jump host", {{"text", options.jump}}),
                     msg("write user@host or user@host:port"));
    }
    ssh.jump = SshJump{place->host, place->port, place->user.empty() ? login_name() : place->user};
  }
  if (!options.sudo_password_file.empty())
    ssh.sudo_password_file = std::filesystem::absolute(options.sudo_password_file).lexically_normal();
  return {};
}

void complete_ssh_address(SshAddress& ssh) {
  const auto folder = home_folder() / ".ssh";
  if (ssh.user.empty()) ssh.user = login_name();
  if (ssh.known_hosts_file.empty()) ssh.known_hosts_file = folder / "known_hosts";
  if (!ssh.identity_files.empty() || ssh.agent) return;
  ssh.agent = true;
  for (const auto* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
    std::error_code ignored;
    if (std::filesystem::exists(folder / name, ignored)) ssh.identity_files.push_back(folder / name);
  }
}

Opened open_with_defaults(const std::string& name, const MqttAddress& broker, std::optional<SshAddress> ssh,
                          const TargetOptions& options) {
  Target target{.name = file_name(name), .mqtt = broker};
  auto loaded = brokers::load_profile(options.profile.empty() ? std::string(brokers::default_profile) : options.profile,
                                      target.mqtt, ssh ? ssh->user : "");
  if (!loaded.profile) return tl::make_unexpected(loaded.problems);
  target.broker = *std::move(loaded.profile);
  target.ssh = std::move(ssh);
  if (target.ssh)
    if (const auto applied = apply_ssh_options(options, *target.ssh); !applied)
      return tl::make_unexpected(applied.error());
  return OpenTarget{nullptr, std::move(target)};
}

void prepare_login(const SshAddress& ssh, const Deadline& deadline, Interaction& interaction) {
  if (ssh.host_key != HostKeyPolicy::accept_new && !ssh::has_locked_key(ssh)) return;
  for (;;) {
    ssh::LoginNotes notes;
    const auto login = ssh::rehearse_login(ssh, deadline.within(ssh::login_time), notes);
    for (const auto& sentence : notes.learnt) interaction.notice(sentence);
    if (login || notes.locked_key.empty() || !ask_for_passphrase(notes.locked_key, deadline, interaction)) return;
  }
}

}  // namespace mqtts::targets
