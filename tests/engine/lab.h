// The lab's plan and a simulated broker that it is run on.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "tests/engine/lab_plan.h"
#include "tests/engine/plain_broker_files.h"
#include "tests/engine/simulated_broker.h"

namespace mqtts::engine {

class Lab : public ::testing::Test {
 protected:
  Lab() {
    for (const auto* user : {"userclient", "userbroker"}) broker.passwords[user] = std::string("password of ") + user;
  }

  TargetResult run(Options options, BrokerHost* host) {
    options.pauses = {std::chrono::milliseconds(1), std::chrono::milliseconds(1)};
    Environment environment{.endpoint = {"127.0.0.1", "127.0.0.1"},
                            .materials = materials,
                            .prober = broker,
                            .host = host,
                            .progress = progress,
                            .broker_files = &broker_files,
                            .seed = seed,
                            .recorder = recorder};
    auto target = run_target(plan, "t", environment, options, deadline);
    if (!target) throw std::runtime_error(to_english(target.error().what));
    return *std::move(target);
  }
  TargetResult apply(Options options = {}) { return run(std::move(options), &broker); }
  TargetResult observe(Options options = {}) {
    options.mode = Mode::observe;
    return run(std::move(options), nullptr);
  }

  // Those checks that did not pass, with their verdicts.
  static std::map<std::string, Verdict> not_passed(const TargetResult& target) {
    std::map<std::string, Verdict> verdicts;
    for (const auto& stage : target.stages)
      for (const auto& check : stage.checks)
        if (check.verdict != Verdict::pass) verdicts[check.id] = check.verdict;
    return verdicts;
  }
  static const CheckResult& check(const TargetResult& target, const std::string& id) {
    for (const auto& stage : target.stages)
      for (const auto& check : stage.checks)
        if (check.id == id) return check;
    throw std::logic_error("no check " + id);
  }

  std::string seed;
  TrafficRecorder* recorder = nullptr;
  Plan plan = lab_plan();
  SimulatedBroker broker;
  NamedMaterials materials;
  PlainBrokerFiles broker_files;
  QuietProgress progress;
  StopFlag stop{0};
  Deadline deadline = Deadline::in(std::chrono::minutes(1), &stop);
};

}  // namespace mqtts::engine
