// Reads iptables-save(8): "*filter", ":INPUT DROP [0:0]", "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT".
#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "harness/remote/firewall_rules.h"

namespace mqtts::remote {

namespace {

template <std::size_t count>
bool is_among(const std::array<std::string_view, count>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 9> modules{"tcp",     "udp",   "icmp",      "icmp6",   "multiport",
                                                  "comment", "state", "conntrack", "addrtype"};
constexpr std::array<std::string_view, 5> bystanders{"LOG", "NFLOG", "ULOG", "MARK", "CONNMARK"};
constexpr std::array<std::string_view, 4> ways_out{"DNAT", "REDIRECT", "TPROXY", "NETMAP"};

// Splits a line into words; a quoted string is one word.
std::vector<std::string> words_of_option_line(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      word += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ' ' && !quoted) {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
    } else {
      word += line[i];
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

Match match_of(const std::string& option, const std::string& value, std::uint16_t port) {
  if (option == "-m") return is_among(modules, value) ? Match::always : Match::maybe;
  if (option == "--comment") return Match::always;
  if (option == "-p") return value == "tcp" || value == "6" || value == "all" ? Match::always : Match::never;
  if (option == "-i") return value == "lo" ? Match::never : Match::maybe;
  if (option == "--dport" || option == "--dports") return match_ports(value, port, ':');
  if (option == "--ctstate" || option == "--state") return match_states(value);
  return Match::maybe;
}

// Reads the target after -j: its own options are no matches.
void read_target(const std::string& target, Rule& rule) {
  rule.sends_away = is_among(ways_out, target);
  if (target == "DROP" || target == "REJECT") {
    rule.action = Action::drop;
  } else if (target == "RETURN") {
    rule.action = Action::back;
  } else if (is_among(bystanders, target)) {
    rule.action = Action::go_on;
  } else {
    // A jump to a chain that does not exist, such as ACCEPT, accepts.
    rule.action = Action::jump;
    rule.chain = target;
    rule.accepts = target == "ACCEPT";
  }
}

Rule rule_of(const std::vector<std::string>& words, std::uint16_t port) {
  Rule rule;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto& word = words[i];
    if (!word.starts_with('-')) continue;
    const bool negated = words[i - 1] == "!";
    const std::string value = i + 1 < words.size() ? words[i + 1] : "";
    if (word == "-j") {
      read_target(value, rule);
      return rule;
    }
    if (word == "-g") {
      rule.action = Action::let_in;
      return rule;
    }
    rule.match = both(rule.match, negated ? Match::maybe : match_of(word, value, port));
  }
  return rule;
}

}  // namespace

Chains read_iptables(const std::string& listing, std::uint16_t port) {
  Chains chains;
  std::istringstream lines(listing);
  std::string table;
  const auto name_of = [&](const std::string& chain) { return table + " " + chain; };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('*')) table = line.substr(1);
    const auto words = words_of_option_line(line);
    if (words.size() < 2) continue;
    if (line.starts_with(':')) {
      const auto name = words[0].substr(1);
      chains[name_of(name)] = {.is_entry = table == "filter" && name == "INPUT", .drops_rest = words[1] == "DROP"};
    } else if (words[0] == "-A") {
      auto rule = rule_of(words, port);
      rule.chain = name_of(rule.chain);
      chains[name_of(words[1])].rules.push_back(std::move(rule));
    }
  }
  return chains;
}

}  // namespace mqtts::remote
