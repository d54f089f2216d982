// Reads `nft list ruleset`: tables of chains of rules, nft(8).
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "harness/remote/firewall_rules.h"

namespace mqtts::remote {

namespace {

using Words = std::vector<std::string>;

// Splits a rule into words; "{ 22, 80 }" is one, without its closing brace, and so is a quoted string.
Words words_of_rule(std::string_view text) {
  Words words;
  for (std::size_t i = 0; i < text.size();) {
    if (std::isspace(static_cast<unsigned char>(text[i])) != 0 || text[i] == ';') {
      ++i;
      continue;
    }
    std::size_t end = 0;
    if (text[i] == '"') {
      end = std::min(text.find('"', i + 1), text.size() - 1) + 1;
      words.emplace_back(text.substr(i, end - i));
    } else if (text[i] == '{') {
      end = std::min(text.find('}', i), text.size());
      words.emplace_back(text.substr(i, end - i));
      end = std::min(end + 1, text.size());
    } else {
      end = std::min(text.find_first_of(" \t\n;", i), text.size());
      words.emplace_back(text.substr(i, end - i));
    }
    i = end;
  }
  return words;
}

// Returns the list after a field's name: a number, a range or a set of them, or states.
std::string_view list_in(const std::string& word) {
  std::string_view list = word;
  if (list.starts_with('{')) list.remove_prefix(1);
  return list;
}

Match match_protocol(const std::string& word) {
  if (word.starts_with('@') || word == "!=") return Match::maybe;
  std::string name;
  for (const char letter : word + ' ') {
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-') {
      name += letter;
      continue;
    }
    if (name == "tcp" || name == "6") return Match::always;
    const bool is_range = std::isdigit(static_cast<unsigned char>(name[0])) != 0 && name.find('-') != std::string::npos;
    if (is_range) return Match::maybe;
    name.clear();
  }
  return Match::never;
}

// Reads the words of one rule, from the left.
class RuleReader {
 public:
  RuleReader(const Words& words, std::uint16_t port, std::string_view family)
      : words_(words), port_(port), family_(family) {}

  Rule read() {
    while (at_ < words_.size()) step();
    return std::move(rule_);
  }

 private:
  std::string word(std::size_t ahead = 0) const { return at_ + ahead < words_.size() ? words_[at_ + ahead] : ""; }
  void matches(Match match, std::size_t taken) {
    rule_.match = both(rule_.match, match);
    at_ += taken;
  }
  void ends(Action action) {
    rule_.action = action;
    at_ = words_.size();
  }

  void step() {
    const auto first = word(), second = word(1), third = word(2);
    if (std::ranges::find(words_, "vmap") != words_.end() || first == "map") return step_map();
    if (first == "tcp" && second == "dport" && third != "!=")
      return matches(match_ports(list_in(third), port_, '-'), 3);
    if (first == "udp" || first == "icmp" || first == "icmpv6" || first == "sctp") return matches(Match::never, 2);
    if (first == "ct" && second == "state" && third != "!=") return matches(match_states(list_in(third)), 3);
    if ((first == "meta" && second == "l4proto") || (first == "ip" && second == "protocol") ||
        (first == "ip6" && second == "nexthdr"))
      return matches(match_protocol(third), 3);
    if (first == "meta" && second == "nfproto")
      return matches(third == "!="                                  ? Match::maybe
                     : third == (family_ == "ip" ? "ipv4" : "ipv6") ? Match::always
                                                                    : Match::never,
                     3);
    if (first == "iif" || first == "iifname")
      return matches(second == "lo" || second == "\"lo\"" ? Match::never : Match::maybe, 2);
    if (first == "counter") return matches(Match::always, second == "packets" ? 5 : 1);
    if (first == "comment") return matches(Match::always, 2);
    if (first == "log") return step_log();
    step_verdict(first, second);
  }

