#include "harness/brokers/profile.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/schemas.h"
#include "harness/targets/load_target.h"
#include "tests/reports/temporary_folder.h"
#include "tests/support/schema_check.h"

namespace mqtts::brokers {
namespace {

constexpr std::string_view whole = R"json({
  "schema": "mqtts-harness/profile/v1",
  "name": "mine",
  "title": { "en": "Mine", "fr": "Le mien" },
  "configuration": "/c d/conf",
  "log": "/l",
  "pid_file": "/p",
  "user": "u",
  "process": "mosquitto",
  "base": ["pid_file ${pid_file}", "log_dest file ${log}", "a ${b}"],
  "stop": ["kill $(cat ${pid_file})", "echo ${HOME}"],
  "start": "mosquitto -c ${configuration} -d; chown ${user} ${log}",
  "version": "mosquitto -h",
  "sudo": true
})json";

std::string profile_with(const std::string& from, const std::string& to) {
  std::string text(whole);
  return text.replace(text.find(from), from.size(), to);
}

// A folder with profiles in it, by their names.
class Profiles {
 public:
  std::string put(const std::string& name, std::string_view text) const {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }

 private:
  reports::TemporaryFolder folder_;
};

LoadedProfile load(const std::string& which) { return load_profile(which, {"192.0.2.1", 8884, 1884}, "vagrant"); }

std::string faults_of_profile(const LoadedProfile& loaded) {
  std::string all;
  for (const auto& problem : loaded.problems)
    all += std::filesystem::path(problem.file).filename().string() + ":" + std::to_string(problem.line) + ":" +
           std::to_string(problem.column) + ": " + to_english(problem.message);
  return all;
}

TEST(profile, that_ships_is_known_to_the_schemas) {
  ASSERT_EQ(shipped_profiles().size(), 3u);
  for (const auto& shipped : shipped_profiles()) {
    const std::string name(shipped.name);
    EXPECT_TRUE(
        test::schema_allows(plan::profile_schema(),
                            R"({ "schema": "mqtts-harness/profile/v1", "name": "x", "extends": ")" + name + R"(" })"))
        << name;
    EXPECT_TRUE(test::schema_allows(plan::target_schema(), R"({ "schema": "mqtts-harness/target/v1", "name": "x",
      "mqtt": { "host": "h" }, "broker": { "profile": ")" + name +
                                                               R"(" } })"))
        << name;
  }
}

TEST(profile, that_ships_is_whole_and_obeys_its_schema) {
  for (const auto& shipped : shipped_profiles()) {
    EXPECT_TRUE(test::schema_allows(plan::profile_schema(), shipped.text)) << shipped.name;
    EXPECT_EQ(test::schema_says(plan::profile_schema(), test::with_comments(shipped.text)), "") << shipped.name;
    const auto loaded = load(std::string(shipped.name));
    ASSERT_TRUE(loaded.profile) << faults_of_profile(loaded);
    const auto& profile = *loaded.profile;
    EXPECT_EQ(profile.name, shipped.name);
    EXPECT_FALSE(profile.title.fr.empty()) << shipped.name;
    EXPECT_TRUE(profile.sudo) << shipped.name;
    EXPECT_EQ(profile.plain_listener + " " + profile.tls_listener, "1884 8884");
    EXPECT_EQ(profile.home, "/home/vagrant");
    EXPECT_THAT(profile.base,
                testing::IsSupersetOf({"log_dest file " + profile.log_path, std::string("log_type all")}));
    for (const auto& text : {profile.stop_command, profile.start_command, profile.version_command}) {
      EXPECT_FALSE(text.empty()) << shipped.name;
      for (const auto* name : {"${configuration}", "${process}", "${pid_file}", "${log}", "${user}"})
        EXPECT_THAT(text, testing::Not(testing::HasSubstr(name))) << shipped.name;
    }
  }
}

// A shell function of host.sh is called so, too.
TEST(profile, of_another_init_calls_the_program_service_and_no_function) {
  const auto profile = load("mosquitto-service").profile.value();
  EXPECT_THAT(profile.start_command, testing::HasSubstr("command service mosquitto start"));
  EXPECT_THAT(profile.stop_command, testing::HasSubstr("command service mosquitto stop"));
}

TEST(profile, of_a_file_is_read_and_its_values_stand_in_its_commands_as_words_of_the_shell) {
  const Profiles files;
  EXPECT_TRUE(test::schema_allows(plan::profile_schema(), whole));
  const auto loaded = load(files.put("mine.json", whole));
  ASSERT_TRUE(loaded.profile) << faults_of_profile(loaded);
  const auto& profile = *loaded.profile;
  EXPECT_EQ(profile.name, "mine");
  EXPECT_EQ(profile.title, (LocalText{"Mine", "Le mien"}));
  EXPECT_EQ(profile.base, (std::vector<std::string>{"pid_file /p", "log_dest file /l", "a ${b}"}));
  EXPECT_EQ(profile.stop_command, "kill $(cat /p)\necho ${HOME}");
  EXPECT_EQ(profile.start_command, "mosquitto -c '/c d/conf' -d; chown u /l");
  EXPECT_EQ(profile.version_command, "mosquitto -h");
  EXPECT_TRUE(profile.sudo);
}

TEST(profile, extends_another_wherever_it_says_nothing) {
  const Profiles files;
  files.put("mine.json", whole);
  const auto loaded = load(files.put("sub/child.json", R"({
    "schema": "mqtts-harness/profile/v1", "name": "child", "extends": "../mine.json", "pid_file": "/other" })"));
  ASSERT_TRUE(loaded.profile) << faults_of_profile(loaded);
  EXPECT_EQ(loaded.profile->name, "child");
  EXPECT_EQ(loaded.profile->user, "u");
  EXPECT_EQ(loaded.profile->base.at(0), "pid_file /other");
  EXPECT_EQ(loaded.profile->stop_command, "kill $(cat /other)\necho ${HOME}");
}

