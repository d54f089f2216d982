// `init`: what it writes runs as it stands, on a private broker and against a broker of the user's own.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "harness/plan/schemas.h"
#include "tests/e2e/program.h"
#include "tests/support/lab_material.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/schema_check.h"

namespace mqtts::e2e {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* password = "a long secret";

class Init : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments, Environment more = {}) const {
    arguments.insert(arguments.begin(), harness());
    more.insert({{"TMPDIR", folder.path().string()}, {"XDG_RUNTIME_DIR", ""}});
    return Program(std::move(arguments), folder.path(), more).end();
  }
  // Writes the files for that broker into "ci".
  Ended init_for(const test::PrivateMosquitto& broker, const std::string& plain_port) const {
    return run({"init", "ci", "--host", "127.0.0.1", "--tls-port", std::to_string(broker.port()), "--plain-port",
                plain_port, "--ca", material.ca.file, "--user", "sensor-1"});
  }
  Ended observe() const {
    return run({"run", "ci/plan.json", "--observe", "--target", "ci/target.json", "--out", "out"},
               {{"MQTT_PASSWORD", password}});
  }
  std::vector<std::string> configuration(const std::string& rule) const {
    return {"cafile " + material.ca.file, "certfile " + material.server.certificate.file,
            "keyfile " + material.server.key.file, rule,
            "password_file " + test::write_password_file(material.folder(), {{"sensor-1", password}})};
  }
  // The checks that did not pass.
  std::vector<std::string> troubles() const {
    std::vector<std::string> ids;
    const auto results = json::parse(read(folder / "out/results.json"));
    for (const auto& stage : results["targets"][0]["stages"])
      for (const auto& check : stage["checks"])
        if (check["verdict"] != "pass") ids.push_back(check["id"]);
    return ids;
  }

  Folder folder;
  test::LabMaterial material;
};

TEST_F(Init, writes_a_plan_that_is_valid_and_holds_on_a_private_broker) {
  const auto ended = run({"init"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("mqtts-harness run plan.json --observe --target target.json"));
  const auto valid = run({"validate", "plan.json", "target.json"});
  EXPECT_EQ(valid.code, 0) << valid.err;
  EXPECT_THAT(valid.out, HasSubstr("target.json: a valid target"));
  const auto held = run({"run", "plan.json", "--out", "out"});
  EXPECT_EQ(held.code, 0) << held.out << held.err;
  EXPECT_THAT(troubles(), ::testing::IsEmpty());
}

TEST_F(Init, writes_files_that_their_schemas_beside_them_allow) {
  ASSERT_EQ(run({"init", "a/b"}).code, 0);
  for (const std::string kind : {"plan", "target"}) {
    const auto text = read(folder / ("a/b/" + kind + ".json"));
    const auto schema = read(folder / ("a/b/" + std::string(json::parse(text)["$schema"])));
    EXPECT_EQ(test::schema_says(schema, text), "") << kind;
    EXPECT_EQ(schema, run({"schema", kind}).out);
  }
}

TEST_F(Init, writes_a_target_that_a_hardened_broker_passes) {
  const test::PrivateMosquitto broker(configuration("allow_anonymous false"));
  const auto ended = init_for(broker, "1");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto observed = observe();
  EXPECT_EQ(observed.code, 0) << observed.out << observed.err;
  EXPECT_THAT(troubles(), ::testing::IsEmpty());
}

TEST_F(Init, writes_a_plan_that_a_broker_without_passwords_fails) {
  const test::PrivateMosquitto broker(configuration("allow_anonymous true"));
  ASSERT_EQ(init_for(broker, "1").code, 0);
  const auto observed = observe();
  EXPECT_EQ(observed.code, 1) << observed.out << observed.err;
  EXPECT_THAT(troubles(), ::testing::Contains("anonymous-rejected"));
}

TEST_F(Init, writes_a_plan_that_a_broker_with_a_cleartext_listener_fails) {
  const test::PrivateMosquitto plain({"allow_anonymous false"});
  const test::PrivateMosquitto broker(configuration("allow_anonymous false"));
  ASSERT_EQ(init_for(broker, std::to_string(plain.port())).code, 0);
  const auto observed = observe();
  EXPECT_EQ(observed.code, 1) << observed.out << observed.err;
  EXPECT_THAT(troubles(), ::testing::ElementsAre("cleartext-listener-closed"));
}

TEST_F(Init, writes_a_target_whose_mistakes_are_found) {
  ASSERT_EQ(run({"init", "ci"}).code, 0);
  auto text = read(folder / "ci/target.json");
  const std::string good = "\"tls_port\"";
  write(folder / "ci/target.json", text.replace(text.find(good), good.size(), "\"tsl_port\""));
  const auto ended = run({"validate", "ci/target.json", "ci/plan.json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("ci/target.json:8:5: unknown key \"tsl_port\"; did you mean \"tls_port\"?"));
  EXPECT_THAT(ended.out, HasSubstr("ci/plan.json: valid"));
}

TEST_F(Init, writes_paths_as_seen_from_the_target_file) {
  std::filesystem::create_directory(folder / "keys");
  write(folder / "keys/ca.crt", read(material.ca.file));
  write(folder / "keys/password", "x\n");
  ASSERT_EQ(run({"init", "deep/ci", "--ca", "keys/ca.crt", "--password-file", "keys/password"}).code, 0);
  const auto target = json::parse(read(folder / "deep/ci/target.json"));
  EXPECT_EQ(target["materials"]["ca"], "../../keys/ca.crt");
  EXPECT_EQ(target["materials"]["accounts"]["alice"], json({{"password_file", "../../keys/password"}}));
}

TEST_F(Init, overwrites_nothing_and_writes_all_or_nothing) {
  std::filesystem::create_directory(folder / "ci");
  write(folder / "ci/target.json", "mine");
  const auto ended = run({"init", "ci"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("ci/target.json exists already"));
  EXPECT_EQ(read(folder / "ci/target.json"), "mine");
  EXPECT_FALSE(std::filesystem::exists(folder / "ci/plan.json"));
}

TEST_F(Init, tells_what_it_cannot_take_before_it_writes) {
  write(folder / "file", "x");
  const std::pair<std::vector<std::string>, const char*> rows[] = {
      {{"--user", "a b"}, "no plan can name the user \"a b\""},
      {{"--host", "a\nb"}, "\"host\" must be one line"},
      {{"--ca", "none.crt"}, "none.crt"},
      {{"--ca", "file"}, "file"},
      {{"--password-file", "none"}, "none"}};
  for (const auto& [flags, told] : rows) {
    std::vector<std::string> arguments{"init", "ci"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const auto ended = run(arguments);
    EXPECT_EQ(ended.code, 2) << told;
    EXPECT_THAT(ended.err, HasSubstr(told));
    EXPECT_FALSE(std::filesystem::exists(folder / "ci")) << told;
  }
  const auto ended = run({"init", "file"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("cannot write file"));
}

}  // namespace
}  // namespace mqtts::e2e
