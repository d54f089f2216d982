#include "harness/remote/security_answer.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include <fmt/format.h>

#include "harness/brokers/drivers.h"
#include "harness/remote/limits.h"
#include "harness/util/parse_number.h"
#include "harness/util/shell_quote.h"

namespace mqtts::texts {
extern const std::string_view firewall_sh;
extern const std::string_view security_sh;
}  // namespace mqtts::texts

namespace mqtts::remote {
namespace {

constexpr std::size_t most_told = 2000;         // per kind of fact
constexpr std::size_t longest_told = 8 << 10;   // bytes of a line
constexpr std::size_t most_of_log = 16u << 20;  // bytes that are searched

// Removes and returns the first word of `text`, with the one space after it.
std::string_view first_word(std::string_view& text) {
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

Told told_in(std::string_view word) {
  return word == "readable"  ? Told::readable
         : word == "missing" ? Told::missing
         : word == "cut"     ? Told::cut
                             : Told::unknown;
}

template <class T>
void append_to(std::vector<T>& list, T value) {
  if (list.size() < most_told) list.push_back(std::move(value));
}

class SecurityReader {
 public:
  void read(std::string_view line) {
    const auto found = readers_.find(first_word(line));
    if (found != readers_.end()) found->second(line);
  }

  SecurityAnswer answer;
  bool begins = false;
  bool ends = false;

 private:
  void read_process(std::string_view rest) {
    BrokerProcess process;
    process.id = number_in<long>(first_word(rest)).value_or(0);
    const auto user = number_in<unsigned long>(first_word(rest));
    const auto group = number_in<unsigned long>(first_word(rest));
    if (!user || !group || process.id == 0) return;
    process.user = *user;
    process.group = *group;
    process.user_name = rest;
    answer.process = std::move(process);
  }

  void read_package(std::string_view rest) {
    const auto manager = first_word(rest);
    if (manager == "none") answer.installed.packaging = brokers::Packaging::none;
    if (manager != "dpkg") return;
    answer.installed.packaging = brokers::Packaging::dpkg;
    answer.installed.package = first_word(rest);
  }

  void read_line(std::string_view rest) {
    const auto number = number_in<int>(first_word(rest));
    if (answer.texts.empty() || !number) return;
    const auto word = first_word(rest);
    append_to(answer.texts.back().text.lines, {*number, std::string(word), std::string(rest)});
  }

  std::optional<FileNode> node_in(std::string_view rest) {
    FileNode node;
    const auto mode = number_in<unsigned>(first_word(rest), 8);
    const auto owner = number_in<unsigned long>(first_word(rest));
    const auto group = number_in<unsigned long>(first_word(rest));
    const auto links = number_in<unsigned long>(first_word(rest));
    if (!mode || !owner || !group || !links || !rest.starts_with('/')) return std::nullopt;
    return FileNode{*mode, *owner, *group, *links, std::string(rest)};
  }

  FileAccess* access() {
    if (answer.secrets.empty() || !answer.secrets.back().access) return nullptr;
    return &*answer.secrets.back().access;
  }

  void read_hash(std::string_view rest) {
    if (answer.secrets.empty() || !answer.secrets.back().hashes) return;
    const auto scheme = first_word(rest);
    const auto parameter = first_word(rest);
    append_to(*answer.secrets.back().hashes, {std::string(scheme), std::string(parameter), std::string(rest)});
  }

  void read_group(std::string_view rest) {
    const auto group = number_in<unsigned long>(first_word(rest));
    if (!group || answer.people.members.size() >= most_told) return;
    auto& names = answer.people.members[*group];
    while (!rest.empty() && names.size() < most_told) {
      const auto name = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
      names.emplace(name);
    }
  }

  void read_user(std::string_view rest) {
    const auto user = number_in<unsigned long>(first_word(rest));
    const auto group = number_in<unsigned long>(first_word(rest));
    if (user && group) append_to(answer.people.all, {*user, *group, std::string(rest)});
  }

  void read_pem(std::string_view rest) {
    if (pem_ == nullptr || pem_->empty()) return;
    auto& text = pem_->back().pem;
    if (text.size() + rest.size() < longest_file) text.append(rest).append("\n");
  }

  void read_socket(std::string_view rest) {
    if (const auto socket = socket_in(first_word(rest))) append_to(answer.sockets, {*socket, std::string(rest)});
  }

  void add_rule(std::string Firewall::*listing, std::string_view rest) {
    auto& text = answer.firewall.*listing;
    text.append(rest).append("\n");
  }

  std::vector<ToldFile>* pem_ = nullptr;  // what a line of PEM is of

  using Reader = std::function<void(std::string_view rest)>;
  const std::map<std::string_view, Reader> readers_ = {
      {"clock", [this](auto rest) { begins = number_in<std::int64_t>(rest).has_value(); }},
      {"account", [this](auto rest) { answer.account = number_in<unsigned long>(first_word(rest)).value_or(1); }},
      {"process", [this](auto rest) { read_process(rest); }},
      {"started",
       [this](auto rest) {
         if (answer.process) answer.process->started = number_in<std::int64_t>(rest).value_or(0);
       }},
      {"reads_configuration",
       [this](auto) {
         if (answer.process) answer.process->reads_configuration = true;
       }},
      {"verbose",
       [this](auto) {
         if (answer.process) answer.process->is_verbose = true;
       }},
      {"sees_program",
       [this](auto) {
         if (answer.process) answer.process->sees_program = true;
       }},
      {"replaced",
       [this](auto) {
         if (answer.process) answer.process->is_replaced = true;
       }},
      {"program", [this](auto rest) { answer.program = rest; }},
      {"version", [this](auto rest) { answer.installed.version = rest; }},
      {"system", [this](auto rest) { answer.installed.system = rest; }},
      {"package", [this](auto rest) { read_package(rest); }},
      {"sandboxes", [this](auto) { answer.sandbox.emplace(); }},
      {"sandbox",
       [this](auto rest) {
         if (answer.sandbox) append_to(*answer.sandbox, std::string(rest));
       }},
      {"text",
       [this](auto rest) {
         const auto told = told_in(first_word(rest));
         append_to(answer.texts, {{std::string(rest), {}}, told});
       }},
      {"changed",
       [this](auto rest) {
         answer.changed = std::max(answer.changed, number_in<std::int64_t>(first_word(rest)).value_or(0));
       }},
      {"line", [this](auto rest) { read_line(rest); }},
      {"secret",
       [this](auto rest) {
         SecretFile file;
         file.kind = first_word(rest);
         file.told = told_in(first_word(rest));
         file.path = rest;
         append_to(answer.secrets, std::move(file));
       }},
      {"node",
       [this](auto rest) {
         const auto node = node_in(rest);
         if (node && !answer.secrets.empty()) answer.secrets.back().access = FileAccess{*node, {}, false};
       }},
      {"above",
       [this](auto rest) {
         const auto node = node_in(rest);
         if (auto* of = access(); of != nullptr && node) append_to(of->above, *node);
       }},
      {"lists",
       [this](auto) {
         if (auto* of = access(); of != nullptr) of->has_lists = true;
       }},
      {"hashes",
       [this](auto) {
         if (!answer.secrets.empty()) answer.secrets.back().hashes.emplace();
       }},
      {"hashes_cut",
       [this](auto) {
         if (!answer.secrets.empty()) answer.secrets.back().hashes_are_cut = true;
       }},
      {"hash", [this](auto rest) { read_hash(rest); }},
      {"rules",
       [this](auto rest) {
         const auto count = number_in<std::size_t>(first_word(rest));
         if (count && answer.rules.size() < most_told) answer.rules[std::string(rest)] = *count;
       }},
      {"user", [this](auto rest) { read_user(rest); }},
      {"group", [this](auto rest) { read_group(rest); }},
      {"place",
       [this](auto rest) {
         const auto told = told_in(first_word(rest));
         append_to(answer.places, {std::string(rest), told});
       }},
      {"unread", [this](auto rest) { append_to(answer.unread, std::string(rest)); }},
      {"key",
       [this](auto rest) {
         append_to(answer.keys, {std::string(rest), {}});
         pem_ = &answer.keys;
       }},
      {"certificate",
       [this](auto rest) {
         append_to(answer.certificates, {std::string(rest), {}});
         pem_ = &answer.certificates;
       }},
      {"public", [this](auto rest) { read_pem(rest); }},
      {"pem", [this](auto rest) { read_pem(rest); }},
      {"sockets", [this](auto) { answer.knows_sockets = true; }},
      {"socket", [this](auto rest) { read_socket(rest); }},
      {"ipv6", [this](auto) { answer.has_ipv6 = true; }},
      {"ours",
       [this](auto rest) {
         if (const auto port = number_in<std::uint16_t>(rest, 16)) append_to(answer.broker_ports, *port);
       }},
      {"ssh_port", [this](auto rest) { answer.ssh_port = number_in<std::uint16_t>(rest).value_or(0); }},
      {"nft", [this](auto rest) { add_rule(&Firewall::nft, rest); }},
      {"ip4", [this](auto rest) { add_rule(&Firewall::iptables, rest); }},
      {"ip6", [this](auto rest) { add_rule(&Firewall::ip6tables, rest); }},
      {"log", [this](auto rest) { answer.log = told_in(first_word(rest)); }},
      {"logins", [this](auto rest) { answer.logins = number_in<std::int64_t>(rest).value_or(0); }},
      {"refusals", [this](auto rest) { answer.refusals = number_in<std::int64_t>(rest).value_or(0); }},
      {"log_secret",
       [this](auto rest) {
         const auto kind = first_word(rest);
         append_to(answer.log_secrets, {std::string(kind), number_in<std::int64_t>(rest).value_or(0)});
       }},
      {"end", [this](auto) { ends = true; }},
  };
};

}  // namespace

std::string security_script(const BrokerProfile& profile) {
  const auto& words = brokers::driver_of(profile).words();
  return fmt::format("{}told_words={}\nknown_words={}\nmost_of_log={}\n{}security\n(\n{}\n)\necho end\n",
                     facts_head({.profile = profile, .journal = {}}), shell_quoted(words.told),
                     shell_quoted(words.known), most_of_log, texts::security_sh, texts::firewall_sh);
}

Result<SecurityAnswer> parse_security(const std::string& output) {
  SecurityReader reader;
  std::string_view rest = output;
  while (!rest.empty() && !reader.ends) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    reader.read(line.substr(0, longest_told));
  }
  if (reader.begins && reader.ends) return std::move(reader.answer);
  return failure(ErrorKind::remote, msg("the broker's host did not answer all that it was asked"),
                 msg("its `sh` must be a usual one, such as dash, bash or busybox"), output.substr(0, 1000));
}

}  // namespace mqtts::remote
