#include "harness/remote/scripts.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "harness/brokers/drivers.h"
#include "harness/util/digest.h"
#include "harness/util/parse_number.h"
#include "harness/util/shell_quote.h"

namespace mqtts::texts {
extern const std::string_view host_sh;
extern const std::string_view journal_sh;
}  // namespace mqtts::texts

namespace mqtts::remote {

namespace {

constexpr int default_mode = 0644;
constexpr std::size_t sha256_letters = 64;
constexpr int heredoc_line = 4096;  // characters

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }
std::string base_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Place of new files until they are complete: in the target's folder, so that mv(1) only renames.
std::string staging(const std::string& path, const std::string& tag) { return folder_of(path) + "/.mqtts-" + tag; }

std::string staged(const std::string& path, const std::string& tag) { return staging(path, tag) + "/" + base_of(path); }

std::string head(const BrokerProfile& profile) {
  return fmt::format(
      "{}{}name={}\nconf={}\nlog={}\npid_file={}\nstop_broker() {{\n:\n{}\n}}\nstart_broker() {{\n:\n{}\n}}\n",
      texts::host_sh, brokers::driver_of(profile).script(), shell_quoted(profile.process),
      shell_quoted(profile.configuration_path), shell_quoted(profile.log_path), shell_quoted(profile.pid_file),
      profile.stop_command, profile.start_command);
}

std::string journal_head(const BrokerProfile& profile, const Owner& us) {
  return fmt::format("{}{}journal={}\ntoken={}\n", head(profile), texts::journal_sh, shell_quoted(profile.journal),
                     shell_quoted(us.token));
}

// Sends the content through the shell's standard input, never as an argument of a process: printf is the shell's own
// (see take_over in host.sh). A shell word cannot hold NUL.
std::string write_command(const std::string& path, const std::string& content) {
  if (content.find('\0') == std::string::npos)
    return fmt::format("printf %s {} >{}\n", shell_quoted(content), shell_quoted(path));
  const std::string text = to_base64(content);
  std::string script = fmt::format("base64 -d >{} <<'END'\n", shell_quoted(path));
  for (std::size_t at = 0; at < text.size(); at += heredoc_line) script += text.substr(at, heredoc_line) + "\n";
  return script + "END\n";
}

std::string owner_word(const HostFile& file, const BrokerProfile& profile) {
  if (!file.owner.empty())
    return shell_quoted(file.owner.find(':') == std::string::npos ? file.owner + ":" : file.owner);
  return profile.sudo ? "\"${SUDO_USER:-root}:\"" : "";  // without sudo, new files belong to the login user already
}

// `command KEY -- PATHS`, once per key: one process for all files that share a mode or an owner.
std::string grouped(const std::string& command, const std::map<std::string, std::string>& paths_by_key) {
  std::string script;
  for (const auto& [key, paths] : paths_by_key) {
    if (!key.empty()) script += fmt::format("{} {} --{}\n", command, key, paths);
  }
  return script;
}

// Installs all files, each by one rename. Needs `set -e` and `umask 077`; the staging folders remain.
std::string put_commands(const std::vector<HostFile>& files, const BrokerProfile& profile, const std::string& tag) {
  std::map<std::string, std::string> by_folder, by_mode, by_owner;
  std::string contents, all;
  for (const auto& file : files) {
    const std::string place = " " + shell_quoted(staged(file.path, tag));
    contents += write_command(staged(file.path, tag), file.content);
    by_folder[folder_of(file.path)] += place;
    by_mode[fmt::format("{:o}", file.mode)] += place;
    by_owner[owner_word(file, profile)] += place;
    all += place;
  }
  std::string folders, stagings, moves;
  for (const auto& [folder, places] : by_folder) {
    folders += fmt::format("[ -d {0}/ ] || (umask 022; mkdir -p -- {0}/)\n", shell_quoted(folder));
    stagings += fmt::format(" {}", shell_quoted(fmt::format("{}/.mqtts-{}", folder, tag)));
    moves += fmt::format("mv -f --{} {}/\n", places, shell_quoted(folder));
  }
  return folders + "mkdir -m 700 --" + stagings + "\n" + contents + grouped("chmod", by_mode) +
         grouped("chown", by_owner) + "sync --" + all + " 2>/dev/null || sync\n" + moves;
}

// Returns a command that removes the staging folders of these paths.
std::string remove_stagings(const std::vector<std::string>& paths, const std::string& tag) {
  std::set<std::string> folders;
  for (const auto& path : paths) folders.insert(shell_quoted(staging(path, tag)));
  return folders.empty() ? ":" : fmt::format("rm -rf -- {}", fmt::join(folders, " "));
}

int centiseconds(double seconds) { return static_cast<int>(seconds * 100); }

tl::unexpected<Error> unreadable_answer(const std::string& output) {
  return failure(ErrorKind::remote, msg("the broker's host gave an answer that cannot be understood"),
                 msg("it must have the usual commands of a GNU or busybox system, and /proc"), output.substr(0, 2000));
}

}  // namespace