  // Understands only maps of connection states, and only without new ones.
  void step_map() {
    const auto map = std::ranges::find(words_, "vmap");
    const bool is_of_states = word() == "ct" && word(1) == "state" && word(2) == "vmap";
    if (is_of_states && map + 1 != words_.end() && (map + 1)->starts_with('{') &&
        (map + 1)->find("new") == std::string::npos && (map + 1)->find("untracked") == std::string::npos)
      return ends(Action::go_on);
    ends(Action::let_in);
  }

  void step_log() {
    ++at_;
    while (word() == "prefix" || word() == "level" || word() == "group" || word() == "flags" || word() == "snaplen" ||
           word() == "queue-threshold")
      at_ += 2;
  }

  void step_verdict(const std::string& first, const std::string& second) {
    rule_.sends_away = rule_.sends_away || first == "dnat" || first == "redirect" || first == "tproxy";
    if (first == "drop" || first == "reject") return ends(Action::drop);
    if (first == "return") return ends(Action::back);
    if (first == "continue") return ends(Action::go_on);
    if (first == "jump") {
      rule_.chain = second;
      return ends(Action::jump);
    }
    rule_.accepts = first == "accept";
    for (const auto* end : {"accept", "goto", "queue", "dnat", "redirect", "tproxy", "xt"})
      if (first == end) return ends(Action::let_in);
    matches(Match::maybe, 1);  // not understood
  }

  const Words& words_;
  const std::uint16_t port_;
  const std::string_view family_;
  std::size_t at_ = 0;
  Rule rule_;
};

// Returns the number of open braces of `text`, without quoted ones.
long open_braces(std::string_view text) {
  long open = 0;
  bool quoted = false;
  for (const char letter : text) {
    if (letter == '"') quoted = !quoted;
    if (!quoted && letter == '{') ++open;
    if (!quoted && letter == '}') --open;
  }
  return open;
}

class Listing {
 public:
  Listing(const std::string& text, std::uint16_t port, std::string_view family)
      : text_(text), port_(port), family_(family) {}

  Chains read() {
    for (std::string_view line; next(line);) {
      const auto words = words_of_rule(line);
      if (words.size() >= 3 && words[0] == "table") read_table(words[1], words[2]);
    }
    return std::move(chains_);
  }

 private:
  bool next(std::string_view& line) {
    if (text_.empty()) return false;
    line = text_.substr(0, text_.find('\n'));
    text_.remove_prefix(std::min(line.size() + 1, text_.size()));
    return true;
  }

  void skip(long open) {
    for (std::string_view line; open > 0 && next(line);) open += open_braces(line);
  }

  void read_table(const std::string& family, const std::string& name) {
    bool counts = family == family_ || family == "inet";
    for (std::string_view line; next(line);) {
      const auto words = words_of_rule(line);
      if (words.empty()) continue;
      if (words[0].starts_with('}')) return;
      if (words[0] == "flags" && std::ranges::find(words, "dormant") != words.end()) counts = false;
      if (counts && words.size() >= 2 && words[0] == "chain")
        read_chain(fmt::format("{} {} ", family, name), words[1]);
      else
        skip(open_braces(line));
    }
  }

  void read_chain(const std::string& table, const std::string& name) {
    auto& chain = chains_[table + name];
    for (std::string_view line; next(line);) {
      std::string text(line);
      for (std::string_view more; open_braces(text) > 0 && next(more);) text.append(more);
      const auto words = words_of_rule(text);
      if (words.empty()) continue;
      if (words[0] == "}") return;
      if (words[0] == "type") {
        chain.is_entry = words.size() > 3 && words[1] == "filter" && words[2] == "hook" && words[3] == "input";
        chain.drops_rest = words.size() > 2 && words[words.size() - 2] == "policy" && words.back() == "drop";
        continue;
      }
      auto rule = RuleReader(words, port_, family_).read();
      rule.chain = table + rule.chain;
      chain.rules.push_back(std::move(rule));
    }
  }

  std::string_view text_;
  const std::uint16_t port_;
  const std::string_view family_;
  Chains chains_;
};

}  // namespace

Chains read_nft(const std::string& listing, std::uint16_t port, std::string_view family) {
  return Listing(listing, port, family).read();
}

}  // namespace mqtts::remote
