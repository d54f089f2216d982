#include "harness/runner/keep_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>

#include "harness/model/material_sources.h"
#include "harness/util/shell_quote.h"

namespace mqtts::runner {
namespace {

namespace fs = std::filesystem;

std::error_code keep_file(const fs::path& file, const fs::path& as) {
  std::error_code error;
  fs::create_directories(as.parent_path(), error);
  if (!error) fs::permissions(as.parent_path(), fs::perms::owner_all, error);
  const auto unfinished = fs::path(as).concat(".new");
  // The run's own file has mode 0600, and its copy gets the same.
  if (!error) fs::copy_file(file, unfinished, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(unfinished, as, error);
  return error;
}

bool is_of_host(const KeptFile& file) { return file.as.starts_with(on_host); }

std::string copy_command(const SshAddress& ssh, const std::string& path, const std::string& to) {
  std::string command = "scp -P " + std::to_string(ssh.port);
  if (!ssh.identity_files.empty()) command += " -i " + shell_word(ssh.identity_files.front());
  if (!ssh.known_hosts_file.empty()) command += " -o " + shell_word("UserKnownHostsFile=" + ssh.known_hosts_file);
  if (ssh.jump)
    command += " -J " + shell_word((ssh.jump->user.empty() ? "" : ssh.jump->user + "@") + ssh.jump->host + ":" +
                                   std::to_string(ssh.jump->port));
  const bool is_v6 = ssh.host.find(':') != std::string::npos;
  const auto host = is_v6 ? "[" + ssh.host + "]" : ssh.host;
  return command + " " + shell_word((ssh.user.empty() ? "" : ssh.user + "@") + host + ":" + path) + " " +
         shell_word(to);
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// The command, with each key of the host copied before; false: the user has to copy them.
bool copy_first(Evidence& command, const std::optional<SshAddress>& ssh, const fs::path& folder) {
  if (!ssh || !folder.is_absolute()) return false;
  std::string before;
  for (const auto& file : command.files) {
    if (!is_of_host(file)) continue;
    const auto path = file.as.substr(on_host.size());
    const auto to = (folder / fs::path(path).filename()).string();
    before += copy_command(*ssh, path, to) + "; ";
    replace_all(command.text, shell_word(file.as), shell_word(to));
  }
  std::error_code ignored;  // what cannot be made is told when the other files are kept there
  fs::create_directories(folder, ignored);
  fs::permissions(folder, fs::perms::owner_all, ignored);
  command.text = before + command.text;
  return true;
}

}  // namespace

void copy_keys_first(TargetResult& result, const std::optional<SshAddress>& ssh, const fs::path& folder) {
  for (auto& stage : result.stages)
    for (auto& check : stage.checks) {
      if (!check.observed) continue;
      auto& all = check.observed->evidence;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto key = std::ranges::find_if(all[i].files, is_of_host);
        if (key == all[i].files.end() || copy_first(all[i], ssh, folder)) continue;
        all.push_back(
            note(msg("private keys of the broker's host are not copied: give the command a copy of your own "
                     "in place of {file}",
                     {{"file", all[i].files[static_cast<std::size_t>(key - all[i].files.begin())].as}})));
      }
    }
}

Result<void> keep_files(const TargetResult& result, const fs::path& folder) {
  std::map<std::string, std::string> files;  // by the name that they are kept as
  for (const auto& stage : result.stages)
    for (const auto& check : stage.checks)
      if (check.observed)
        for (const auto& evidence : check.observed->evidence)
          for (const auto& kept : evidence.files)
            if (!is_of_host(kept)) files.emplace(kept.as, kept.file);
  for (const auto& [as, file] : files)
    if (const auto error = keep_file(file, folder / as))
      return failure(ErrorKind::local, msg("{file} cannot be written", {{"file", (folder / as).string()}}),
                     msg("the commands of the report that name it will not work"), error.message());
  return {};
}

}  // namespace mqtts::runner
