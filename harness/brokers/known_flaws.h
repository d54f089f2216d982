// Published flaws of a broker by its version, and what its distribution has mended without changing the version. Pure.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "harness/brokers/review.h"
#include "harness/util/message.h"

namespace mqtts::brokers {

enum class Packaging {
  dpkg,    // `package` is what dpkg-query says of the program
  none,    // dpkg knows every package of that machine, and the program is in none: built from the sources
  unknown  // another package manager, or none that answers: its distributor may have mended it
};

struct InstalledBroker {
  std::string version;  // as the program tells it: "2.0.11"
  Packaging packaging = Packaging::unknown;
  std::string package;  // of Packaging::dpkg: "2.0.11-1.2+deb12u2"
  std::string system;   // "debian/bookworm"
};

struct Flaw {
  std::string id;  // "CVE-2021-41039"; without a CVE: "mosquitto-2.0.12-qos2"
  Weight weight{};
  LocalText what;
  std::string fixed;  // "2.0.12", "1.5.9, 1.6.6", with the package's revision; empty: not known
};

struct FlawReview {
  std::vector<Flaw> flaws;      // that it surely has, by its version
  std::vector<Flaw> uncertain;  // that its version has, and that its distributor may have mended
  bool is_known = false;        // false: the version is not one that the list speaks of
  std::string newest;           // versions that the list knows, of the same branch
  std::string read;             // the list's date, "2026-11-29"
};

// `list`: JSON as in scenarios/flaws/.
FlawReview review_flaws(std::string_view list, const InstalledBroker& installed);

// Compares "2.0.11" and the like by their numbers; what follows them does not count.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

// Compares the versions of Debian's packages: deb-version(7).
std::strong_ordering compare_debian_versions(std::string_view a, std::string_view b);

}  // namespace mqtts::brokers
