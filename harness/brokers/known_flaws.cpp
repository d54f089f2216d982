#include "harness/brokers/known_flaws.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

#include "harness/util/parse_number.h"

namespace mqtts::brokers {
namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string_view take_digits(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

// deb-version(7): ~ comes before the end, the end before letters, letters before all else.
int debian_weight(std::string_view text) {
  if (text.empty() || is_digit(text.front())) return 0;
  const char letter = text.front();
  if (letter == '~') return -1;
  const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  return static_cast<unsigned char>(letter) + (is_letter ? 0 : 256);
}

std::strong_ordering compare_debian_parts(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a.front())) || (!b.empty() && !is_digit(b.front()))) {
      const auto order = debian_weight(a) <=> debian_weight(b);
      if (order != 0) return order;
      if (!a.empty()) a.remove_prefix(1);
      if (!b.empty()) b.remove_prefix(1);
    }
    const auto first = take_digits(a);
    const auto order = compare_numbers(first, take_digits(b));
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

struct DebianVersion {
  std::string_view epoch, upstream, revision;
};

DebianVersion debian_version(std::string_view text) {
  DebianVersion version{"0", text, ""};
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    version.epoch = text.substr(0, colon);
    version.upstream = text.substr(colon + 1);
  }
  if (const auto hyphen = version.upstream.rfind('-'); hyphen != std::string_view::npos) {
    version.revision = version.upstream.substr(hyphen + 1);
    version.upstream = version.upstream.substr(0, hyphen);
  }
  return version;
}

std::optional<Weight> weight_in(const std::string& word) {
  for (const auto weight : {Weight::info, Weight::low, Weight::medium, Weight::high, Weight::critical})
    if (to_string(weight) == word) return weight;
  return std::nullopt;
}

// "2.0" of "2.0.11".
std::string branch_of(std::string_view version) {
  const auto dot = version.find('.');
  return std::string(version.substr(0, dot == std::string_view::npos ? dot : version.find('.', dot + 1)));
}

bool is_affected(const nlohmann::json& row, std::string_view version) {
  return std::ranges::any_of(row.at("affected"), [&](const nlohmann::json& range) {
    return compare_versions(range.at("from").get<std::string>(), version) <= 0 &&
           compare_versions(version, range.at("to").get<std::string>()) <= 0;
  });
}

std::string fixed_in(const nlohmann::json& row) {
  std::string all;
  for (const auto& version : row.at("fixed")) all += (all.empty() ? "" : ", ") + version.get<std::string>();
  return all;
}

enum class Mended {
  yes,
  no,
  unknown
};

// What is known of the package: a later revision than the one that was reviewed may have mended what that had not.
Mended mended_by_package(const nlohmann::json& list, const nlohmann::json& row, const InstalledBroker& installed) {
  const auto packages = row.value("packages", nlohmann::json::object());
  const auto found = packages.find(installed.system);
  if (found == packages.end()) return Mended::unknown;
  const auto fixed = found->get<std::string>();
  if (!fixed.empty()) return compare_debian_versions(installed.package, fixed) >= 0 ? Mended::yes : Mended::no;
  const auto reviewed = list.at("reviewed").value(installed.system, std::string());
  return compare_debian_versions(installed.package, reviewed) <= 0 ? Mended::no : Mended::unknown;
}

}  // namespace

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  for (;;) {
    const auto first = take_digits(a);
    const auto order = compare_numbers(first, take_digits(b));
    if (order != 0) return order;
    const bool goes_on = a.starts_with('.'), other_goes_on = b.starts_with('.');
    if (!goes_on && !other_goes_on) return std::strong_ordering::equal;
    if (goes_on) a.remove_prefix(1);
    if (other_goes_on) b.remove_prefix(1);
    // "2.1" is "2.1.0".
    if (!goes_on) a = {};
    if (!other_goes_on) b = {};
  }
}

std::strong_ordering compare_debian_versions(std::string_view a, std::string_view b) {
  const auto first = debian_version(a), second = debian_version(b);
  if (const auto order = compare_numbers(first.epoch, second.epoch); order != 0) return order;
  if (const auto order = compare_debian_parts(first.upstream, second.upstream); order != 0) return order;
  return compare_debian_parts(first.revision, second.revision);
}

FlawReview review_flaws(std::string_view list, const InstalledBroker& installed) {
  const auto json = nlohmann::json::parse(list);
  FlawReview review;
  review.read = json.at("read").get<std::string>();
  const bool has_package = installed.packaging == Packaging::dpkg && !installed.package.empty();
  const auto version = has_package ? std::string(debian_version(installed.package).upstream) : installed.version;
  if (version.empty() || !is_digit(version.front())) return review;
  for (const auto& [branch, newest] : json.at("newest").items()) {
    if (branch != branch_of(version)) continue;
    review.newest = newest.get<std::string>();
    review.is_known = compare_versions(version, review.newest) <= 0;
  }
  for (const auto& row : json.at("flaws")) {
    if (!is_affected(row, version)) continue;
    const auto mended = has_package                              ? mended_by_package(json, row, installed)
                        : installed.packaging == Packaging::none ? Mended::no
                                                                 : Mended::unknown;
    if (mended == Mended::yes) continue;
    const auto& what = row.at("what");
    Flaw flaw{row.at("id"),
              weight_in(row.at("severity")).value_or(Weight::info),
              {what.at("en"), what.at("fr")},
              fixed_in(row)};
    (mended == Mended::no ? review.flaws : review.uncertain).push_back(std::move(flaw));
  }
  return review;
}

}  // namespace mqtts::brokers
