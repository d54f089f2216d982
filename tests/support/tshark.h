// Wireshark's own reader of captures (Debian's package tshark). For tests that skip without it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "harness/util/run_program.h"
#include "tests/support/must.h"

namespace mqtts::test {

// What TCP carries, on whatever port.
enum class Carried {
  mqtt,
  tls,  // and MQTT in it
  http
};

inline bool has_tshark() { return run_local({"tshark", "--version"}, "/", soon()).has_value(); }

// What `tshark -r FILE ARGUMENTS` prints, with every checksum checked.
inline std::string tshark(const std::string& file, Carried carried, const std::vector<std::string>& arguments = {}) {
  std::vector<std::string> command = {
      "tshark", "-r", file, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-d"};
  switch (carried) {
    case Carried::mqtt: command.emplace_back("tcp.port==1-65535,mqtt"); break;
    case Carried::tls: command.emplace_back("tls.port==1-65535,mqtt"); break;
    case Carried::http: command.emplace_back("tcp.port==1-65535,http"); break;
  }
  command.insert(command.end(), arguments.begin(), arguments.end());
  const auto output = must(run_local(command, "/", soon()));
  return output.status == 0 ? output.out : "tshark has failed: " + output.err;
}

// Packets that Wireshark finds fault with; empty: none.
inline std::string faults_in(const std::string& file, Carried carried) {
  return tshark(file, carried,
                {"-Y", "_ws.malformed or tcp.analysis.flags or tcp.checksum.status == 0 or ip.checksum.status == 0"});
}

inline long packets_in(const std::string& file) {
  const auto numbers = tshark(file, Carried::mqtt, {"-T", "fields", "-e", "frame.number"});
  return std::count(numbers.begin(), numbers.end(), '\n');
}

}  // namespace mqtts::test
