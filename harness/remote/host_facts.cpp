#include "harness/remote/host_facts.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "harness/brokers/drivers.h"
#include "harness/remote/limits.h"
#include "harness/remote/scripts.h"
#include "harness/util/parse_number.h"
#include "harness/util/shell_quote.h"

namespace mqtts::texts {
extern const std::string_view host_sh;
extern const std::string_view facts_sh;
}  // namespace mqtts::texts

namespace mqtts::remote {

namespace {

constexpr std::size_t most = 2000;        // per kind of fact
constexpr std::size_t longest = 8 << 10;  // bytes of a line: twice the longest path

// Removes and returns the first word of `text`, with the one space after it.
std::string_view take_word(std::string_view& text) {
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

Answer answer_in(std::string_view word) {
  return word == "yes" ? Answer::yes : word == "no" ? Answer::no : Answer::unknown;
}

Presence presence_in(std::string_view word) {
  return word == "readable" ? Presence::readable : word == "missing" ? Presence::missing : Presence::unknown;
}

template <class T>
void add_to(std::vector<T>& list, T value) {
  if (list.size() < most) list.push_back(std::move(value));
}

// Reads one line at a time; skips a line that it does not know or cannot read.
class FactsReader {
 public:
  void read(std::string_view line) {
    const auto found = readers_.find(take_word(line));
    if (found != readers_.end()) found->second(line);
  }

  HostFacts facts;
  bool has_begun = false;
  bool is_whole = false;

 private:
  void read_running(std::string_view rest) {
    const auto process = number_in<long>(take_word(rest));
    const auto seconds = number_in<std::int64_t>(take_word(rest));
    if (process)
      facts.running = RunningBroker{
          .process_id = *process, .seconds = seconds.value_or(0), .started = started_, .user = std::string(rest)};
  }

  void read_line(std::string_view rest) {
    if (facts.configuration.empty()) return;
    const auto word = take_word(rest);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    rest = rest.substr(0, rest.find_last_not_of(' ') + 1);
    add_to(facts.configuration.back().lines, {std::string(word), std::string(rest)});
  }

  // `rest`: after the directive, of a file that the configuration names.
  void read_file(std::vector<NamedFile>& files, std::string_view kind, std::string_view rest) {
    NamedFile file;
    file.kind = kind;
    const auto state = take_word(rest);
    file.missing = state == "missing";
    file.readable = answer_in(state);
    file.mode = take_word(rest);
    file.owner = take_word(rest);
    file.path = rest;
    add_to(files, std::move(file));
    latest_files_ = &files;
  }

  // What comes after a file's own line is about it.
  void add_line(std::string NamedFile::*text, std::string_view rest) {
    if (latest_files_ == nullptr) return;
    auto& lines = latest_files_->back().*text;
    if (lines.size() + rest.size() < longest_file) lines.append(rest).append("\n");
  }

  void read_account(std::optional<std::string_view> name) {
    if (latest_files_ == nullptr) return;
    auto& accounts = latest_files_->back().accounts;
    if (!accounts) accounts.emplace();
    if (name) add_to(*accounts, std::string(*name));
  }

  void read_ports(std::string_view rest) {
    const auto how = take_word(rest);
    facts.broker_ports_known = how == "of" ? Answer::yes : how == "none" ? Answer::no : Answer::unknown;
    while (!rest.empty())
      if (const auto port = number_in<std::uint16_t>(take_word(rest), 16)) add_to(facts.broker_ports, *port);
  }

  void read_firewall(std::string_view rest) {
    facts.firewall = rest == "ufw"        ? FirewallKind::ufw
                     : rest == "nft"      ? FirewallKind::nft
                     : rest == "iptables" ? FirewallKind::iptables
                                          : FirewallKind::unknown;
  }

  void read_folder(std::string_view rest) {
    Folder folder;
    folder.purpose = take_word(rest);
    folder.writable = take_word(rest) == "yes";
    folder.free_kib = number_in<std::uint64_t>(take_word(rest));
    folder.path = rest;
    add_to(facts.folders, std::move(folder));
  }

  std::vector<NamedFile>* latest_files_ = nullptr;  // not empty
  std::int64_t started_ = 0;                        // of the broker

  using Reader = std::function<void(std::string_view rest)>;
  const std::map<std::string_view, Reader> readers_ = {
      {"clock",
       [this](auto rest) {
         const auto clock = number_in<std::int64_t>(rest);
         has_begun = clock.has_value();
         facts.clock = clock.value_or(0);
       }},
      {"account", [this](auto rest) { facts.account = rest; }},
      {"running", [this](auto rest) { read_running(rest); }},
      {"started", [this](auto rest) { started_ = number_in<std::int64_t>(rest).value_or(0); }},
      {"error", [this](auto rest) { facts.last_error = rest; }},
      {"version", [this](auto rest) { facts.version = rest; }},
      {"program", [this](auto rest) { facts.program = rest; }},
      {"reader", [this](auto rest) { facts.reader = rest; }},
      {"configuration",
       [this](auto rest) {
         const auto presence = presence_in(take_word(rest));
         add_to(facts.configuration, {std::string(rest), presence, {}});
       }},
      {"line", [this](auto rest) { read_line(rest); }},
      {"file",
       [this](auto rest) {
         const auto kind = take_word(rest);
         read_file(facts.files, kind, rest);
       }},
      {"changed",
       [this](auto rest) {
         const auto when = number_in<std::int64_t>(take_word(rest)).value_or(0);
         if (when <= facts.changed) return;
         facts.changed = when;
         facts.newest = rest;
       }},
      {"given", [this](auto rest) { read_file(facts.given, {}, rest); }},
      {"pem", [this](auto rest) { add_line(&NamedFile::pem, rest); }},
      {"public", [this](auto rest) { add_line(&NamedFile::public_key, rest); }},
      {"accounts", [this](auto) { read_account(std::nullopt); }},
      {"name", [this](auto rest) { read_account(rest); }},
      {"blocked",
       [this](auto rest) {
         if (!facts.files.empty()) facts.files.back().blocked = rest;
       }},
      {"ports", [this](auto rest) { read_ports(rest); }},
      {"listens",
       [this](auto rest) {
         if (const auto socket = socket_in(rest)) add_to(facts.listening, *socket);
       }},
      {"firewall", [this](auto rest) { read_firewall(rest); }},
      {"rule", [this](auto rest) { add_to(facts.firewall_rules, std::string(rest)); }},
      {"log", [this](auto rest) { facts.log = presence_in(take_word(rest)); }},
      {"log_writable", [this](auto rest) { facts.log_writable = answer_in(rest); }},
      {"folder", [this](auto rest) { read_folder(rest); }},
      {"home", [this](auto rest) { facts.home_open = answer_in(take_word(rest)); }},
      {"journal", [this](auto rest) { facts.journal = answer_in(rest); }},
      {"journal_kept", [this](auto rest) { facts.kept_since = rest; }},
      {"end", [this](auto) { is_whole = true; }},
  };
};

// Returns the path of the broker's program if the start command has it; else its name.
std::string program_of(const BrokerProfile& profile) {
  const auto tail = "/" + profile.process;
  const auto& command = profile.start_command;
  const auto at = command.find(tail);
  if (at == std::string::npos) return profile.process;
  const auto end = at + tail.size();
  if (end < command.size() && command.find_first_of(" '\";\n", end) != end) return profile.process;
  const auto before = command.find_last_of(" '\"=;\n", at);
  const auto start = before == std::string::npos ? 0 : before + 1;
  return command[start] == '/' ? command.substr(start, end - start) : profile.process;
}

}  // namespace

std::optional<ListeningSocket> socket_in(std::string_view text) {
  constexpr std::string_view mapped = "0000000000000000FFFF0000";  // ::ffff:
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto address = text.substr(0, colon);
  const auto port = number_in<std::uint16_t>(text.substr(colon + 1), 16);
  if (!port || (address.size() != 8 && address.size() != 32)) return std::nullopt;
  const bool is_v6_loopback = address == "00000000000000000000000001000000";
  if (address.starts_with(mapped)) address.remove_prefix(mapped.size());
  return ListeningSocket{*port, is_v6_loopback || (address.size() == 8 && address.substr(6) == "7F")};
}

std::string facts_script(const FactsQuestion& question) { return facts_head(question) + "facts\n"; }

std::string facts_head(const FactsQuestion& question) {
  const auto& profile = question.profile;
  return fmt::format(
      "{}{}\nname={}\nconf={}\nlog={}\npid_file={}\nprogram={}\nbroker_user={}\nhome={}\njournal={}\n"
      "given={}\nmanager={}\nmost={}\nmost_of_configuration={}\n{}",
      texts::host_sh, brokers::driver_of(profile).script(), shell_quoted(profile.process),
      shell_quoted(profile.configuration_path), shell_quoted(profile.log_path), shell_quoted(profile.pid_file),
      shell_quoted(program_of(profile)), shell_quoted(profile.user), shell_quoted(profile.home),
      shell_quoted(question.journal), shell_quoted(fmt::format("{}", fmt::join(question.given, "\n"))),
      service_manager(profile), longest_file, longest_configuration, texts::facts_sh);
}

Result<HostFacts> parse_facts(const std::string& output) {
  FactsReader reader;
  std::string_view rest = output;
  while (!rest.empty() && !reader.is_whole) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    reader.read(line.substr(0, longest));
  }
  if (reader.has_begun && reader.is_whole) return std::move(reader.facts);
  return failure(ErrorKind::remote, msg("the broker's host did not answer all that it was asked"),
                 msg("its `sh` must be a usual one, such as dash, bash or busybox"), output.substr(0, 1000));
}

}  // namespace mqtts::remote