std::string take_over_script(const BrokerProfile& profile, const Owner& us, const std::string& former) {
  return journal_head(profile, us) + fmt::format("take_over {}\ndate '+clock %s'\nreclaim {}\n", shell_quoted(former),
                                                 shell_quoted(us.description));
}

Greeting parse_greeting(const std::string& output) {
  Greeting greeting{output.substr(0, output.find('\n')), std::nullopt};
  const std::string_view rest = std::string_view(output).substr(std::min(greeting.identity.size() + 1, output.size()));
  constexpr std::string_view clock = "clock ";
  if (rest.starts_with(clock)) greeting.clock = leading_number<std::int64_t>(rest.substr(clock.size()));
  if (greeting.clock == 0) greeting.clock.reset();
  return greeting;
}

std::string acquire_script(const BrokerProfile& profile, const Owner& us, const std::vector<std::string>& paths) {
  std::string words;
  for (const auto& path : paths) words += " " + shell_quoted(path);
  return journal_head(profile, us) + fmt::format("take {}{}\n", shell_quoted(us.description), words);
}

Result<std::variant<Journal, JournalOwner>> parse_taken(const std::string& output) {
  using Taken = std::variant<Journal, JournalOwner>;
  constexpr std::string_view taken = "taken\n";
  if (!output.starts_with(taken)) return parse_holder(output).map([](const JournalOwner& it) { return Taken(it); });
  return parse_journal(output.substr(taken.size())).map([](const Journal& it) { return Taken(it); });
}

std::string state_script(const BrokerProfile& profile, const Owner& us) {
  return journal_head(profile, us) + "journal_state\ntell_holder\n";
}

std::string take_over_journal_script(const BrokerProfile& profile, const Owner& us, TakeOver succession) {
  return journal_head(profile, us) +
         fmt::format("succeed {} {}\n", succession == TakeOver::by_force ? "yes" : "no", shell_quoted(us.description));
}

std::vector<HostFile> files_of(const StageSetup& setup, const BrokerProfile& profile, const Journal& journal) {
  std::vector<HostFile> files = setup.files;
  HostFile configuration{profile.configuration_path, setup.configuration, default_mode, profile.sudo ? "root" : ""};
  const FileState* before = journal.find(profile.configuration_path);
  if (before != nullptr && before->kind == FileState::Kind::file) {
    configuration.mode = before->mode;
    configuration.owner = before->owner;
  }
  files.push_back(std::move(configuration));
  return files;
}

std::string apply_script(const BrokerProfile& profile, const Owner& us, const std::vector<HostFile>& files,
                         const std::vector<std::uint16_t>& listening, double seconds) {
  std::string ports, words;
  std::vector<std::string> paths;
  for (const auto port : listening) ports += fmt::format(" {:04X}", port);
  for (const auto& file : files) {
    words += " " + shell_quoted(file.path);
    paths.push_back(file.path);
  }
  std::string script = journal_head(profile, us) + fmt::format("must_hold\ntrap {} EXIT\nset -e\numask 077\n",
                                                               shell_quoted(remove_stagings(paths, us.token)));
  script += put_commands(files, profile, us.token);
  script += fmt::format("set +e\numask 022\nsaid={}\n",
                        shell_quoted(staging(profile.configuration_path, us.token) + "/.said"));
  script +=
      fmt::format("is_up() {{ listens{} && has_loaded; }}\nrestart_broker {} is_up\n", ports, centiseconds(seconds));
  return script + fmt::format("report_restart{}\n", words);
}

