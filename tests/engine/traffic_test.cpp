// Whose traffic is recorded where.
#include "harness/model/traffic.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/lab.h"

namespace mqtts::engine {
namespace {

class NoConnection : public TrafficRecord {
 public:
  std::shared_ptr<ConnectionRecord> opened(const TcpEnds&, WallClock::time_point, std::string_view) override {
    throw std::logic_error("the simulated broker has no sockets");
  }
};

class AttemptRecorder : public TrafficRecorder {
 public:
  std::shared_ptr<TrafficRecord> attempt(const std::string& stage, const std::string& check, const std::string& attempt,
                                         Secrets secrets) override {
    attempts[{stage, check}].push_back(attempt);
    if (secrets == Secrets::inside) with_secrets.insert(check);
    return std::make_shared<NoConnection>();
  }
  std::optional<Capture> capture_of(const std::string& stage, const std::string& check) override {
    if (!attempts.contains({stage, check})) return std::nullopt;
    return Capture{stage + "/" + check, 1, {}};
  }

  std::map<std::pair<std::string, std::string>, std::vector<std::string>> attempts;
  std::set<std::string> with_secrets;
};

class RecordedLab : public Lab {
 protected:
  RecordedLab() { recorder = &attempts; }

  void expect_captures(const TargetResult& target) {
    for (const auto& stage : target.stages)
      for (const auto& check : stage.checks) {
        ASSERT_TRUE(check.capture.has_value()) << check.id;
        EXPECT_EQ(check.capture->file, stage.id + "/" + check.id);
      }
  }

  AttemptRecorder attempts;
};

TEST_F(RecordedLab, has_a_capture_of_each_check_when_stages_are_applied) {
  expect_captures(apply());
  EXPECT_THAT(attempts.with_secrets, testing::IsEmpty()) << "passwords are said over TLS alone";
}

TEST_F(RecordedLab, has_a_capture_of_each_check_when_observed) { expect_captures(observe()); }

TEST_F(RecordedLab, has_a_control_in_a_file_of_its_own_before_and_after) {
  apply();
  const auto& control = attempts.attempts.at({"password", "valid-password-accepted"});
  EXPECT_THAT(control, testing::Contains("valid-password-accepted"));
  EXPECT_THAT(control, testing::Contains("valid-password-accepted again"));
  EXPECT_THAT(attempts.attempts.at({"password", "wrong-password-rejected"}),
              testing::Each(testing::HasSubstr("wrong-password-rejected")));
}

TEST_F(RecordedLab, records_every_attempt) {
  observe();
  std::size_t recorded = 0;
  for (const auto& attempt : broker.attempts) recorded += attempt.client.traffic != nullptr ? 1 : 0;
  EXPECT_EQ(recorded, broker.attempts.size());
}

TEST_F(Lab, records_nothing_without_a_recorder) {
  const auto target = apply();
  for (const auto& attempt : broker.attempts) EXPECT_EQ(attempt.client.traffic, nullptr);
  EXPECT_FALSE(check(target, "tls-accepted").capture.has_value());
}

}  // namespace
}  // namespace mqtts::engine
