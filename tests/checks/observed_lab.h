// The lab's own plan, asked of a broker on loopback that a test has set up: real clients, real verdicts.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/engine/run.h"
#include "harness/plan/expand.h"
#include "harness/plan/load.h"
#include "harness/probes/probes.h"
#include "tests/support/lab_material.h"

namespace mqtts::checks {

struct Users {
  static constexpr const char* client_password = "client's";
  static constexpr const char* broker_password = "broker's";
};

// The test's material under the names of the plan.
class NamedMaterial : public Materials {
 public:
  explicit NamedMaterial(test::LabMaterial& material, std::optional<Identity> client = std::nullopt,
                         bool gives_ca_key = false, std::optional<Identity> reader = std::nullopt)
      : material_(material),
        client_(client.value_or(material.client)),
        stranger_(material.signed_by_stranger({.subject = "/CN=userclient"})),
        gives_ca_key_(gives_ca_key),
        reader_(reader.value_or(material.server)) {}

  Result<Identity> authority(const std::string& name) override {
    return Identity{name == "lab-ca" ? material_.ca : material_.stranger_ca, {}};
  }
  Result<Identity> certificate(const std::string& name) override {
    return name == "userclient" ? client_ : name == "server" ? reader_ : stranger_;
  }
  Result<Credentials> account(const std::string& name) override {
    return Credentials{name, name == "userclient" ? Users::client_password : Users::broker_password};
  }
  Result<Pem> revocation_list(const std::string&, int) override {
    return material_.revocation_list(pki::valid_for(1));
  }
  Result<Identity> issued(const std::string& name) override {
    if (gives_ca_key_) return material_.signed_by_lab({.subject = "/CN=" + name});
    return failure(ErrorKind::missing_material, msg("the CA's key was not given"));
  }
  Result<Identity> forged(const std::string&, const std::string&) override {
    return material_.forged({.subject = "/CN=userclient"});
  }

 private:
  test::LabMaterial& material_;
  Identity client_;
  Identity stranger_;
  bool gives_ca_key_;
  Identity reader_;
};

struct Silence : Progress {
  void waiting_for(const Message&) override {}
  void stage_started(const StageSpec&) override {}
  void check_done(const CheckResult&) override {}
  void stage_done(const StageResult&) override {}
};

// What is said while a broker is looked at: a verdict, once said, is the one in the report.
struct Announced : Silence {
  void check_done(const CheckResult& check) override { verdicts[check.id].push_back(check.verdict); }
  void stage_done(const StageResult& stage) override { stages[stage.id].push_back(stage.verdict); }

  void expect_said(const TargetResult& target) const {
    for (const auto& stage : target.stages) {
      EXPECT_EQ(stages.at(stage.id), std::vector{stage.verdict}) << stage.id;
      for (const auto& check : stage.checks) EXPECT_EQ(verdicts.at(check.id), std::vector{check.verdict}) << check.id;
    }
  }

  std::map<std::string, std::vector<Verdict>> verdicts = {};
  std::map<std::string, std::vector<Verdict>> stages = {};
};

struct Ports {
  std::uint16_t tls;
  std::uint16_t plain;
};

struct Look {
  MqttVersion mqtt = MqttVersion::v3_1_1;
  Clock::duration probe_timeout = std::chrono::seconds(5);
  std::string seed = {};
  std::vector<std::string> other_addresses = {};
  BrokerHost* host = nullptr;
  std::optional<Identity> client = {};  // handed in as the lab's client certificate
  bool gives_ca_key = false;
  std::optional<Identity> reader = {};  // what userbroker presents; the server's certificate
};

inline TargetResult observe(Ports ports, test::LabMaterial& material, const Look& look) {
  const auto loaded =
      plan::load_plan(LAB_PLAN, {{"mqtt", look.mqtt == MqttVersion::v5_0 ? "5.0" : "3.1.1"}}, probes::kinds());
  if (!loaded.plan) throw std::runtime_error("the lab's plan is not valid");
  const Target target{.name = "t", .mqtt = {"127.0.0.1", ports.tls, ports.plain}};
  const auto plan = plan::expand(*loaded.plan, plan::target_variables(target), [] { return std::string("random"); });

  probes::WireProber prober;
  NamedMaterial materials(material, look.client, look.gives_ca_key, look.reader);
  Announced progress;
  engine::Environment environment{.endpoint = {"127.0.0.1", "127.0.0.1", look.other_addresses},
                                  .materials = materials,
                                  .prober = prober,
                                  .host = look.host,
                                  .progress = progress,
                                  .seed = look.seed};
  auto result =
      engine::run_target(plan, "t", environment, {.mode = engine::Mode::observe, .probe_timeout = look.probe_timeout},
                         Deadline::in(std::chrono::seconds(55)));
  if (!result) throw std::runtime_error(to_english(result.error().what));
  progress.expect_said(*result);
  return *std::move(result);
}

inline TargetResult observe(Ports ports, test::LabMaterial& material, MqttVersion mqtt = MqttVersion::v3_1_1,
                            Clock::duration probe_timeout = std::chrono::seconds(5), const std::string& seed = {}) {
  return observe(ports, material, Look{.mqtt = mqtt, .probe_timeout = probe_timeout, .seed = seed});
}

using Verdicts = std::map<std::string, Verdict>;

inline Verdicts verdicts_of(const TargetResult& target) {
  Verdicts verdicts;
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks) verdicts[check.id] = check.verdict;
  return verdicts;
}

inline Verdicts not_passed(const TargetResult& target) {
  auto verdicts = verdicts_of(target);
  std::erase_if(verdicts, [](const auto& row) { return row.second == Verdict::pass; });
  return verdicts;
}

// For a failed test: what was seen, a line a check.
inline std::string story_of(const TargetResult& target) {
  std::string story;
  for (const auto& stage : target.stages) {
    for (const auto& check : stage.checks) {
      story += check.id + " " + std::string(to_string(check.verdict)) + ": " + to_english(check.message);
      if (check.observed) {
        story += " [" + std::string(to_string(check.observed->outcome)) + " " +
                 std::string(to_string(check.observed->by)) + " " + check.observed->reason + "]";
        for (const auto& evidence : check.observed->evidence)
          story += " {" + evidence.text + to_english(evidence.message) + "}";
      }
      story += "\n";
    }
  }
  return story;
}

}  // namespace mqtts::checks