TEST(profile, is_found_from_the_target_files_folder) {
  const Profiles files;
  files.put("profiles/mine.json", profile_with("\"u\"", "7"));
  const auto target = [&](const std::string& profile) {
    return targets::load_target(
        files.put("t.json", R"({ "schema": "mqtts-harness/target/v1", "name": "t", "mqtt": { "host": "h" },
      "broker": { "profile": ")" +
                                profile + R"(", "user": "w" } })"));
  };
  const auto faulty = target("profiles/mine.json");
  ASSERT_EQ(faulty.problems.size(), 1u);
  EXPECT_THAT(faulty.problems[0].file, testing::EndsWith("profiles/mine.json"));
  EXPECT_EQ(faulty.problems[0].line, 8);
  EXPECT_EQ(to_english(faulty.problems[0].message), "\"user\" must be a text");
  files.put("profiles/mine.json", whole);
  const auto sound = target("profiles/mine.json");
  ASSERT_TRUE(sound.target);
  EXPECT_EQ(sound.target->broker.start_command, "mosquitto -c '/c d/conf' -d; chown w /l");
}

struct ProfileFault {
  std::string good;
  std::string bad;
  std::string told;
};

TEST(profile, is_told_of_each_fault_at_its_place) {
  const Profiles files;
  const ProfileFault faults[] = {
      {R"("pid_file": "/p")", R"("pidfile": "/p")",
       "mine.json:7:3: unknown key \"pidfile\"; did you mean \"pid_file\"?mine.json:1:1: \"pid_file\" is missing here"},
      {R"("log": "/l")", R"("log": "l")", "mine.json:6:10: \"l\" is no absolute path on the broker's host"},
      {R"("version": "mosquitto -h",)", "", "mine.json:1:1: \"version\" is missing here"},
      {"\"sudo\": true", "\"sudo\": 1", "mine.json:14:11: \"sudo\" must be true or false"},
      {"profile/v1", "target/v1",
       "mine.json:2:13: this file is of schema \"mqtts-harness/target/v1\"; \"mqtts-harness/profile/v1\" is what is "
       "read here"},
  };
  for (const auto& fault : faults) {
    const auto text = profile_with(fault.good, fault.bad);
    const auto loaded = load(files.put("mine.json", text));
    EXPECT_FALSE(loaded.profile);
    EXPECT_THAT(faults_of_profile(loaded), testing::AnyOf(fault.told, testing::StartsWith("mine.json:1:1:")))
        << fault.told;
    EXPECT_FALSE(test::schema_allows(plan::profile_schema(), text)) << fault.told;
  }
}

TEST(profile, names_its_driver_or_takes_the_default_one) {
  const Profiles files;
  EXPECT_EQ(load(files.put("mine.json", whole)).profile.value().driver, "");
  const auto text = profile_with("\"log\": \"/l\"", "\"log\": \"/l\", \"driver\": \"mosquitto\"");
  EXPECT_TRUE(test::schema_allows(plan::profile_schema(), text));
  EXPECT_EQ(load(files.put("mine.json", text)).profile.value().driver, "mosquitto");
  const auto child = R"({ "schema": "mqtts-harness/profile/v1", "name": "child", "extends": "mine.json" })";
  EXPECT_EQ(load(files.put("child.json", child)).profile.value().driver, "mosquitto") << "of what it extends";
}

TEST(profile, with_an_unknown_driver_is_told_at_its_place) {
  const Profiles files;
  const std::pair<std::string, std::string> drivers[] = {
      {R"("mosquito")", "mine.json:6:26: there is no broker driver \"mosquito\"; did you mean \"mosquitto\"?"},
      {R"("nonsense")", "mine.json:6:26: there is no broker driver \"nonsense\"; known: mosquitto"},
      {R"("")", "mine.json:6:26: \"driver\" must not be empty"},
      {"1", "mine.json:6:26: \"driver\" must be a text"},
  };
  for (const auto& [driver, told] : drivers) {
    const auto text = profile_with(R"("log": "/l")", R"("log": "/l", "driver": )" + driver);
    const auto loaded = load(files.put("mine.json", text));
    EXPECT_FALSE(loaded.profile) << driver;
    EXPECT_EQ(faults_of_profile(loaded), told);
    EXPECT_FALSE(test::schema_allows(plan::profile_schema(), text)) << driver;
  }
}

TEST(profile, that_extends_itself_or_nothing_is_told) {
  const Profiles files;
  const auto extending = [&](const std::string& other) {
    return load(files.put("mine.json",
                          R"({ "schema": "mqtts-harness/profile/v1", "name": "m", "extends": ")" + other + R"(" })"));
  };
  EXPECT_THAT(faults_of_profile(extending("mine.json")), testing::HasSubstr("profiles extend one another in a circle"));
  EXPECT_THAT(faults_of_profile(extending("mosquito")), testing::EndsWith("did you mean \"mosquitto\"?"));
  EXPECT_THAT(faults_of_profile(extending("none.json")), testing::StartsWith("none.json:0:0: cannot read "));
  EXPECT_EQ(faults_of_profile(load("nonsense")),
            "nonsense:0:0: there is no broker profile \"nonsense\"; known: mosquitto, mosquitto-bare, "
            "mosquitto-service, and files whose names end in .json");
}

}  // namespace
}  // namespace mqtts::brokers
