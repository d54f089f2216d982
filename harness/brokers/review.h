// What is wrong with a broker's configuration as it is written, with file and line. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/brokers/broker_version.h"
#include "harness/util/message.h"

namespace mqtts::brokers {

struct NumberedLine {
  int number = 0;    // in its file, from 1
  std::string word;  // the directive; "?": one that the broker does not know
  std::string value;
};

struct ConfigurationText {
  std::string path;
  std::vector<NumberedLine> lines;  // without comments and blank lines
};

struct WrittenConfiguration {
  std::vector<ConfigurationText> files;          // first the main file, then what it includes, in any order
  std::map<std::string, std::size_t> acl_rules;  // of each file of rules that could be read, how many it has
  std::optional<BrokerVersion> version;          // none: rules that hang on it are left out
};

enum class Weight {
  info,
  low,
  medium,
  high,
  critical
};

std::string_view to_string(Weight);

struct Finding {
  std::string_view rule;  // "anonymous-last-wins"
  Weight weight{};
  std::string file;
  int line = 0;
  Message what;
  std::string fix;  // the line to write; empty: remove this one
};

struct ConfigurationReview {
  std::vector<Finding> findings;         // by file and line
  std::vector<std::uint16_t> tls_ports;  // of listeners with TLS
  bool logs_logins = true;               // false: the settings keep logins or refusals, or their time, out of every log
  bool is_complete = true;               // false: it includes files that are not among `files`
};

// Which words of a configuration may leave the broker's host: extended regular expressions, alternatives joined by "|".
struct ConfigurationWords {
  std::string told;   // with their values
  std::string known;  // without: the value may be a secret
};

}  // namespace mqtts::brokers