Result<RestartAnswer> parse_applied(const std::string& output) {
  RestartAnswer answer;
  std::istringstream lines(output);
  std::string key, value;
  while (lines >> key && key != "sums") {
    if (!(lines >> value)) return unreadable_answer(output);
    if (key == "state") answer.state = value;
    if (key == "process") answer.process_id = leading_number<long>(value);
    if (key == "restart") answer.seconds = leading_number<int>(value) / 100.0;
    if (key == "log") answer.log_readable = value == "readable";
    if (key == "log_size") answer.log_size = leading_number<std::uint64_t>(value);
  }
  std::getline(lines, value);
  while (std::getline(lines, value) && value != "words") {
    const auto sum = value.find_first_not_of('\\');  // sha256sum(1) puts it before a line with an escaped path
    answer.sums.push_back(value.substr(std::min(sum, value.size()), sha256_letters));
  }
  if (value != "words" || answer.state.empty()) return unreadable_answer(output);
  answer.detail = output.substr(std::min(static_cast<std::size_t>(lines.tellg()), output.size()));
  return answer;
}

std::string restore_script(const BrokerProfile& profile, const Owner& us, double seconds) {
  return journal_head(profile, us) +
         fmt::format("restore {}\necho index\ncat -- \"$journal/index\"\necho now\nprove\n", centiseconds(seconds));
}

Result<RestoreAnswer> parse_restored(const std::string& output) {
  constexpr std::string_view index = "index\n", now = "\nnow\n";
  const auto middle = output.find(now);
  if (!output.starts_with(index) || middle == std::string::npos) return unreadable_answer(output);
  auto was = parse_journal(output.substr(index.size(), middle + 1 - index.size()));
  auto is = parse_journal(output.substr(middle + now.size()));
  if (!was) return tl::make_unexpected(was.error());
  if (!is) return tl::make_unexpected(is.error());
  return RestoreAnswer{*std::move(was), *std::move(is)};
}

std::string keep_script(const BrokerProfile& profile, const Owner& us) {
  return journal_head(profile, us) + "keep_stage\n";
}

std::string forget_script(const BrokerProfile& profile, const Owner& us) {
  return journal_head(profile, us) + "forget\n";
}

std::string log_script(const BrokerProfile& profile, std::optional<std::uint64_t> offset, std::uint64_t limit) {
  const std::string start = offset ? std::to_string(*offset) : "$size";
  return fmt::format(
      "log={}\nsize=$(wc -c <\"$log\") || exit\nsize=$((size))\noffset={}\n[ \"$size\" -ge $offset ] || offset=0\n"
      "skip=0\n[ $((size - offset)) -le {} ] || skip=$((size - offset - {}))\nprintf '%s %s\\n' $size $skip\n"
      "[ $size -eq $offset ] || tail -c +$((offset + skip + 1)) -- \"$log\" | head -c $((size - offset - skip))\n",
      shell_quoted(profile.log_path), start, limit, limit);
}

Result<LogAnswer> parse_log(const std::string& output) {
  LogAnswer answer;
  const auto first_end = output.find('\n');
  const auto space = output.find(' ');
  if (first_end == std::string::npos || space > first_end) return unreadable_answer(output);
  answer.size = leading_number<std::uint64_t>(output);
  answer.left_out = leading_number<std::uint64_t>(std::string_view(output).substr(space + 1));
  const auto last_end = output.rfind('\n');
  answer.lines = output.substr(first_end + 1, last_end - first_end);
  answer.size -= output.size() - last_end - 1;
  return answer;
}

std::string hexadecimal_ports(const BrokerProfile& profile) {
  std::string ports;
  for (const auto& listener : {profile.plain_listener, profile.tls_listener})
    if (const auto port = leading_number<std::uint16_t>(listener); port != 0) ports += fmt::format(" {:04X}", port);
  return ports;
}

// If /proc hides other users' processes, a broker that is not found may still run.
std::string runs_script(const BrokerProfile& profile) {
  return head(profile) + fmt::format("! loops && runs{} && exit 0\n[ -r /proc/1/comm ] && exit 1\nexit 2\n",
                                     hexadecimal_ports(profile));
}

std::string listens_script(const BrokerProfile& profile, std::uint16_t port) {
  return head(profile) +
         fmt::format("[ -r /proc/self/net/tcp ] || exit 2\nin_some_network someone_listens {:04X} && exit 0\nexit 1\n",
                     port);
}

std::string service_manager(const BrokerProfile& profile) {
  return profile.start_command.find("systemctl ") == std::string::npos ? "none" : "systemd";
}

std::string last_error_script(const BrokerProfile& profile) {
  return head(profile) + fmt::format("last_error {}\n", service_manager(profile));
}

// Prints only the beginning of the output: no command can flood us.
std::string version_script(const BrokerProfile& profile) {
  return fmt::format("{{\n:\n{}\n}} 2>&1 | head -c 4096\n", profile.version_command);
}

}  // namespace mqtts::remote
