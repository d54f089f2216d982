#include "harness/brokers/known_flaws.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "harness/brokers/drivers.h"

namespace mqtts::brokers {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> ids(const std::vector<Flaw>& flaws, Weight least = Weight::info) {
  std::vector<std::string> all;
  for (const auto& flaw : flaws)
    if (flaw.weight >= least) all.push_back(flaw.id);
  return all;
}

FlawReview flaws_of(const InstalledBroker& installed) {
  return review_flaws(find_driver("mosquitto")->flaws(), installed);
}

InstalledBroker debian(const std::string& package, const std::string& system = "debian/bookworm") {
  return {.version = "2.0.11", .packaging = Packaging::dpkg, .package = package, .system = system};
}

TEST(Versions, are_compared_by_their_numbers) {
  const char* const ascending[] = {"1.4.15", "1.5", "1.5.10", "1.6.9", "2.0.9", "2.0.11", "2.1"};
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
    EXPECT_TRUE(compare_versions(ascending[i], ascending[i + 1]) < 0) << ascending[i];
    EXPECT_TRUE(compare_versions(ascending[i + 1], ascending[i]) > 0) << ascending[i];
  }
  EXPECT_TRUE(compare_versions("2.1", "2.1.0") == 0);
  EXPECT_TRUE(compare_versions("2.1.0rc3", "2.1.0") == 0);
  EXPECT_TRUE(compare_versions("", "") == 0);
  EXPECT_TRUE(compare_versions("2.07", "2.0.7") > 0);
}

// As `dpkg --compare-versions` says.
TEST(Versions, of_debian_are_compared_as_dpkg_does) {
  const char* const ascending[] = {
      "1.6.9-1",    "2.0.11~rc1-1",       "2.0.11-1",           "2.0.11-1ubuntu1.2",   "2.0.11-1+deb11u1",
      "2.0.11-1.2", "2.0.11-1.2+deb12u1", "2.0.11-1.2+deb12u2", "2.0.11-1.2+deb12u10", "2.0.18-1build3",
      "1:1.0-1"};
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
    EXPECT_TRUE(compare_debian_versions(ascending[i], ascending[i + 1]) < 0) << ascending[i];
    EXPECT_TRUE(compare_debian_versions(ascending[i + 1], ascending[i]) > 0) << ascending[i];
    EXPECT_TRUE(compare_debian_versions(ascending[i], ascending[i]) == 0);
  }
}

TEST(KnownFlaws, of_debian_are_those_that_its_revision_has_not_mended) {
  const auto patched = flaws_of(debian("2.0.11-1.2+deb12u2"));
  EXPECT_TRUE(patched.is_known);
  EXPECT_THAT(ids(patched.flaws, Weight::medium), IsEmpty());
  EXPECT_THAT(ids(patched.flaws), Contains("mosquitto-2283")) << "not mended, and low without the mistake";
  EXPECT_THAT(ids(patched.uncertain), IsEmpty());
  const auto older = flaws_of(debian("2.0.11-1.2+deb12u1"));
  EXPECT_THAT(ids(older.flaws, Weight::medium), Contains("CVE-2024-8376"));
  EXPECT_THAT(ids(older.flaws, Weight::medium), Not(Contains("CVE-2023-0809")));
  EXPECT_THAT(ids(flaws_of(debian("2.0.11-1.2")).flaws), Contains("CVE-2023-0809"));
}

TEST(KnownFlaws, are_uncertain_where_a_distributor_may_have_mended_them) {
  const auto ubuntu = flaws_of(debian("2.0.18-1build3", "ubuntu/noble"));
  EXPECT_THAT(ids(ubuntu.flaws), IsEmpty());
  EXPECT_THAT(ids(ubuntu.uncertain), Contains("CVE-2024-8376"));
  const auto banner = flaws_of({.version = "2.0.11"});
  EXPECT_THAT(ids(banner.flaws), IsEmpty());
  EXPECT_THAT(ids(banner.uncertain), Contains("CVE-2023-0809"));
  const auto later = flaws_of(debian("2.0.11-1.2+deb12u3"));
  EXPECT_THAT(ids(later.flaws), IsEmpty()) << "it may have mended what u2 had not";
  EXPECT_THAT(ids(later.uncertain), Contains("mosquitto-2283"));
}

TEST(KnownFlaws, of_a_program_that_is_no_package_go_by_its_version) {
  const auto built = [](const std::string& version) {
    return flaws_of({.version = version, .packaging = Packaging::none});
  };
  EXPECT_THAT(ids(built("2.0.11").flaws), Contains("CVE-2023-0809"));
  EXPECT_THAT(ids(built("2.0.16").flaws), Not(Contains("CVE-2023-0809")));
  EXPECT_THAT(ids(built("1.5.9").flaws), Not(Contains("CVE-2019-11779")));
  EXPECT_THAT(ids(built("1.6.5").flaws), Contains("CVE-2019-11779"));
  EXPECT_THAT(ids(built("2.1.2").flaws), Contains("CVE-2026-110486"));
  EXPECT_THAT(ids(built("2.0.21").flaws), IsEmpty());
  EXPECT_TRUE(built("2.0.21").is_known);
}

TEST(KnownFlaws, are_not_known_of_a_version_that_is_newer_than_the_list) {
  for (const auto* version : {"2.0.99", "2.2.0", "3.0", "", "x"}) {
    const auto review = flaws_of({.version = version, .packaging = Packaging::none});
    EXPECT_FALSE(review.is_known) << version;
    EXPECT_THAT(review.flaws, IsEmpty()) << version;
  }
}

TEST(KnownFlaws, are_listed_with_source_and_date_in_both_languages) {
  const auto list = nlohmann::json::parse(find_driver("mosquitto")->flaws());
  EXPECT_EQ(list.at("read").get<std::string>().size(), 10u);
  EXPECT_GE(list.at("flaws").size(), 38u);
  for (const auto& row : list.at("flaws")) {
    EXPECT_FALSE(row.at("sources").empty()) << row;
    EXPECT_NE(row.at("what").at("en"), row.at("what").at("fr")) << row;
    for (const auto& range : row.at("affected"))
      EXPECT_TRUE(compare_versions(range.at("from").get<std::string>(), range.at("to").get<std::string>()) <= 0) << row;
    bool has_weight = false;
    for (const auto weight : {Weight::low, Weight::medium, Weight::high, Weight::critical})
      has_weight |= row.at("severity") == std::string(to_string(weight));
    EXPECT_TRUE(has_weight) << row;
  }
}

}  // namespace
}  // namespace mqtts::brokers
